// Package replica simulates a service whose copies lag behind its writes. It keeps
// snapshots of a store and decides which one a read sees: by the caller, the clock and
// the reads since. It knows stores and callers, no requests and no types.
package replica
