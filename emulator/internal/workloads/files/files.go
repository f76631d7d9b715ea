// Package files holds what is particular to drives and their items.
package files

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// The switch MonitorStatus (B-9.25), and its value that means what the pages say.
const (
	MonitorStatus = "files.monitorStatus"
	Documented    = "202"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "files",
		Areas: []workload.Area{
			{Name: "Files", Paths: "drive drives groups/drive groups/drives shares sites/drive sites/drives users/drive users/drives"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{sharepoint.Backend()},
		Types: []string{
			"microsoft.graph.baseItem",
			"microsoft.graph.baseItemVersion",
			"microsoft.graph.permission",
			"microsoft.graph.thumbnailSet",
			"microsoft.graph.itemAnalytics",
			"microsoft.graph.itemActivity*",
			"microsoft.graph.fileStorage*",
		},
		Rules: []workload.Rule{{Type: driveItem, Verb: bind.Read, Computes: []string{"eTag", "cTag"}, Do: tags}},
		QueryPolicies: []workload.QueryPolicy{
			{Type: driveItem, Order: workload.OrderBy("name")}, // B-3.64
		},
		Jobs:        []workload.Job{{Type: driveItem, Verb: bind.Invoke("copy"), Shows: value.Texts("operation", "ItemCopy")}}, // B-9.24
		Switches:    []workload.Switch{{Name: MonitorStatus, Values: []string{"200", Documented}, Usage: "what the monitor of a finished copy answers"}},
		Consistency: workload.Consistency{Late: &grapherr.Error{Status: 404, Code: "ResourceNotFound", Message: "User's mysite not found."}},
		Errors:      sharepoint.Errors(),
	}
}
