package teams

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// jobs are B-9.27 and C-7.12.
func jobs() []workload.Job {
	of := func(t edm.Name, v bind.Verb, kind string, do workload.Func) workload.Job {
		return workload.Job{Type: t, Verb: v, Operations: "operations", Holder: team, Relative: true, Shows: value.Texts("operationType", kind), Do: do}
	}
	return []workload.Job{
		of(team, bind.Create, "createTeam", teamMade),
		of(team, bind.Invoke("clone"), "cloneTeam", nil),
		of(team, bind.Invoke("archive"), "archiveTeam", archived("true")),
		of(team, bind.Invoke("unarchive"), "unarchiveTeam", archived("false")),
		of(channel, bind.Invoke("archive"), "archiveChannel", archived("true")),
		of(channel, bind.Invoke("unarchive"), "unarchiveChannel", archived("false")),
	}
}

// teamMade is the end of a job whose thing was there from the start.
func teamMade(c *workload.Call) (workload.Result, error) {
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
