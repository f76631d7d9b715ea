package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Poll reads the progress of a job, which may be the look that ends it. It reports
// false when the world knows no job of that id.
func Poll(e *op.Core, w *op.World, id string) (Job, bool) {
	j, known := byID(e, w, id)
	if !known || j.State.Over() {
		return j, known
	}
	end := false
	err := w.Store.Update(func(tx *store.Tx) error {
		ref, _ := tx.Find(0, collection, id)
		if j, known = jobAt(&tx.Reader, ref); !known || j.State.Over() {
			return nil
		}
		j.Looks++
		p := &e.Options.Pace
		if p.Manual {
			return show(e, tx, &j)
		}
		j.Percent = j.percentAt(p, tx.Now())
		if end = j.Percent >= 100 && p.After == 0; end {
			return nil
		}
		j.State = InProgress
		return show(e, tx, &j)
	})
	if err == nil && end {
		complete(e, w, id, nil)
	}
	return byID(e, w, id)
}

func byID(e *op.Core, w *op.World, id string) (j Job, ok bool) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		if ref, found := tx.Find(0, collection, id); found {
			j, ok = jobAt(&tx.Reader, ref)
		}
		return nil
	})
	return j, ok
}

// List lists what the world remembers of jobs, the oldest first.
func List(e *op.Core, w *op.World) (list []Job) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		for ref := range tx.Members(0, collection, 0) {
			if j, ok := jobAt(&tx.Reader, ref); ok {
				list = append(list, j)
			}
		}
		return nil
	})
	return list
}

// Errors of SetJob.
var (
	ErrNoJob   = errors.New("there is no job of that id")
	ErrJobOver = errors.New("the job is over")
)

// Set brings a job to a state by hand: into progress with a percentage, to its
// successful end, or to the failure why.
func Set(e *op.Core, w *op.World, id string, to State, percent float64, why *grapherr.Error) error {
	j, ok := byID(e, w, id)
	switch {
	case !ok:
		return ErrNoJob
	case j.State.Over():
		return ErrJobOver
	case to == Done:
		complete(e, w, id, nil)
		return nil
	case to == Failed:
		complete(e, w, id, why)
		return nil
	}
	return w.Store.Update(func(tx *store.Tx) error {
		j.State, j.Percent = to, percent
		return show(e, tx, &j)
	})
}

// complete brings a job to its end: does what it is for, or lets it fail with why, which
// is nil for a job that is to succeed. What cannot be done makes it fail.
func complete(e *op.Core, w *op.World, id string, why *grapherr.Error) {
	finish := func(why *grapherr.Error) error {
		return w.Store.Update(func(tx *store.Tx) error {
			ref, ok := tx.Find(0, collection, id)
			if !ok {
				return nil
			}
			return Finish(e, w, tx, ref, why)
		})
	}
	if err := finish(why); err != nil {
		finish(grapherr.From(err)) // it only writes down, which cannot fail
	}
}

// Finish ends the job at ref in an open transaction; an error must undo it.
func Finish(e *op.Core, w *op.World, tx *store.Tx, ref store.Ref, why *grapherr.Error) error {
	j, ok := jobAt(&tx.Reader, ref)
	if !ok || j.State.Over() {
		return nil
	}
	if why == nil {
		if err := doJob(e, w, tx, &j); err != nil {
			return err
		}
		j.State, j.Percent = Done, 100
	} else {
		j.State, j.Code, j.Message = Failed, why.Code, why.Message
	}
	return show(e, tx, &j)
}

// doJob runs what a job is for.
func doJob(e *op.Core, w *op.World, tx *store.Tx, j *Job) error {
	m, t := e.ModelOf(j.Type)
	job, ok := e.Registry.Job(t, j.Verb)
	if t == nil || !ok || job.Do == nil {
		return nil
	}
	c := write.InternalCall(e, w, tx, m, j.Verb)
	c.Caller = j.Caller
	if len(j.Body) > 0 {
		body, err := value.ParseObject(j.Body, value.Limits{})
		if err != nil {
			return err
		}
		c.Body, c.Sent = body, body
	}
	ent, there := tx.Get(j.Self)
	if !there {
		return grapherr.NotFound(t.Name.Short(), fmt.Sprint(j.Self)).Because("What the job is about is gone.", "")
	}
	is, ok := m.Type(edm.Name(ent.Object.Type()))
	if !ok {
		is = t
	}
	c.Self = e.Located(c, j.Self, ent, is)
	res, err := job.Do(c)
	if err == nil && res.One != nil {
		j.Resource = res.One.Home.Key
	}
	return err
}

// show writes a job down and shows it in its operation.
func show(e *op.Core, tx *store.Tx, j *Job) error {
	if err := keep(e, tx, j); err != nil {
		return err
	}
	ent, ok := tx.Get(j.Operation)
	if j.Operation == 0 || !ok {
		return nil // a monitor, or an operation that somebody has deleted
	}
	_, t := e.ModelOf(edm.Name(ent.Object.Type()))
	if t == nil {
		return nil
	}
	members := value.Merge(ent.Object.Members(), progress(t, j, tx.Now()))
	return tx.Replace(j.Operation, e.Object(e.Types.Of(t), members))
}

// stateNames are how types spell the states; the first that an enumeration has counts.
var stateNames = [...][]string{
	NotStarted: {"notStarted", "notRunning", "submitted", "waiting"},
	InProgress: {"inProgress", "running"},
	Done:       {"succeeded", "completed", "complete", "success"},
	Failed:     {"failed", "error", "failure"},
}

// progress is a job in the members that the type of its operation has for it.
func progress(t *edm.Type, j *Job, now time.Time) value.Members {
	var out value.Members
	set := func(name string, v value.Raw) {
		if p, ok := t.Property(name); ok && p.Name == name {
			out.Set(name, v)
		}
	}
	if p, ok := t.Property("status"); ok {
		if def := p.Def(); def != nil && def.Kind == edm.Enum {
			out.Set("status", stateName(def, j.State))
		} else if def != nil {
			if state, ok := def.Property("state"); ok && state.Def() != nil {
				out.Set("status", value.Members{{Name: "state", Value: stateName(state.Def(), j.State)}}.Object())
			}
		} else {
			out.Set("status", value.String(stateNames[j.State][0]))
		}
	}
	begun := value.Time(j.Begun)
	set("createdDateTime", begun)
	set("submittedDateTime", begun)
	set("lastActionDateTime", value.Time(now))
	set("attemptsCount", value.Int(1))
	set("percentageComplete", value.Int(int64(j.Percent)))
	set("percentProgress", value.Int(int64(j.Percent)))
	set("percentComplete", value.String(strings.TrimSuffix(string(value.Float(j.Percent)), ".0")))
	set("progress", value.Float(j.Percent))
	if j.State.Over() {
		set("completedDateTime", value.Time(now))
	}
	if j.Resource != "" {
		set("resourceId", value.String(j.Resource))
		set("targetResourceId", value.String(j.Resource))
	}
	if j.State == Failed {
		set("error", value.Members{{Name: "code", Value: value.String(j.Code)}, {Name: "message", Value: value.String(j.Message)}}.Object())
	}
	return out
}

// stateName is a state in the words of an enumeration; its first when it has none for it.
func stateName(def *edm.Type, s State) value.Raw {
	for _, w := range stateNames[s] {
		for _, m := range def.Members {
			if strings.EqualFold(m, w) {
				return value.String(m)
			}
		}
	}
	if len(def.Members) == 0 {
		return value.Null
	}
	return value.String(def.Members[0])
}

// Name is what a job calls itself to those who look at its monitor.
func Name(e *op.Core, j *Job) string {
	_, t := e.ModelOf(j.Type)
	job, _ := e.Registry.Job(t, j.Verb)
	raw, _ := job.Shows.Get("operation")
	name, _ := raw.Text()
	return name
}
