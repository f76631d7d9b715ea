package emulator

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

// WithForwardedHeaders begins absolute links with what X-Forwarded-Proto, -Host and
// -Port say, for a server behind a gateway that sets them. Without it they are
// ignored: anybody can send them. WithPublicURL wins over both.
func WithForwardedHeaders() Option {
	return func(c *config) error { c.forwarded = true; return nil }
}

// WithLocations says what the Location of a created directory object looks like:
// "canonical" (the default) is where a client can read it, "historical" the form that
// the service sends, which leads nowhere (B-1.19).
func WithLocations(form string) Option {
	return func(c *config) error {
		if form != "canonical" && form != "historical" {
			return fmt.Errorf("locations %q are neither canonical nor historical", form)
		}
		c.historical = form == "historical"
		return nil
	}
}

// WithShuffledBatches gives the answers of a batch in any order, as the service may.
// With a random seed the orders repeat. Without it they stand in that of the requests.
func WithShuffledBatches() Option {
	return func(c *config) error { c.shuffled = true; return nil }
}

// WithBatchURLs says what becomes of absolute URLs inside a batch: "accept" or
// "refuse", as the documentation wants it. Without it strict mode refuses them.
func WithBatchURLs(mode string) Option {
	return func(c *config) error {
		if mode != "accept" && mode != "refuse" {
			return fmt.Errorf("batch URLs %q: neither accept nor refuse", mode)
		}
		c.absolute = mode
		return nil
	}
}

// relative reports whether batches hold relative URLs only.
func (c *config) relative() bool {
	return c.absolute == "refuse" || c.absolute == "" && c.strict
}

// shuffle gives what puts the answers of batches into another order; nil: nothing does.
func (c *config) shuffle() func(int, func(i, j int)) {
	if !c.shuffled {
		return nil
	}
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(c.seed, 5))
	return func(n int, swap func(i, j int)) {
		mu.Lock()
		defer mu.Unlock()
		dice.Shuffle(n, swap)
	}
}
