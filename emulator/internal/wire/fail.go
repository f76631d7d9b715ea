package wire

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Fail writes an error. It is the only place that does: every floor returns
// errors, and this turns what it gets into Graph's envelope. now is the time
// that innerError shows.
func Fail(w http.ResponseWriter, r *http.Request, err error, now time.Time, log *slog.Logger) {
	fail(w, r, err, nil, jsonType, now, log)
}

// fail is Fail with a Cache-Control, nil: there is none, and a Content-Type.
func fail(w http.ResponseWriter, r *http.Request, err error, cache, kind []string, now time.Time, log *slog.Logger) {
	e := grapherr.From(err)
	h := w.Header()
	if h[hRequestID] == nil {
		stamp(h, r)
	}
	if e.Status >= 500 && e.Err != nil {
		log.LogAttrs(r.Context(), slog.LevelError, "internal error", slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.String("request-id", h[hRequestID][0]), slog.Any("error", e.Err))
	}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", seconds(e.RetryAfter))
	}
	for _, k := range []string{"Etag", "Location", "Odata-Version", "Content-Encoding", "Preference-Applied", "Cache-Control"} {
		delete(h, k)
	}
	if cache != nil {
		h["Cache-Control"] = cache
	}
	for k, v := range e.Header { // last, so that a fault's own headers win
		if h.Set(k, v); v == "" {
			h.Del(k)
		}
	}
	drain(r)
	if e.Cure != "" && (e.Shape == grapherr.Bare || e.Shape == grapherr.Hollow) { // the envelope has no place for it
		h["X-Emulator-Warning"] = append(h["X-Emulator-Warning"], printable(e.Cure))
	}
	body := errorBody(e, r, now, h)
	h["Content-Type"] = kind
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// maxDrain is how much of a refused body is read and thrown away, in bytes. It is more than
// an upload may have, so that a client which sends all before it reads sees the refusal.
const maxDrain = 512 << 20

// drain reads the rest of a refused body. net/http reads 256 kB of it and then cuts the
// connection, which takes the answer back from a client that is still sending. A client
// that waits for 100 Continue sends nothing before the answer.
func drain(r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody && r.Header["Expect"] == nil {
		io.CopyN(io.Discard, unmetered(r.Body), maxDrain) // an error here is the client's going away
	}
}

var jsonType = []string{"application/json"} // B-1.15
