package cassette

import (
	"errors"
	"io"
	"os"
	"sync"
	"unicode/utf8"
)

// Bounds of what is kept of a body while it passes. A text has to be whole before it
// can be scrubbed; anything else goes to the disk when it grows.
const (
	maxText   = 32 << 20
	maxMemory = 1 << 20
)

var errLarge = errors.New("a text of more than 32 MiB is not recorded")

// capture is a copy of a body that passes.
type capture struct {
	tape *tape // nil: nothing goes to the disk

	mu   sync.Mutex
	room *[]byte // that data lies in, unless it has outgrown it
	data []byte
	side string // the rest is in a side file
	file *os.File
	err  error
}

// Write implements io.Writer. It never fails: whose body it is shall not notice.
func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
	case c.file != nil:
		_, c.err = c.file.Write(p)
	case len(c.data)+len(p) > maxText:
		c.err = errLarge
	default:
		if c.data == nil && len(p) > 0 {
			c.room = spare()
			c.data = *c.room
		}
		c.data = append(c.data, p...)
		if len(c.data) > maxMemory && c.tape != nil && !isText(c.data[:4096]) {
			c.spill()
		}
	}
	return len(p), nil
}

// spares are buffers of bodies that have been written down.
var spares sync.Pool

func spare() *[]byte {
	if b, ok := spares.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, 4096)
	return &b
}

// recycle takes a buffer back, with what it has become. Nothing may hold what is in it
// any more.
func recycle(room *[]byte, b []byte) {
	if room == nil {
		return
	}
	if cap(b) > cap(*room) && cap(b) <= maxMemory {
		*room = b[:0]
	}
	spares.Put(room)
}

// free gives the buffer back.
func (c *capture) free() {
	c.mu.Lock()
	defer c.mu.Unlock()
	recycle(c.room, c.data)
	c.room, c.data = nil, nil
}

func (c *capture) spill() {
	c.side, c.file, c.err = c.tape.side(".bin")
	if c.err == nil {
		_, c.err = c.file.Write(c.data)
		c.data = nil
	}
}

// isText reports whether bytes could be the beginning of a text.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && len(b) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[n:]
	}
	return true
}

// reset forgets what has passed: the body is sent again.
func (c *capture) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	c.data, c.err = nil, nil
}

func (c *capture) drop() {
	if c.file != nil {
		c.file.Close()
		os.Remove(c.file.Name())
		c.file = nil
	}
}

// end gives what has passed: bytes, or the path of a side file.
func (c *capture) end() (data []byte, side string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		err := c.err
		c.drop()
		return nil, "", err
	}
	if c.file != nil {
		err = c.file.Close()
		c.file = nil
		return nil, c.side, err
	}
	return c.data, "", nil
}

// said reports whether anything has passed.
func (c *capture) said() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data != nil || c.file != nil || c.err != nil
}

// tee copies what is read of a body. That of an answer ends its take once, when it has ended
// or is closed.
type tee struct {
	io.ReadCloser
	to   *capture
	ends *take // nil: it is the body of a request
	once sync.Once
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.to.Write(p[:n])
	if err == io.EOF {
		t.finish(true)
	}
	return n, err
}

func (t *tee) finish(whole bool) {
	if t.ends != nil {
		t.once.Do(func() { t.ends.ended(whole) })
	}
}

// Close implements io.Closer. A client that has read what it wanted may leave the rest,
// which is read here, if it does not take too much: half an answer is none.
func (t *tee) Close() error {
	if t.ends != nil {
		t.once.Do(func() {
			n, err := io.CopyN(t.to, t.ReadCloser, maxMemory)
			t.ends.ended(err == io.EOF && n < maxMemory)
		})
	}
	return t.ReadCloser.Close()
}
