package graphtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
)

// Request is a request that was answered.
type Request struct {
	Method string
	Host   string      // as the client called it
	Path   string      // with the version, decoded: "/v1.0/me/sendMail"
	Query  url.Values  // never nil
	Header http.Header // of a part of a batch, its own headers
	Body   []byte      // unpacked; at most 1 MiB of it
	Status int         // of the answer; 0: there was none
	Batch  bool        // it was a part of a $batch request, which stands before its parts

	escaped string // path
	query   string
}

// JSON returns the body as a JSON object, and nil where it is none.
func (r *Request) JSON() map[string]any {
	var out map[string]any
	if json.Unmarshal(r.Body, &out) != nil {
		return nil
	}
	return out
}

// Requests returns what the code under test has asked of the emulator since Start or Reset,
// in the order of their arrival: requests to Graph and to the sign-in
// service, and the parts of batches. Those of the methods of Server, such as Add and Get,
// are not among them. Of more than 10,000 requests the latest are kept, and of bodies the
// latest 64 MiB. It may be called from any goroutine.
func (s *Server) Requests() []Request { return s.seen.list() }

// RequestsTo returns those of Requests that match a method and a path, as in
// "POST /me/sendMail" or "GET /users/{id}/messages?$top=5"; the syntax is that of
// emulator.StubFunc. A pattern that cannot be read ends the test.
func (s *Server) RequestsTo(pattern string) []Request {
	s.t.Helper()
	if !strings.Contains(pattern, " ") {
		pattern = "* " + pattern
	}
	want, err := stub.New(pattern, 0, 0, nil)
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	var out []Request
	for _, r := range s.seen.list() {
		version, path, _ := strings.Cut(strings.TrimLeft(r.escaped, "/"), "/")
		if want.Matches(&stub.Request{Method: r.Method, Version: version, Path: "/" + path, Query: r.query, Header: r.Header,
			Body: func() ([]byte, error) { return r.Body, nil }}) {
			out = append(out, r)
		}
	}
	return out
}

// Limits of what is remembered.
const (
	maxRequests = 10_000
	maxBody     = 1 << 20
	maxBodies   = 64 << 20
)

// ownHeader marks the requests of Server's own methods. The value is random for each
// server.
const ownHeader = "X-Graphtest"

// recorder remembers requests. A request is there before it is answered, so that whoever
// has an answer finds its request.
type recorder struct {
	mark string // of ownHeader

	mu    sync.Mutex
	all   []*entry
	bytes int // of bodies
}

// entry is a request as it comes in; under the recorder's lock.
type entry struct {
	Request
	body   bytes.Buffer // as it was sent, as far as it was read
	answer bytes.Buffer // of a batch
}

// list is a copy of what is remembered.
func (c *recorder) list() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Request, 0, len(c.all))
	for _, e := range c.all {
		r := e.Request
		r.Body = unpacked(e.body.Bytes(), r.Header.Get("Content-Encoding"))
		out = append(out, r)
		if e.batch() {
			out = append(out, parts(&r, e.answer.Bytes())...)
		}
	}
	return out
}

func (e *entry) batch() bool { return strings.HasSuffix(strings.ToLower(e.Path), "/$batch") }

func (c *recorder) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all, c.bytes = nil, 0
}

// add remembers a request, and forgets the oldest where there are too many.
func (c *recorder) add(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all = append(c.all, e); len(c.all) > maxRequests {
		c.bytes -= c.all[0].body.Len() + c.all[0].answer.Len()
		c.all = c.all[1:]
	}
}

// keep adds to a body, and drops the oldest bodies where there are too many bytes.
func (c *recorder) keep(to *bytes.Buffer, p []byte) {
	p = p[:min(len(p), max(0, maxBody-to.Len()))]
	to.Write(p)
	c.bytes += len(p)
	for i := 0; c.bytes > maxBodies && i < len(c.all); i++ {
		c.bytes -= c.all[i].body.Len() + c.all[i].answer.Len()
		c.all[i].body, c.all[i].answer = bytes.Buffer{}, bytes.Buffer{}
	}
}

// wrap is the middleware that remembers.
func (c *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(ownHeader) == c.mark {
			r.Header.Del(ownHeader)
			next.ServeHTTP(w, r)
			return
		}
		e := &entry{Request: Request{Method: r.Method, Host: r.Host, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), escaped: r.URL.EscapedPath(), query: r.URL.RawQuery}}
		c.add(e)
		r.Body = &copied{r.Body, c, e}
		next.ServeHTTP(&statusWriter{w, c, e}, r)
	})
}

// parts are the requests of a batch, with the statuses of their answers.
func parts(batch *Request, answer []byte) (out []Request) {
	var sent struct {
		Requests []struct {
			ID, Method, URL string
			Headers         map[string]string
			Body            json.RawMessage
		}
	}
	var got struct {
		Responses []struct {
			ID     string
			Status int
		}
	}
	if json.Unmarshal(batch.Body, &sent) != nil {
		return nil
	}
	_ = json.Unmarshal(answer, &got) // an answer that is none has no statuses
	version, _, _ := strings.Cut(strings.TrimLeft(batch.escaped, "/"), "/")
	for _, p := range sent.Requests {
		u, err := url.Parse(p.URL)
		if err != nil {
			continue
		}
		path := u.EscapedPath()
		if u.Host == "" {
			path = "/" + version + "/" + strings.TrimLeft(path, "/")
		}
		decoded, err := url.PathUnescape(path)
		if err != nil {
			decoded = path
		}
		r := Request{Method: strings.ToUpper(p.Method), Host: batch.Host, Path: decoded, Query: u.Query(), Header: http.Header{}, Body: p.Body, Batch: true, escaped: path, query: u.RawQuery}
		for name, value := range p.Headers {
			r.Header.Set(name, value)
		}
		for _, a := range got.Responses {
			if a.ID == p.ID {
				r.Status = a.Status
			}
		}
		out = append(out, r)
	}
	return out
}

// copied keeps the beginning of a body that somebody reads.
type copied struct {
	io.ReadCloser
	c *recorder
	e *entry
}

// Read implements io.Reader.
func (b *copied) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.keep(&b.e.body, p[:n])
	return n, err
}

// unpacked is a body without the compression that many clients of Graph use.
func unpacked(body []byte, encoding string) []byte {
	if !strings.EqualFold(encoding, "gzip") {
		return bytes.Clone(body)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(z, maxBody)) // what can be unpacked
	return text
}

// statusWriter remembers the status of an answer, and the answer to a batch.
type statusWriter struct {
	http.ResponseWriter
	c *recorder
	e *entry
}

func (w *statusWriter) note(status int, p []byte) {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	if w.e.Status == 0 && status >= 200 {
		w.e.Status = status
	}
	if w.e.batch() {
		w.c.keep(&w.e.answer, p)
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.note(status, nil)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.note(http.StatusOK, p)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
