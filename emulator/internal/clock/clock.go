package clock

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Clock runs with the clock beneath it until it is told otherwise. All methods
// may be called from many goroutines.
type Clock struct {
	base  func() time.Time
	state atomic.Pointer[state] // nil: as the clock beneath

	moves sync.Mutex // held while a move is checked and made

	mu    sync.Mutex
	moved chan struct{} // closed when the clock is moved; nil when nobody waits
}

// state is how a clock differs from the one beneath.
type state struct {
	ahead  time.Duration
	at     time.Time // where it stands when it is frozen
	frozen bool
}

// New makes a clock over another; nil stands for the machine's.
func New(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now is the time.
func (c *Clock) Now() time.Time {
	s := c.state.Load()
	switch {
	case s == nil:
		return c.base()
	case s.frozen:
		return s.at
	}
	return c.base().Add(s.ahead)
}

// Frozen reports whether the clock stands still.
func (c *Clock) Frozen() bool {
	s := c.state.Load()
	return s != nil && s.frozen
}

// The times that a clock can be set to. Between them a time.Duration holds every
// difference, and time stamps in nanoseconds do not overflow, those of what is due later
// included.
var (
	Earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	Latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Check refuses a time that no clock can be set to.
func Check(t time.Time) error {
	if t.Before(Earliest) || t.After(Latest) {
		return fmt.Errorf("the clock cannot show %s: it goes from %s to %s", t.UTC().Format(time.RFC3339), Earliest.Format(time.DateOnly), Latest.Format(time.DateOnly))
	}
	return nil
}

// Advance moves the clock on by d. Time does not run backwards: a negative d is an
// error, and so is a time after Latest. A frozen clock stays frozen.
func (c *Clock) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("the clock cannot be advanced by %v: set it to an earlier time", d)
	}
	c.moves.Lock()
	defer c.moves.Unlock()
	if err := Check(c.Now().Add(d)); err != nil {
		return err
	}
	c.change(func(s *state) { s.ahead, s.at = s.ahead+d, s.at.Add(d) })
	return nil
}

// Set puts the clock to a time from Earliest to Latest; it runs on from there unless it
// is frozen.
func (c *Clock) Set(t time.Time) error {
	if err := Check(t); err != nil {
		return err
	}
	c.moves.Lock()
	defer c.moves.Unlock()
	c.change(func(s *state) { s.ahead, s.at = t.Sub(c.base()), t })
	return nil
}

// Freeze stops the clock where it is.
func (c *Clock) Freeze() {
	now := c.Now()
	c.change(func(s *state) { s.at, s.frozen = now, true })
}

// Resume lets the clock run on from where it stands.
func (c *Clock) Resume() {
	c.change(func(s *state) {
		if s.frozen {
			s.ahead, s.frozen = s.at.Sub(c.base()), false
		}
	})
}

// Reset goes back to the clock beneath.
func (c *Clock) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Store(nil)
	c.tell()
}

func (c *Clock) change(f func(*state)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := state{}
	if s := c.state.Load(); s != nil {
		next = *s
	}
	f(&next)
	c.state.Store(&next)
	c.tell()
}

// tell wakes those who wait. The caller holds the lock.
func (c *Clock) tell() {
	if c.moved != nil {
		close(c.moved)
		c.moved = nil
	}
}

func (c *Clock) next() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moved == nil {
		c.moved = make(chan struct{})
	}
	return c.moved
}

// Wait returns when the clock has reached t, or with the error of ctx when that ends
// first. Under a frozen clock only moving it helps.
func (c *Clock) Wait(ctx context.Context, t time.Time) error {
	for {
		moved := c.next() // before the clock is read, so that no move is missed
		left := t.Sub(c.Now())
		if left <= 0 {
			return nil
		}
		if c.Frozen() {
			left = time.Hour
		}
		timer := time.NewTimer(left)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-moved:
		case <-timer.C:
		}
		timer.Stop()
	}
}
