package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Set holds the rules of one emulator. All methods are safe for concurrent use; the zero
// Set is empty.
type Set struct {
	mu    sync.Mutex
	rules []*state
	made  int
	some  atomic.Bool
}

// Max is how many rules a Set holds.
const Max = 100

// state is a rule with what has become of it.
type state struct {
	Rule
	pattern pattern
	matched int // requests that it is about
	counted int // those that no window swallowed
	times   int // hits, a window counting once
	hit     int // requests that it hit
	until   time.Time
}

// Status is a rule and how often it has hit.
type Status struct {
	Rule
	Matched int  `json:"matched"` // requests that it is about
	Hit     int  `json:"hit"`     // those that it hit
	Spent   bool `json:"spent"`   // it hits no more
}

// Add adds a rule and returns its id. A rule with the id of another replaces it. A rule
// that makes no sense is an error that says why. When the Set is full, spent rules make
// room; it is an error where all still hit.
func (s *Set) Add(r Rule) (id string, err error) {
	if err := r.check(); err != nil {
		return "", err
	}
	if r.Challenge {
		r.Status = 401
	}
	st := &state{Rule: r}
	if st.pattern, err = compile(r.Path); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.ID == "" {
		s.made++
		st.ID = "fault-" + strconv.Itoa(s.made)
	}
	if at := s.find(st.ID); at >= 0 {
		s.rules[at] = st
		return st.ID, nil
	}
	if len(s.rules) >= Max {
		s.rules = slices.DeleteFunc(s.rules, (*state).spent)
	}
	if len(s.rules) >= Max {
		return "", fmt.Errorf("there are %d rules already that still hit", Max)
	}
	s.rules = append(s.rules, st)
	s.some.Store(true)
	return st.ID, nil
}

func (s *Set) find(id string) int {
	return slices.IndexFunc(s.rules, func(r *state) bool { return r.ID == id })
}

// List returns all rules, spent ones included, in the order they were added.
func (s *Set) List() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Status, 0, len(s.rules))
	for _, r := range s.rules {
		out = append(out, Status{Rule: r.Rule, Matched: r.matched, Hit: r.hit, Spent: r.spent()})
	}
	return out
}

// Remove removes a rule. It reports false where no rule has that id.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(id)
	if at >= 0 {
		s.rules = slices.Delete(s.rules, at, at+1)
		s.some.Store(len(s.rules) > 0)
	}
	return at >= 0
}

// Clear removes all rules.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	s.some.Store(false)
}

// Any reports whether there are rules. It takes no lock. It is for the emulator.
func (s *Set) Any() bool { return s.some.Load() }

// Probe is a request as far as rules look at it. It is for the emulator.
type Probe struct {
	Method    string
	Version   string        // "v1.0"
	Path      string        // decoded, behind the version
	Template  func() string // of the operation; empty where the path means nothing
	App, User string
	Attempt   int // of the Retry-Attempt header
	Now       time.Time
}

// Hit is a rule that hits a request. It is for the emulator.
type Hit struct {
	Rule
	Left time.Duration // of its window
}

// Hit finds the first rule that hits a request, and counts it. It is for the emulator.
func (s *Set) Hit(p *Probe) (Hit, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.about(p) && r.strike(p.Now) {
			return Hit{Rule: r.Rule, Left: r.until.Sub(p.Now)}, true
		}
	}
	return Hit{}, false
}

func (r *state) about(p *Probe) bool {
	return (r.Method == "" || strings.EqualFold(r.Method, p.Method)) &&
		(r.App == "" || strings.EqualFold(r.App, p.App)) &&
		(r.User == "" || strings.EqualFold(r.User, p.User)) &&
		(r.Attempts == 0 || p.Attempt < r.Attempts) &&
		r.pattern.match(p)
}

// strike counts a request that the rule is about and reports whether it is hit.
func (r *state) strike(now time.Time) bool {
	r.matched++
	if now.Before(r.until) {
		r.hit++
		return true
	}
	if r.exhausted() {
		return false
	}
	r.counted++
	if n := r.counted - r.Skip; n <= 0 || n%max(r.Every, 1) != 0 {
		return false
	}
	r.times++
	r.hit++
	r.until = now.Add(r.Window.Duration())
	return true
}

func (r *state) exhausted() bool { return r.Times >= 0 && r.times >= max(r.Times, 1) }

// spent leaves a window open: only the clock, which is not here, closes it.
func (r *state) spent() bool { return r.exhausted() && r.Window == 0 }
