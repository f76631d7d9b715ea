package eval

import (
	"iter"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Row is one entity as a read shows it. Names are the model's spelling. A row
// is asked only during the call it was given to, so one value may serve for
// all rows of a scan; what Rows yields may be reused in the same way.
type Row interface {
	// Object holds the members that are stored, or computed already. Its type
	// is the row's runtime type.
	Object() value.Object
	// Member is asked for what Object does not hold.
	Member(name string) (value.Raw, bool)
	// Rows walks the targets of a navigation, at most one for a single-valued.
	Rows(nav string) iter.Seq[Row]
	// Count is how many targets Rows would yield.
	Count(nav string) int
}

// Plain is a row of stored members alone, without navigation.
type Plain struct{ Stored value.Object }

// Object returns the stored members.
func (p *Plain) Object() value.Object { return p.Stored }

// Member finds nothing.
func (p *Plain) Member(string) (value.Raw, bool) { return "", false }

// Rows yields nothing.
func (p *Plain) Rows(string) iter.Seq[Row] { return func(func(Row) bool) {} }

// Count is zero.
func (p *Plain) Count(string) int { return 0 }

// Options say how a query is understood where services differ. The zero value
// is OData's.
type Options struct {
	// Fold compares strings without regard to case (B-3.39).
	Fold bool
	// AnyMember takes a quoted text that is no member of the enumeration it is compared
	// with. Nothing equals it; Filter.Strangers names it.
	AnyMember bool
	// Now is the clock of now(); nil refuses the function.
	Now func() time.Time
	// Dynamic says which undeclared members of an open type may be named. Nil
	// takes all of them where all that matters is undeclared (the fields of a
	// list item, open extensions, complex values); on other entities only such as
	// look like extensions, extension_x_y and ext9vq_crew (B-3.49): half of the
	// model is open, and nothing could be misspelt there (B-2.24).
	Dynamic func(t *edm.Type, name string) bool
	// IgnoreUnknown drops unknown names from $select instead of refusing them,
	// as old gateways do (B-2.24).
	IgnoreUnknown bool
	// Always names the members that an answer shows beside what $select names
	// (B-3.17); nil: none.
	Always func(t *edm.Type) []string
}

// member reads a member of any row.
func member(r Row, name string) value.Raw {
	if r == nil {
		return value.Null
	}
	if raw, ok := r.Object().Get(name); ok {
		return raw
	}
	raw, _ := r.Member(name)
	return raw
}

// slots finds the members that a program names in the shapes of a scan: one
// look at a table per row instead of one look at a map per member.
type slots struct {
	names []string
	open  func(typ string) bool // types that are not judged; nil: all are
	last  *value.Shape
	row   []int32
	pass  bool // the last shape is of a type that is not judged
	byID  []slotRow
}

type slotRow struct {
	shape *value.Shape
	slots []int32
	pass  bool
}

const maxSlotRows = 1 << 12 // a table for more shapes costs more than it saves

func (s *slots) of(sh *value.Shape) []int32 {
	if sh == s.last && sh != nil {
		return s.row
	}
	s.last = sh
	id := -1
	if sh != nil {
		id = sh.ID()
	}
	if id < 0 || id >= maxSlotRows {
		s.row, s.pass = s.fill(sh), s.passes(sh)
		return s.row
	}
	for id >= len(s.byID) {
		s.byID = append(s.byID, slotRow{})
	}
	e := &s.byID[id]
	if e.shape != sh {
		*e = slotRow{sh, s.fill(sh), s.passes(sh)}
	}
	s.row, s.pass = e.slots, e.pass
	return s.row
}

func (s *slots) fill(sh *value.Shape) []int32 {
	row := make([]int32, len(s.names))
	for i, name := range s.names {
		row[i] = int32(sh.Slot(name))
	}
	return row
}

func (s *slots) passes(sh *value.Shape) bool { return s.open != nil && sh != nil && s.open(sh.Type()) }

// ctx is what a compiled expression runs in: the row, and what the range
// variables of the lambdas around it stand for.
type ctx struct {
	row   Row // nil: the row is obj and nothing else
	obj   value.Object
	slots []int32
	vars  []elem
	now   val
	plain Plain
	table slots

	budget *Budget // of the request; nil: no limit
}

// elem is what a range variable stands for: an entity or a value.
type elem struct {
	raw value.Raw
	row Row
}

// program is what the parts of one query share while they are compiled, and
// what a run needs to know afterwards.
type program struct {
	names []string // top-level members, by slot
	vars  int      // how deep lambdas nest
	walks bool     // asks for a navigation
	// strangers are the texts that AnyMember let pass
	strangers []string
	now       func() time.Time
}

func (p *program) slot(name string) int {
	for i, n := range p.names {
		if n == name {
			return i
		}
	}
	p.names = append(p.names, name)
	return len(p.names) - 1
}

func (p *program) start() *ctx {
	x := &ctx{vars: make([]elem, p.vars), table: slots{names: p.names}}
	if p.now != nil { // one moment for all rows
		x.now = momentVal(p.now())
	}
	return x
}

func (c *ctx) set(r Row) {
	c.row, c.obj = r, r.Object()
	c.slots = c.table.of(c.obj.Shape())
}

// setObject makes an object of stored members the row.
func (c *ctx) setObject(o value.Object) {
	if c.row != nil {
		c.row = nil
	}
	c.obj = o
	c.slots = c.table.of(o.Shape())
}

// computed reads a member that the row's object does not hold.
func (c *ctx) computed(name string) value.Raw {
	if c.row == nil {
		return ""
	}
	raw, _ := c.row.Member(name)
	return raw
}

// self is the row itself.
func (c *ctx) self() Row {
	if c.row == nil {
		c.plain.Stored = c.obj
		return &c.plain
	}
	return c.row
}
