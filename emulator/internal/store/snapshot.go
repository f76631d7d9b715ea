package store

import (
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Snapshot is a state of a store, kept: entities, content, what is due, dice. It
// does not hold the journal. It never changes and may be shared by stores.
type Snapshot struct {
	mu     sync.Mutex // copying a tree writes to it
	state  *state
	shapes *value.Shapes
}

func (sn *Snapshot) copy() *state {
	sn.mu.Lock()
	defer sn.mu.Unlock()
	return sn.state.copy()
}

// Snapshot keeps the present state. It takes about a microsecond.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Snapshot{state: s.state.copy(), shapes: s.options.Shapes}
}

// Restore puts a snapshot back: one change of kind Reset in the journal. Dice
// and GUIDs repeat from there; Refs and sequence numbers go on, so that neither
// an old skip token nor an old etag can mean something new.
func (s *Store) Restore(sn *Snapshot) {
	st := sn.copy()
	s.mu.Lock()
	defer s.mu.Unlock()
	st.seq = max(st.seq, s.state.seq) + 1
	st.ref = max(st.ref, s.state.ref)
	st.reset = st.seq
	s.state = st
	s.scan = nil
	s.ready()
	s.record([]entry{{seq: st.seq, at: s.options.Now().UnixNano(), kind: Reset}})
}

// Open returns a new store that starts as the snapshot, with an empty journal.
// What the snapshot holds stands in its indexes, whatever the options say of its types;
// the shapes are the snapshot's; a seed of 0 goes on with the snapshot's dice.
func (sn *Snapshot) Open(o Options) *Store {
	o.Shapes = sn.shapes
	st := sn.copy()
	st.oldest, st.reset = st.seq+1, st.seq
	if o.Seed != 0 {
		st.dice = seeded(o.Seed)
	}
	if o.Indexes != nil { // the new store may know more types
		st.lookups = st.lookups.asking(o.Indexes)
	}
	return (&Store{options: o.withDefaults(), state: st}).ready()
}

// Fork returns a store of its own that starts as this one is, journal and dice
// included. Neither sees what the other does from now on.
func (s *Store) Fork() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return (&Store{options: s.options, state: s.state.copy(), journal: s.journal.fork()}).ready()
}
