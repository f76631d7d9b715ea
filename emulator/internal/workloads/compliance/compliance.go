// Package compliance holds what is particular to privacy and information protection.
package compliance

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
		Name: "compliance",
		Areas: []workload.Area{
			{Name: "Compliance", Paths: "compliance dataPolicyOperations informationProtection users/informationProtection"},
		},
		Traits:   traits,
		Types:    []string{"microsoft.graph.informationProtection*"},
		Backends: []*workload.Backend{{}}, // B-1.13, B-1.14
		Jobs:     []workload.Job{{Type: workload.User, Verb: bind.Invoke("exportPersonalData"), Operations: "dataPolicyOperations"}},
	}
}
