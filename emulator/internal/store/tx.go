package store

import (
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Reader reads the store in a transaction. It has no method that changes an entity, a
// link, content or a wake-up, and no way back to the Tx that it is part of: code that gets
// a Reader cannot write. It belongs to one goroutine, except that of Scan, which many may
// use. After View or Update has returned, every method panics.
type Reader struct {
	st   *state
	past *journal
	now  func() time.Time
	w    *writer // nil when the transaction only reads
}

// Tx is a transaction: it reads, and inside Update it writes. Inside View and Scan its
// writes return ErrReadOnly.
type Tx struct{ Reader }

// writer is what only a writing transaction needs. The store has one.
type writer struct {
	at        time.Time
	start     counters
	changes   []entry
	tag       string
	blobLimit int64
	dirty     bool
}

func (tx *Reader) end() { tx.st, tx.past, tx.w = nil, nil, nil }

// View runs f on this transaction, so that what takes a Store to read from can
// be given a Tx.
func (tx *Tx) View(f func(*Tx) error) error { return f(tx) }

// Update returns ErrNested: transactions do not nest. It is there to say so.
func (tx *Tx) Update(func(*Tx) error) error { return ErrNested }

// Now returns the time of the transaction; it stands still during an Update.
func (tx *Reader) Now() time.Time {
	if tx.w != nil {
		return tx.w.at
	}
	return tx.now()
}

// Seq returns the number of the latest change, those of this transaction included.
func (tx *Reader) Seq() int64 { return tx.st.seq }

// Replaced returns how many bytes of members and content were replaced or removed since
// the store began. What it grows by between two copies of the store is what the older copy
// keeps in memory.
func (tx *Reader) Replaced() int64 { return tx.st.replaced }

// Tag marks the changes of this transaction, those made already included.
func (tx *Tx) Tag(tag string) {
	if tx.w != nil {
		tx.w.tag = tag
	}
}

// sign writes the tag into the changes; those without a note share one.
func (tx *Tx) sign() {
	if tx.w.tag == "" {
		return
	}
	plain := &note{tag: tx.w.tag}
	for i := range tx.w.changes {
		if e := &tx.w.changes[i]; e.note == nil {
			e.note = plain
		} else {
			e.note.tag = tx.w.tag // its own: made by revise in this transaction
		}
	}
}

// Rand returns the store's dice. It panics in a transaction that only reads.
func (tx *Reader) Rand() *rand.Rand {
	tx.mustWrite()
	return rand.New(&tx.st.dice)
}

// NewGUID throws a random GUID (version 4, lower case). It panics in a
// transaction that only reads.
func (tx *Reader) NewGUID() string {
	tx.mustWrite()
	var b [16]byte
	for i := 0; i < len(b); i += 8 {
		n := tx.st.dice.Uint64()
		for k := range 8 {
			b[i+k] = byte(n >> (8 * k))
		}
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var s [36]byte
	hex.Encode(s[0:8], b[0:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:36], b[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}

func seeded(seed uint64) rand.PCG { return *rand.NewPCG(seed, seed^0x9e3779b97f4a7c15) }

func (tx *Reader) mustWrite() {
	if tx.w == nil {
		panic("store: dice are thrown in Update only")
	}
}

// writable is the first line of every method that changes something.
func (tx *Tx) writable() error {
	if tx.w == nil {
		return ErrReadOnly
	}
	tx.w.dirty = true
	return nil
}

// note adds a change and returns its number.
func (tx *Tx) note(e entry) int64 {
	tx.st.seq++
	e.seq, e.at = tx.st.seq, tx.w.at.UnixNano()
	tx.w.changes = append(tx.w.changes, e)
	return e.seq
}

// change returns the change that made rec, when this transaction did.
func (tx *Tx) change(rec *record) *entry {
	if rec.seq <= tx.w.start.seq {
		return nil
	}
	return &tx.w.changes[rec.seq-tx.w.start.seq-1]
}

// Entity is an entity as a transaction shows it.
type Entity struct {
	Object value.Object
	Seq    int64 // the change that made it what it is: the etag
	Born   int64 // the change that created it
}

// Get returns an entity; false when the Ref is 0, unknown or deleted.
func (tx *Reader) Get(r Ref) (Entity, bool) {
	rec := tx.st.record(r)
	if rec == nil {
		return Entity{}, false
	}
	return Entity{Object: rec.object, Seq: rec.seq, Born: rec.born}, true
}

// Owner returns where an entity is contained and its key there. The service
// root has no owner.
func (tx *Reader) Owner(r Ref) (from Ref, nav, key string, ok bool) {
	rec := tx.st.record(r)
	if rec == nil {
		return 0, "", "", false
	}
	return rec.from, tx.st.navs.name(rec.nav), rec.key, true
}
