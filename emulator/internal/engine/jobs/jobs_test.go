package jobs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const crew = `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew","securityEnabled":true}`

// begun is a world with one job, which renames the group when it is done.
func begun(t *testing.T, pace op.Pace, do workload.Func) (w *enginetest.World, id, group string) {
	t.Helper()
	if do == nil {
		do = func(c *workload.Call) (workload.Result, error) {
			return workload.Result{}, c.System.Write(c, &c.Self, value.Texts("displayName", "Done"))
		}
	}
	w = enginetest.New(t, op.Options{Pace: pace}, workload.Workload{Name: "w", Jobs: []workload.Job{{Type: "microsoft.graph.group", Verb: bind.Invoke("renew"), Do: do}}})
	group = w.Create("/groups", crew)
	if ans := w.Must("POST", "/groups/"+group+"/renew", ""); ans.Status != 202 || len(ans.Links) != 1 || !ans.Links[0].Monitor {
		t.Fatalf("the job answers %d, %+v", ans.Status, ans.Links)
	}
	list := jobs.List(w.Core, w.World)
	if len(list) != 1 {
		t.Fatalf("%d jobs", len(list))
	}
	return w, list[0].ID, group
}

func name(w *enginetest.World, group string) string {
	return w.Must("GET", "/groups/"+group, "").One.Text("displayName")
}

func poll(t *testing.T, w *enginetest.World, id string) jobs.Job {
	t.Helper()
	j, ok := jobs.Poll(w.Core, w.World, id)
	if !ok {
		t.Fatalf("no job %s", id)
	}
	return j
}

// A job is done at the look that its pace says, and does its work then and once.
func TestLooks(t *testing.T) {
	for looks, want := range map[int][]float64{0: {100}, 1: {100}, 3: {33.3, 66.7, 100}} {
		w, id, group := begun(t, op.Pace{Looks: looks}, nil)
		for i, percent := range want {
			over := i == len(want)-1
			if name(w, group) != "Crew" {
				t.Errorf("looks %d: the work is done before look %d", looks, i+1)
			}
			if j := poll(t, w, id); j.Percent != percent || (j.State == jobs.Done) != over {
				t.Errorf("looks %d: at look %d the job is %s with %v%%, want %v%%", looks, i+1, j.State, j.Percent, percent)
			}
		}
		if name(w, group) != "Done" {
			t.Errorf("looks %d: the work is not done", looks)
		}
		if j := poll(t, w, id); j.Looks > looks {
			t.Errorf("looks %d: a job that is over counts looks: %d", looks, j.Looks)
		}
	}
}

// A job with a time is done when the clock reaches it, whoever looks.
func TestTime(t *testing.T) {
	w, id, group := begun(t, op.Pace{After: time.Minute}, nil)
	w.Time = w.Time.Add(45 * time.Second)
	for range 5 {
		if j := poll(t, w, id); j.State != jobs.InProgress || j.Percent != 75 {
			t.Fatalf("the job is %s with %v%%", j.State, j.Percent)
		}
	}
	w.Time = w.Time.Add(15 * time.Second)
	if err := w.CatchUp(w.World); err != nil {
		t.Fatal(err)
	}
	if name(w, group) != "Done" || poll(t, w, id).State != jobs.Done {
		t.Error("the time has come, and the job is not done")
	}
}

// By hand a job goes where it is sent, and what is over stays so.
func TestSet(t *testing.T) {
	w, id, group := begun(t, op.Pace{Manual: true}, nil)
	for range 3 {
		poll(t, w, id)
	}
	if err := jobs.Set(w.Core, w.World, id, jobs.InProgress, 40, nil); err != nil || poll(t, w, id).Percent != 40 || name(w, group) != "Crew" {
		t.Errorf("%v, %+v", err, poll(t, w, id))
	}
	if err := jobs.Set(w.Core, w.World, id, jobs.Failed, 0, grapherr.BadRequest("fog")); err != nil {
		t.Error(err)
	}
	if j := poll(t, w, id); j.State != jobs.Failed || j.Message != "fog" || name(w, group) != "Crew" {
		t.Errorf("%+v", j)
	}
	if err := jobs.Set(w.Core, w.World, id, jobs.Done, 0, nil); !errors.Is(err, jobs.ErrJobOver) {
		t.Errorf("a failed job: %v", err)
	}
	if err := jobs.Set(w.Core, w.World, "nothing", jobs.Done, 0, nil); !errors.Is(err, jobs.ErrNoJob) {
		t.Errorf("no job: %v", err)
	}
}

// Work that fails makes the job fail, and nothing of it stays.
func TestFailure(t *testing.T) {
	w, id, group := begun(t, op.Pace{}, func(c *workload.Call) (workload.Result, error) {
		if err := c.System.Write(c, &c.Self, value.Texts("displayName", "Half")); err != nil {
			return workload.Result{}, err
		}
		return workload.Result{}, grapherr.BadRequest("fog")
	})
	if j := poll(t, w, id); j.State != jobs.Failed || j.Message != "fog" {
		t.Errorf("%+v", j)
	}
	if got := name(w, group); got != "Crew" {
		t.Errorf("half of the work stays: %s", got)
	}
}
