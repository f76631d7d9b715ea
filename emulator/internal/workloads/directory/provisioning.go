package directory

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// provisioning holds the rules of synchronization jobs (C-10.10).
func provisioning() []workload.Rule {
	const job edm.Name = "microsoft.graph.synchronizationJob"
	return []workload.Rule{
		{Type: job, Verb: bind.Create, Do: createJob},
		{Type: job, Verb: bind.Invoke("start"), Do: schedule("Active", "NotRun")},
		{Type: job, Verb: bind.Invoke("restart"), Do: schedule("Active", "NotRun")},
		{Type: job, Verb: bind.Invoke("pause"), Do: schedule("Paused", "Paused")},
	}
}

// createJob gives a job its id, which begins with its template, and a schedule that has yet
// to be started.
func createJob(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	if template := c.Body.Text("templateId"); template != "" {
		c.Body.Set("id", value.String(template+"."+strings.ReplaceAll(workload.TenantID(c.Tx), "-", "")+"."+c.Tx.NewGUID()))
	}
	for _, m := range scheduled("Disabled", "NotConfigured") {
		c.Body.SetMissing(m.Name, m.Value)
	}
	return c.Next()
}

func scheduled(state, code string) value.Members {
	return value.Members{
		{Name: "schedule", Value: value.Members{{Name: "expiration", Value: value.Null}, {Name: "interval", Value: `"PT40M"`}, {Name: "state", Value: value.String(state)}}.Object()},
		{Name: "status", Value: value.Members{{Name: "code", Value: value.String(code)}, {Name: "countSuccessiveCompleteFailures", Value: "0"}, {Name: "escrowsPruned", Value: "false"}}.Object()},
	}
}

// schedule says whether a job runs. Nothing is synchronized by it.
func schedule(state, code string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if err := exists(c); err != nil {
			return workload.Result{}, err
		}
		return workload.Result{Status: 204}, c.System.Write(c, &c.Self, scheduled(state, code))
	}
}
