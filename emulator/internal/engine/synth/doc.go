// Package synth makes up what was never created, for --on-missing synthesize: entities,
// members of collections, values and contents, each from its type and key alone. What is
// made up is stored, and what was deleted is not made up again.
package synth
