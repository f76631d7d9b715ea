package port

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func via(h http.HandlerFunc) *http.Client { return &http.Client{Transport: &Transport{Handler: h}} }

const target = "https://graph.microsoft.com/v1.0/me%2F?$select=id"

// TestTransportRequest: the handler sees what a server would see.
func TestTransportRequest(t *testing.T) {
	var got *http.Request
	var sent string
	c := via(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, sent = r, string(b)
		w.Header()["X-Shared"] = []string{"a"}
		w.WriteHeader(http.StatusCreated)
	})
	resp, err := c.Post(target, "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got.Method != "POST" || got.Host != "graph.microsoft.com" || got.RequestURI != "/v1.0/me%2F?$select=id" || got.URL.String() != got.RequestURI ||
		got.TLS == nil || got.TLS.ServerName != "graph.microsoft.com" || got.ContentLength != 4 || sent != "body" || got.RemoteAddr == "" {
		t.Errorf("request: %+v, body %q", got, sent)
	}
	if resp.StatusCode != 201 || resp.Status != "201 Created" || resp.ContentLength != 0 || resp.TLS == nil || resp.Header.Get("Date") == "" || resp.Request.URL.String() != target {
		t.Errorf("answer: %+v", resp)
	}
	r, _ := http.NewRequest("PUT", "http://user:word@graph.microsoft.us/", io.MultiReader(strings.NewReader("x")))
	before := r.Clone(t.Context())
	if resp, err = c.Do(r); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, password, _ := got.BasicAuth(); got.ContentLength != -1 || sent != "x" || got.TLS != nil || password != "word" {
		t.Errorf("request: %+v, body %q", got, sent)
	}
	if r.URL.String() != before.URL.String() || len(r.Header) != len(before.Header) {
		t.Error("the caller's request has changed")
	}
}

// TestTransportAnswer compares with what net/http makes of the same handler.
func TestTransportAnswer(t *testing.T) {
	large := strings.Repeat("line of text\n", 100_000)
	for _, tt := range []struct {
		name, method string
		answer       http.HandlerFunc
		status       int
		length       int64
		kind, body   string
	}{
		{"nothing", "GET", func(http.ResponseWriter, *http.Request) {}, 200, 0, "", ""},
		{"small", "GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, 200, 6, "text/html; charset=utf-8", "<html>"},
		{"large", "GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, large) }, 200, -1, "text/plain; charset=utf-8", large},
		{"announced", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			w.Header().Set("Content-Length", "1300000")
			io.WriteString(w, large)
		}, 200, 1300000, "a/b", large},
		{"flushed", "GET", func(w http.ResponseWriter, _ *http.Request) {
			http.NewResponseController(w).Flush()
			io.WriteString(w, "x")
		}, 200, -1, "", "x"},
		{"HEAD", "HEAD", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "123456789")
		}, 200, 9, "", ""},
		{"no content", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("a body behind 204: %v", err)
			}
			w.WriteHeader(500) // too late
		}, 204, 0, "", ""},
	} {
		r, _ := http.NewRequest(tt.method, target, nil)
		resp, err := via(tt.answer).Do(r)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != tt.body || resp.StatusCode != tt.status || resp.ContentLength != tt.length || resp.Header.Get("Content-Type") != tt.kind {
			t.Errorf("%s: %d, length %d, type %q, %d bytes of body, %v", tt.name, resp.StatusCode, resp.ContentLength, resp.Header.Get("Content-Type"), len(body), err)
		}
		if _, err := resp.Body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("%s: read behind the close: %v", tt.name, err)
		}
	}
}

// TestTransportHeaders: what the caller does with headers does not reach the handler's.
func TestTransportHeaders(t *testing.T) {
	shared := []string{"a"}
	c := via(func(w http.ResponseWriter, _ *http.Request) { w.Header()["X-Shared"] = shared })
	resp, err := c.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	resp.Header["X-Shared"][0] = "b"
	if shared[0] != "a" {
		t.Error("the caller has changed a header of the handler")
	}
}

// TestTransportHosts: no request leaves the process.
func TestTransportHosts(t *testing.T) {
	called := 0
	tr := &Transport{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ }), Hosts: Hosts{Names: []string{"graph.test"}, Public: "public.test:8443"}}
	c := &http.Client{Transport: tr}
	good := []string{"https://graph.microsoft.com/", "http://LOGIN.microsoftonline.com/", "https://localhost/", "https://graph.test:9/", "https://public.test:8443/"}
	for _, u := range good {
		resp, err := c.Get(u)
		if err != nil {
			t.Errorf("%s: %v", u, err)
			continue
		}
		resp.Body.Close()
	}
	if called != len(good) {
		t.Errorf("%d calls", called)
	}
	for _, u := range []string{"https://example.com/", "https://public.test/", "http://localhost:8080/", "http://127.0.0.1:3650/", "https://graph.microsoft.com:444/", "ftp://graph.microsoft.com/"} {
		body := &closer{Reader: strings.NewReader("x")}
		resp, err := c.Post(u, "", body)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s is answered", u)
		} else if !strings.Contains(err.Error(), "graph-emulator: ") || !body.closed {
			t.Errorf("%s: %v, body closed: %v", u, err, body.closed)
		}
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// TestTransportStreams: both ways at once, without either being complete.
func TestTransportStreams(t *testing.T) {
	from, to := io.Pipe()
	c := via(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if err := control.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		control.Flush()
		io.Copy(w, r.Body)
	})
	resp, err := c.Post(target, "text/plain", from)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one", "two"} {
		io.WriteString(to, word)
		got := make([]byte, 3)
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != word {
			t.Fatalf("%q %v", got, err)
		}
	}
	to.Close()
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
	resp.Body.Close()
}

// TestTransportCancel: contexts end what waits, whoever it is.
func TestTransportCancel(t *testing.T) {
	gone := make(chan error, 1)
	c := via(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			<-r.Context().Done()
			gone <- r.Context().Err()
			return
		}
		if r.URL.Path == "/reading" {
			_, err := io.ReadAll(r.Body)
			gone <- err
			return
		}
		for {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				gone <- err
				return
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	call := func(path string, body io.Reader) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(ctx, "POST", "https://graph.microsoft.com"+path, body)
		return c.Do(r)
	}
	if _, err := call("/silent", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("before the answer: %v", err)
	}
	<-gone
	from, to := io.Pipe()
	defer to.Close()
	if _, err := call("/reading", from); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("in the body of the request: %v", err)
	}
	if err := <-gone; err == nil {
		t.Error("a body that does not end was read to its end")
	}
	ctx, cancel = context.WithCancel(t.Context())
	resp, err := call("/endless", nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("within the answer: %v", err)
	}
	<-gone
	resp.Body.Close()
	ctx = t.Context()
	if resp, err = call("/endless", nil); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() // without reading
	<-gone
}

// TestTransportPanic: a handler that breaks off breaks off the answer and not the program.
func TestTransportPanic(t *testing.T) {
	c := via(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			w.Write(bytes.Repeat([]byte("x"), small+1))
		}
		panic(map[bool]any{true: http.ErrAbortHandler, false: "oops"}[r.URL.Path == "/abort"])
	})
	for path, want := range map[string]string{"/early": "oops", "/abort": "unexpected EOF"} {
		if resp, err := c.Get("https://graph.microsoft.com" + path); err == nil {
			resp.Body.Close()
			t.Errorf("%s: %s", path, resp.Status)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	resp, err := c.Get("https://graph.microsoft.com/late")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); len(b) != small+1 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// TestTransportMany: one transport serves many callers.
func TestTransportMany(t *testing.T) {
	c := via(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			body := strings.Repeat(string(rune('a'+i%26)), 700<<10)
			resp, err := c.Post(target, "", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if got, err := io.ReadAll(resp.Body); err != nil || string(got) != body {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}
