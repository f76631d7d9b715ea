package emulator

import (
	"math/rand/v2"
	"sync"
)

// WithForwardedHeaders begins absolute links with X-Forwarded-Proto, -Host and -Port, for
// a server behind a gateway that sets them. Without it they are ignored, because any
// client can send them. WithPublicURL takes precedence.
func WithForwardedHeaders() Option {
	return func(c *config) error { c.forwarded = true; return nil }
}

// shuffle gives what puts the answers of batches into another order; with a random
// seed the orders repeat.
func (c *config) shuffle() func(int, func(i, j int)) {
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(c.seed, 5))
	return func(n int, swap func(i, j int)) {
		mu.Lock()
		defer mu.Unlock()
		dice.Shuffle(n, swap)
	}
}
