// Package security holds what is particular to alerts.
package security

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "security",
		Traits: traits,
		Types: []string{
			"microsoft.graph.alert",
			"microsoft.graph.security.*",
		},
	}
}
