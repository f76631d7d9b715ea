package store

import (
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Store is one tenant. All methods may be called from many goroutines.
type Store struct {
	options Options

	mu      sync.RWMutex
	state   *state
	journal journal
	scan    *Tx           // the shared copy, until the next commit
	next    chan struct{} // closed by the next commit; nil when nobody waits
	writer  writer        // of the open transaction

	earliest atomic.Int64 // when the next wake-up is due, in nanoseconds; never: none
}

// never is later than every wake-up.
const never = math.MaxInt64

// New returns an empty store: there is only the service root, Ref 0.
func New(o Options) *Store {
	seed := o.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	return (&Store{options: o.withDefaults(), state: newState(seed, o.Indexes)}).ready()
}

// ready notes what the state means for those who do not lock. The caller holds the
// write lock, or is the only one who knows the store.
func (s *Store) ready() *Store {
	at := int64(never)
	if w, ok := s.state.wakes.tree.Min(); ok {
		at = w.at
	}
	s.earliest.Store(at)
	return s
}

// Shapes returns the set that entities of this store are made with.
func (s *Store) Shapes() *value.Shapes { return s.options.Shapes }

// SetClock replaces the clock; a fork starts with that of its origin.
func (s *Store) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.Now = now
	s.scan = nil
}

// View runs f on the present state, under the read lock. It is for short reads:
// a writer waits meanwhile. The Tx ends with f. Inside a transaction use Tx.View:
// a call here is refused with ErrNested when it would wait for itself.
func (s *Store) View(f func(*Tx) error) error {
	if !s.mu.TryRLock() {
		if inTransaction() {
			return ErrNested
		}
		s.mu.RLock()
	}
	return s.view(f)
}

// view is a frame that inTransaction looks for.
//
//go:noinline
func (s *Store) view(f func(*Tx) error) error {
	defer s.mu.RUnlock()
	tx := Tx{Reader{st: s.state, past: &s.journal, now: s.options.Now}}
	defer tx.end()
	return f(&tx)
}

// Scan returns the present state as an unchanging copy for reads without bound.
// It needs no closing and holds no lock; all scans between two commits share it.
func (s *Store) Scan() *Tx {
	s.mu.RLock()
	tx := s.scan
	s.mu.RUnlock()
	if tx != nil {
		return tx
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scan == nil {
		past := s.journal // what is added later lies behind its ends
		s.scan = &Tx{Reader{st: s.state.copy(), past: &past, now: s.options.Now}}
	}
	return s.scan
}

// Update runs f as the only writer. When f returns an error or panics,
// everything it did is undone, Refs, sequence numbers, GUIDs and dice included;
// the panic goes on. f may be run again after an error. The Tx ends with f.
//
// A call inside another transaction is refused with ErrNested instead of waiting
// for itself: always for the same store, and for another store when that is
// busy. Do not rely on the latter: hand the Tx down.
func (s *Store) Update(f func(*Tx) error) error {
	if !s.mu.TryLock() {
		if inTransaction() {
			return ErrNested
		}
		s.mu.Lock()
	}
	return s.update(f)
}

// update is a frame that inTransaction looks for.
//
//go:noinline
func (s *Store) update(f func(*Tx) error) error {
	w := &s.writer
	*w = writer{start: s.state.counters, blobLimit: s.options.BlobLimit, changes: w.changes[:0]}
	tx := Tx{Reader{st: s.state, past: &s.journal, now: s.options.Now, w: w}}
	done := false
	defer func() {
		if !done { // an error, a panic or runtime.Goexit
			s.state.rollback(w.start)
		}
		clear(w.changes) // old versions must not stay in memory for it
		if cap(w.changes) > keepUndo {
			w.changes = nil
		}
		tx.end()
		s.mu.Unlock()
	}()
	w.at = s.options.Now()
	if err := f(&tx); err != nil {
		return err
	}
	s.commit(&tx)
	done = true
	return nil
}

func (s *Store) commit(tx *Tx) {
	if len(tx.w.changes) > 0 {
		tx.sign()
		s.record(tx.w.changes)
	}
	s.state.commit()
	if tx.w.dirty {
		s.scan = nil
		s.ready()
	}
}

// record puts changes into the journal.
func (s *Store) record(list []entry) {
	s.journal.add(list, s.options.JournalEntries, s.options.JournalBytes)
	s.state.oldest = s.journal.oldest(s.state.seq + 1)
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// inTransaction reports whether the calling goroutine is inside a transaction of
// any store. It is asked only when a lock is busy, and costs a microsecond then.
func inTransaction() bool {
	var pcs [64]uintptr
	for skip := 3; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			switch runtime.FuncForPC(pc - 1).Name() {
			case storeMethod + "update", storeMethod + "view":
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}

const storeMethod = "github.com/graph-emulator/graph-emulator/emulator/internal/store.(*Store)."

// Seq returns the number of the latest change, 0 in a new store.
func (s *Store) Seq() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.seq
}

// Oldest returns the number of the first change that the journal still has, or
// that the next one will get.
func (s *Store) Oldest() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.oldest
}

// Changes walks the journal behind change number since, as it is now. Entries
// older than Oldest are silently missing: compare first.
func (s *Store) Changes(since int64) iter.Seq[Change] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.journal.since(since, s.state.navs)
}

// Next returns a channel that is closed by the next commit with a change. Take
// it before reading the journal, and nothing is missed.
func (s *Store) Next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}
