package emulator

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/replica"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Consistency says how late reads of the directory see what was written. Each field is
// "strong" (at once), "session:LAG" (one's own writes at once, those of others late) or
// "eventual:LAG" (all late); LAG is a time on the emulator's clock, as in 5s, or a number
// of reads that do not see a write yet.
//
// A write works on the present. Until it is seen, reads answer as the service does
// while its copies lag: 404 for what was created, lists and counts as they were,
// members that are missing, and what was deleted still there.
type Consistency struct {
	Users string `json:"users"` // of callers that act for a user
	Apps  string `json:"apps"`  // of app-only callers
}

// Consistency is the one in use; strong for both without WithConsistency.
func (s *Server) Consistency() Consistency {
	users, apps := s.realm.world.Consistency()
	return Consistency{users.String(), apps.String()}
}

// SetConsistency changes it from now on, until Reset goes back to that of the options.
// Everything written before is seen. An empty field stays as it is; one that cannot be
// read is an error, and nothing changes.
func (s *Server) SetConsistency(c Consistency) error {
	was := s.Consistency()
	if c.Users == "" {
		c.Users = was.Users
	}
	if c.Apps == "" {
		c.Apps = was.Apps
	}
	users, err := replica.ParseConsistency(c.Users)
	if err != nil {
		return err
	}
	apps, err := replica.ParseConsistency(c.Apps)
	if err != nil {
		return err
	}
	for r := range s.realms() {
		if err := s.engine.SetConsistency(r.world, users, apps); err != nil {
			return err
		}
	}
	return nil
}

// Settle lets everybody see at once all that was written until now, as if enough time
// had passed.
func (s *Server) Settle() error {
	for r := range s.realms() {
		if err := s.engine.Converge(r.world); err != nil {
			return err
		}
	}
	return nil
}

// consistent goes to the consistency of the options.
func (s *Server) consistent() error {
	c := Consistency{Users: "strong", Apps: "strong"}
	if s.config.consistency != "" {
		c = Consistency{s.config.consistency, s.config.consistency}
	}
	if s.config.appConsistency != "" {
		c.Apps = s.config.appConsistency
	}
	return s.SetConsistency(c)
}

// WithConsistency says how late reads of the directory see what was written: "strong"
// (the default), "session:LAG" or "eventual:LAG"; see Consistency.
func WithConsistency(mode string) Option {
	return func(c *config) error {
		_, err := replica.ParseConsistency(mode)
		c.consistency = mode
		return err
	}
}

// WithAppConsistency is WithConsistency for app-only callers, who otherwise see what
// others see.
func WithAppConsistency(mode string) Option {
	return func(c *config) error {
		_, err := replica.ParseConsistency(mode)
		c.appConsistency = mode
		return err
	}
}

// consistencyControl is what the control plane may do with it.
type consistencyControl struct{ s *Server }

func (c consistencyControl) Get() any { return c.s.Consistency() }

func (c consistencyControl) Set(users, apps string) error {
	if err := c.s.SetConsistency(Consistency{users, apps}); err != nil {
		return grapherr.BadRequest("%s", err.Error())
	}
	return nil
}

func (c consistencyControl) Settle() error { return c.s.Settle() }
