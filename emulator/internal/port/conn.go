package port

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// stall is how long a client may take no byte of an answer, or send none of a body
// that it has announced.
const stall = time.Minute

// conn is a connection of which something was read ahead, and whose writes do not
// wait forever for a client that does not read.
type conn struct {
	net.Conn
	head    []byte      // read ahead
	limited atomic.Bool // the user of the connection has set a deadline for writes
	depth   int         // how many CONNECTs it is inside of

	reword func(status int, text string) []byte // words a refusal of net/http; nil: it stays
}

// sealed is a connection inside TLS that speaks HTTP/1.1: a layer above the encryption words
// the refusals of net/http, which reads the state of TLS from ConnectionState. HTTP/2 needs the
// *tls.Conn itself.
type sealed struct {
	conn
	tls *tls.Conn
}

// ConnectionState makes net/http set Request.TLS.
func (c *sealed) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }

// peek gives the first byte and leaves it to be read.
func (c *conn) peek() (byte, error) {
	if len(c.head) == 0 {
		var first [1]byte
		if _, err := io.ReadFull(c.Conn, first[:]); err != nil {
			return 0, err
		}
		c.head = first[:]
	}
	return c.head[0], nil
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(p, c.head)
		if c.head = c.head[n:]; len(c.head) == 0 {
			c.head = nil
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if c.reword != nil && len(p) <= maxRefusal {
		if status, text, ok := refusal(p); ok {
			if _, err := c.write(c.reword(status, text)); err != nil {
				return 0, err
			}
			return len(p), nil
		}
	}
	return c.write(p)
}

func (c *conn) write(p []byte) (int, error) {
	if !c.limited.Load() {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(stall)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.limited.Store(!t.IsZero())
	return c.Conn.SetDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.limited.Store(!t.IsZero())
	return c.Conn.SetWriteDeadline(t)
}

// CloseWrite ends what is sent and leaves open what is received, where the
// connection can.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}

// part sends the last words to a client and closes the connection. What the client
// goes on sending is read for a moment: closing over it could take the words back.
func (c *conn) part(status int, reason, body string) error {
	_, err := fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, reason, len(body), body)
	if err == nil && c.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingering)) == nil {
		io.CopyN(io.Discard, c, 64<<10)
	}
	return errors.Join(err, c.Close())
}

const lingering = 500 * time.Millisecond
