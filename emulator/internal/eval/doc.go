// Package eval gives the options of a query their meaning: it checks the trees
// of package odata against a type of the model, and compiles them to what can
// be run over rows: filters, orders, searches, selections.
//
// Compiling finds every mistake and names it (B-2.24, B-2.25); running finds
// none and allocates nothing for what it does not return. What was compiled is
// immutable and may be kept and shared; a Scan, one run over rows, may not.
package eval
