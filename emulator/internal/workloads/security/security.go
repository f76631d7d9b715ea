// Package security holds what is particular to alerts and eDiscovery.
package security

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "security",
		Areas: []workload.Area{
			{Name: "Security", Paths: "security"},
		},
		Traits: traits,
		Types: []string{
			"microsoft.graph.alert",
			"microsoft.graph.security.*",
		},
		Jobs: ediscovery(),
	}
}

// ediscovery are the actions on cases that take their time. The beta version has the types
// of an older API beside them.
func ediscovery() []workload.Job {
	const older, newer = "microsoft.graph.ediscovery.", "microsoft.graph.security.ediscovery"
	var out []workload.Job
	for _, j := range [...]struct{ typ, action, says, as string }{
		{older + "sourceCollection", "estimateStatistics", "estimateStatistics", older + "estimateStatisticsOperation"},
		{older + "reviewSet", "addToReviewSet", "addToReviewSet", older + "addToReviewSetOperation"},
		{older + "reviewSet", "export", "contentExport", older + "caseExportOperation"},
		{older + "reviewSetQuery", "applyTags", "applyTags", older + "tagOperation"},
		{newer + "Search", "estimateStatistics", "estimateStatistics", newer + "EstimateOperation"},
		{newer + "ReviewSet", "addToReviewSet", "addToReviewSet", newer + "AddToReviewSetOperation"},
		{newer + "ReviewSetQuery", "applyTags", "applyTags", newer + "TagOperation"},
	} {
		out = append(out, workload.Job{Type: edm.Name(j.typ), Verb: bind.Invoke(j.action), Operations: "operations",
			As: edm.Name(j.as), Shows: value.Texts("action", j.says)})
	}
	return out
}
