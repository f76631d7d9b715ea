package emulator

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// timeline drives the presence of one user and never reads it: what passes with time
// is in the journal by itself.
type timeline struct {
	t     *testing.T
	emu   *Server
	start time.Time
	seen  int64 // change number
}

const berg = "c26302f8-02f8-c263-f802-63c2f80263c2"

func newTimeline(t *testing.T) *timeline {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	emu, err := New(WithClock(func() time.Time { return start }))
	if err != nil {
		t.Fatal(err)
	}
	return &timeline{t: t, emu: emu, start: start, seen: emu.world.Store.Seq()}
}

// at moves the clock on to so long after the start.
func (l *timeline) at(after time.Duration) {
	l.t.Helper()
	if err := l.emu.Clock().Advance(l.start.Add(after).Sub(l.emu.Clock().Now())); err != nil {
		l.t.Fatal(err)
	}
}

// do calls an action of the presence.
func (l *timeline) do(action, body string, status int) {
	l.t.Helper()
	r := httptest.NewRequest("POST", "/v1.0/users/"+berg+"/presence/"+action, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	l.emu.ServeHTTP(w, r)
	if w.Code != status {
		l.t.Fatalf("%s: %d %s", action, w.Code, w.Body)
	}
}

// changes prints what the journal has of the presence since the last call: when, and
// what it shows where that is something else than before.
func (l *timeline) changes() string {
	l.t.Helper()
	var lines []string
	number := int64(0)
	for c := range l.emu.world.Store.Changes(l.seen) {
		l.seen = c.Seq
		if c.Nav != "presences" || c.Kind == store.Deleted {
			continue
		}
		was, is := "Offline/Offline", pairOf(c)
		if c.Kind == store.Updated {
			was = pairOf(store.Change{New: c.Old})
		}
		raw, _ := c.New.Get("sequenceNumber") // B-11.47
		text, _ := raw.Text()
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= number {
			l.t.Errorf("sequenceNumber %s after %d", raw, number)
		}
		number = n
		if was != is {
			lines = append(lines, fmt.Sprintf("%v %s", c.At.Sub(l.start), is))
		}
	}
	return strings.Join(lines, "\n")
}

func pairOf(c store.Change) string {
	a, _ := c.New.Get("availability")
	b, _ := c.New.Get("activity")
	return strings.Trim(string(a), `"`) + "/" + strings.Trim(string(b), `"`)
}

func (l *timeline) expect(what, want string) {
	l.t.Helper()
	if got := l.changes(); got != want {
		l.t.Errorf("%s: the journal has\n%s\nwant\n%s", what, got, want)
	}
}

const (
	appA = `"sessionId":"aaaaaaaa-0000-4000-8000-00000000000a"`
	appB = `"sessionId":"aaaaaaaa-0000-4000-8000-00000000000b"`
)

// The worked timeline of 11.9 with the entries of the journal that notifications are
// made of.
func TestPresenceTimeline(t *testing.T) {
	t.Attr("rules", "B-11.20 B-11.21 B-11.22 B-11.23 B-11.24 B-11.29 B-11.30 B-11.31 B-11.32 B-11.33 B-11.46 B-11.47")
	l := newTimeline(t)
	l.do("setPresence", "{"+appA+`,"availability":"Available","activity":"Available","expirationDuration":"PT1H"}`, 200)
	l.expect("A is available", "0s Available/Available")
	l.at(2 * time.Minute)
	l.do("setPresence", "{"+appB+`,"availability":"Busy","activity":"InACall","expirationDuration":"PT5M"}`, 200)
	l.expect("B is busy", "2m0s Busy/InACall")
	l.at(3 * time.Minute)
	l.do("setUserPreferredPresence", `{"availability":"DoNotDisturb","activity":"DoNotDisturb","expirationDuration":"PT10M"}`, 200)
	l.expect("preferred", "3m0s DoNotDisturb/DoNotDisturb")
	l.at(5 * time.Minute)
	l.expect("A fades", "")
	l.at(7 * time.Minute)
	l.expect("B expires", "")
	l.at(10 * time.Minute)
	l.expect("A fades again", "")
	l.at(13*time.Minute - 1)
	l.expect("before the preferred one expires", "")
	l.at(13 * time.Minute)
	l.expect("the preferred one expires", "13m0s Away/Away")
	l.at(14 * time.Minute)
	l.do("setPresence", "{"+appA+`,"availability":"Available","activity":"Available","expirationDuration":"PT1H"}`, 200)
	l.expect("A is back", "14m0s Available/Available")
	l.at(15 * time.Minute)
	l.do("clearPresence", "{"+appA+"}", 200)
	l.expect("A is cleared", "15m0s Offline/Offline")
	l.do("clearPresence", "{"+appA+"}", 404)
	l.at(48 * time.Hour)
	l.expect("afterwards", "")
	if at, ok := l.emu.Clock().Next(); ok {
		t.Errorf("something is waited for at %v", at)
	}
}

// Fading and expiry are changes, each at its own time however far the clock moves;
// the same state again is none, and neither is a status message.
func TestPresencePasses(t *testing.T) {
	t.Attr("rules", "B-11.46")
	l := newTimeline(t)
	hour := "{" + appA + `,"availability":"Available","activity":"Available","expirationDuration":"PT1H"}`
	l.do("setPresence", hour, 200)
	l.expect("set", "0s Available/Available")
	l.at(time.Minute)
	l.do("setPresence", hour, 200)
	l.do("setStatusMessage", `{"statusMessage":{"message":{"content":"At sea"},"expiryDateTime":{"dateTime":"2026-11-22T08:30:00","timeZone":"UTC"}}}`, 200)
	l.expect("the same again", "")
	l.at(24 * time.Hour)
	l.expect("a day", "6m0s AvailableIdle/Inactive\n11m0s Away/Away\n1h1m0s Offline/Offline")
}

// The due list goes with the tenant: after a reset nothing of the old one happens.
func TestPresenceReset(t *testing.T) {
	l := newTimeline(t)
	l.do("setPresence", "{"+appA+`,"availability":"Busy","activity":"InACall"}`, 200)
	if _, ok := l.emu.Clock().Next(); !ok {
		t.Error("nothing is waited for")
	}
	if err := l.emu.Reset(); err != nil {
		t.Fatal(err)
	}
	if at, ok := l.emu.Clock().Next(); ok {
		t.Errorf("something is waited for at %v", at)
	}
}
