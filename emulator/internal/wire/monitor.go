package wire

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// progress is what a monitor answers (B-9.25, C-7.7).
type progress struct {
	Operation string         `json:"operation,omitempty"`
	Percent   json.Number    `json:"percentageComplete"`
	Resource  string         `json:"resourceId,omitempty"`
	Status    string         `json:"status"`
	Error     *progressError `json:"error,omitempty"`
}

type progressError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Monitor answers monitors: anonymously, and for as long as the job is remembered
// (C-7.11).
func (g *Graph) Monitor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.Tenants.CatchUp()
		tenant, id, of := strings.Cut(strings.TrimPrefix(r.URL.Path, g.Monitors), "/")
		if !of {
			tenant, id = "", tenant
		}
		world := g.Tenants.ByID(tenant).World
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			Fail(w, r, grapherr.NotAllowed(r.Method, []string{http.MethodGet}), world.Now(), g.Log)
			return
		}
		j, ok := jobs.Poll(g.Engine.Core, world, id)
		if !ok || j.Operation != 0 {
			Fail(w, r, grapherr.NotFound("monitor", "monitor").Because("The address of the monitor is not valid, or no longer.", ""), world.Now(), g.Log)
			return
		}
		out := progress{Operation: jobs.Name(g.Engine.Core, &j), Status: j.State.String(), Resource: j.Resource,
			Percent: json.Number(strconv.FormatFloat(j.Percent, 'f', 1, 64))}
		if j.State == jobs.Failed {
			out.Error = &progressError{j.Code, j.Message}
		}
		status := http.StatusOK
		if !j.State.Over() || j.State == jobs.Done && g.Documented {
			status = http.StatusAccepted
		}
		body, err := json.Marshal(out)
		if err != nil {
			Fail(w, r, err, world.Now(), g.Log)
			return
		}
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			w.Write(body) // an error here is the client's going away
		}
	})
}
