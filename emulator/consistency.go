package emulator

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Consistency is the consistency lab of an emulator: when reads of the directory see what
// was written.
type Consistency struct{ s *Server }

// Consistency returns the emulator's consistency lab.
func (s *Server) Consistency() Consistency { return Consistency{s} }

// Get returns the modes in use: of callers that act for a user, and of app-only callers.
func (c Consistency) Get() (users, apps ConsistencyMode) {
	u, a := c.s.realm.world.Consistency()
	return ConsistencyMode{is: u}, ConsistencyMode{is: a}
}

// Set changes the modes from now on, until Reset goes back to those of the options. Every
// earlier write is seen. A mode with a lag that is out of range is an error, and nothing
// changes.
func (c Consistency) Set(users, apps ConsistencyMode) error {
	if users.err != nil {
		return users.err
	}
	if apps.err != nil {
		return apps.err
	}
	for r := range c.s.realms() {
		if err := c.s.engine.SetConsistency(r.world, users.is, apps.is); err != nil {
			return err
		}
	}
	return nil
}

// Converge makes every earlier write visible to all callers, as if enough time had passed.
func (c Consistency) Converge() error {
	for r := range c.s.realms() {
		if err := c.s.engine.Converge(r.world); err != nil {
			return err
		}
	}
	return nil
}

// consistent goes to the consistency of the options.
func (s *Server) consistent() error {
	apps := s.config.consistency
	if s.config.appConsistency != nil {
		apps = *s.config.appConsistency
	}
	return s.Consistency().Set(s.config.consistency, apps)
}

// WithConsistency says when reads of the directory see what was written. The default is
// Strong.
func WithConsistency(mode ConsistencyMode) Option {
	return func(c *config) error {
		c.consistency = mode
		return mode.err
	}
}

// WithAppConsistency is WithConsistency for app-only callers. Without it they see what
// other callers see.
func WithAppConsistency(mode ConsistencyMode) Option {
	return func(c *config) error {
		c.appConsistency = &mode
		return mode.err
	}
}

// consistencyControl is what the control plane may do with it.
type consistencyControl struct{ c Consistency }

func (c consistencyControl) Get() any {
	users, apps := c.c.Get()
	return struct {
		Users string `json:"users"` // of callers that act for a user
		Apps  string `json:"apps"`  // of app-only callers
	}{users.String(), apps.String()}
}

// Set takes texts; an empty one leaves a mode as it is.
func (c consistencyControl) Set(users, apps string) error {
	u, a := c.c.Get()
	for _, m := range []struct {
		text string
		to   *ConsistencyMode
	}{{users, &u}, {apps, &a}} {
		if m.text == "" {
			continue
		}
		if err := m.to.UnmarshalText([]byte(m.text)); err != nil {
			return grapherr.BadRequest("%s", err.Error())
		}
	}
	return c.c.Set(u, a)
}

func (c consistencyControl) Settle() error { return c.c.Converge() }
