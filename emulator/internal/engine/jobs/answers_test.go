package jobs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

func newTeam(t *testing.T, emu *emulator.Server) string {
	t.Helper()
	location := emulatortest.Must(t, emu, "POST", "/v1.0/teams", `{"template@odata.bind":"https://graph.microsoft.com/v1.0/teamsTemplates('standard')","displayName":"Harbour"}`, 202).Header().Get("Content-Location")
	return strings.TrimSuffix(strings.TrimPrefix(location, "/teams('"), "')")
}

// A job whose thing has gone fails, at its own time, and changes nothing.
func TestJobFails(t *testing.T) {
	for _, pace := range []emulator.JobPace{emulator.JobsByLooks(1), emulator.JobsAfter(time.Minute)} {
		emu := emulatortest.New(t, emulator.WithJobs(pace))
		emu.Clock().Freeze()
		team := newTeam(t, emu)
		channel := emulatortest.Must(t, emu, "POST", "/v1.0/teams/"+team+"/channels", `{"displayName":"Night watch"}`, 201).Header().Get("Location")
		channel = channel[strings.Index(channel, "/v1.0"):]
		location := emulatortest.Must(t, emu, "POST", channel+"/archive", ``, 202).Header().Get("Location")
		emulatortest.Do(emu, "DELETE", channel, "")
		if err := emu.Clock().Advance(time.Minute); err != nil {
			t.Fatal(err)
		}
		w := emulatortest.Get(emu, "/v1.0"+location)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"status":"failed"`) || !strings.Contains(w.Body.String(), `"error":{"code":"ResourceNotFound"`) {
			t.Errorf("%s: %d %s", pace, w.Code, w.Body)
		}
	}
}

// By hand, in Go.
func TestJobsByHand(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithJobs(emulator.JobsManual()))
	team := newTeam(t, emu)
	emulatortest.Must(t, emu, "POST", "/v1.0/teams/"+team+"/archive", ``, 202)
	jobs := emu.Jobs().List()
	if len(jobs) != 2 || jobs[1].Operation != "archive" || jobs[1].Status != "notStarted" {
		t.Fatalf("%+v", jobs)
	}
	if err := emu.Jobs().Advance(jobs[1].ID, 50); err != nil || emu.Jobs().List()[1].Percent != 50 {
		t.Error(err, emu.Jobs().List())
	}
	if emu.Jobs().Advance(jobs[1].ID, 100) == nil || emu.Jobs().Finish("nothing") == nil {
		t.Error("nonsense is taken")
	}
	if err := emu.Jobs().Finish(jobs[1].ID); err != nil {
		t.Error(err)
	}
	if w := emulatortest.Get(emu, "/v1.0/teams/"+team+"?$select=isArchived"); !strings.Contains(w.Body.String(), "true") {
		t.Errorf("finished, and not archived: %s", w.Body)
	}
	if emu.Jobs().Fail(jobs[1].ID, "", "") == nil {
		t.Error("a job that is over fails")
	}
	for _, text := range []string{"", "looks:0", "looks:x", "-1s", "0s", "soon"} {
		if p := emulator.JobsManual(); p.UnmarshalText([]byte(text)) == nil || p != emulator.JobsManual() {
			t.Errorf("%q is taken", text)
		}
	}
	for _, pace := range []emulator.JobPace{emulator.JobsByLooks(-1), emulator.JobsAfter(0), emulator.JobsAfter(-time.Second)} {
		if _, err := emulator.New(emulator.WithJobs(pace)); err == nil {
			t.Errorf("WithJobs(%v) is taken", pace)
		}
	}
}

// Jobs are forgotten, with the operations that showed them: those that are over first.
func TestJobsAreBounded(t *testing.T) {
	emu := emulatortest.New(t)
	team := newTeam(t, emu)
	var kept string
	for i := range 1010 {
		location := emulatortest.Must(t, emu, "POST", "/v1.0/teams/"+team+"/archive", ``, 202).Header().Get("Location")
		switch i {
		case 0:
			kept = location // nobody has looked: it is not over
		case 1:
			emulatortest.Get(emu, "/v1.0"+location)
			defer func() {
				if w := emulatortest.Get(emu, "/v1.0"+location); w.Code != 404 {
					t.Errorf("a job that was over is still there: %d", w.Code)
				}
			}()
		}
	}
	if n := len(emu.Jobs().List()); n != 1000 {
		t.Errorf("%d jobs", n)
	}
	if w := emulatortest.Get(emu, "/v1.0/teams/"+team+"/operations?$top=999"); strings.Count(w.Body.String(), "archiveTeam") > 1000 {
		t.Error("operations pile up")
	}
	if w := emulatortest.Get(emu, "/v1.0"+kept); w.Code != 404 {
		t.Errorf("of those that are not over the oldest goes: %d", w.Code)
	}
}
