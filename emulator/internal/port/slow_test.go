package port

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// net/http holds a connection that it refused open for half a second, so that the client
// reads the answer.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// pipes is a listener without a network, so that time can be the test's own.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 3650} }

// dial gives the client's end of a new connection.
func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.conns <- far
	return near
}

// TestSlowClients: who says nothing, or half of it, or takes no answer, is let go in
// the end. Time is the bubble's.
func TestSlowClients(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		after      time.Duration
	}{
		{"no first byte", "", greeting},
		{"half a handshake", "\x16\x03\x01\x02\x00\x01", greeting},
		{"half a header", "GET /v1.0/me HTTP/1.1\r\nHost: a\r\n", greeting},
		{"no body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", stall},
		{"half a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", stall},
		{"an answer that is not taken", "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", stall},
		{"silence in a tunnel", "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: a\r\n\r\n", greeting},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
				s := &Server{Handler: http.HandlerFunc(answering), TLS: &tls.Config{}, Log: slog.New(slog.DiscardHandler)}
				served := make(chan error, 1)
				go func() { served <- s.Serve(p) }()
				c := p.dial()
				begin := time.Now()
				io.WriteString(c, tt.says)
				if !strings.Contains(tt.says, "/large") {
					io.Copy(io.Discard, c) // to the end
				} else {
					gone(c)
				}
				if took := time.Since(begin); took < tt.after || took > tt.after+5*time.Second {
					t.Errorf("let go after %v, not %v", took, tt.after)
				}
				c.Close()
				if err := errors.Join(s.Close(), s.Close()); err != nil {
					t.Error(err)
				}
				if err := <-served; !errors.Is(err, http.ErrServerClosed) {
					t.Error(err)
				}
			})
		})
	}
}

// gone waits until the other end is closed, without taking what it sends.
func gone(c net.Conn) {
	for {
		if _, err := c.Write([]byte("x")); errors.Is(err, io.ErrClosedPipe) {
			return
		}
		time.Sleep(100 * time.Millisecond) // of the bubble
	}
}

func answering(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusRequestTimeout)
	}
	if r.URL.Path == "/large" {
		w.Write(make([]byte, 1<<20))
	}
}

// TestPause: a client may think between two requests, and take its time with a body
// of which something comes.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		s := &Server{Handler: http.HandlerFunc(answering), TLS: &tls.Config{}, Log: slog.New(slog.DiscardHandler)}
		served := make(chan error, 1)
		go func() { served <- s.Serve(p) }()
		c := p.dial()
		for range 2 {
			io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
			for _, part := range []string{"a", "b", "c"} {
				time.Sleep(stall - time.Second)
				io.WriteString(c, part)
			}
			answer := make([]byte, len("HTTP/1.1 200 OK\r\n"))
			if _, err := io.ReadFull(c, answer); err != nil || !strings.Contains(string(answer), " 200 ") {
				t.Fatalf("%q %v", answer, err)
			}
			go io.CopyN(io.Discard, c, int64(len("Date: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: 0\r\n\r\n")))
			time.Sleep(stall + 30*time.Second)
		}
		c.Close()
		s.Close()
		<-served
	})
}
