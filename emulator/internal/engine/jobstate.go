package engine

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Look reads the progress of a job, which may be the look that ends it. It reports
// false when the world knows no job of that id.
func (e *Core) Look(w *World, id string) (Job, bool) {
	j, known := e.jobOf(w, id)
	if !known || j.State.Over() {
		return j, known
	}
	end := false
	err := w.Store.Update(func(tx *store.Tx) error {
		ref, _ := tx.Find(0, jobs, id)
		if j, known = jobAt(tx, ref); !known || j.State.Over() {
			return nil
		}
		j.Looks++
		p := &e.opt.Pace
		if p.Manual {
			return e.showJob(tx, &j)
		}
		j.Percent = j.percentAt(p, tx.Now())
		if end = j.Percent >= 100 && p.After == 0; end {
			return nil
		}
		j.State = InProgress
		return e.showJob(tx, &j)
	})
	if err == nil && end {
		e.end(w, id, nil)
	}
	return e.jobOf(w, id)
}

func (e *Core) jobOf(w *World, id string) (j Job, ok bool) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		if ref, found := tx.Find(0, jobs, id); found {
			j, ok = jobAt(tx, ref)
		}
		return nil
	})
	return j, ok
}

// Jobs lists what the world remembers of jobs, the oldest first.
func (e *Core) Jobs(w *World) (list []Job) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		for ref := range tx.Members(0, jobs, 0) {
			if j, ok := jobAt(tx, ref); ok {
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

// SetJob brings a job to a state by hand: into progress with a percentage, to its
// successful end, or to the failure why.
func (e *Core) SetJob(w *World, id string, to JobState, percent float64, why *grapherr.Error) error {
	j, ok := e.jobOf(w, id)
	switch {
	case !ok:
		return ErrNoJob
	case j.State.Over():
		return ErrJobOver
	case to == Done:
		e.end(w, id, nil)
		return nil
	case to == Failed:
		e.end(w, id, why)
		return nil
	}
	return w.Store.Update(func(tx *store.Tx) error {
		j.State, j.Percent = to, percent
		return e.showJob(tx, &j)
	})
}

// end brings a job to its end: does what it is for, or lets it fail with why, which
// is nil for a job that is to succeed. What cannot be done makes it fail.
func (e *Core) end(w *World, id string, why *grapherr.Error) {
	finish := func(why *grapherr.Error) error {
		return w.Store.Update(func(tx *store.Tx) error {
			ref, ok := tx.Find(0, jobs, id)
			if !ok {
				return nil
			}
			return e.finish(w, tx, ref, why)
		})
	}
	if err := finish(why); err != nil {
		finish(grapherr.From(err)) // it only writes down, which cannot fail
	}
}

// finish ends the job at ref in an open transaction; an error must undo it.
func (e *Core) finish(w *World, tx *store.Tx, ref store.Ref, why *grapherr.Error) error {
	j, ok := jobAt(tx, ref)
	if !ok || j.State.Over() {
		return nil
	}
	if why == nil {
		if err := e.doJob(w, tx, &j); err != nil {
			return err
		}
		j.State, j.Percent = Done, 100
	} else {
		j.State, j.Code, j.Message = Failed, why.Code, why.Message
	}
	return e.showJob(tx, &j)
}

// doJob runs what a job is for.
func (e *Core) doJob(w *World, tx *store.Tx, j *Job) error {
	m, t := e.modelOf(j.Type)
	job, ok := e.reg.Job(t, j.Verb)
	if t == nil || !ok || job.Do == nil {
		return nil
	}
	c := e.inner(w, tx, m, j.Verb)
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
	c.Self = e.homed(c, j.Self, ent, is)
	res, err := job.Do(c)
	if err == nil && res.One != nil {
		j.Resource = res.One.Home.Key
	}
	return err
}

// show writes a job down and shows it in its operation.
func (e *Core) showJob(tx *store.Tx, j *Job) error {
	if err := e.keepJob(tx, j); err != nil {
		return err
	}
	ent, ok := tx.Get(j.Operation)
	if j.Operation == 0 || !ok {
		return nil // a monitor, or an operation that somebody has deleted
	}
	_, t := e.modelOf(edm.Name(ent.Object.Type()))
	if t == nil {
		return nil
	}
	members := value.Merge(ent.Object.Members(), progress(t, j, tx.Now()))
	return tx.Replace(j.Operation, e.object(e.kinds.of(t), members))
}

// words are how types spell the states; the first that an enumeration has counts.
var words = [...][]string{
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
			out.Set("status", word(def, j.State))
		} else if def != nil {
			if state, ok := def.Property("state"); ok && state.Def() != nil {
				out.Set("status", value.Members{{Name: "state", Value: word(state.Def(), j.State)}}.Object())
			}
		} else {
			out.Set("status", value.String(words[j.State][0]))
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

// word is a state in the words of an enumeration; its first when it has none for it.
func word(def *edm.Type, s JobState) value.Raw {
	for _, w := range words[s] {
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

// JobName is what a job calls itself to those who look at its monitor.
func (e *Core) JobName(j *Job) string {
	_, t := e.modelOf(j.Type)
	job, _ := e.reg.Job(t, j.Verb)
	raw, _ := job.Shows.Get("operation")
	name, _ := raw.Text()
	return name
}
