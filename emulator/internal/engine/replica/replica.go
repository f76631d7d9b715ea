package replica

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Consistency is what reads of a replicated service see of the writes before them.
type Consistency struct {
	mode  mode
	delay time.Duration // how long a write takes to be seen; 0: it is reads that count
	reads int           // how many reads do not see it
}

type mode uint8

const (
	strong   mode = iota // every write at once
	session              // one's own writes at once, those of others late
	eventual             // every write late
)

var modes = [...]string{"strong", "session", "eventual"}

// defaultLag is how late writes are seen without a word about it.
const defaultLag = 5 * time.Second

// maxLag bounds what may be asked for.
const (
	maxLag   = 24 * time.Hour
	maxReads = 1000
)

// Strong reports whether every write is seen at once.
func (c Consistency) Strong() bool { return c.mode == strong }

func (c Consistency) String() string {
	switch {
	case c.mode == strong:
		return modes[strong]
	case c.reads > 0:
		return modes[c.mode] + ":" + strconv.Itoa(c.reads)
	}
	return modes[c.mode] + ":" + c.delay.String()
}

// ParseConsistency reads strong, session or eventual; the latter two with how late
// writes are seen: session:30s after a time, eventual:3 after so many reads.
func ParseConsistency(text string) (Consistency, error) {
	name, lag, given := strings.Cut(text, ":")
	for m, is := range modes {
		if name != is {
			continue
		}
		c := Consistency{mode: mode(m)}
		switch n, err := strconv.Atoi(lag); {
		case c.mode == strong && given:
			return c, fmt.Errorf("consistency %q: strong has no lag", text)
		case c.mode == strong:
		case !given:
			c.delay = defaultLag
		case err == nil && n >= 1 && n <= maxReads:
			c.reads = n
		default:
			if c.delay, err = time.ParseDuration(lag); err != nil || c.delay <= 0 || c.delay > maxLag {
				return c, fmt.Errorf("consistency %q: the lag is a time up to 24h, as in 5s, or a number of reads from 1 to %d", text, maxReads)
			}
		}
		return c, nil
	}
	return Consistency{}, fmt.Errorf("consistency %q is not valid; write strong, session:LAG or eventual:LAG", text)
}

// Simulation keeps the snapshots of a world that reads may still see. A snapshot is a
// shared copy of the store, which costs what is written after it.
type Simulation struct {
	users, apps Consistency // of callers that act for a user, and of others

	mu        sync.Mutex
	snapshots []snapshot       // in their order; the last one is the present
	wrote     map[string]int64 // session -> its latest change
}

// snapshot is the world after a change.
type snapshot struct {
	tx    *store.Tx
	at    time.Time
	reads int // since then
}

const (
	maxSnapshots = 256      // beyond these limits the oldest writes are seen early
	maxRetained  = 64 << 20 // bytes that only the snapshots keep in memory
	maxSessions  = 4096
)

// NewSimulation makes a simulation in which present is seen by everybody.
func NewSimulation(users, apps Consistency, present *store.Tx) *Simulation {
	s := &Simulation{users: users, apps: apps}
	s.Converge(present)
	return s
}

// Consistency is what callers see that act for a user, and those that do not.
func (s *Simulation) Consistency() (users, apps Consistency) { return s.users, s.apps }

// Converge lets everybody see all that was written until now. It has to be called when
// a world was replaced.
func (s *Simulation) Converge(present *store.Tx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshots, s.wrote = []snapshot{{tx: present}}, map[string]int64{}
}

// of is what a caller sees.
func (s *Simulation) of(c *workload.Caller) Consistency {
	if c.AppOnly {
		return s.apps
	}
	return s.users
}

func sessionOf(c *workload.Caller) string { return c.App + " " + c.User }

// note keeps the present, if something has changed. It is called behind every write
// and before every read: what else changes the world (time, a sign-in) is noticed then.
func (s *Simulation) note(present *store.Tx, now time.Time) {
	last := &s.snapshots[len(s.snapshots)-1]
	if present.Seq() == last.tx.Seq() {
		return
	}
	s.snapshots = append(s.snapshots, snapshot{tx: present, at: now})
	n := 0
	for ; len(s.snapshots)-n > maxSnapshots || n < len(s.snapshots)-1 && present.Replaced()-s.snapshots[n].tx.Replaced() > maxRetained; n++ {
	}
	s.snapshots = slices.Delete(s.snapshots, 0, n)
}

// Written notes a write of a caller.
func (s *Simulation) Written(present *store.Tx, now time.Time, c *workload.Caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(present, now)
	if len(s.wrote) >= maxSessions {
		clear(s.wrote)
	}
	s.wrote[sessionOf(c)] = s.snapshots[len(s.snapshots)-1].tx.Seq()
}

// View is the world that a read of a caller sees.
func (s *Simulation) View(present *store.Tx, now time.Time, c *workload.Caller) *store.Tx {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(present, now)
	see := s.of(c)
	at := len(s.snapshots) - 1
	for ; at > 0 && !see.shows(&s.snapshots[at], now); at-- {
	}
	if see.mode == session {
		for own := s.wrote[sessionOf(c)]; at < len(s.snapshots)-1 && s.snapshots[at].tx.Seq() < own; at++ {
		}
	}
	tx := s.snapshots[at].tx
	for i := range s.snapshots {
		s.snapshots[i].reads++
	}
	s.forget(now)
	return tx
}

// shows reports whether a snapshot is old enough to be seen.
func (c Consistency) shows(p *snapshot, now time.Time) bool {
	switch {
	case c.mode == strong:
		return true
	case c.reads > 0:
		return p.reads >= c.reads
	}
	return now.Sub(p.at) >= c.delay
}

// forget drops the snapshots that nobody can see any more.
func (s *Simulation) forget(now time.Time) {
	n := 0
	for n+1 < len(s.snapshots) && s.users.shows(&s.snapshots[n+1], now) && s.apps.shows(&s.snapshots[n+1], now) {
		n++
	}
	s.snapshots = slices.Delete(s.snapshots, 0, n)
}
