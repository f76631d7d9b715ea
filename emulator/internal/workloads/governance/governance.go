// Package governance holds what is particular to roles, access reviews and entitlement management.
package governance

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits []byte

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "governance",
		Traits: traits,
		Types: []string{
			"microsoft.graph.accessReview*",
			"microsoft.graph.accessPackage*",
			"microsoft.graph.unifiedRole*",
			"microsoft.graph.privilegedAccess*",
		},
	}
}
