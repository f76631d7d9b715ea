package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Job is a long-running operation: what a request has begun and answered with 202.
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

// Jobs lists the long-running operations, the oldest first. The latest 1000 are kept.
func (s *Server) Jobs() []Job {
	list := []Job{}
	for r := range s.realms() {
		list = append(list, s.jobs(r)...)
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

// FinishJob ends a job successfully: what it is for happens before it returns.
func (s *Server) FinishJob(id string) error { return s.setJob(id, jobs.Done, 0, nil) }

// FailJob ends a job without doing what it is for; its operation shows code and message.
func (s *Server) FailJob(id, code, message string) error {
	if code == "" {
		code = "generalException"
	}
	return s.setJob(id, jobs.Failed, 0, &grapherr.Error{Code: code, Message: message})
}

// AdvanceJob shows a job in progress, at a percentage from 0 to below 100.
func (s *Server) AdvanceJob(id string, percent float64) error {
	if !(percent >= 0 && percent < 100) {
		return fmt.Errorf("%v percent are not between 0 and 100", percent)
	}
	return s.setJob(id, jobs.InProgress, percent, nil)
}

func (s *Server) setJob(id string, state jobs.State, percent float64, failure *grapherr.Error) error {
	for r := range s.realms() {
		if err := jobs.Set(s.engine.Core, r.world, id, state, percent, failure); !errors.Is(err, jobs.ErrNoJob) {
			return err
		}
	}
	return jobs.ErrNoJob
}

// jobControl is what the control plane does with jobs.
type jobControl struct{ s *Server }

func (c jobControl) List() any { return c.s.Jobs() }

func (c jobControl) Change(id, state string, percent float64, code, message string) error {
	var err error
	switch state {
	case "inProgress":
		err = c.s.AdvanceJob(id, percent)
	case "completed", "succeeded":
		err = c.s.FinishJob(id)
	case "failed":
		err = c.s.FailJob(id, code, message)
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

// WithJobs says when long-running operations come to their end: "looks:N", when their
// progress is read for the Nth time (the default is looks:1); a time span such as "30s"
// of the emulator's clock; or "manual", when FinishJob or FailJob says so.
func WithJobs(pace string) Option {
	return func(c *config) (err error) {
		c.pace, err = parsePace(pace)
		return err
	}
}

func parsePace(text string) (p op.Pace, err error) {
	bad := fmt.Errorf("%q is no pace of jobs; write looks:1, a time span such as 30s, or manual", text)
	if text == "manual" {
		return op.Pace{Manual: true}, nil
	}
	if n, ok := strings.CutPrefix(text, "looks:"); ok {
		if p.Looks, err = strconv.Atoi(n); err != nil || p.Looks < 1 {
			return p, bad
		}
		return p, nil
	}
	if p.After, err = time.ParseDuration(text); err != nil || p.After <= 0 {
		return p, bad
	}
	return p, nil
}
