// Package engine runs the generic verbs: about fifteen functions that serve
// every type Graph has, on stored entities. Before a verb runs, its body is
// checked against the type's schema; where a workload has a rule for the type
// and the verb, the rule runs and may call the verb behind it.
//
// The engine holds no state. A request brings the world it is about, and all
// work on that world happens inside one transaction of its store.
package engine
