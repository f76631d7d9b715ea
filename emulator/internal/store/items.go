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
