// Package connectors holds what is particular to connections of external content.
package connectors

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "connectors",
		Areas: []workload.Area{
			{Name: "Search", Paths: "connections external search"},
		},
		Traits: traits,
		Types:  []string{"microsoft.graph.externalConnectors.*"},
		Jobs:   []workload.Job{{Type: "microsoft.graph.externalConnectors.schema", Verb: bind.Create, Operations: "operations"}}, // C-7.12
	}
}
