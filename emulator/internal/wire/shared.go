package wire

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Shared is what every answer has in common, whatever door it comes from: request
// ids and CORS (B-1.9, C-1.20), the time (B-1.11), the answer to OPTIONS (C-1.21), and
// that a panic becomes a 500 instead of a dropped connection. now is the emulator's
// clock, which the times in answers are told by.
func Shared(log *slog.Logger, now func() time.Time, next http.Handler) http.Handler {
	dates := &dates{now: now}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stamp(w.Header(), r)
		guard := &guarded{ResponseWriter: w, dates: dates}
		if r.Method == http.MethodOptions {
			preflight(guard, r)
			return
		}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			if guard.wrote {
				log.Error("panic behind the first byte of an answer", "error", err)
				panic(http.ErrAbortHandler)
			}
			Fail(w, r, err, now(), log)
		}()
		next.ServeHTTP(guard, r)
		if !guard.wrote {
			guard.date()
		}
		if log.Enabled(r.Context(), slog.LevelDebug) {
			log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", guard.status, "request-id", w.Header().Get("request-id"))
		}
	})
}

// dates tells what Date says, which is the same for a second.
type dates struct {
	now  func() time.Time
	last atomic.Pointer[date]
}

type date struct {
	second int64
	text   []string
}

func (d *dates) text() []string {
	now := d.now()
	if last := d.last.Load(); last != nil && last.second == now.Unix() {
		return last.text
	}
	fresh := &date{now.Unix(), []string{now.UTC().Format(http.TimeFormat)}}
	d.last.Store(fresh)
	return fresh.text
}

// guarded knows whether an answer has begun, and when.
type guarded struct {
	http.ResponseWriter
	dates  *dates
	wrote  bool
	status int
}

func (g *guarded) WriteHeader(status int) {
	if !g.wrote {
		g.begin(status)
	}
	g.ResponseWriter.WriteHeader(status)
}

func (g *guarded) Write(b []byte) (int, error) {
	if !g.wrote {
		g.begin(http.StatusOK)
	}
	return g.ResponseWriter.Write(b)
}

// begin notes the status, and says the time unless a stub or a fault has.
func (g *guarded) begin(status int) {
	g.wrote, g.status = true, status
	g.date()
}

func (g *guarded) date() {
	h := g.Header()
	if _, set := h["Date"]; !set {
		h["Date"] = g.dates.text()
	}
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (g *guarded) Unwrap() http.ResponseWriter { return g.ResponseWriter }

// preflight answers OPTIONS before anything is asked or decided (C-1.21).
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
