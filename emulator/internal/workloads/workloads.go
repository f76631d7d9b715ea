// Package workloads lists the exceptions of all services. A workload is a
// folder beside this file and a line in All.
package workloads

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/compliance"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/connectors"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/directory"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/excel"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/files"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/governance"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/identityprotection"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/intune"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/onenote"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/outlook"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/planner"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/presence"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/printing"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/reports"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/security"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/sites"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/subscriptions"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/teams"
)

// All lists every workload. The order has no meaning.
func All() []workload.Workload {
	return []workload.Workload{
		compliance.Workload(),
		connectors.Workload(),
		directory.Workload(),
		excel.Workload(),
		files.Workload(),
		governance.Workload(),
		identityprotection.Workload(),
		intune.Workload(),
		onenote.Workload(),
		outlook.Workload(),
		planner.Workload(),
		presence.Workload(),
		printing.Workload(),
		reports.Workload(),
		security.Workload(),
		sites.Workload(),
		subscriptions.Workload(),
		teams.Workload(),
		protocol(),
	}
}
