package wire

import (
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

// queries keeps the trees of the query strings that came last: a suite asks the same
// few again and again, and a tree is only read. It is bounded in number and length,
// and forgets all when it is full.
type queries struct {
	mu sync.RWMutex
	m  map[string]*odata.Query
}

const (
	maxQueries  = 256
	maxKeptText = 2 << 10 // bytes of a query string that is kept
)

// parse reads a query string of a version whose syntax is s.
func (c *queries) parse(version, text string, s odata.Syntax) (*odata.Query, error) {
	if len(text) > maxKeptText {
		return s.ParseQuery(text)
	}
	key := version + "?" + text
	c.mu.RLock()
	q, ok := c.m[key]
	c.mu.RUnlock()
	if ok {
		return q, nil
	}
	q, err := s.ParseQuery(text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) >= maxQueries || c.m == nil {
		c.m = make(map[string]*odata.Query)
	}
	c.m[key] = q
	return q, nil
}
