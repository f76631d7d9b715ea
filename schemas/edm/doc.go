// Package edm is the type model of Microsoft Graph, read from one JSON Schema
// file per type when the type is first touched.
//
// A Model is immutable to its users: what it holds beyond the files are
// write-once caches, so one model serves every request of a process. A Cursor
// walks it along a path, one segment at a time.
package edm
