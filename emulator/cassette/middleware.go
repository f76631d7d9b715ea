package cassette

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

type duration = time.Duration

// Middleware stands in front of a handler: what it answers is recorded, or it is not
// asked at all. Without WithUpstream, paths belong to the address of the first request
// that is recorded.
func (c *Cassette) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	tape := c.tape
	c.mu.Unlock()
	sent := &capture{tape: tape}
	had := r.Body != nil && r.Body != http.NoBody
	if had {
		in := *r
		in.Body = &tee{ReadCloser: r.Body, to: sent}
		r = &in
	}
	header := r.Header.Clone()
	begun := c.now()
	v := &viewer{ResponseWriter: w, got: &capture{tape: tape}}
	next.ServeHTTP(v, r)
	if had { // what the handler did not want to read was sent all the same
		if _, err := io.CopyN(io.Discard, r.Body, maxMemory); err != nil && !errors.Is(err, io.EOF) {
			had = false
		}
	}
	if v.status == 0 {
		v.WriteHeader(http.StatusOK)
	}
	c.finish(r.Method, u, header, v.seen, sent, v.got, had, v.status, c.now().Sub(begun))
}

// viewer sees what a handler answers.
type viewer struct {
	http.ResponseWriter
	got    *capture
	status int
	seen   http.Header
}

func (v *viewer) WriteHeader(status int) {
	if v.status == 0 && status >= 200 {
		v.status, v.seen = status, v.Header().Clone()
	}
	v.ResponseWriter.WriteHeader(status)
}

func (v *viewer) Write(p []byte) (int, error) {
	if v.status == 0 {
		v.WriteHeader(http.StatusOK)
	}
	n, err := v.ResponseWriter.Write(p)
	v.got.Write(p[:n])
	return n, err
}

// Unwrap is for http.ResponseController.
func (v *viewer) Unwrap() http.ResponseWriter { return v.ResponseWriter }
