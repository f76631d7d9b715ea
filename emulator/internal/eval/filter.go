package eval

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Filter is a compiled $filter or $search. It is immutable.
type Filter struct {
	*program
	test   func(*ctx) tri
	equals []Equality
	wide   bool // Equal is not the whole filter
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
	f.wide = !f.collect(t, e)
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

// Equality says that a row can pass only if a member equals a text.
type Equality struct {
	Name string // of a top-level member
	Text string
}

// Equal lists the members that must equal a text for a row to pass; exact says
// that a row for which all of them do passes. An index answers the first; the
// filter need not run when exact, unless the index folds case and the filter,
// without Options.Fold, does not.
func (f *Filter) Equal() (list []Equality, exact bool) {
	if f == nil {
		return nil, false
	}
	return f.equals, !f.wide
}

// collect gathers equalities joined by and; it reports whether e is nothing
// but them.
func (f *Filter) collect(t *edm.Type, e *odata.Expr) bool {
	if e.Kind != odata.BinaryExpr {
		return false
	}
	a, b := e.Args[0].Resolved(), e.Args[1].Resolved()
	switch {
	case a == nil || b == nil:
		return false
	case e.Op == odata.And:
		l := f.collect(t, a)
		return f.collect(t, b) && l
	case e.Op != odata.Eq:
		return false
	case a.Kind == odata.LiteralExpr:
		a, b = b, a
	}
	if a.Kind != odata.PathExpr || len(a.Steps) != 1 || a.Var != "" && a.Var != "$it" ||
		b.Kind != odata.LiteralExpr || b.Literal.Kind != odata.String && b.Literal.Kind != odata.GUID {
		return false
	}
	p, ok := t.Property(a.Steps[0].Name)
	if !ok || p.Type.Many {
		return false
	}
	f.equals = append(f.equals, Equality{Name: p.Name, Text: b.Literal.Text})
	return true
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

// Match reports whether a row passes: its test is true, not false and not
// unknown.
func (s *Scan) Match(r Row) bool {
	if s.test == nil {
		return true
	}
	s.x.set(r)
	return s.test(s.x) == yes
}

// MatchObject is Match for a row that is nothing but its stored members. It is
// the quick way of filters that do not walk.
func (s *Scan) MatchObject(o value.Object) bool {
	if s.test == nil {
		return true
	}
	s.x.setObject(o)
	return s.x.table.pass || s.test(s.x) == yes
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
	p := &program{names: append(append([]string{}, a.names...), b.names...), vars: max(a.vars, b.vars), walks: a.walks || b.walks, now: a.now}
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
	return &Filter{program: p, test: test, equals: append(append([]Equality{}, a.equals...), b.equals...), wide: a.wide || b.wide}
}

// fixed reads a literal string operand.
func (o operand) fixed() (string, bool) {
	if o.lit != nil && o.lit.Kind == odata.String {
		return o.lit.Text, true
	}
	return "", false
}
