// Package printing holds what is particular to Universal Print.
package printing

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{Name: "printing",
		Areas: []workload.Area{
			{Name: "Print", Paths: "print"},
		},
		Jobs: []workload.Job{
			{Type: "microsoft.graph.printer", Verb: bind.Invoke("create"), Operations: "operations", Header: "Operation-Location",
				As: "microsoft.graph.printerCreateOperation"},
		}}
}
