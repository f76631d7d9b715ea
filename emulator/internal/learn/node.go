package learn

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// node is an entity as far as answers have told of it.
type node struct {
	owner    *node // nil: the service root
	nav      *edm.Navigation
	declared edm.Name
	typ      edm.Name
	key      string          // as a path called it; empty: it is the only one
	seen     bool            // an answer told of it
	gone     bool            // it was deleted
	left     bool            // no tenant takes it
	from     Note            // the exchange that told of it first
	by       map[string]Note // and those that told of its members last
	same     *node           // it turned out to be this one

	members value.Members
	below   []*below
	streams []stream
}

// below is a navigation of a node with what is in it.
type below struct {
	nav   *edm.Navigation
	nodes []*node          // contained
	index map[string]*node // by key, in lower case
	links []*node

	written []entry // as Files has written it, in its order

	told   *node // last by a list, whose pages go on behind it
	sorted bool  // that list was asked for in another order than its own
}

// entry is what stands in a navigation as it was written.
type entry struct {
	*node
	link bool
}

type stream struct {
	name, media string // of the property; "$value": of the entity
	data        []byte
}

// is follows what a node has turned out to be.
func (n *node) is() *node {
	for n.same != nil {
		n = n.same
	}
	return n
}

// at is a navigation of a node, made where it is missing.
func (n *node) at(nav *edm.Navigation) *below {
	for _, b := range n.below {
		if strings.EqualFold(b.nav.Name, nav.Name) {
			return b
		}
	}
	b := &below{nav: nav, index: map[string]*node{}}
	n.below = append(n.below, b)
	return b
}

// member is what a path calls key in a navigation; of an empty key, the only one.
func (n *node) member(nav *edm.Navigation, key string) *node {
	b := n.at(nav)
	if m, ok := b.index[strings.ToLower(key)]; ok {
		return m.is()
	}
	m := &node{owner: n, nav: nav, declared: nav.Type.Name, typ: nav.Type.Name, key: key}
	b.nodes = append(b.nodes, m)
	b.index[strings.ToLower(key)] = m
	return m
}

// named is the member that has a name, as paths between colons use it.
func (n *node) named(nav *edm.Navigation, name string) *node {
	for _, m := range n.at(nav).nodes {
		if m.same == nil && strings.EqualFold(m.text("name"), name) {
			return m
		}
	}
	m := n.member(nav, other+name)
	m.members.Set("name", value.String(name))
	return m
}

func (n *node) text(name string) string {
	raw, _ := n.members.Get(name)
	s, _ := raw.Text()
	return s
}

// id is what a path may call the node by; empty where nobody knows.
func (n *node) id() string {
	if id := n.text("id"); id != "" {
		return id
	}
	if strings.HasPrefix(n.key, other) {
		return ""
	}
	return n.key
}

// other begins what a node is called in place of its id. No id begins so.
const other = "\x00"

// alternate is the alternate key that a path has called a node by, whose id nobody told.
func (n *node) alternate() (name, v string) {
	if n.text("id") != "" {
		return "", ""
	}
	if rest, ok := strings.CutPrefix(n.key, other); ok {
		name, v, _ = strings.Cut(rest, other)
		return name, v
	}
	if n.nav != nil && n.nav.Name == "users" && strings.Contains(n.key, "@") {
		return "userPrincipalName", n.key
	}
	return "", ""
}

// unite makes one of what answers have told under an id and paths have called otherwise.
func (b *below) unite() {
	for _, n := range b.nodes {
		name, v := n.alternate()
		if v == "" || n.same != nil {
			continue
		}
		for _, m := range b.nodes {
			if m != n && m.same == nil && !m.gone && m.text("id") != "" && strings.EqualFold(m.text(name), v) {
				n.merge(m)
				break
			}
		}
	}
}

// call gives a node the id that an answer has told; where another one has it already,
// they are one.
func (n *node) call(id string) *node {
	if n.owner == nil || id == "" {
		return n
	}
	b := n.owner.at(n.nav)
	other, ok := b.index[strings.ToLower(id)]
	if ok && other.is() != n {
		n.merge(other.is())
		return other.is()
	}
	b.index[strings.ToLower(id)] = n
	return n
}

// merge makes n another node, which learns what n knew.
func (n *node) merge(into *node) {
	n.same = into
	into.seen, into.from = into.seen || n.seen, cmp.Or(into.from, n.from)
	for _, m := range n.members {
		if _, ok := into.members.Get(m.Name); !ok {
			into.members.Set(m.Name, m.Value)
		}
	}
	for _, b := range n.below {
		to := into.at(b.nav)
		for key, m := range b.index {
			if m = m.is(); m.owner != n { // it lies elsewhere
				continue
			}
			if other, ok := to.index[key]; ok {
				if other.is() != m {
					m.merge(other.is())
				}
				continue
			}
			m.owner = into
			to.index[key] = m
			if !slices.Contains(to.nodes, m) {
				to.nodes = append(to.nodes, m)
			}
		}
		for _, l := range b.links {
			to.link(l)
		}
	}
	for _, s := range n.streams {
		into.keep(s)
	}
	if into.owner != nil && into.text("id") != "" {
		into.owner.at(into.nav).index[strings.ToLower(into.text("id"))] = into
	}
}

// after puts a node behind another one that a list has told before it.
func (b *below) after(n, before *node) {
	i, j := slices.Index(b.nodes, n), slices.Index(b.nodes, before)
	if i < 0 || j < 0 || i > j {
		return
	}
	b.nodes = slices.Insert(slices.Delete(b.nodes, i, i+1), j, n)
}

// link refers to a node; a navigation that has one member refers to the last.
func (b *below) link(to *node) {
	if !b.nav.Type.Many {
		b.links = nil
	}
	if !slices.ContainsFunc(b.links, func(l *node) bool { return l.is() == to.is() }) {
		b.links = append(b.links, to)
	}
}

func (b *below) unlink(to *node) {
	b.links = slices.DeleteFunc(b.links, func(l *node) bool { return l.is() == to.is() })
}

func (n *node) keep(s stream) {
	i := slices.IndexFunc(n.streams, func(o stream) bool { return o.name == s.name })
	if i < 0 {
		n.streams = append(n.streams, s)
		return
	}
	n.streams[i] = s
}

// path is where a node lies, from the service root.
func (n *node) path() string {
	if n.owner == nil {
		return ""
	}
	p := n.owner.is().path() + "/" + n.nav.Name
	if n.nav.Type.Many {
		p += "/" + url.PathEscape(n.id())
	}
	return p
}
