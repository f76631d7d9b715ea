package wire

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// envelope is B-2.1 to B-2.4; member order is the service's.
type envelope struct {
	Error struct {
		Code    string   `json:"code"`
		Message string   `json:"message"`
		Target  string   `json:"target,omitempty"`
		Details []detail `json:"details,omitempty"`
		Inner   inner    `json:"innerError"`
	} `json:"error"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
}

type inner struct {
	Code   string `json:"code,omitempty"`
	Cause  string `json:"cause,omitempty"`
	Cure   string `json:"cure,omitempty"`
	Date   string `json:"date"`
	ID     string `json:"request-id"`
	Client string `json:"client-request-id"`
}

// Fail writes an error. It is the only place that does: every floor returns
// errors, and this turns what it gets into Graph's envelope. now is the time
// that innerError shows.
func Fail(w http.ResponseWriter, r *http.Request, err error, now time.Time, log *slog.Logger) {
	e := grapherr.From(err)
	h := w.Header()
	if h[hRequestID] == nil {
		stamp(h, r)
	}
	if e.Status >= 500 && e.Err != nil {
		log.LogAttrs(r.Context(), slog.LevelError, "internal error", slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.String("request-id", h[hRequestID][0]), slog.Any("error", e.Err))
	}
	for k, v := range e.Header {
		h.Set(k, v)
	}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((e.RetryAfter+time.Second-1)/time.Second)))
	}
	for _, k := range []string{"Etag", "Location", "Odata-Version", "Content-Encoding", "Preference-Applied"} {
		delete(h, k)
	}
	body := errorBody(e, now, h)
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

var jsonType = []string{"application/json"} // B-1.15

func errorBody(e *grapherr.Error, now time.Time, h http.Header) []byte {
	var env envelope
	env.Error.Code, env.Error.Message, env.Error.Target = e.Code, e.Message, e.Target
	for _, d := range e.Details {
		env.Error.Details = append(env.Error.Details, detail(d))
	}
	env.Error.Inner = inner{Code: e.Inner, Cause: e.Cause, Cure: e.Cure,
		Date: now.UTC().Format("2006-01-02T15:04:05"), ID: h[hRequestID][0], Client: h[hClientID][0]}
	body, err := json.Marshal(env)
	if err != nil { // unreachable: strings always encode
		return []byte(`{"error":{"code":"InternalServerError","message":"Internal error."}}`)
	}
	return body
}
