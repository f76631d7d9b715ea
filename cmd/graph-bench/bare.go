package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
)

// bareCommand makes this program the bare server, handCommand the one written by hand.
const (
	bareCommand = "bare"
	handCommand = "hand"
)

// What the bare server sends: the headers and the body of an answer, or the body with
// its type.
const (
	samePrefix = "/same"
	bodyPrefix = "/body"
)

// answer is what the emulator said to a request.
type answer struct {
	Method, Path string
	Status       int
	Header       [][2]string
	Body         []byte
}

// record asks the emulator each request once.
func record(addr string, list []request) ([]answer, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var out []answer
	for _, r := range list {
		a := answer{Method: r.method, Path: r.path, Status: r.status}
		if err := c.call(r.text(r.path), r.status, &a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// serveBare serves the answers that it reads until ctx ends.
func serveBare(ctx context.Context, in io.Reader, out io.Writer) error {
	var answers []answer
	if err := json.NewDecoder(in).Decode(&answers); err != nil {
		return err
	}
	return serveSelf(ctx, out, recorded(answers))
}

// serveSelf serves h until ctx ends, and says where.
func serveSelf(ctx context.Context, out io.Writer, h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h}
	defer context.AfterFunc(ctx, func() { srv.Close() })()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	if err := srv.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// recorded is the least that sends these answers.
func recorded(answers []answer) http.Handler {
	texts := map[string]http.HandlerFunc{}
	for _, a := range answers {
		texts[a.Method+samePrefix+a.Path] = send(a.Status, a.Body, a.Header)
		for _, h := range a.Header {
			if h[0] == "Content-Type" {
				texts[a.Method+bodyPrefix+a.Path] = send(a.Status, a.Body, [][2]string{h})
			}
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, ok := texts[r.Method+r.RequestURI]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	})
}

func send(status int, body []byte, headers [][2]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			io.Copy(io.Discard, r.Body) // an error is the client's going away, as behind Write
		}
		h := w.Header()
		for _, kv := range headers {
			if kv[0] != "Content-Length" && kv[0] != "Date" { // net/http says them
				h[kv[0]] = []string{kv[1]}
			}
		}
		w.WriteHeader(status)
		w.Write(body)
	}
}
