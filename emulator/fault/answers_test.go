package fault_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

func addFault(t *testing.T, emu *emulator.Server, r fault.Rule) string {
	t.Helper()
	id, err := emu.Faults().Add(r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A connection is cut without an answer.
func TestDroppedConnection(t *testing.T) {
	t.Attr("rules", "C-11.7")
	s := graphtest.Start(t)
	addFault(t, s.Emulator, fault.Rule{Method: "POST", Drop: true})
	resp, err := s.Client().Post("/v1.0/groups", "application/json", strings.NewReader(`{}`))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("an answer: %s", resp.Status)
	}
	s.Get("/me")
}

// A delay is on the emulator's clock: under a frozen one the answer waits until the
// clock is moved, and a client that does not wait leaves nobody behind.
func TestDelay(t *testing.T) {
	s := graphtest.Start(t)
	client := s.Client() // asks who is signed in
	s.Emulator.Clock().Freeze()
	addFault(t, s.Emulator, fault.Rule{Delay: 30, Times: 2})
	type reply struct {
		resp *http.Response
		err  error
	}
	send := func(ctx context.Context) <-chan reply {
		done := make(chan reply, 1)
		r, err := http.NewRequestWithContext(ctx, "GET", "/v1.0/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() { resp, err := client.Do(r); done <- reply{resp, err} }()
		return done
	}
	arrived := func(n int) {
		t.Helper()
		for range 10_000 {
			if s.Emulator.Faults().List()[0].Hit == n {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("request %d does not arrive", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := send(ctx)
	arrived(1)
	cancel()
	if got := <-done; got.err == nil {
		t.Fatalf("answered at once: %s", got.resp.Status)
	}
	done = send(t.Context())
	arrived(2)
	if err := s.Emulator.Clock().Advance(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	got := <-done
	if got.err != nil {
		t.Fatal(got.err)
	}
	defer got.resp.Body.Close()
	if body, _ := io.ReadAll(got.resp.Body); got.resp.StatusCode != 200 || got.resp.Header.Get("X-Emulator-Fault") == "" {
		t.Errorf("%s %s", got.resp.Status, body)
	}
}

// A body of the rule's own shows the ids of its answer.
func TestFaultBody(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithClock(func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }))
	addFault(t, emu, fault.Rule{Status: 500, Body: []byte(`{"id":"${request-id}","at":"${date}","client":"${client-request-id}"}`)})
	r := httptest.NewRequest("GET", "/v1.0/me", nil)
	r.Header.Set("client-request-id", `a"b`)
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	if want := `{"id":"` + w.Header().Get("request-id") + `","at":"2026-11-22T08:00:00","client":"a\"b"}`; w.Code != 500 || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
}
