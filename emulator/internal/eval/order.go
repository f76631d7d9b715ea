package eval

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Order is a compiled $orderby. It is immutable.
type Order struct {
	*program
	keys []func(*ctx) val
	desc []bool
	fold bool
}

// CompileOrder checks the keys against the type of the rows. Errors are
// *odata.Error. No keys are a nil Order.
func CompileOrder(t *edm.Type, items []odata.OrderItem, o Options) (*Order, error) {
	if len(items) == 0 {
		return nil, nil
	}
	c := newCompiler("$orderby", t, o)
	out := &Order{program: c.program, fold: o.Fold}
	for _, it := range items {
		key, err := c.expr(it.Expr)
		if err != nil {
			return nil, err
		}
		if key.typ.many || key.typ.kind == kComplex || key.typ.kind == kEntity {
			return nil, c.refuse(it.Expr, "The $orderby expression must evaluate to a single value of primitive type.")
		}
		out.keys = append(out.keys, key.val)
		out.desc = append(out.desc, it.Desc)
	}
	return out, nil
}

// Names lists the top-level members that the order asks rows for.
func (o *Order) Names() []string {
	if o == nil {
		return nil
	}
	return o.names
}

// Walks reports whether the order asks for navigations.
func (o *Order) Walks() bool { return o != nil && o.walks }

// Timed is Filter.Timed for an order.
func (o *Order) Timed() bool { return o != nil && o.now != nil }

// Len is how many keys the order has.
func (o *Order) Len() int {
	if o == nil {
		return 0
	}
	return len(o.keys)
}

// Entry is the place of a row, as a Sorter would give it.
func (o *Order) Entry(r Row, ref int64) Entry {
	x := o.start()
	x.set(r)
	e := Entry{Key: make(Key, len(o.keys)), Ref: ref}
	for i, key := range o.keys {
		e.Key[i] = key(x)
	}
	return e
}

// Entry is the place of a row in an order: its keys, and a number that rows
// with equal keys are ordered by, ascending (B-3.65). It is what a page token
// keeps of the last row it gave out.
type Entry struct {
	Key Key
	Ref int64
}

// Sorter collects the first rows of an order. Rows that do not get among them
// leave nothing behind. It is not for concurrent use.
type Sorter struct {
	order *Order
	x     *ctx
	limit int
	after *Entry
	key   Key // of the row at hand
	heap  entryHeap
	seen  int
}

// Sorter starts a run that keeps the first limit rows, all when limit is 0 or less,
// behind the entry after, if there is one.
func (o *Order) Sorter(limit int, after *Entry) *Sorter {
	s := &Sorter{order: o, x: o.start(), limit: limit, after: after, key: make(Key, len(o.keys))}
	if after != nil && len(after.Key) != len(o.keys) {
		s.after = nil
	}
	s.heap.order = o
	if limit > 0 {
		s.heap.entries = make([]Entry, 0, min(limit, 1<<10))
	}
	return s
}

// Within makes the run count its steps, and end early when the budget is spent.
func (s *Sorter) Within(b *Budget) *Sorter {
	s.x.budget = b
	return s
}

// Push offers a row. Ref tells it from others with the same keys.
func (s *Sorter) Push(r Row, ref int64) { s.x.set(r); s.push(ref) }

// PushObject is Push for rows that are nothing but their stored members.
func (s *Sorter) PushObject(o value.Object, ref int64) { s.x.setObject(o); s.push(ref) }

func (s *Sorter) push(ref int64) {
	if !s.x.budget.Step() {
		return
	}
	for i, key := range s.order.keys {
		s.key[i] = key(s.x)
	}
	e := Entry{Key: s.key, Ref: ref}
	if s.after != nil && s.order.compare(*s.after, e) >= 0 {
		return
	}
	s.seen++
	switch h := &s.heap; {
	case s.limit <= 0:
		h.entries = append(h.entries, Entry{Key: slices.Clone(s.key), Ref: ref})
	case len(h.entries) < s.limit:
		heap.Push(h, Entry{Key: slices.Clone(s.key), Ref: ref})
	case s.order.compare(e, h.entries[0]) < 0:
		copy(h.entries[0].Key, s.key)
		h.entries[0].Ref = ref
		heap.Fix(h, 0)
	}
}

// Seen is how many rows were offered behind the entry to start from, whether
// they were kept or not.
func (s *Sorter) Seen() int { return s.seen }

// Entries returns what was kept, in order. The sorter is used up.
func (s *Sorter) Entries() []Entry {
	slices.SortFunc(s.heap.entries, s.order.compare)
	return s.heap.entries
}

// compare orders entries: nulls first ascending, ties by Ref.
func (o *Order) compare(a, b Entry) int {
	for i := range o.keys {
		c := compareKeys(a.Key[i], b.Key[i], o.fold)
		if o.desc[i] {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Ref, b.Ref)
}

func compareKeys(a, b val, fold bool) int {
	switch {
	case a.k == kNull || b.k == kNull:
		return int(min(a.k, 1)) - int(min(b.k, 1))
	case a.k == b.k, a.k == kInt && b.k == kFloat, a.k == kFloat && b.k == kInt:
		return compareVal(a, b, fold)
	}
	return int(a.k) - int(b.k) // dynamic members of different kinds
}

// entryHeap has the last of the kept entries on top.
type entryHeap struct {
	order   *Order
	entries []Entry
}

func (h *entryHeap) Len() int           { return len(h.entries) }
func (h *entryHeap) Less(i, j int) bool { return h.order.compare(h.entries[i], h.entries[j]) > 0 }
func (h *entryHeap) Swap(i, j int)      { h.entries[i], h.entries[j] = h.entries[j], h.entries[i] }
func (h *entryHeap) Push(x any)         { h.entries = append(h.entries, x.(Entry)) }
func (h *entryHeap) Pop() any           { panic("unused") }
