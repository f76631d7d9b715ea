// Package query answers lists, counts and references: it compiles the query options for a
// type, asks the workload's guard, walks the members that match and cuts pages with
// tokens. It also expands navigations inside an answer.
package query
