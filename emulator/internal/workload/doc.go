// Package workload is the vocabulary of exceptions: how a Graph service departs
// from the generic verbs of the engine, said as data (traits), as a computed
// navigation (a view) or as a function in front of a verb (a rule).
//
// A workload names types and verbs, never paths, so that every path to an entity
// behaves alike. The Registry puts all of them together and refuses what
// contradicts; the engine asks it and nobody else.
package workload
