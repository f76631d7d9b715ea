package engine

import "sync"

// memo keeps what was compiled of the queries that came last: a suite asks the same
// few again and again. It is bounded, and forgets all when it is full.
type memo[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

const maxMemo = 256

func (c *memo[K, V]) get(k K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.m[k]
	return v, ok
}

func (c *memo[K, V]) put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= maxMemo {
		c.m = make(map[K]V)
	}
	c.m[k] = v
}
