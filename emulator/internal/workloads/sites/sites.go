// Package sites holds what is particular to sites, lists, their items and columns, pages and
// the term store.
package sites

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

const site edm.Name = "microsoft.graph.site"

var words = eval.Words{Default: []string{"displayName", "name", "description", "webUrl"}}

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:     "sites",
		Areas:    []workload.Area{{Name: "Sites and lists", Paths: "groups/sites sites termStore users/followedSites"}},
		Traits:   traits,
		Backends: []*workload.Backend{sharepoint.Backend()},
		Types: []string{
			"microsoft.graph.columnDefinition",
			"microsoft.graph.columnLink",
			"microsoft.graph.fieldValueSet",
			"microsoft.graph.list",
			"microsoft.graph.sharePointGroup*",
			"microsoft.graph.termStore.*",
		},
		QueryPolicies: []workload.QueryPolicy{{Type: site, Words: &words}}, // B-3.83
		Consistency:   workload.Consistency{Late: &grapherr.Error{Status: 404, Code: "ResourceNotFound", Message: "User's mysite not found."}},
		Errors:        sharepoint.Errors(),
	}
}
