package cassette

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// Transport is a client's way through the cassette: to next, whose answers are
// recorded, or no further. A nil next is http.DefaultTransport. An exchange is recorded
// when its answer has been read or closed.
func (c *Cassette) Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{c, next}
}

type transport struct {
	c    *Cassette
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.c.mode == All {
		return t.record(r)
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	a, miss := t.c.answer(r, r.URL, body)
	if a == nil && t.c.mode == NewEpisodes {
		again := r.Clone(r.Context())
		if body != nil {
			again.Body, again.GetBody = io.NopCloser(bytes.NewReader(body)), nil
		}
		return t.record(again)
	}
	if a == nil {
		a = t.c.refuse(miss)
	}
	t.c.pause(a, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return a.response(r), nil
}

// readBody takes the body of a request; nil: it has none.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, maxText+1))
	if err == nil && len(b) > maxText {
		err = errors.New("a body of more than 32 MiB is not compared with recorded ones")
	}
	if b == nil {
		b = []byte{}
	}
	return b, err
}

func (t *transport) record(r *http.Request) (*http.Response, error) {
	k := t.c.take(r.Method, r.URL, r.Header)
	out := r
	if r.Body != nil && r.Body != http.NoBody {
		k.asked.has = true
	}
	if k.asked.has && !k.asked.copyOf(r) {
		out = r.WithContext(r.Context())
		out.Body = &tee{ReadCloser: r.Body, to: &k.asked.capture}
		if get := r.GetBody; get != nil {
			out.GetBody = func() (io.ReadCloser, error) {
				b, err := get()
				if err != nil {
					return nil, err
				}
				k.asked.reset()
				return &tee{ReadCloser: b, to: &k.asked.capture}, nil
			}
		}
	}
	resp, err := t.next.RoundTrip(out)
	if err != nil {
		k.drop()
		return nil, err
	}
	k.answered(resp.StatusCode, resp.Header)
	k.out.ReadCloser, k.out.to, k.out.ends = resp.Body, &k.told.capture, k
	resp.Body = &k.out
	return resp, nil
}

// copyOf takes the body of a request that can be had twice and is not large, and reports
// whether there is one. It goes on as it came: what is not in memory, as far as net/http
// knows, is sent behind its headers and not with them.
func (s *said) copyOf(r *http.Request) bool {
	if r.GetBody == nil || r.ContentLength <= 0 || r.ContentLength > maxMemory {
		return false
	}
	body, err := r.GetBody()
	if err != nil {
		return false
	}
	n, err := io.Copy(&s.capture, body)
	if err = errors.Join(err, body.Close()); err != nil || n != r.ContentLength {
		s.reset()
		return false
	}
	return true
}
