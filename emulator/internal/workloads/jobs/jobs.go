// Package jobs lists what is not done when it is answered: copies, team life, exports.
package jobs

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The switch of Appendix C.
const (
	MonitorStatus = "files.monitorStatus" // B-9.25
	Documented    = "202"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{Name: "jobs", Switches: []workload.Switch{
		{Name: MonitorStatus, Values: []string{"200", Documented}, Usage: "what the monitor of a finished copy answers"},
	}, Jobs: append(teams(),
		workload.Job{Type: "microsoft.graph.driveItem", Verb: bind.Invoke("copy"), Shows: says("operation", "ItemCopy")}, // B-9.24

		// OneNote names its operations in a header of its own.
		workload.Job{Type: "microsoft.graph.notebook", Verb: bind.Invoke("copyNotebook"), Operations: operations, Header: operationLocation},
		workload.Job{Type: "microsoft.graph.onenoteSection", Verb: bind.Invoke("copyToNotebook"), Operations: operations, Header: operationLocation},
		workload.Job{Type: "microsoft.graph.onenoteSection", Verb: bind.Invoke("copyToSectionGroup"), Operations: operations, Header: operationLocation},
		workload.Job{Type: "microsoft.graph.onenotePage", Verb: bind.Invoke("copyToSection"), Operations: operations, Header: operationLocation},

		workload.Job{Type: "microsoft.graph.printer", Verb: bind.Invoke("create"), Operations: operations, Header: operationLocation,
			As: "microsoft.graph.printerCreateOperation"},
		workload.Job{Type: "microsoft.graph.user", Verb: bind.Invoke("exportPersonalData"), Operations: "dataPolicyOperations"},
		workload.Job{Type: "microsoft.graph.externalConnectors.schema", Verb: bind.Create, Operations: operations}, // C-7.12

		workload.Job{Type: "microsoft.graph.ediscovery.sourceCollection", Verb: bind.Invoke("estimateStatistics"), Operations: operations,
			As: "microsoft.graph.ediscovery.estimateStatisticsOperation", Shows: says("action", "estimateStatistics")},
		workload.Job{Type: "microsoft.graph.ediscovery.reviewSet", Verb: bind.Invoke("addToReviewSet"), Operations: operations,
			As: "microsoft.graph.ediscovery.addToReviewSetOperation", Shows: says("action", "addToReviewSet")},
		workload.Job{Type: "microsoft.graph.ediscovery.reviewSet", Verb: bind.Invoke("export"), Operations: operations,
			As: "microsoft.graph.ediscovery.caseExportOperation", Shows: says("action", "contentExport")},
		workload.Job{Type: "microsoft.graph.ediscovery.reviewSetQuery", Verb: bind.Invoke("applyTags"), Operations: operations,
			As: "microsoft.graph.ediscovery.tagOperation", Shows: says("action", "applyTags")},
		workload.Job{Type: "microsoft.graph.security.ediscoverySearch", Verb: bind.Invoke("estimateStatistics"), Operations: operations,
			As: "microsoft.graph.security.ediscoveryEstimateOperation", Shows: says("action", "estimateStatistics")},
		workload.Job{Type: "microsoft.graph.security.ediscoveryReviewSet", Verb: bind.Invoke("addToReviewSet"), Operations: operations,
			As: "microsoft.graph.security.ediscoveryAddToReviewSetOperation", Shows: says("action", "addToReviewSet")},
		workload.Job{Type: "microsoft.graph.security.ediscoveryReviewSetQuery", Verb: bind.Invoke("applyTags"), Operations: operations,
			As: "microsoft.graph.security.ediscoveryTagOperation", Shows: says("action", "applyTags")},
	)}
}

const (
	operations        = "operations"
	operationLocation = "Operation-Location"

	team    edm.Name = "microsoft.graph.team"
	channel edm.Name = "microsoft.graph.channel"
)

// teams are B-9.27 and C-7.12.
func teams() []workload.Job {
	of := func(t edm.Name, v bind.Verb, kind string, do workload.Func) workload.Job {
		return workload.Job{Type: t, Verb: v, Operations: operations, Holder: team, Relative: true, Shows: says("operationType", kind), Do: do}
	}
	return []workload.Job{
		of(team, bind.Create, "createTeam", made),
		of(team, bind.Invoke("clone"), "cloneTeam", nil),
		of(team, bind.Invoke("archive"), "archiveTeam", archived("true")),
		of(team, bind.Invoke("unarchive"), "unarchiveTeam", archived("false")),
		of(channel, bind.Invoke("archive"), "archiveChannel", archived("true")),
		of(channel, bind.Invoke("unarchive"), "unarchiveChannel", archived("false")),
	}
}

// made is the end of a job whose thing was there from the start.
func made(c *workload.Call) (workload.Result, error) {
	return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
}

// archived puts a team or a channel into the archive, or takes it out.
func archived(to value.Raw) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		n := c.Self
		err := c.System.Write(c, &n, value.Members{{Name: "isArchived", Value: to}})
		return workload.Result{One: &workload.Entity{Node: n}}, err
	}
}

func says(name, what string) value.Members {
	return value.Members{{Name: name, Value: value.String(what)}}
}
