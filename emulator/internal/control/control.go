package control

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Actions is what the control plane can do to its emulator.
type Actions struct {
	Reset    func() error
	Version  func() string
	Coverage func() (any, error)
	Now      func() time.Time
	Log      *slog.Logger
	Fail     func(http.ResponseWriter, *http.Request, error) // writes an error
}

// Handler serves the control plane.
func Handler(a Actions) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /_emulator/health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"status": "ok"})
	})
	m.HandleFunc("GET /_emulator/version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"name": "graph-emulator", "version": a.Version()})
	})
	m.HandleFunc("GET /_emulator/coverage", func(w http.ResponseWriter, r *http.Request) {
		v, err := a.Coverage()
		if err != nil {
			a.Fail(w, r, err)
			return
		}
		answer(w, v)
	})
	m.HandleFunc("POST /_emulator/reset", func(w http.ResponseWriter, r *http.Request) {
		if err := a.Reset(); err != nil {
			a.Fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		for _, known := range [...]struct{ path, method string }{
			{"/_emulator/health", "GET"}, {"/_emulator/version", "GET"}, {"/_emulator/coverage", "GET"}, {"/_emulator/reset", "POST"},
		} {
			if r.URL.Path == known.path {
				a.Fail(w, r, grapherr.NotAllowed(r.Method, []string{known.method}))
				return
			}
		}
		e := grapherr.NotFound("endpoint", r.URL.Path)
		e.Cause = "The control plane has no such endpoint."
		a.Fail(w, r, e)
	})
	return m
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
