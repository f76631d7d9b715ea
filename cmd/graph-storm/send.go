package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
)

type header struct{ Name, Value string }

// request is one request as a client sends it.
type request struct {
	Method, URL string
	Headers     []header
	Body        string

	template string // of the operation; empty: none
}

func (r *request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "    %s %s\n", r.Method, r.URL)
	for _, h := range r.Headers {
		fmt.Fprintf(&b, "    %s: %s\n", h.Name, h.Value)
	}
	if r.Body != "" {
		fmt.Fprintf(&b, "    %.2000q\n", r.Body)
	}
	return b.String()
}

// outcome is what came of a request.
type outcome struct {
	status   int
	header   http.Header
	body     bytes.Buffer
	panicked string
}

// Header implements http.ResponseWriter.
func (o *outcome) Header() http.Header { return o.header }

// WriteHeader implements http.ResponseWriter.
func (o *outcome) WriteHeader(status int) {
	if o.status == 0 && status >= 200 {
		o.status = status
	}
}

// Write implements http.ResponseWriter.
func (o *outcome) Write(p []byte) (int, error) {
	o.WriteHeader(http.StatusOK)
	return o.body.Write(p)
}

// send has the emulator answer.
func send(emu http.Handler, r *request) (o *outcome) {
	o = &outcome{header: http.Header{}}
	line, query, _ := strings.Cut(r.URL, "?")
	u := &url.URL{Path: line, RawQuery: query}
	if plain, err := url.PathUnescape(line); err == nil {
		u.Path, u.RawPath = plain, line
	}
	in := (&http.Request{Method: r.Method, URL: u, RequestURI: r.URL, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Host: "localhost:3650", RemoteAddr: "192.0.2.1:1234", Body: http.NoBody}).WithContext(context.Background())
	for _, h := range r.Headers {
		in.Header.Add(h.Name, h.Value)
	}
	if r.Body != "" {
		in.Body, in.ContentLength = body{strings.NewReader(r.Body)}, int64(len(r.Body))
	}
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			o.status = 0 // a rule cut the connection
		} else if p != nil {
			o.panicked = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	emu.ServeHTTP(o, in)
	return o
}

type body struct{ *strings.Reader }

func (body) Close() error { return nil }

// wrong says what of an answer no client should ever see; empty: nothing. The text is the
// same for the same cause.
func (o *outcome) wrong(r *request, log *causes) string {
	last := log.take()
	switch {
	case o.panicked != "":
		return cause(o.panicked)
	case o.header.Get("X-Emulator-Fault") != "" || o.header.Get("X-Emulator-Stub") != "":
		return ""
	case o.status >= 500 && o.status != http.StatusNotImplemented:
		return fmt.Sprintf("%d: %s", o.status, cause(last))
	case r.Method == http.MethodHead || o.header.Get("Content-Encoding") != "" || !strings.Contains(o.header.Get("Content-Type"), "json"):
		return ""
	case o.header.Get("Content-Security-Policy") == "sandbox": // content in the type that its client said
		return ""
	case !json.Valid(o.body.Bytes()):
		return fmt.Sprintf("%d with a body that is no JSON: %s", o.status, r.template)
	case strings.HasSuffix(r.URL, "/$batch"):
		return o.parts()
	}
	if graph := strings.HasPrefix(r.URL, "/v1.0/") || strings.HasPrefix(r.URL, "/beta/"); graph && o.status >= 400 && !enveloped(o.body.Bytes()) {
		return fmt.Sprintf("%d without Graph's envelope: %s", o.status, r.template)
	}
	return ""
}

// parts looks at the answers of a batch.
func (o *outcome) parts() string {
	var batch struct {
		Responses []struct {
			Status int
			Body   json.RawMessage
		}
	}
	if json.Unmarshal(o.body.Bytes(), &batch) != nil {
		return ""
	}
	for _, p := range batch.Responses {
		if p.Status >= 500 && p.Status != http.StatusNotImplemented && !bytes.Contains(p.Body, []byte("The fault ")) {
			return fmt.Sprintf("%d in a batch: %.200s", p.Status, numbers.ReplaceAll(p.Body, []byte("0")))
		}
	}
	return ""
}

func enveloped(text []byte) bool {
	var e struct{ Error struct{ Message *string } }
	return json.Unmarshal(text, &e) == nil && e.Error.Message != nil
}

var (
	numbers = regexp.MustCompile(`0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+`)
	quoted  = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	frames  = regexp.MustCompile(`(?m)^github\.com/graph-emulator/graph-emulator/(\S+)\(.*\n\s+\S+?([^/\s]+:\d+)`)
)

// cause is what an error or a panic has in common with others of its kind: its first line
// and, of a panic, the places of ours that it came through.
func cause(text string) string {
	line, stack, _ := strings.Cut(text, "\n")
	line = quoted.ReplaceAllString(numbers.ReplaceAllString(line, "0"), "…")
	n := 0
	for _, m := range frames.FindAllStringSubmatch(stack, -1) {
		if strings.Contains(m[1], "wire.Shared") || strings.HasPrefix(m[1], "cmd/") {
			continue
		}
		line += "\n    " + m[1] + " " + m[2]
		if n++; n == 4 {
			break
		}
	}
	return line
}

// causes is a log that keeps the last error only.
type causes struct {
	mu   sync.Mutex
	last string
}

// Enabled implements slog.Handler.
func (*causes) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle implements slog.Handler.
func (c *causes) Handle(_ context.Context, r slog.Record) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			c.last = a.Value.String()
		}
		return true
	})
	return nil
}

// WithAttrs implements slog.Handler.
func (c *causes) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup implements slog.Handler.
func (c *causes) WithGroup(string) slog.Handler { return c }

func (c *causes) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.last
	c.last = ""
	return last
}
