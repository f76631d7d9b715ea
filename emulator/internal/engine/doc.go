// Package engine runs one request against one world: it decides the fidelity, prepares
// the body and the query, provisions the built-in entities that a read leads to, opens the
// transaction that the operation needs, follows the path, runs the rule or the generic verb,
// and decides the status.
//
// The verbs themselves live in the packages below, one direction of calls from the top
// to the bottom:
//
//	tenantfile, jobs, delta
//	query
//	write
//	uploads
//	resolve
//	synth
//	provision
//	op
//	heap
//	payload
//	typeinfo, replica
//
// The engine holds no state. A request brings the world it is about, and all work on that
// world happens inside one transaction of its store.
package engine
