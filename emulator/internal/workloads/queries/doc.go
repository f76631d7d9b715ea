// Package queries says what services outside the directory make of query options:
// which pairs they refuse, what they ignore, how they sort, search and count where
// nothing is said. It knows types and options only; what their entities mean is for
// the workload of each service.
package queries
