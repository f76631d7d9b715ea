package store

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Kind says what a change did.
type Kind uint8

// The kinds of change.
const (
	Created  Kind = iota + 1
	Updated       // members, content or key of an entity
	Deleted       // the entity is gone; one change for each entity contained in it
	Linked        // Ref became a member of From.Nav by a link
	Unlinked      // and left it
	Detached      // Ref left From.Nav for another place: moved or soft-deleted
	Attached      // and arrived in From.Nav
	Reset         // everything was replaced by a snapshot
)

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	return [...]string{"", "created", "updated", "deleted", "linked", "unlinked", "detached", "attached", "reset"}[k]
}

// Change is one entry of the journal. It is complete in itself: it may be read
// long after the entity has changed again or is gone.
type Change struct {
	Seq    int64 // rises by one with every change
	At     time.Time
	Kind   Kind
	Ref    Ref    // the entity; of a link, its target
	From   Ref    // the collection: owner or, of a link, where it starts
	Nav    string // and its name
	Key    string // of Ref
	WasKey string // Updated by Rekey: the key before
	Type   string // of Ref
	Old    value.Object
	New    value.Object // Linked, Attached: as it was then
	Part   string       // Updated by PutBlob: the name of the content
	Tag    string       // what Tx.Tag was given
}

// entry is a Change as the journal holds it.
type entry struct {
	seq, at   int64
	ref, from Ref
	old, new  *record
	note      *note // nil for most
	nav       nav
	kind      Kind
}

// note has what few changes need.
type note struct {
	wasKey, part, tag string
}

func (e *entry) change(n *navs) Change {
	c := Change{Seq: e.seq, At: time.Unix(0, e.at).UTC(), Kind: e.kind, Ref: e.ref, From: e.from}
	if e.note != nil {
		c.WasKey, c.Part, c.Tag = e.note.wasKey, e.note.part, e.note.tag
	}
	if e.kind != Reset {
		c.Nav = n.name(e.nav)
	}
	if e.old != nil {
		c.Old, c.Key, c.Type = e.old.object, e.old.key, e.old.object.Type()
	}
	if e.new != nil {
		c.New, c.Key, c.Type = e.new.object, e.new.key, e.new.object.Type()
	}
	return c
}

// size is what the entry keeps in memory, roughly: the next entry of the same
// entity counts the shared version again.
func (e *entry) size() int {
	n := 80
	for _, r := range [...]*record{e.old, e.new} {
		if r != nil {
			n += 80 + r.object.Size()
		}
	}
	return n
}
