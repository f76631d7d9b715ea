package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
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
		Inner   any      `json:"innerError,omitempty"` // *inner, or ""
		URL     string   `json:"@api.url,omitempty"`
	} `json:"error"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
}

type inner struct {
	Message string    `json:"message,omitempty"`
	Code    string    `json:"code,omitempty"`
	Inner   *struct{} `json:"innerError,omitempty"`
	Cause   string    `json:"cause,omitempty"`
	Cure    string    `json:"cure,omitempty"`
	Date    string    `json:"date"`
	ID      string    `json:"request-id"`
	Client  string    `json:"client-request-id"`
	Status  string    `json:"status,omitempty"`
}

// errorBody writes an error in the shape that its workload gives it (B-2.6).
func errorBody(e *grapherr.Error, r *http.Request, now time.Time, h http.Header) []byte {
	if e.Body != nil {
		return e.Body
	}
	var env envelope
	env.Error.Code, env.Error.Message, env.Error.Target, env.Error.URL = e.Code, e.Message, e.Target, e.URL
	for _, d := range e.Details {
		env.Error.Details = append(env.Error.Details, detail(d))
	}
	in := &inner{Code: e.Inner, Cause: e.Cause, Cure: e.Cure,
		Date: now.UTC().Format("2006-01-02T15:04:05"), ID: h[hRequestID][0], Client: h[hClientID][0]}
	env.Error.Inner = in
	switch e.Shape {
	case grapherr.Repeated:
		in.Message = e.Message
	case grapherr.Nested:
		in.Message, in.Inner = e.Message, &struct{}{}
	case grapherr.Counted:
		in.Code = strconv.Itoa(e.Status)
		in.Message, in.Status = "Please retry after", in.Code
	case grapherr.Wrapped:
		env.Error.Message = wrapped(e.Message, r, in.ID)
	case grapherr.Bare:
		env.Error.Inner = nil
	case grapherr.Hollow:
		env.Error.Inner = ""
	}
	return encoded(env)
}

// encoded is JSON as the service writes it: quotes and brackets stand as they are.
func encoded(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil { // unreachable: strings always encode
		return []byte(`{"error":{"code":"InternalServerError","message":"Internal error."}}`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// wrapped is the message of a workload that puts its own error into it (B-2.35).
func wrapped(message string, r *http.Request, id string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	own := struct {
		Version int    `json:"_version"`
		Message string `json:"Message"`
		Phrase  string `json:"CustomApiErrorPhrase"`
		Retry   *int   `json:"RetryAfter"`
		Source  string `json:"ErrorSourceService"`
		Headers string `json:"HttpHeaders"`
	}{Version: 3, Headers: "{}"}
	own.Message = message + " - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: " + id +
		" - Url: https://fef.msub01.manage.microsoft.com/GraphService/" + path + "?api-version=5018-10-05"
	var b bytes.Buffer
	if json.Indent(&b, encoded(own), "", "  ") != nil { // unreachable
		return message
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}
