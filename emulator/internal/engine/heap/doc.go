// Package heap reads the stored entities of a world as nodes: by key, by index, through
// the views of workloads, one by one. It also stores a node that exists without being
// stored (Materialize), because every write begins with that.
//
// It follows no path of a request and evaluates no query.
package heap
