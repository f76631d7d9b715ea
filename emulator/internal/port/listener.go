package port

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// greeting is how long a client may take to the end of what tells its protocol: the
// first byte, and the handshake if that begins one.
const greeting = 30 * time.Second

// listener gives out the connections of another one when it is known what they
// speak: a *tls.Conn or a *sealed behind its handshake, or a connection that begins like HTTP.
type listener struct {
	net.Listener
	tls *tls.Config
	log *slog.Logger

	reword func(status int, text string) []byte // see conn

	ready  chan net.Conn
	failed chan error
	done   chan struct{} // closed with the listener

	mu     sync.Mutex
	held   map[net.Conn]struct{} // not yet given out
	closed bool
	work   sync.WaitGroup // what Close ends
}

func listen(l net.Listener, config *tls.Config, log *slog.Logger, reword func(int, string) []byte) *listener {
	out := &listener{Listener: l, tls: config, log: log, reword: reword, ready: make(chan net.Conn), failed: make(chan error), done: make(chan struct{}), held: map[net.Conn]struct{}{}}
	out.work.Add(1)
	go out.run()
	return out
}

func (l *listener) run() {
	defer l.work.Done()
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			go l.sort(&conn{Conn: c, reword: l.reword})
			continue
		}
		select {
		case l.failed <- err:
		case <-l.done:
			return
		}
		if again, ok := err.(interface{ Temporary() bool }); !ok || !again.Temporary() { // net/http asks the same of it
			return
		}
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case err := <-l.failed:
		return nil, err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Connections that have not been given out are
// closed with it.
func (l *listener) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	close(l.done)
	for c := range l.held {
		c.Close()
	}
	l.mu.Unlock()
	return l.Listener.Close()
}

// sort finds out what a connection speaks and gives it out. It owns c.
func (l *listener) sort(c *conn) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		c.Close()
		return
	}
	l.held[c] = struct{}{}
	l.work.Add(1)
	l.mu.Unlock()
	defer l.work.Done()
	out, err := l.greet(c)
	l.mu.Lock()
	delete(l.held, c)
	l.mu.Unlock()
	if err != nil {
		l.note(c, err)
		c.Close()
		return
	}
	select {
	case l.ready <- out:
	case <-l.done:
		out.Close()
	}
}

// errGarbage is the verdict on a connection that begins like nothing we speak.
var errGarbage = errors.New("neither HTTP nor TLS")

func (l *listener) greet(c *conn) (net.Conn, error) {
	if err := c.SetDeadline(time.Now().Add(greeting)); err != nil {
		return nil, err
	}
	first, err := c.peek()
	if err != nil {
		return nil, err
	}
	var out net.Conn = c
	switch {
	case first == 0x16: // a TLS record with a handshake in it
		t := tls.Server(c, l.tls)
		if err := t.Handshake(); err != nil {
			return nil, err
		}
		if out = t; t.ConnectionState().NegotiatedProtocol != "h2" {
			out = &sealed{conn: conn{Conn: t, depth: c.depth, reword: l.reword}, tls: t}
		}
	case first < 'A' || first > 'Z': // no method of HTTP begins so
		return nil, errors.Join(errGarbage, c.part(400, "Bad Request", "This port answers HTTP, TLS and CONNECT.\n"))
	}
	return out, c.SetDeadline(time.Time{})
}

// note logs why a connection was not given out. A client that turns the certificate
// down is worth a warning: whoever runs it sees only that nothing works.
func (l *listener) note(c net.Conn, err error) {
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "remote error" {
		l.log.Warn("a client does not accept the certificate; it has to trust the CA of /_emulator/ca.pem", "client", c.RemoteAddr().String(), "error", err)
		return
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		l.log.Debug("connection dropped", "client", c.RemoteAddr().String(), "error", err)
	}
}
