package store

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Wakeup is something that happens by itself at its time: a session expires, a
// bin empties. The store only keeps it; who owns the clock takes it.
type Wakeup struct {
	At  time.Time
	Ref Ref // 0 when it concerns no entity
	Do  string
	Arg string
}

// wake is the due list, in order of time and then of being asked for.
type wake struct {
	at, n int64
	timer timer
}

func lessWake(a, b wake) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return a.n < b.n
}

func (w wake) public() Wakeup {
	return Wakeup{At: time.Unix(0, w.at).UTC(), Ref: w.timer.ref, Do: w.timer.do, Arg: w.timer.arg}
}

// timer finds a wake-up by what it is for.
type timer struct {
	ref     Ref
	do, arg string
	at, n   int64
}

func lessTimer(a, b timer) bool {
	return cmp.Or(cmp.Compare(a.ref, b.ref), cmp.Compare(a.do, b.do), cmp.Compare(a.arg, b.arg)) < 0
}

// Wake asks for do to be done at a time, for an entity or for none (0). There is
// one wake-up for the same ref, do and arg: a later call moves it, and the zero
// time takes it away. It goes with its entity. ErrNotFound when there is none.
func (tx *Tx) Wake(at time.Time, ref Ref, do, arg string) error {
	if err := tx.writable(); err != nil {
		return err
	}
	st := tx.st
	if ref != 0 && st.record(ref) == nil {
		return ErrNotFound
	}
	t := timer{ref: ref, do: strings.Clone(do), arg: strings.Clone(arg)}
	st.dropTimer(t)
	if at.IsZero() {
		return nil
	}
	st.counters.wake++
	t.at, t.n = at.UnixNano(), st.counters.wake
	st.timers.set(t)
	st.wakes.set(wake{at: t.at, n: t.n, timer: t})
	return nil
}

func (st *state) dropTimer(t timer) {
	if t, ok := st.timers.delete(t); ok {
		st.wakes.delete(wake{at: t.at, n: t.n})
	}
}

func (st *state) dropWakes(r Ref) {
	for st.timers.len() > 0 {
		var found *timer
		st.timers.from(timer{ref: r}, func(t timer) bool {
			if t.ref == r {
				found = &t
			}
			return false
		})
		if found == nil {
			return
		}
		st.dropTimer(*found)
	}
}

// TakeDue removes and returns the earliest wake-up that is due at a time; false
// when none is. Take one, do it, and commit, so that one that fails stays.
func (tx *Tx) TakeDue(now time.Time) (Wakeup, bool) {
	if tx.writable() != nil {
		return Wakeup{}, false
	}
	w, ok := tx.st.wakes.tree.Min()
	if !ok || w.at > now.UnixNano() {
		return Wakeup{}, false
	}
	tx.st.dropTimer(w.timer)
	return w.public(), true
}

// IsDue reports whether something is due by a clock. It takes no lock, and does not
// look at the clock while there is nothing to wait for.
func (s *Store) IsDue(now func() time.Time) bool {
	at := s.earliest.Load()
	return at != never && at <= now().UnixNano()
}

// maxAtOnce bounds the wake-ups that one moment may bring forth: one that asks for
// itself again at once would never end.
const maxAtOnce = 10_000

// RunDue takes what is due at a time off the list, the earliest first, and gives each
// to do in a transaction of its own, whose time is the one that it was due at: what
// follows from it (a next wake-up, a time stamp) is as if nobody had slept. What do
// refuses is undone and does not come again; undone, in another transaction of that
// time, makes of the error what is left of it. Those errors are joined.
func (s *Store) RunDue(now time.Time, do func(*Tx, Wakeup) error, undone func(*Tx, Wakeup, error) error) error {
	var failed []error
	var last time.Time
	for n := 0; ; n++ {
		var w Wakeup
		due := false
		err := s.Update(func(tx *Tx) error {
			if w, due = tx.TakeDue(now); !due {
				return nil
			}
			tx.w.at = w.At
			return do(tx, w)
		})
		if !w.At.Equal(last) {
			last, n = w.At, 0
		}
		switch {
		case !due || n > maxAtOnce:
			return errors.Join(append(failed, err)...)
		case err != nil:
			left := s.Update(func(tx *Tx) error {
				tx.w.dirty, tx.w.at = true, w.At
				tx.st.dropTimer(timer{ref: w.Ref, do: w.Do, arg: w.Arg})
				if err = undone(tx, w, err); err != nil {
					failed = append(failed, fmt.Errorf("%s at %s: %w", w.Do, w.At.Format(time.RFC3339), err))
				}
				return nil
			})
			if left != nil { // inside a transaction, and then the one above failed for that
				return errors.Join(append(failed, left)...)
			}
		}
	}
}

// Due returns what is due at a time, in order.
func (s *Store) Due(now time.Time) []Wakeup {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []Wakeup
	s.state.wakes.tree.Scan(func(w wake) bool {
		if w.at > now.UnixNano() {
			return false
		}
		list = append(list, w.public())
		return true
	})
	return list
}

// NextDue returns the time of the earliest wake-up; false when there is none.
func (s *Store) NextDue() (time.Time, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w, ok := s.state.wakes.tree.Min()
	return time.Unix(0, w.at).UTC(), ok
}
