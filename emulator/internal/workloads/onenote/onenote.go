// Package onenote holds what is particular to notebooks, sections and pages.
package onenote

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
		Name:   "onenote",
		Traits: traits,
		Types: []string{
			"microsoft.graph.onenote*",
		},
		Errors: grapherr.Dialect{ // numbers of its own: B-2.33
			grapherr.CaseNotFound: {Code: "20102", Message: "The specified resource ID does not exist.", URL: "https://aka.ms/onenote-errors#C20102"},
		},
	}
}
