// Package files holds what is particular to drives, sites and lists.
package files

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits []byte

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "files",
		Traits: traits,
		Types: []string{
			"microsoft.graph.baseItem",
			"microsoft.graph.baseItemVersion",
			"microsoft.graph.permission",
			"microsoft.graph.thumbnailSet",
			"microsoft.graph.itemAnalytics",
			"microsoft.graph.itemActivity*",
			"microsoft.graph.columnDefinition",
			"microsoft.graph.columnLink",
			"microsoft.graph.contentType",
			"microsoft.graph.fieldValueSet",
			"microsoft.graph.fileStorage*",
			"microsoft.graph.sharePointGroup*",
			"microsoft.graph.termStore.*",
		},
	}
}
