package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Job is a long-running operation: one that a request has started and that was answered
// 202.
type Job struct {
	ID        string    `json:"id"`
	Operation string    `json:"operation"` // "copy"; "create" of a create
	Type      string    `json:"type"`      // what it is about: "microsoft.graph.driveItem"
	Status    string    `json:"status"`    // notStarted, inProgress, completed, failed
	Percent   float64   `json:"percentageComplete"`
	Begun     time.Time `json:"createdDateTime"`
	// Path is where its progress is read: a path of Graph without a version, or of a
	// monitor.
	Path string `json:"path"`
}

// Jobs is what an emulator knows of its long-running operations.
type Jobs struct{ s *Server }

// Jobs returns the emulator's long-running operations.
func (s *Server) Jobs() Jobs { return Jobs{s} }

// List returns the operations, the oldest first. The latest 1000 are kept.
func (j Jobs) List() []Job {
	list := []Job{}
	for r := range j.s.realms() {
		list = append(list, j.s.jobs(r)...)
	}
	slices.SortStableFunc(list, func(a, b Job) int { return a.Begun.Compare(b.Begun) })
	return list
}

func (s *Server) jobs(r *realm) (list []Job) {
	for _, j := range jobs.List(s.engine.Core, r.world) {
		name, invoked := j.Verb.Invoked()
		if !invoked {
			name = string(j.Verb)
		}
		path := j.Path
		if j.Operation == 0 {
			path = monitorPath + j.ID
			if r != s.realm {
				path = monitorPath + r.id() + "/" + j.ID
			}
		}
		list = append(list, Job{ID: j.ID, Operation: name, Type: string(j.Type), Status: j.State.String(), Percent: j.Percent, Begun: j.Begun.UTC(), Path: path})
	}
	return list
}

// Finish ends an operation successfully: its effect is there before Finish returns. An
// unknown id is ErrNoJob, an operation that is over ErrJobOver.
func (j Jobs) Finish(id string) error { return j.s.setJob(id, jobs.Done, 0, nil) }

// Fail ends an operation without its effect. Its status shows code and message; an empty
// code is generalException. The errors are those of Finish.
func (j Jobs) Fail(id, code, message string) error {
	if code == "" {
		code = "generalException"
	}
	return j.s.setJob(id, jobs.Failed, 0, &grapherr.Error{Code: code, Message: message})
}

// Advance shows an operation in progress at a percentage, from 0 to below 100; another
// percentage is an error. The other errors are those of Finish.
func (j Jobs) Advance(id string, percent float64) error {
	if !(percent >= 0 && percent < 100) {
		return fmt.Errorf("%v percent are not between 0 and 100", percent)
	}
	return j.s.setJob(id, jobs.InProgress, percent, nil)
}

// Errors of the methods of Jobs, for errors.Is.
var (
	ErrNoJob   = jobs.ErrNoJob
	ErrJobOver = jobs.ErrJobOver
)

func (s *Server) setJob(id string, state jobs.State, percent float64, failure *grapherr.Error) error {
	for r := range s.realms() {
		if err := jobs.Set(s.engine.Core, r.world, id, state, percent, failure); !errors.Is(err, jobs.ErrNoJob) {
			return err
		}
	}
	return jobs.ErrNoJob
}

// jobControl is what the control plane does with jobs.
type jobControl struct{ Jobs }

func (c jobControl) List() any { return c.Jobs.List() }

func (c jobControl) Change(id, state string, percent float64, code, message string) error {
	var err error
	switch state {
	case "inProgress":
		err = c.Advance(id, percent)
	case "completed", "succeeded":
		err = c.Finish(id)
	case "failed":
		err = c.Fail(id, code, message)
	default:
		return grapherr.BadRequest("The status '%s' is none of inProgress, completed, failed.", state)
	}
	switch {
	case errors.Is(err, jobs.ErrNoJob):
		return grapherr.NotFound("job", id).Because("There is no job of that id.", "")
	case errors.Is(err, jobs.ErrJobOver):
		return grapherr.Exists("job", id).Because("The job is over.", "")
	}
	return err
}

// WithJobs says when long-running operations end. The default is JobsByLooks(1).
func WithJobs(pace JobPace) Option {
	return func(c *config) error {
		c.pace = pace
		return pace.check()
	}
}
