package workload

import "github.com/graph-emulator/graph-emulator/fixtures"

// Need is what a caller's token has to permit for one part of a request: for the
// operation itself, or for a navigation that it expands.
type Need struct {
	Method, Template      string
	*fixtures.Permissions      // nil: nothing is published
	Own                   bool // they are published for what belongs to a user, and the path leads through none
}
