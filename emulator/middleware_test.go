package emulator_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestMiddleware: who stands in front sees what clients ask, and not what the control
// plane is asked.
func TestMiddleware(t *testing.T) {
	seen := ""
	note := func(name string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen += name
				if r.URL.Path == "/v1.0/mine" {
					io.WriteString(w, "mine")
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	emu := emulatortest.New(t, emulator.WithMiddleware(note("a")), emulator.WithMiddleware(note("b")))
	for _, tt := range []struct{ path, seen, body string }{
		{"/v1.0/me/displayName/$value", "ab", "Ida Berg"}, {"/v1.0/mine", "a", "mine"}, {"/_emulator/health", "", ""}, {"/_emulator/monitor/x", "ab", ""},
	} {
		seen = ""
		w := emulatortest.Get(emu, tt.path)
		if seen != tt.seen || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s is seen by %q: %s", tt.path, seen, w.Body)
		}
	}
	if _, err := emulator.New(emulator.WithMiddleware(nil)); err == nil {
		t.Error("nil is taken")
	}
}
