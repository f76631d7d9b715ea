// Package grapherr holds the one error that leaves the emulator: what Graph
// answers instead of a result. Codes and texts are written once, in the
// constructors here, beside the rule they come from; the floors above choose a
// constructor and never a status.
//
// A workload speaks its own words for the same case ("Request_ResourceNotFound",
// "ErrorItemNotFound", "itemNotFound"): its Dialect says so in data.
package grapherr
