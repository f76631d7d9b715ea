// Package planner holds what is particular to plans, buckets and tasks.
package planner

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "planner",
		Areas: []workload.Area{
			{Name: "Tasks and plans", Paths: "groups/planner planner users/planner"},
		},
		Traits: traits,
		Types: []string{
			"microsoft.graph.planner*",
		},
		Errors: grapherr.Dialect{ // codes are empty: B-2.5, B-2.33
			grapherr.CaseNotFound: {Code: grapherr.NoCode, Message: "The requested item is not found."},
			grapherr.CaseChanged: {Status: 409, Code: grapherr.NoCode,
				Message: "The attempted changes conflicted with already accepted changes. Read the latest state of the item and try again."},
			grapherr.CaseDenied:     {Code: grapherr.NoCode, Message: "You do not have the required permissions to access this item."},
			grapherr.CaseNoTag:      {Code: grapherr.NoCode},
			grapherr.CaseNoProperty: {Code: grapherr.NoCode},
			grapherr.CaseRequired:   {Code: grapherr.NoCode},
			grapherr.CaseReadOnly:   {Code: grapherr.NoCode},
		},
	}
}
