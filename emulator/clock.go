package emulator

import "time"

// Clock is the clock of an emulator: it decides time stamps, expiries and scheduled
// changes. It runs with the machine's clock, or that of WithClock, until it is moved.
type Clock struct{ s *Server }

// Clock returns the clock of the emulator.
func (s *Server) Clock() Clock { return Clock{s} }

// Now returns the time of the emulator.
func (c Clock) Now() time.Time { return c.s.clock.Now() }

// Frozen reports whether the clock stands still.
func (c Clock) Frozen() bool { return c.s.clock.Frozen() }

// Advance moves the clock by d. Everything that becomes due happens before it returns,
// each at its own time. A frozen clock stays frozen. A negative d is an error, and so is a
// time after the year 2199.
func (c Clock) Advance(d time.Duration) error {
	err := c.s.clock.Advance(d)
	c.s.catchUp()
	return err
}

// Set moves the clock to a time, from which it runs on unless it is frozen. Everything
// that becomes due happens before it returns. An earlier time undoes nothing. A time
// before 1900 or after 2199 is an error.
func (c Clock) Set(t time.Time) error {
	err := c.s.clock.Set(t)
	c.s.catchUp()
	return err
}

// Freeze stops the clock where it is.
func (c Clock) Freeze() { c.s.clock.Freeze() }

// Resume lets a frozen clock run on from where it stands.
func (c Clock) Resume() { c.s.clock.Resume() }

// Reset goes back to the clock beneath: the machine's, or that of WithClock.
func (c Clock) Reset() { c.s.clock.Reset() }

// Next returns when the next scheduled change is due, and false where none is.
func (c Clock) Next() (next time.Time, ok bool) {
	for r := range c.s.realms() {
		if t, due := r.world.Store.NextDue(); due && (!ok || t.Before(next)) {
			next, ok = t, true
		}
	}
	return next, ok
}
