package cassette

import (
	"bytes"
	"errors"
	"fmt"
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
		out = r.WithContext(r.Context())
		k.asked.has = true
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
	resp.Body = &tee{ReadCloser: resp.Body, to: &k.told.capture, done: func(whole bool) {
		if whole {
			k.end()
			return
		}
		k.drop()
		t.c.fail(fmt.Errorf("%s %s was not recorded: its answer was not read to the end", k.method, k.url.Path))
	}}
	return resp, nil
}
