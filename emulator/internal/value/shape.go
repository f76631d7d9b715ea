package value

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

// Shapes interns the lists of member names that objects have. Objects with the
// same type and the same names in the same order share a Shape. It may be used
// by many goroutines at once, and by all stores of a process.
//
// Open types let callers invent names, so the number of lists is bounded; an
// object beyond the bound carries a shape of its own, which works the same and
// is not found again.
type Shapes struct {
	mu    sync.Mutex
	types atomic.Pointer[map[string]*node]
	nodes int   // under mu
	ids   int32 // under mu
}

const (
	maxNodes = 1 << 16 // prefixes of name lists
	maxSteps = 1 << 10 // names behind one prefix: each new one copies the others
	maxName  = 256     // longer names are not kept
)

// NewShapes returns an empty set.
func NewShapes() *Shapes {
	s := &Shapes{}
	s.types.Store(&map[string]*node{})
	return s
}

// Shape is the ordered list of member names of an object, with what is needed
// to find a member in the packed text.
type Shape struct {
	typ   string
	id    int32
	names []string
	keys  []string       // `"name":`
	slots map[string]int // nil for short lists
}

const fewNames = 8 // lists up to this length are searched, not hashed

// Type returns the name of the type.
func (s *Shape) Type() string { return s.typ }

// Names returns the member names in order. Do not change them.
func (s *Shape) Names() []string { return s.names }

// Key returns the name in a slot as it is written: "name":
func (s *Shape) Key(slot int) string { return s.keys[slot] }

// ID returns a small number for tables of "shape to slot", -1 for a shape that
// is not interned. It is unique within one Shapes only, so a table has to keep
// the *Shape beside its entry.
func (s *Shape) ID() int { return int(s.id) }

// Slot returns the position of a member, -1 when the shape has none of that name.
func (s *Shape) Slot(name string) int {
	if s == nil {
		return -1
	}
	if s.slots != nil {
		if i, ok := s.slots[name]; ok {
			return i
		}
		return -1
	}
	for i, n := range s.names {
		if n == name {
			return i
		}
	}
	return -1
}

// node is one prefix of name lists. Its steps are replaced, never changed, so
// that readers need no lock; last saves them the map when shapes repeat.
type node struct {
	name  string
	steps atomic.Pointer[map[string]*node]
	last  atomic.Pointer[node]
	shape atomic.Pointer[Shape]
}

// of returns the shape of the members' names.
func (s *Shapes) of(typ string, m Members) *Shape {
	n := (*s.types.Load())[typ]
	if n == nil {
		n = s.typeNode(typ)
	}
	for i := 0; n != nil && i < len(m); i++ {
		n = s.step(n, m[i].Name)
	}
	if n == nil {
		return newShape(strings.Clone(typ), m, -1)
	}
	if sh := n.shape.Load(); sh != nil {
		return sh
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sh := n.shape.Load(); sh != nil {
		return sh
	}
	sh := newShape(strings.Clone(typ), m, s.ids)
	s.ids++
	n.shape.Store(sh)
	return sh
}

func (s *Shapes) typeNode(typ string) *node {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grow(&s.types, typ, maxNodes)
}

// step returns the node behind n for a name, nil when the bound is reached.
func (s *Shapes) step(n *node, name string) *node {
	if last := n.last.Load(); last != nil && last.name == name {
		return last
	}
	next := (*node)(nil)
	if steps := n.steps.Load(); steps != nil {
		next = (*steps)[name]
	}
	if next == nil {
		s.mu.Lock()
		next = s.grow(&n.steps, name, maxSteps)
		s.mu.Unlock()
	}
	if next != nil {
		n.last.Store(next)
	}
	return next
}

// grow adds a name to a table of steps. Names are cloned: they come from request
// bodies, which must not stay in memory for them.
func (s *Shapes) grow(table *atomic.Pointer[map[string]*node], name string, most int) *node {
	var old map[string]*node
	if p := table.Load(); p != nil {
		old = *p
	}
	if n := old[name]; n != nil {
		return n
	}
	if s.nodes >= maxNodes || len(old) >= most || len(name) > maxName {
		return nil
	}
	s.nodes++
	n := &node{name: strings.Clone(name)}
	steps := make(map[string]*node, len(old)+1)
	maps.Copy(steps, old)
	steps[n.name] = n
	table.Store(&steps)
	return n
}

func newShape(typ string, m Members, id int32) *Shape {
	sh := &Shape{typ: typ, id: id, names: make([]string, len(m)), keys: make([]string, len(m))}
	if len(m) > fewNames {
		sh.slots = make(map[string]int, len(m))
	}
	for i := range m {
		sh.names[i] = strings.Clone(m[i].Name)
		sh.keys[i] = string(append(AppendString(nil, m[i].Name), ':'))
		if sh.slots != nil {
			sh.slots[sh.names[i]] = i
		}
	}
	return sh
}
