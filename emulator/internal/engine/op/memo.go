package op

import "sync"

// Memo keeps what was compiled of the queries that came last: a suite asks the same
// few again and again. It is bounded, and forgets all when it is full.
type Memo[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

const maxMemo = 256

func (c *Memo[K, V]) Get(k K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.m[k]
	return v, ok
}

func (c *Memo[K, V]) Put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= maxMemo {
		c.m = make(map[K]V)
	}
	c.m[k] = v
}
