// Package schemas holds what Graph is: one JSON Schema per type and version,
// derived from Microsoft's files, and the models read from them.
package schemas
