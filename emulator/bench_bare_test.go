package emulator

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// connections is how many clients call at once.
const connections = 8

// caller makes requests over kept connections with as little work of its own as
// it can: what it costs is in both figures of a ratio, and hides the difference.
type caller struct{ conns []*clientConn }

type clientConn struct {
	net.Conn
	in *bufio.Reader
}

// serve starts h on loopback.
func serve(tb testing.TB, h http.Handler) *caller {
	tb.Helper()
	srv := httptest.NewServer(h)
	tb.Cleanup(srv.Close)
	c := &caller{}
	for range connections {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { conn.Close() })
		c.conns = append(c.conns, &clientConn{conn, bufio.NewReaderSize(conn, 64<<10)})
	}
	return c
}

// run makes n requests on each connection and returns the time of one. next
// gives the i-th request; it is called before the clock starts.
func (c *caller) run(tb testing.TB, n, status int, next func(i int) []byte) time.Duration {
	tb.Helper()
	requests := make([][][]byte, len(c.conns))
	for i := range requests {
		for j := range n {
			requests[i] = append(requests[i], next(i*n+j))
		}
	}
	errs := make([]error, len(c.conns))
	var wg sync.WaitGroup
	start := time.Now()
	for i, conn := range c.conns {
		wg.Go(func() {
			for _, r := range requests[i] {
				if errs[i] = conn.exchange(r, status); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	for _, err := range errs {
		if err != nil {
			tb.Fatal(err)
		}
	}
	return took / time.Duration(n*len(c.conns))
}

// exchange sends one request and reads the answer to its end.
func (c *clientConn) exchange(request []byte, status int) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	head, err := c.in.Peek(1)
	for end := 0; err == nil; head, err = c.in.Peek(len(head) + 1) {
		head, _ = c.in.Peek(c.in.Buffered())
		if end = bytes.Index(head, []byte("\r\n\r\n")); end > 0 {
			head = head[:end+4]
			break
		}
	}
	if err != nil {
		return err
	}
	if string(head[9:12]) != strconv.Itoa(status) {
		return fmt.Errorf("answer %q to %q", head, request)
	}
	_, rest, sized := bytes.Cut(head, []byte("Content-Length: "))
	c.in.Discard(len(head)) // is there
	if !sized {
		return c.chunks()
	}
	digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
	length, err := strconv.Atoi(string(digits))
	if err != nil {
		return err
	}
	_, err = c.in.Discard(length)
	return err
}

func (c *clientConn) chunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if _, err := c.in.Discard(int(n) + 2); err != nil || n == 0 {
			return err
		}
	}
}

// raw is a request as it goes over the wire.
func raw(method, path, body string) []byte {
	s := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
	if body != "" {
		s += "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	return []byte(s + "\r\n" + body)
}

// direct makes the same requests as calls of the handler, without a network.
type direct struct {
	h http.Handler
	w sink
}

// sink is a ResponseWriter that keeps nothing.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// run makes n requests and returns the time of one.
func (d *direct) run(tb testing.TB, n, status int, next func(i int) []byte) time.Duration {
	tb.Helper()
	requests := make([]*http.Request, n)
	for i := range requests {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(next(i))))
		if err != nil {
			tb.Fatal(err)
		}
		requests[i] = r
	}
	start := time.Now()
	for _, r := range requests {
		d.w = sink{header: http.Header{}}
		if d.h.ServeHTTP(&d.w, r); d.w.status != status {
			tb.Fatalf("%s %s: %d, want %d", r.Method, r.URL, d.w.status, status)
		}
	}
	return time.Since(start) / time.Duration(n)
}
