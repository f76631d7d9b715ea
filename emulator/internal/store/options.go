package store

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Options say how a store behaves. The zero Options are usable.
type Options struct {
	Now            func() time.Time // nil: time.Now
	Seed           uint64           // of GUIDs and dice; 0: a random one
	JournalEntries int              // changes kept; 0: 10,000
	JournalBytes   int              // and their size, roughly; 0: 16 MiB
	BlobLimit      int64            // bytes of file content in memory; 0: 256 MiB
	// Indexes lists the secondary indexes that the entities of a type stand in, its own and
	// those of the types that it derives from. It is asked once for each type, when the
	// first of them comes. nil: there are none; see Tx.Lookup.
	Indexes func(typ string) []Index
	Shapes  *value.Shapes // nil: a new set, shared with forks
}

// Index declares that entities of this type, and of those that derive from it, are
// looked up by a member. Its name is "Type/Member".
type Index struct{ Type, Member string }

// Name returns the name that Lookup takes.
func (i Index) Name() string { return i.Type + "/" + i.Member }

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.JournalEntries <= 0 {
		o.JournalEntries = 10_000
	}
	if o.JournalBytes <= 0 {
		o.JournalBytes = 16 << 20
	}
	if o.BlobLimit <= 0 {
		o.BlobLimit = 256 << 20
	}
	if o.Shapes == nil {
		o.Shapes = value.NewShapes()
	}
	return o
}
