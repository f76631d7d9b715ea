package control

import (
	"net/http"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Jobs are the long-running operations of an emulator.
type Jobs interface {
	// List gives what GET answers.
	List() any
	// Change brings a job to a state; percent counts while it is in progress, code and
	// message when it has failed.
	Change(id, state string, percent float64, code, message string) error
}

// change is what is asked of a job.
type change struct {
	Status  string   `json:"status"`
	Percent *float64 `json:"percentageComplete"`
	Error   *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func jobEndpoints(j Jobs) []endpoint {
	return []endpoint{
		{"GET", "/jobs", func(*http.Request) (any, error) { return map[string]any{"value": j.List()}, nil }},
		{"POST", "/jobs/{id}", func(r *http.Request) (any, error) {
			var c change
			if err := read(r, &c); err != nil {
				return nil, err
			}
			percent, code, message := 0.0, "", ""
			switch {
			case c.Percent != nil && c.Status != "inProgress" && c.Status != "":
				return nil, grapherr.BadRequest("percentageComplete belongs to the status inProgress.")
			case c.Error != nil && c.Status != "failed":
				return nil, grapherr.BadRequest("error belongs to the status failed.")
			case c.Percent != nil && (*c.Percent < 0 || *c.Percent >= 100):
				return nil, grapherr.BadRequest("percentageComplete is %v, and not between 0 and 100.", *c.Percent)
			case c.Status == "" && c.Percent == nil:
				return nil, grapherr.BadRequest("Nothing is asked of the job: the body has no status.")
			case c.Status == "":
				c.Status = "inProgress"
			}
			if c.Percent != nil {
				percent = *c.Percent
			}
			if c.Error != nil {
				code, message = c.Error.Code, c.Error.Message
			}
			return nil, j.Change(r.PathValue("id"), c.Status, percent, code, message)
		}},
	}
}
