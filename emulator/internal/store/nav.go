package store

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// nav is an interned navigation name. Numbers are given in order of first use,
// so no order that a caller sees may depend on them.
type nav uint32

// navs is shared by a store, its snapshots and its forks. Names come from the
// model, so their number is bounded; they are never forgotten.
type navs struct {
	mu    sync.Mutex
	table atomic.Pointer[navTable]
}

type navTable struct {
	ids   map[string]nav
	names []string
}

func newNavs() *navs {
	n := &navs{}
	n.table.Store(&navTable{ids: map[string]nav{}})
	return n
}

// lookup reports false for a name no entity was ever put under.
func (n *navs) lookup(name string) (nav, bool) {
	id, ok := n.table.Load().ids[name]
	return id, ok
}

func (n *navs) intern(name string) nav {
	if id, ok := n.lookup(name); ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	old := n.table.Load()
	if id, ok := old.ids[name]; ok {
		return id
	}
	name = strings.Clone(name)
	next := &navTable{ids: maps.Clone(old.ids), names: append(slices.Clone(old.names), name)}
	id := nav(len(old.names))
	next.ids[name] = id
	n.table.Store(next)
	return id
}

func (n *navs) name(id nav) string { return n.table.Load().names[id] }
