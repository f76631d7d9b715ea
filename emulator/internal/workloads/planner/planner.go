// Package planner holds what is particular to plans, buckets and tasks.
package planner

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits []byte

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "planner",
		Traits: traits,
		Types: []string{
			"microsoft.graph.planner*",
		},
	}
}
