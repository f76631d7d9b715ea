package eval

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Filter is a compiled $filter or $search. It is immutable.
type Filter struct {
	*program
	test   func(*ctx) tri
	equals [][]Equality
}

// CompileFilter checks a filter against the type of the rows. Errors are
// *odata.Error. A nil expression is a nil Filter, which every row passes.
func CompileFilter(t *edm.Type, e *odata.Expr, o Options) (*Filter, error) {
	if e == nil {
		return nil, nil
	}
	c := newCompiler("$filter", t, o)
	test, err := c.expr(e)
	if err != nil {
		return nil, err
	}
	if !test.truthy() {
		return nil, odata.Refuse("$filter", 0, "The $filter expression must evaluate to a single boolean value.")
	}
	f := &Filter{program: c.program, test: test.boolean()}
	f.equals = Equalities(t, e)
	return f, nil
}

// Names lists the top-level members that the filter asks rows for, in the
// model's spelling: a rule that computes one of them must run first.
func (f *Filter) Names() []string {
	if f == nil {
		return nil
	}
	return f.names
}

// Walks reports whether the filter asks for navigations, so that rows without
// them (MatchObject) do not do.
func (f *Filter) Walks() bool { return f != nil && f.walks }

// Timed reports whether the filter asks for the time: it has the clock of its Options
// in it.
func (f *Filter) Timed() bool { return f != nil && f.now != nil }

// Strangers lists the texts that are compared with enumerations which do not have them;
// see Options.AnyMember.
func (f *Filter) Strangers() []string {
	if f == nil {
		return nil
	}
	return f.strangers
}

// Equality is between a top-level member and a text.
type Equality struct {
	Name string // of a top-level member
	Text string
}

// Equal gives sets of equalities: of each set at least one holds for a row that
// passes, without regard to case. Indexes that answer all of one set answer what rows
// the filter need look at; nil: nothing can be said.
func (f *Filter) Equal() [][]Equality {
	if f == nil {
		return nil
	}
	return f.equals
}

// Bounds of what Equalities gathers: or multiplies sets and joins them.
const (
	maxSets  = 8
	maxEqual = 64
)

// Equalities gathers eq and in between members and texts: and adds the sets of both
// sides, or joins each of one side with each of the other.
func Equalities(t *edm.Type, e *odata.Expr) [][]Equality {
	switch {
	case e == nil:
	case e.Kind == odata.InExpr && e.List:
		var set []Equality
		for _, item := range e.Args[1:] {
			q, ok := equality(t, e.Args[0], item)
			if !ok {
				return nil
			}
			set = append(set, q)
		}
		return [][]Equality{set}
	case e.Kind != odata.BinaryExpr:
	case e.Op == odata.And:
		both := append(Equalities(t, e.Args[0]), Equalities(t, e.Args[1])...)
		return both[:min(len(both), maxSets)]
	case e.Op == odata.Or:
		var out [][]Equality
		left, right := Equalities(t, e.Args[0]), Equalities(t, e.Args[1])
		for _, l := range left {
			for _, r := range right {
				if len(out) < maxSets && len(l)+len(r) <= maxEqual {
					out = append(out, slices.Concat(l, r))
				}
			}
		}
		return out
	case e.Op == odata.Eq:
		if q, ok := equality(t, e.Args[0], e.Args[1]); ok {
			return [][]Equality{{q}}
		}
	}
	return nil
}

func equality(t *edm.Type, a, b *odata.Expr) (q Equality, ok bool) {
	if a, b = a.Resolved(), b.Resolved(); a == nil || b == nil {
		return q, false
	}
	if a.Kind == odata.LiteralExpr {
		a, b = b, a
	}
	if a.Kind != odata.PathExpr || len(a.Steps) != 1 || a.Steps[0].Kind != odata.Member || a.Var != "" && a.Var != "$it" ||
		b.Kind != odata.LiteralExpr || b.Literal.Kind != odata.String && b.Literal.Kind != odata.GUID {
		return q, false
	}
	p, ok := t.Property(a.Steps[0].Name)
	if !ok || p.Type.Many || p.Type.Name != "Edm.String" && p.Type.Name != "Edm.Guid" {
		return q, false
	}
	return Equality{Name: p.Name, Text: b.Literal.Text}, true
}

// Scan is one run of a filter over rows; it is not for concurrent use.
type Scan struct {
	test func(*ctx) tri
	x    *ctx
}

// Scan starts a run. A nil filter lets every row pass.
func (f *Filter) Scan() *Scan {
	if f == nil {
		return &Scan{}
	}
	return &Scan{test: f.test, x: f.start()}
}

// Within makes the run count its steps, and end early when the budget is spent.
func (s *Scan) Within(b *Budget) *Scan {
	if s.x != nil {
		s.x.budget = b
	}
	return s
}

// Match reports whether a row passes: its test is true, not false and not
// unknown.
func (s *Scan) Match(r Row) bool {
	if s.test == nil {
		return true
	}
	s.x.set(r)
	return s.x.budget.Step() && s.test(s.x) == yes
}

// MatchObject is Match for a row that is nothing but its stored members. It is
// the quick way of filters that do not walk.
func (s *Scan) MatchObject(o value.Object) bool {
	if s.test == nil {
		return true
	}
	s.x.setObject(o)
	return s.x.table.pass || s.x.budget.Step() && s.test(s.x) == yes
}

// Sift makes MatchObject pass all rows of the types that open names: they are more
// than what is stored of them, and Match is for them.
func (s *Scan) Sift(open func(typ string) bool) {
	if s.x != nil {
		s.x.table.open = open
	}
}

// And joins filters; nil ones count for nothing.
func And(filters ...*Filter) *Filter {
	var out *Filter
	for _, f := range filters {
		switch {
		case f == nil:
		case out == nil:
			out = f
		default:
			out = both(out, f)
		}
	}
	return out
}

// both gives the second filter slots and variables of its own behind those of
// the first.
func both(a, b *Filter) *Filter {
	p := &program{names: append(append([]string{}, a.names...), b.names...), vars: max(a.vars, b.vars), walks: a.walks || b.walks, now: a.now,
		strangers: slices.Concat(a.strangers, b.strangers)}
	if p.now == nil {
		p.now = b.now
	}
	n := len(a.names)
	test := func(x *ctx) tri {
		if a.test(x) != yes {
			return no
		}
		all := x.slots
		x.slots = all[n:]
		t := b.test(x)
		x.slots = all
		return t
	}
	return &Filter{program: p, test: test, equals: slices.Concat(a.equals, b.equals)}
}

// fixed reads a literal string operand.
func (o operand) fixed() (string, bool) {
	if o.lit != nil && o.lit.Kind == odata.String {
		return o.lit.Text, true
	}
	return "", false
}
