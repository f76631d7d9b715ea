// Package excel holds what is particular to workbooks.
package excel

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
		Name: "excel",
		Areas: []workload.Area{
			{Name: "Workbooks", Paths: "*/workbook"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{Cache: "no-store, no-cache", Refusals: true}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.workbook*",
		},
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseNotFound: {Code: "ItemNotFound", Message: "The requested resource doesn't exist.", Inner: "itemNotFound"},
		},
	}
}
