// Package odatajson writes answers of the engine as OData JSON: contexts, next links, control
// information by the level that the client asked for, and values in the forms that it
// prefers. It sends nothing; package wire does.
package odatajson
