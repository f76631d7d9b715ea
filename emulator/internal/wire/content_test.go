package wire_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A download whose page documents 302 leads to an address that needs no token, takes
// Range and is good for a while.
func TestContentTickets(t *testing.T) {
	t.Attr("rules", "B-9.1 B-9.2")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	emu := emulatortest.New(t, emulator.WithClock(func() time.Time { return now }))
	get := func(target, rng string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", target, nil)
		if rng != "" {
			r.Header.Set("Range", rng)
		}
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w
	}
	w := get("/v1.0/reports/getEmailActivityCounts(period='D7')", "")
	ticket := w.Header().Get("Location")
	if w.Code != http.StatusFound || w.Body.Len() != 0 || !strings.Contains(ticket, "/_emulator/content/") {
		t.Fatalf("%d to %q: %s", w.Code, ticket, w.Body)
	}
	for _, tt := range []struct {
		what, target, rng string
		status            int
		body              string
	}{
		{"whole", ticket, "", 200, "Name,Value\nperiod,D7\n"},
		{"a part", ticket, "bytes=0-3", 206, "Name"},
		{"another signature", ticket + "x", "", 404, ""},
		{"no ticket", "/_emulator/content/nothing", "", 404, ""},
	} {
		w := get(tt.target, tt.rng)
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s: %d %q, want %d %q", tt.what, w.Code, w.Body, tt.status, tt.body)
		}
	}
	now = now.Add(2 * time.Hour)
	if w := get(ticket, ""); w.Code != 404 {
		t.Errorf("after two hours: %d", w.Code)
	}
}

// A message is created from MIME where others take JSON only.
func TestMediaInPlaceOfJSON(t *testing.T) {
	t.Attr("rules", "B-4.2 B-4.49")
	emu := emulatortest.New(t)
	for _, tt := range []struct {
		path, media string
		status      int
	}{
		{"/v1.0/me/messages", "text/plain", 201},
		{"/v1.0/me/messages", "image/png", 400},
		{"/v1.0/users", "text/plain", 400},
	} {
		r := httptest.NewRequest("POST", tt.path, strings.NewReader("RnJvbTogSWRh"))
		r.Header.Set("Content-Type", tt.media)
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s as %s: %d, want %d: %s", tt.path, tt.media, w.Code, tt.status, w.Body)
		}
	}
}
