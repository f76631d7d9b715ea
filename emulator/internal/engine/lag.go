package engine

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
	return Consistency{}, fmt.Errorf("consistency %q is none of strong, session:LAG, eventual:LAG", text)
}

// lab keeps the pasts of a world that reads may still see. A past is a shared copy of
// the store, which costs what is written after it.
type lab struct {
	users, apps Consistency // of callers that act for a user, and of others

	mu    sync.Mutex
	pasts []past           // in their order; the last one is the present
	wrote map[string]int64 // session -> its latest change
}

// past is the world after a change.
type past struct {
	tx    *store.Tx
	seq   int64
	at    time.Time
	reads int // since then
}

const (
	maxPasts    = 256      // beyond these limits the oldest writes are seen early
	maxOld      = 64 << 20 // bytes that only the pasts keep in memory
	maxSessions = 4096
)

// SetConsistency says what callers that act for a user see, and those that do not.
// What was written before is seen at once.
func (e *Engine) SetConsistency(w *World, users, apps Consistency) error {
	if users.mode == strong && apps.mode == strong {
		w.lab.Store(nil)
		return nil
	}
	l := &lab{users: users, apps: apps}
	err := l.settle(e, w)
	w.lab.Store(l)
	return err
}

// Consistency is what SetConsistency set.
func (w *World) Consistency() (users, apps Consistency) {
	if l := w.lab.Load(); l != nil {
		return l.users, l.apps
	}
	return
}

// Settle lets everybody see all that was written until now. It has to be called when
// a world was replaced.
func (e *Engine) Settle(w *World) error {
	if l := w.lab.Load(); l != nil {
		return l.settle(e, w)
	}
	return nil
}

// settle forgets the pasts. Furniture is no write that anybody waits for.
func (l *lab) settle(e *Engine, w *World) error {
	if err := e.Furnish(w); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	tx := w.Store.Scan()
	l.pasts, l.wrote = []past{{tx: tx, seq: tx.Seq()}}, map[string]int64{}
	return nil
}

// of is what a caller sees.
func (l *lab) of(c *workload.Caller) Consistency {
	if c.AppOnly {
		return l.apps
	}
	return l.users
}

func sessionOf(c *workload.Caller) string { return c.App + " " + c.User }

// note keeps the present, if something has changed. It is called behind every write
// and before every read: what else changes the world (time, a sign-in) is noticed then.
func (l *lab) note(w *World) {
	tx := w.Store.Scan()
	last := &l.pasts[len(l.pasts)-1]
	if tx.Seq() == last.seq {
		return
	}
	l.pasts = append(l.pasts, past{tx: tx, seq: tx.Seq(), at: w.Now()})
	n := 0
	for ; len(l.pasts)-n > maxPasts || n < len(l.pasts)-1 && tx.Replaced()-l.pasts[n].tx.Replaced() > maxOld; n++ {
	}
	l.pasts = slices.Delete(l.pasts, 0, n)
}

// written notes a write of a caller.
func (l *lab) written(w *World, c *workload.Caller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(w)
	if len(l.wrote) >= maxSessions {
		clear(l.wrote)
	}
	l.wrote[sessionOf(c)] = l.pasts[len(l.pasts)-1].seq
}

// look is the world that a read of a caller sees.
func (l *lab) look(w *World, c *workload.Caller) *store.Tx {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(w)
	see := l.of(c)
	at := len(l.pasts) - 1
	for ; at > 0 && !see.shows(&l.pasts[at], w.Now()); at-- {
	}
	if see.mode == session {
		for own := l.wrote[sessionOf(c)]; at < len(l.pasts)-1 && l.pasts[at].seq < own; at++ {
		}
	}
	tx := l.pasts[at].tx
	for i := range l.pasts {
		l.pasts[i].reads++
	}
	l.forget(w.Now())
	return tx
}

// shows reports whether a past is old enough to be seen.
func (c Consistency) shows(p *past, now time.Time) bool {
	switch {
	case c.mode == strong:
		return true
	case c.reads > 0:
		return p.reads >= c.reads
	}
	return now.Sub(p.at) >= c.delay
}

// forget drops the pasts that nobody can see any more.
func (l *lab) forget(now time.Time) {
	n := 0
	for n+1 < len(l.pasts) && l.users.shows(&l.pasts[n+1], now) && l.apps.shows(&l.pasts[n+1], now) {
		n++
	}
	l.pasts = slices.Delete(l.pasts, 0, n)
}

// lags reports whether the request reads what a replicated service keeps.
func (x *exchange) lags() bool {
	t := x.r.Target.Owning()
	return t != nil && x.e.kinds.of(t).replicated
}
