package cassette

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	tape, _ := t.c.recorder()
	sent := &capture{tape: tape}
	out := r
	if r.Body != nil && r.Body != http.NoBody {
		out = r.WithContext(r.Context())
		out.Body = &tee{ReadCloser: r.Body, to: sent}
		if get := r.GetBody; get != nil {
			out.GetBody = func() (io.ReadCloser, error) {
				b, err := get()
				if err != nil {
					return nil, err
				}
				sent.reset()
				return &tee{ReadCloser: b, to: sent}, nil
			}
		}
	}
	begun := t.c.now()
	resp, err := t.next.RoundTrip(out)
	if err != nil {
		sent.reset()
		return nil, err
	}
	u := *r.URL
	got := &capture{tape: tape}
	status, header := resp.StatusCode, resp.Header.Clone()
	had := out.Body != nil && out.Body != http.NoBody
	resp.Body = &tee{ReadCloser: resp.Body, to: got, done: func(whole bool) {
		if !whole {
			sent.reset()
			got.reset()
			t.c.fail(fmt.Errorf("%s %s was not recorded: its answer was not read to the end", r.Method, u.Path))
			return
		}
		t.c.finish(r.Method, &u, r.Header, header, sent, got, had, status, t.c.now().Sub(begun))
	}}
	return resp, nil
}

// finish records an exchange whose answer has ended.
func (c *Cassette) finish(method string, u *url.URL, sentHeader, header http.Header, sent, got *capture, had bool, status int, took duration) {
	in, out := said{header: sentHeader}, said{header: header}
	var err, err2 error
	in.data, in.side, err = sent.end()
	out.data, out.side, err2 = got.end()
	if err = errors.Join(err, err2); err != nil {
		c.fail(fmt.Errorf("%s %s was not recorded: %w", method, u.Path, err))
		return
	}
	if had && in.data == nil && in.side == nil {
		in.data = []byte{}
	}
	c.record(method, u, in, out, status, took)
	sent.free()
	got.free()
}
