// Package generate runs the doc compiler over files on disk: it finds the
// sources, compiles both versions and writes schemas/, fixtures/operations/ and
// the ledger, or compares them with what is there. graph-derive and
// graph-emulator derive are its two shells.
package generate
