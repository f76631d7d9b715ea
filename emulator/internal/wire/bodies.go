package wire

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// BodyMemory bounds the bytes of request bodies that a server has in memory at one time.
// A body counts from when it is read until its request is answered: as it was sent, or
// unpacked where it was compressed.
type BodyMemory struct {
	limit int64
	used  atomic.Int64
}

// NewBodyMemory makes one of limit bytes.
func NewBodyMemory(limit int64) *BodyMemory { return &BodyMemory{limit: limit} }

// busyFor is when a request that found no memory for its body may come again.
const busyFor = 2 * time.Second

// account is what the bodies of one request have taken.
type account struct {
	memory *BodyMemory
	held   atomic.Int64
}

// take adds n bytes, or refuses them as a service does that is short of something
// (B-2.13, B-8.4). What no waiting would make fit is too large.
func (a *account) take(n int) error {
	if a.held.Load()+int64(n) > a.memory.limit {
		return grapherr.TooLarge(a.memory.limit)
	}
	if a.memory.used.Add(int64(n)) > a.memory.limit {
		a.memory.used.Add(-int64(n))
		return grapherr.Busy(busyFor).Because("The bodies of the requests in flight exceed what the server keeps in memory.",
			"Send fewer large bodies at a time, or raise --body-memory.")
	}
	a.held.Add(int64(n))
	return nil
}

// give gives n bytes back.
func (a *account) give(n int64) {
	a.held.Add(-n)
	a.memory.used.Add(-n)
}

// close gives everything back.
func (a *account) close() {
	if held := a.held.Swap(0); held > 0 {
		a.memory.used.Add(-held)
	}
}

// metered is a body whose bytes are taken from an account as they are read.
type metered struct {
	io.Reader
	io.Closer
	account *account
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if n > 0 {
		if refused := m.account.take(n); refused != nil {
			return 0, refused
		}
	}
	return n, err
}

// unmetered is a body that is not kept any more.
func unmetered(body io.Reader) io.Reader {
	if m, ok := body.(*metered); ok {
		m.account.close()
		return m.Reader
	}
	return body
}

// spill is a body that is kept in memory up to a size, and on the disk as a whole where it
// is larger.
type spill struct {
	*metered
	memory, taken int64
}

// spilling lets a body count until it is larger than what is kept in memory.
func spilling(body io.Reader, memory int64) io.Reader {
	if m, ok := body.(*metered); ok {
		return &spill{m, memory, 0}
	}
	return body
}

func (s *spill) Read(p []byte) (int, error) {
	if s.taken > s.memory {
		return s.Reader.Read(p)
	}
	n, err := s.metered.Read(p)
	if s.taken += int64(n); s.taken > s.memory {
		s.account.give(s.taken)
	}
	return n, err
}

// through is a body that is kept in another form than it is read: it counts as what make
// makes of it.
func through(body io.ReadCloser, make func(io.Reader) (io.Reader, error)) (io.Reader, error) {
	m, ok := body.(*metered)
	if !ok {
		return make(body)
	}
	in, err := make(m.Reader)
	if err != nil {
		return nil, err
	}
	return &metered{in, m.Closer, m.account}, nil
}

// Part makes the body of a request that came with others in one: content is counted, and
// what is unpacked of it counts for the request that it came in.
func Part(whole *http.Request, content []byte) io.ReadCloser {
	body := io.NopCloser(bytes.NewReader(content))
	if m, ok := whole.Body.(*metered); ok {
		return &metered{body, body, m.account}
	}
	return body
}
