// Package workloads lists the exceptions of all services. A workload is a
// folder beside this file and a line in All.
package workloads

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/directory"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/media"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/presence"
)

// All lists every workload. The order has no meaning.
func All() []workload.Workload {
	return []workload.Workload{directory.Workload(), media.Workload(), presence.Workload()}
}
