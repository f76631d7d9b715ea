// Package gateway declares the choices that Graph's front door leaves open.
package gateway

import "github.com/graph-emulator/graph-emulator/emulator/internal/workload"

// The switches of Appendix C that no service owns, with the values that mean something.
const (
	Location   = "compat.location" // B-1.19
	Historical = "historical"

	Shuffle = "batch.shuffle" // B-5.19
	On      = "on"

	AbsoluteURLs = "batch.absoluteUrls" // B-5.3
	Refuse       = "refuse"

	Unpublished = "auth.unpublished"
	Allow       = "allow"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "gateway",
		Switches: []workload.Switch{
			{Name: Location, Values: []string{"canonical", Historical}, Usage: "whether the Location of a created directory object is where it can be read, or the form that the service sends, which leads nowhere"},
			{Name: Shuffle, Values: []string{"off", On}, Usage: "give the answers of a batch in any order"},
			{Name: AbsoluteURLs, Values: []string{"accept", Refuse}, Strict: Refuse, Usage: "whether absolute URLs inside a batch are taken"},
			{Name: Unpublished, Values: []string{Refuse, Allow}, Usage: "whether --auth enforce allows an operation for which no permissions are published"},
		},
	}
}
