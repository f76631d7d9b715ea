package eval

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// tri is a truth value of three-valued logic.
type tri uint8

const (
	no tri = iota
	yes
	unknown
)

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}

// operand is a compiled expression. val always works; test does for booleans,
// raw for what is stored as it stands, row for entities, each nil otherwise.
type operand struct {
	typ  typ
	val  func(*ctx) val
	test func(*ctx) tri
	raw  func(*ctx) value.Raw
	slot int // as in place
	row  func(*ctx) Row
	rows func(*ctx) rowSeq
	lit  *odata.Literal
	// cased is set for tolower(m) and toupper(m) of a stored member: comparing
	// with a text in that case is comparing m without case, which does not build
	// a string for each row.
	cased *cased
}

type cased struct {
	raw   func(*ctx) value.Raw
	upper bool
}

type rowSeq = func(func(Row) bool)

// compiler turns the trees of one option into operands.
type compiler struct {
	Options
	*program
	option string
	root   *edm.Type
	scope  []variable
	left   *int // how many navigations $expand may still come to
}

// variable is a range variable in scope; its index is its depth.
type variable struct {
	name string
	typ  typ
}

func newCompiler(option string, t *edm.Type, o Options) *compiler {
	return &compiler{Options: o, program: &program{}, option: option, root: t}
}

func (c *compiler) refuse(e *odata.Expr, format string, args ...any) error {
	return odata.Refuse(c.option, e.Off, format, args...)
}

func (c *compiler) expr(e *odata.Expr) (operand, error) {
	switch e.Kind {
	case odata.LiteralExpr:
		return c.literal(e)
	case odata.AliasExpr:
		if len(e.Args) == 0 {
			return nullOperand(), nil
		}
		return c.expr(e.Args[0])
	case odata.PathExpr:
		return c.path(e)
	case odata.UnaryExpr:
		return c.unary(e)
	case odata.BinaryExpr:
		return c.binary(e)
	case odata.InExpr:
		return c.in(e)
	case odata.CallExpr:
		return c.call(e)
	case odata.LambdaExpr:
		return c.lambda(e)
	}
	return operand{}, c.refuse(e, "A list of values may stand only behind 'in'.")
}

var nullLiteral = odata.Literal{Kind: odata.Null, Text: "null"}

func nullOperand() operand {
	return operand{lit: &nullLiteral, val: func(*ctx) val { return val{} }}
}

func (c *compiler) literal(e *odata.Expr) (operand, error) {
	l := e.Literal
	switch l.Kind {
	case odata.Null:
		return nullOperand(), nil
	case odata.Enum:
		t, ok := c.root.Model().Type(TypeName(l.Type))
		if !ok || t.Kind != edm.Enum {
			return operand{}, c.refuse(e, "The type '%s' of the literal %s is no enumeration of the model.", l.Type, l)
		}
		return c.enumLiteral(e, typ{kind: kEnum, name: t.Name, def: t})
	}
	v := literalVal(*l)
	out := constant(literalType(*l), v)
	out.lit = l
	return out, nil
}

func constant(t typ, v val) operand {
	out := operand{typ: t, val: func(*ctx) val { return v }}
	if t.kind == kBool {
		out.test = func(*ctx) tri { return truth(v.i != 0) }
	}
	return out
}

// enumLiteral reads the text of a literal as members of t. A member that a
// fully known type lacks is refused, as the service does.
func (c *compiler) enumLiteral(e *odata.Expr, t typ) (operand, error) {
	l := e.Literal
	n, ok := enumNumber(t, l.Text)
	switch {
	case ok || t.def == nil || !t.def.Known():
	case c.AnyMember && l.Kind == odata.String:
		c.strangers = append(c.strangers, l.Text)
	default:
		return operand{}, c.refuse(e, "The string '%s' is not a valid enumeration type constant.", l)
	}
	out := constant(t, val{k: kEnum, i: n, s: l.Text})
	out.lit = l
	return out, nil
}

func (c *compiler) unary(e *odata.Expr) (operand, error) {
	a, err := c.expr(e.Args[0])
	if err != nil {
		return a, err
	}
	if e.Op == odata.Neg {
		return c.negate(e, a)
	}
	if a.test == nil && !a.truthy() {
		return a, c.unaryError(e, a)
	}
	test := a.boolean()
	return boolOperand(func(x *ctx) tri {
		switch test(x) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	}), nil
}

func (c *compiler) unaryError(e *odata.Expr, a operand) error {
	return c.refuse(e, "A unary operator with an incompatible type was detected. Found operand type '%s' for operator kind '%s'.", a.typ, e.Op.Title())
}

func boolOperand(test func(*ctx) tri) operand {
	return operand{typ: primitive("Edm.Boolean"), test: test, val: func(x *ctx) val {
		switch test(x) {
		case yes:
			return boolVal(true)
		case no:
			return boolVal(false)
		}
		return val{}
	}}
}

// truthy reports whether the operand may stand where a truth value is asked.
func (o operand) truthy() bool {
	return !o.typ.many && (o.typ.kind == kBool || o.typ.kind == kNull || o.typ.kind == kUntyped)
}

// boolean is the operand as a truth value; null is unknown.
func (o operand) boolean() func(*ctx) tri {
	if o.test != nil {
		return o.test
	}
	if raw := o.raw; raw != nil {
		return func(x *ctx) tri {
			switch raw(x) {
			case "true":
				return yes
			case "false":
				return no
			}
			return unknown
		}
	}
	return func(x *ctx) tri {
		if v := o.val(x); v.k == kBool {
			return truth(v.i != 0)
		}
		return unknown
	}
}

func (c *compiler) binary(e *odata.Expr) (operand, error) {
	a, err := c.expr(e.Args[0])
	if err != nil {
		return a, err
	}
	b, err := c.expr(e.Args[1])
	if err != nil {
		return b, err
	}
	switch e.Op {
	case odata.And, odata.Or:
		return c.logic(e, a, b)
	case odata.Add, odata.Sub, odata.Mul, odata.Div, odata.DivBy, odata.Mod:
		return c.arithmetic(e, a, b)
	case odata.Has:
		return c.has(e, a, b)
	}
	return c.comparison(e, a, b)
}

func (c *compiler) binaryError(e *odata.Expr, a, b operand) error {
	return c.refuse(e, "A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.", a.typ, b.typ, e.Op.Title())
}

func (c *compiler) logic(e *odata.Expr, a, b operand) (operand, error) {
	if !a.truthy() || !b.truthy() {
		return a, c.binaryError(e, a, b)
	}
	p, q := a.boolean(), b.boolean()
	stop := no // what decides alone
	if e.Op == odata.Or {
		stop = yes
	}
	return boolOperand(func(x *ctx) tri {
		l := p(x)
		if l == stop {
			return l
		}
		r := q(x)
		if r == stop || l != unknown {
			return r
		}
		return unknown
	}), nil
}
