// Package decl reads published declarations of Graph types: the client models
// of a Microsoft SDK, either condensed into one JSON file or as the unpacked
// npm package. They say which members a type has and of what type, and
// nothing about keys, containment or which members are navigations.
package decl
