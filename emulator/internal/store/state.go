package store

import "math/rand/v2"

// state is everything that a transaction can change and a snapshot keeps.
type state struct {
	navs    *navs
	lookups *indexSet

	entities shelf
	edges    table[edge]
	backs    table[back]
	keys     table[keyItem]
	heads    table[head]
	veiled   table[veiled]
	bins     table[bin]
	blobs    table[blobItem]
	wakes    table[wake]
	timers   table[timer]
	indexes  table[indexItem]

	counters
	oldest int64 // first change the journal still has
	reset  int64 // change of the last Restore: what was before cannot be asked for
}

// counters are what a roll-back puts back by assignment.
type counters struct {
	dice      rand.PCG
	ref       Ref   // last given
	seq       int64 // last given
	wake      int64 // last given
	blobBytes int64
	replaced  int64 // bytes of members and content that were replaced or removed since the start
}

func newState(seed uint64, indexes func(string) []Index) *state {
	st := &state{
		navs:    newNavs(),
		lookups: newIndexSet(indexes),
		edges:   newTable(lessEdge),
		backs:   newTable(lessBack),
		keys:    newTable(lessKey),
		heads:   newTable(lessHead),
		veiled:  newTable(lessVeiled),
		bins:    newTable(lessBin),
		blobs:   newTable(lessBlob),
		wakes:   newTable(lessWake),
		timers:  newTable(lessTimer),
		indexes: newTable(lessIndex),
		oldest:  1,
	}
	st.dice = seeded(seed)
	return st
}

// copy returns a state that shares all trees until one side writes. The caller
// holds the write lock of the store, or the lock of the snapshot, that owns st.
func (st *state) copy() *state {
	c := &state{
		navs:     st.navs,
		lookups:  st.lookups,
		entities: st.entities.copy(),
		edges:    st.edges.copy(),
		backs:    st.backs.copy(),
		keys:     st.keys.copy(),
		heads:    st.heads.copy(),
		veiled:   st.veiled.copy(),
		bins:     st.bins.copy(),
		blobs:    st.blobs.copy(),
		wakes:    st.wakes.copy(),
		timers:   st.timers.copy(),
		indexes:  st.indexes.copy(),
		counters: st.counters,
		oldest:   st.oldest,
		reset:    st.reset,
	}
	return c
}

type undoable interface {
	commit()
	rollback()
}

func (st *state) each(f func(undoable)) {
	for _, t := range [...]undoable{
		&st.entities, &st.edges, &st.backs, &st.keys, &st.heads, &st.veiled, &st.bins, &st.blobs,
		&st.wakes, &st.timers, &st.indexes,
	} {
		f(t)
	}
}

func (st *state) commit() { st.each(undoable.commit) }

func (st *state) rollback(c counters) {
	st.each(undoable.rollback)
	st.counters = c
}

// record returns the present version of an entity, nil when there is none.
func (st *state) record(r Ref) *record {
	return st.entities.get(r)
}
