// Package subscriptions holds what is particular to change notifications.
package subscriptions

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "subscriptions",
		Areas: []workload.Area{
			{Name: "Change notifications", Paths: "subscriptions"},
		},
		Traits: traits,
		Types: []string{
			"microsoft.graph.subscription",
		},
	}
}
