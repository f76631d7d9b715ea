package store

import (
	"cmp"
	"encoding/binary"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Ref names an entity within a store; 0 is the service root.
type Ref int64

// record is one version of an entity. It is never changed once it is in a tree:
// journal entries and undo steps hold it.
type record struct {
	object value.Object
	key    string // as written; a copy, so that it pins no older version
	from   Ref
	seq    int64 // the change that made this version: the etag
	last   int64 // as seq, but also moved by links from the entity
	born   int64 // the change that created the entity
	nav    nav
	exact  bool // the key compares exactly
}

// edge says that to is a member of from.nav, contained or linked.
type edge struct {
	from   Ref
	to     Ref
	nav    nav
	linked bool
}

func lessEdge(a, b edge) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	if a.nav != b.nav {
		return a.nav < b.nav
	}
	return a.to < b.to
}

// back is a link seen from its target.
type back struct {
	to, from Ref
	seq      int64 // the change that made the link
	nav      nav
}

func lessBack(a, b back) bool {
	if a.to != b.to {
		return a.to < b.to
	}
	if a.from != b.from {
		return a.from < b.from
	}
	return a.nav < b.nav
}

// keyItem finds members by key. The Ref is part of the order because links may
// bring two entities with one key into a navigation.
type keyItem struct {
	from, to Ref
	key      folded
	nav      nav
	exact    bool
}

// folded is a key without regard to case. Its first eight bytes stand beside it as
// a number that sorts like them: nearly every comparison in the tree is decided
// there, without a look at the text, which lies somewhere else in memory.
type folded struct {
	head uint64
	text string
}

func foldKey(s string) folded {
	f := folded{text: fold(s)}
	var b [8]byte
	copy(b[:], f.text)
	f.head = binary.BigEndian.Uint64(b[:])
	return f
}

func (f folded) compare(g folded) int {
	if f.head != g.head {
		return cmp.Compare(f.head, g.head)
	}
	return cmp.Compare(f.text, g.text)
}

func lessKey(a, b keyItem) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	if a.nav != b.nav {
		return a.nav < b.nav
	}
	if c := a.key.compare(b.key); c != 0 {
		return c < 0
	}
	return a.to < b.to
}

// head counts the members of a navigation.
type head struct {
	from Ref
	n    int
	nav  nav
}

func lessHead(a, b head) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	return a.nav < b.nav
}

// mark files a change under the collection it belongs to. Marks live as long as
// their entry in the journal. An older mark of the same member is stale and left
// where it is: nothing has to be looked for when an entity changes.
type mark struct {
	from Ref
	seq  int64
	ref  Ref
	rec  *record // of one that left: its last version
	nav  nav
	kind Kind // of one that left; else 0
}

func lessMark(a, b mark) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	if a.nav != b.nav {
		return a.nav < b.nav
	}
	if a.seq != b.seq {
		return a.seq < b.seq
	}
	return a.ref < b.ref
}

// grave knows the last time something left a collection: that mark is not stale.
type grave struct {
	from, ref Ref
	seq       int64
	nav       nav
}

func lessGrave(a, b grave) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	if a.nav != b.nav {
		return a.nav < b.nav
	}
	return a.ref < b.ref
}

// veiled is a link that is hidden because an end of it is detached. It is there
// once for each end.
type veiled struct {
	end, from, to Ref
	nav           nav
}

func lessVeiled(a, b veiled) bool {
	if a.end != b.end {
		return a.end < b.end
	}
	return lessEdge(edge{from: a.from, to: a.to, nav: a.nav}, edge{from: b.from, to: b.to, nav: b.nav})
}

// bin remembers where a detached entity was.
type bin struct {
	ref, from Ref
	nav       nav
}

func lessBin(a, b bin) bool { return a.ref < b.ref }
