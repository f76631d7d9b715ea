package cassette

import (
	"errors"
	"io"
	"net/http"
	"net/url"
)

// Middleware stands in front of a handler: what it answers is recorded, or it is not
// asked at all. Without WithUpstream, paths belong to the address of the first request
// that is recorded.
func (c *Cassette) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = bare(r)
		u := address(r)
		if c.mode == All {
			c.watch(w, r, u, next)
			return
		}
		body, err := readBody(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		a, miss := c.answer(r, u, body)
		if a == nil && c.mode == NewEpisodes {
			c.watch(w, withBody(r, body), u, next)
			return
		}
		if a == nil {
			a = c.refuse(miss)
		}
		c.pause(a, r)
		a.write(w, r)
	})
}

// Replay answers what is recorded, whatever the mode, and passes the rest to next.
func (c *Cassette) Replay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = bare(r)
		body, err := readBody(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		a, _ := c.answer(r, address(r), body)
		if a == nil {
			next.ServeHTTP(w, withBody(r, body))
			return
		}
		c.pause(a, r)
		a.write(w, r)
	})
}

// bare makes a request that has come without a body one that says so: over HTTP/2 every
// one seems to have some.
func bare(r *http.Request) *http.Request {
	if r.ContentLength != 0 || r.Body == nil || r.Body == http.NoBody {
		return r
	}
	out := *r
	out.Body = http.NoBody
	return &out
}

// address is the URL that a client has asked for.
func address(r *http.Request) *url.URL {
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return &u
}

// watch lets next answer and records it.
func (c *Cassette) watch(w http.ResponseWriter, r *http.Request, u *url.URL, next http.Handler) {
	c.mu.Lock()
	if c.upstream == "" {
		c.upstream = u.Scheme + "://" + u.Host
	}
	c.mu.Unlock()
	t := c.take(r.Method, u, r.Header)
	if t.asked.has = r.Body != nil && r.Body != http.NoBody; t.asked.has {
		in := *r
		in.Body = &tee{ReadCloser: r.Body, to: &t.asked.capture}
		r = &in
	}
	v := &viewer{ResponseWriter: w, take: t}
	next.ServeHTTP(v, r)
	if t.asked.has { // what the handler did not want to read was sent all the same
		if _, err := io.CopyN(io.Discard, r.Body, maxMemory); err != nil && !errors.Is(err, io.EOF) {
			t.asked.has = t.asked.said()
		}
	}
	if t.status == 0 {
		v.WriteHeader(http.StatusOK)
	}
	t.end()
}

// viewer sees what a handler answers.
type viewer struct {
	http.ResponseWriter
	take *take
}

func (v *viewer) WriteHeader(status int) {
	if v.take.status == 0 && status >= 200 {
		v.take.answered(status, v.Header())
	}
	v.ResponseWriter.WriteHeader(status)
}

func (v *viewer) Write(p []byte) (int, error) {
	if v.take.status == 0 {
		v.WriteHeader(http.StatusOK)
	}
	n, err := v.ResponseWriter.Write(p)
	v.take.told.Write(p[:n])
	return n, err
}

// Unwrap is for http.ResponseController.
func (v *viewer) Unwrap() http.ResponseWriter { return v.ResponseWriter }
