package eval

import (
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// comparison compiles eq, ne, gt, ge, lt, le. Null equals only null; with any
// other operator null is false (OData 5.1.1.1).
func (c *compiler) comparison(e *odata.Expr, a, b operand) (operand, error) {
	a, b, err := c.agree(e, a, b)
	if err != nil {
		return a, err
	}
	if a.lit != nil && b.lit == nil {
		return boolOperand(c.compareTo(mirror(e.Op), b, a)), nil
	}
	return boolOperand(c.compareTo(e.Op, a, b)), nil
}

func mirror(op odata.Op) odata.Op {
	switch op {
	case odata.Gt:
		return odata.Lt
	case odata.Lt:
		return odata.Gt
	case odata.Ge:
		return odata.Le
	case odata.Le:
		return odata.Ge
	}
	return op
}

// agree brings two operands to comparable types or refuses them.
func (c *compiler) agree(e *odata.Expr, a, b operand) (operand, operand, error) {
	var err error
	if a, err = c.asEnum(e, a, b.typ); err != nil {
		return a, b, err
	}
	if b, err = c.asEnum(e, b, a.typ); err != nil {
		return a, b, err
	}
	x, y := a.typ, b.typ
	equality := e.Op == odata.Eq || e.Op == odata.Ne || e.Kind == odata.InExpr
	structured := func(t typ) bool { return t.many || t.kind == kComplex || t.kind == kEntity }
	switch {
	case structured(x) || structured(y):
		if equality && !x.many && !y.many && (x.kind == kNull || y.kind == kNull) {
			return a, b, nil
		}
	case x.kind == kNull || y.kind == kNull:
		return a, b, nil
	case x.kind == kUntyped && y.kind == kUntyped:
		return a, b, nil
	case x.kind == kUntyped:
		return a.as(y), b, nil
	case y.kind == kUntyped:
		return a, b.as(x), nil
	case x.number() && y.number(), x.moment() && y.moment():
		return a, b, nil
	case x.kind == kEnum && y.kind == kEnum && x.name != y.name:
	case x.kind == kBool && !equality, x.kind == kBinary && !equality:
	case x.kind == y.kind:
		return a, b, nil
	}
	return a, b, c.binaryError(e, a, b)
}

// as reads an untyped member as what it is compared with.
func (o operand) as(t typ) operand {
	raw := o.raw
	if raw == nil {
		return o
	}
	o.typ = t
	o.val = func(x *ctx) val { return decode(raw(x), t) }
	return o
}

// asEnum reads a quoted text, or a literal of another spelling of the same
// enumeration, as a member of t (B-3.36).
func (c *compiler) asEnum(e *odata.Expr, o operand, t typ) (operand, error) {
	if t.kind != kEnum || o.lit == nil || o.lit.Kind != odata.String {
		return o, nil
	}
	return c.enumLiteral(&odata.Expr{Off: e.Off, Literal: o.lit}, t)
}

// holds turns an order into the answer of an operator.
func holds(op odata.Op, cmp int) tri {
	switch op {
	case odata.Eq:
		return truth(cmp == 0)
	case odata.Ne:
		return truth(cmp != 0)
	case odata.Gt:
		return truth(cmp > 0)
	case odata.Ge:
		return truth(cmp >= 0)
	case odata.Lt:
		return truth(cmp < 0)
	}
	return truth(cmp <= 0)
}

// compareTo compiles a comparison; b is the literal if one of them is. The
// usual cases, a stored member against a literal, compare canonical text.
func (c *compiler) compareTo(op odata.Op, a, b operand) func(*ctx) tri {
	if b.lit != nil && b.lit.Kind == odata.Null {
		return nullTest(op, a)
	}
	if a.raw != nil && b.lit != nil {
		if test := c.rawTest(op, a, b); test != nil {
			return test
		}
	}
	if text, ok := b.fixed(); ok && a.cased.answers(text) && (op == odata.Eq || op == odata.Ne) {
		return equalRaw(a.cased.raw, value.String(text), true, truth(op == odata.Eq), truth(op == odata.Ne))
	}
	av, bv, fold := a.val, b.val, c.Fold
	return func(x *ctx) tri {
		l, r := av(x), bv(x)
		if l.k == kNull || r.k == kNull {
			return nulls(op, l.k == r.k)
		}
		return compareVals(op, l, r, fold)
	}
}

// compareVals compares decoded values. Values of two untyped members may be
// of kinds that do not compare: they are then unequal, and in no order. NaN is
// in no order either.
func compareVals(op odata.Op, l, r val, fold bool) tri {
	numbers := (l.k == kInt || l.k == kFloat) && (r.k == kInt || r.k == kFloat)
	moments := (l.k == kDate || l.k == kDateTime) && (r.k == kDate || r.k == kDateTime)
	if l.k != r.k && !numbers && !moments || l.k == kComplex || l.k == kEntity || l.f != l.f || r.f != r.f {
		return truth(op == odata.Ne)
	}
	return holds(op, compareVal(l, r, fold))
}

func nulls(op odata.Op, both bool) tri {
	switch op {
	case odata.Eq:
		return truth(both)
	case odata.Ne:
		return truth(!both)
	}
	return no
}

func nullTest(op odata.Op, a operand) func(*ctx) tri {
	if raw := a.raw; raw != nil {
		return func(x *ctx) tri { return nulls(op, raw(x).IsNull()) }
	}
	return func(x *ctx) tri { return nulls(op, a.val(x).k == kNull) }
}

// rawTest compares without decoding where text tells; nil where it does not.
func (c *compiler) rawTest(op odata.Op, a, b operand) func(*ctx) tri {
	raw, equality := a.raw, op == odata.Eq || op == odata.Ne
	hit := truth(op == odata.Eq)
	miss := truth(op == odata.Ne)
	switch t := a.typ; {
	case t.kind == kBool && equality:
		want := value.Bool(b.lit.Bool)
		return func(x *ctx) tri {
			if raw(x) == want {
				return hit
			}
			return miss
		}
	case equality && (t.kind == kString || t.kind == kGUID || t.kind == kEnum && !t.flags()):
		fold := c.Fold || t.kind != kString
		want := value.String(b.lit.Text)
		if t.kind == kEnum && b.lit.Text == "" {
			return nil
		}
		if t.kind == kEnum {
			want = value.String(canonicalMember(t, b.lit.Text))
		}
		if fold && a.slot > 0 && ascii(string(want)) {
			return equalSlot(a.slot-1, raw, want, hit, miss)
		}
		return equalRaw(raw, want, fold, hit, miss)
	case t.kind == kString:
		want, fold := b.lit.Text, c.Fold
		return func(x *ctx) tri {
			s, ok := raw(x).Text()
			if !ok {
				return no
			}
			return holds(op, compareText(s, want, fold))
		}
	case t.kind == kDateTime && b.lit.Kind == odata.DateTime && b.lit.Time.Nanosecond() == 0:
		return instantTest(op, a, b)
	}
	return nil
}

func (t typ) flags() bool { return t.def != nil && t.def.Flags }

// canonicalMember is the model's spelling of a member written by name or number.
func canonicalMember(t typ, text string) string {
	if t.def == nil {
		return text
	}
	n, ok := memberNumber(t, text)
	for i, m := range t.def.Members {
		if strings.EqualFold(m, text) || ok && i < len(t.def.Values) && t.def.Values[i] == n {
			return m
		}
	}
	return text
}

// equalRaw compares canonical text with its quotes: equal strings have equal
// bytes, and no escape folds to another.
func equalRaw(raw func(*ctx) value.Raw, want value.Raw, fold bool, hit, miss tri) func(*ctx) tri {
	if !fold {
		return func(x *ctx) tri {
			if raw(x) == want {
				return hit
			}
			return miss
		}
	}
	same := foldEqual(want)
	return func(x *ctx) tri {
		if same(raw(x)) {
			return hit
		}
		return miss
	}
}

// equalSlot is equalRaw for a member of the row and a text in ASCII: what most filters
// ask, in one piece, because a scan asks it of every row. A text with its quotes ends
// where it ends, so that nobody has to look for the end of the member.
func equalSlot(slot int, raw func(*ctx) value.Raw, want value.Raw, hit, miss tri) func(*ctx) tri {
	return func(x *ctx) tri {
		var r string
		if at := x.slots[slot]; at >= 0 {
			r = x.obj.Tail(int(at))
		} else {
			r = string(raw(x))
		}
		if len(r) >= len(want) && equalASCII(value.Raw(r[:len(want)]), want) {
			return hit
		}
		return miss
	}
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalASCII compares without case where want is ASCII: what equals it is ASCII and as
// long, which tells most rows apart at once. Neighbouring rows mostly begin alike
// (Pier 1, Pier 2): of the others the end tells first.
func equalASCII(r, want value.Raw) bool {
	if len(r) != len(want) {
		return false
	}
	for i := len(r) - 1; i >= 0; i-- {
		if r[i] != want[i] && upper(r[i]) != upper(want[i]) {
			return false
		}
	}
	return true
}

// foldEqual compares with one text.
func foldEqual(want value.Raw) func(value.Raw) bool {
	if ascii(string(want)) {
		return func(r value.Raw) bool { return equalASCII(r, want) }
	}
	return func(r value.Raw) bool { return equalText(string(r), string(want), true) }
}

// instantTest compares moments by their text when both are in UTC with whole
// seconds, the form in which nearly all are stored (B-1.41).
func instantTest(op odata.Op, a, b operand) func(*ctx) tri {
	const form = `"2006-01-02T15:04:05Z"`
	want := b.lit.Time.UTC().Format(form)
	if len(want) != len(form) {
		return nil
	}
	raw, wantVal := a.raw, b.val(nil)
	return func(x *ctx) tri {
		r := raw(x)
		if len(r) == len(form) && r[len(r)-2] == 'Z' && r[11] == 'T' {
			return holds(op, strings.Compare(string(r), want))
		}
		v := decode(r, a.typ)
		if v.k == kNull {
			return nulls(op, false)
		}
		return holds(op, compareVal(v, wantVal, false))
	}
}

// in compiles membership: in a written list, or in a collection.
func (c *compiler) in(e *odata.Expr) (operand, error) {
	a, err := c.expr(e.Args[0])
	if err != nil {
		return a, err
	}
	list := e.Args[1:]
	if !e.List {
		if r := e.Args[1].Resolved(); r != nil && r.Kind == odata.ListExpr {
			list = r.Args
		} else {
			return c.inCollection(e, a)
		}
	}
	items := make([]operand, 0, len(list))
	for _, item := range list {
		b, err := c.expr(item)
		if err != nil {
			return b, err
		}
		if _, b, err = c.agree(&odata.Expr{Kind: odata.InExpr, Op: odata.Eq, Off: e.Off}, a, b); err != nil {
			return b, err
		}
		items = append(items, b)
	}
	if test := c.rawIn(a, items); test != nil {
		return boolOperand(test), nil
	}
	tests := make([]func(*ctx) tri, len(items))
	for i, b := range items {
		l, r, _ := c.agree(&odata.Expr{Kind: odata.InExpr, Op: odata.Eq, Off: e.Off}, a, b)
		tests[i] = c.compareTo(odata.Eq, l, r)
	}
	return boolOperand(anyOf(tests)), nil
}

// rawIn compares the text of a stored string with a list of literals, reading
// it once; nil when that is not what is asked.
func (c *compiler) rawIn(a operand, items []operand) func(*ctx) tri {
	if a.raw == nil || a.typ.kind != kString {
		return nil
	}
	null := false
	var same []func(value.Raw) bool
	for _, b := range items {
		switch {
		case b.lit == nil:
			return nil
		case b.lit.Kind == odata.Null:
			null = true
			continue
		}
		want := value.String(b.lit.Text)
		if c.Fold {
			same = append(same, foldEqual(want))
		} else {
			same = append(same, func(r value.Raw) bool { return r == want })
		}
	}
	raw := a.raw
	return func(x *ctx) tri {
		r := raw(x)
		if r.IsNull() {
			return truth(null)
		}
		for _, f := range same {
			if f(r) {
				return yes
			}
		}
		return no
	}
}

func (c *compiler) inCollection(e *odata.Expr, a operand) (operand, error) {
	over, err := c.expr(e.Args[1])
	if err != nil {
		return over, err
	}
	if over.raw == nil || !over.typ.many && over.typ.kind != kUntyped {
		return over, c.binaryError(&odata.Expr{Op: odata.Eq, Off: e.Off}, a, over)
	}
	depth := len(c.scope)
	c.vars = max(c.vars, depth+1)
	t := over.typ.one()
	el := place{typ: t, raw: func(x *ctx) value.Raw { return x.vars[depth].raw }}.operand()
	el, a, err = c.agree(&odata.Expr{Kind: odata.InExpr, Op: odata.Eq, Off: e.Off}, el, a)
	if err != nil {
		return el, err
	}
	return boolOperand(c.each(over, depth, c.compareTo(odata.Eq, el, a), yes, no)), nil
}

// has tests the bits of a flags enumeration (B-3.46).
func (c *compiler) has(e *odata.Expr, a, b operand) (operand, error) {
	b, err := c.asEnum(e, b, a.typ)
	if err != nil {
		return b, err
	}
	if a.typ.many || a.typ.kind != kEnum || b.typ.kind != kNull && (b.typ.kind != kEnum || b.typ.name != a.typ.name) {
		return a, c.binaryError(e, a, b)
	}
	av, bv := a.val, b.val
	return boolOperand(func(x *ctx) tri {
		l, r := av(x), bv(x)
		if l.k == kNull || r.k == kNull {
			return unknown
		}
		return truth(l.i&r.i == r.i && (r.i != 0 || l.i == 0))
	}), nil
}
