// Package derive compiles Microsoft's published facts into the files of
// schemas and fixtures: CSDL, type declarations, reference pages and the
// permissions file go in; one JSON Schema per type, the documented operations
// and a ledger of what was not understood come out.
//
// The sources are layers. The first to state a fact wins, the others fill in
// what it leaves open, and every fact keeps its origin. Compile is a pure
// function: same trees in, same bytes out.
package derive
