package wire

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
)

// Shared gives every answer what all answers have: request ids (B-1.9), the time
// (B-1.11), and a 500 in place of a dropped connection where a handler panics. now is
// the emulator's clock, memory is where bodies are kept.
func Shared(log *slog.Logger, now func() time.Time, memory *BodyMemory, next http.Handler) http.Handler {
	dates := &dates{now: now}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stamp(w.Header(), r)
		guard := &guarded{ResponseWriter: w, dates: dates}
		if r.Body != nil && r.Body != http.NoBody {
			guard.account.memory = memory
			guard.body = metered{r.Body, r.Body, &guard.account}
			r.Body = &guard.body
		}
		defer func() {
			guard.account.close()
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
		if !origin.ValidHost(r.Host) {
			Fail(guard, r, grapherr.BadRequest("The host of the request is not valid.").Because("A host is a name or an address, perhaps with a port.", ""), now(), log)
			return
		}
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

// guarded knows whether an answer has begun, and when, and what the request's body holds.
type guarded struct {
	http.ResponseWriter
	dates   *dates
	wrote   bool
	status  int
	body    metered
	account account
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

// ReadFrom lets net/http send a file without reading it.
func (g *guarded) ReadFrom(from io.Reader) (int64, error) {
	if !g.wrote {
		g.begin(http.StatusOK)
	}
	return io.Copy(g.ResponseWriter, from)
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

// CORS lets web pages of every origin read answers, as the service does (C-1.20), and
// answers OPTIONS before anything else is decided (C-1.21).
func CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Access-Control-Allow-Origin"] = allowAll
		if r.Header["Origin"] != nil { // only a page of another origin asks what it may read (B-1.22)
			h["Access-Control-Expose-Headers"] = exposed
		}
		if r.Method == http.MethodOptions {
			preflight(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser that asks what a page may send.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
