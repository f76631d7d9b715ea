package wire

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Shared is what every answer has in common, whatever door it comes from: request
// ids and CORS (B-1.9, C-1.20), the answer to OPTIONS (C-1.21), and that a panic
// becomes a 500 instead of a dropped connection.
func Shared(log *slog.Logger, now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stamp(w.Header(), r)
		if r.Method == http.MethodOptions {
			preflight(w, r)
			return
		}
		guard := &guarded{ResponseWriter: w}
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
		if log.Enabled(r.Context(), slog.LevelDebug) {
			log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", guard.status, "request-id", w.Header().Get("request-id"))
		}
	})
}

// guarded knows whether an answer has begun.
type guarded struct {
	http.ResponseWriter
	wrote  bool
	status int
}

func (g *guarded) WriteHeader(status int) {
	if !g.wrote {
		g.status = status
	}
	g.wrote = true
	g.ResponseWriter.WriteHeader(status)
}

func (g *guarded) Write(b []byte) (int, error) {
	if !g.wrote {
		g.wrote, g.status = true, http.StatusOK
	}
	return g.ResponseWriter.Write(b)
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
