package eval

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// call compiles a function. Null among the arguments makes the result null.
func (c *compiler) call(e *odata.Expr) (operand, error) {
	switch e.Name {
	case "isof", "cast":
		return c.typeCall(e)
	case "now":
		if c.Now != nil && len(e.Args) == 0 {
			c.now = c.Now
			return operand{typ: primitive("Edm.DateTimeOffset"), val: func(x *ctx) val { return x.now }}, nil
		}
	}
	f, ok := functions[e.Name]
	if !ok {
		return operand{}, c.refuse(e, "An unknown function with name '%s' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.", e.Name)
	}
	args := make([]operand, len(e.Args))
	for i, a := range e.Args {
		arg, err := c.expr(a)
		if err != nil {
			return arg, err
		}
		args[i] = arg
	}
	if !f.takes(args) {
		return operand{}, c.refuse(e, "No function signature for the function with name '%s' matches the specified arguments. The function signatures considered are: %s.", e.Name, f.signature(e.Name))
	}
	for i := range args {
		args[i] = args[i].settled(f.args[i])
	}
	if f.test != nil {
		return c.textTest(f, e.Name, args), nil
	}
	out := operand{typ: primitive(f.result), val: c.calling(f, args)}
	if (e.Name == "tolower" || e.Name == "toupper") && args[0].raw != nil {
		out.cased = &cased{raw: args[0].raw, upper: e.Name == "toupper"}
	}
	if f.result == "" { // round and its like keep their argument's type
		out.typ = args[0].typ
	}
	return out, nil
}

// calling evaluates arguments and runs f.
func (c *compiler) calling(f function, args []operand) func(*ctx) val {
	fold, run := c.Fold, f.run
	switch len(args) {
	case 0:
		return func(*ctx) val { return run(fold, nil) }
	case 1:
		a := args[0].val
		return func(x *ctx) val {
			v := [1]val{a(x)}
			if v[0].k == kNull {
				return val{}
			}
			return run(fold, v[:])
		}
	}
	return func(x *ctx) val {
		var v [3]val
		for i, a := range args {
			if v[i] = a.val(x); v[i].k == kNull {
				return val{}
			}
		}
		return run(fold, v[:len(args)])
	}
}

// textTest compiles contains, startswith and endswith; a literal pattern, the
// usual case, is not read again for each row.
func (c *compiler) textTest(f function, name string, args []operand) operand {
	fold, test := c.Fold, f.test
	text := args[0]
	pattern, ok := args[1].fixed()
	if ok && text.cased.answers(pattern) {
		text.raw, fold = text.cased.raw, true
	}
	if !ok || text.raw == nil {
		av, bv := text.val, args[1].val
		return boolOperand(func(x *ctx) tri {
			a, b := av(x), bv(x)
			if a.k != kString || b.k != kString {
				return unknown
			}
			return truth(test(a.s, b.s, fold))
		})
	}
	raw := text.raw
	return boolOperand(func(x *ctx) tri {
		s, ok := raw(x).Text()
		if !ok {
			return unknown
		}
		return truth(test(s, pattern, fold))
	})
}

// answers reports whether comparing with pattern is comparing without case.
func (c *cased) answers(pattern string) bool {
	if c == nil {
		return false
	}
	for i := 0; i < len(pattern); i++ {
		b := pattern[i]
		if b >= utf8.RuneSelf || !c.upper && 'A' <= b && b <= 'Z' || c.upper && 'a' <= b && b <= 'z' {
			return false
		}
	}
	return true
}

// takes reports whether the arguments fit. Letters of f.args: s text, i whole
// number, n number, t moment, d moment or time, u duration.
func (f function) takes(args []operand) bool {
	if len(args) < f.least || len(args) > len(f.args) {
		return false
	}
	for i, a := range args {
		t := a.typ
		if t.many || !fits(f.args[i], t.kind) {
			return false
		}
	}
	return true
}

func fits(letter byte, k kind) bool {
	if k == kNull || k == kUntyped {
		return true
	}
	switch letter {
	case 's':
		return k == kString
	case 'i':
		return k == kInt
	case 'n':
		return k == kInt || k == kFloat
	case 't':
		return k == kDate || k == kDateTime
	case 'd':
		return k == kDateTime || k == kDate || k == kTime
	case 'u':
		return k == kDuration
	}
	return false
}

var letterTypes = map[byte]edm.Name{'s': "Edm.String", 'i': "Edm.Int32", 'n': "Edm.Double",
	't': "Edm.DateTimeOffset", 'd': "Edm.DateTimeOffset", 'u': "Edm.Duration"}

// settled reads an untyped argument as what the function wants.
func (o operand) settled(letter byte) operand {
	if o.typ.kind == kUntyped {
		return o.as(primitive(letterTypes[letter]))
	}
	return o
}

func (f function) signature(name string) string {
	var out []string
	for n := f.least; n <= len(f.args); n++ {
		params := make([]string, n)
		for i := range params {
			params[i] = fmt.Sprintf("%s Nullable=true", letterTypes[f.args[i]])
		}
		out = append(out, name+"("+strings.Join(params, ", ")+")")
	}
	return strings.Join(out, "; ")
}

// typeCall compiles isof(type), isof(expr,type) and cast(expr,type).
func (c *compiler) typeCall(e *odata.Expr) (operand, error) {
	if n := len(e.Args); n == 0 || n > 2 || n == 1 && e.Name == "cast" {
		return operand{}, c.refuse(e, "No function signature for the function with name '%s' matches the specified arguments.", e.Name)
	}
	name, ok := typeArgument(e.Args[len(e.Args)-1])
	if !ok {
		return operand{}, c.refuse(e, "The last argument of '%s' must be a type name.", e.Name)
	}
	subject := operand{}
	var err error
	if len(e.Args) == 2 {
		subject, err = c.expr(e.Args[0])
	} else {
		subject, err = c.path(&odata.Expr{Kind: odata.PathExpr, Var: "$it", Off: e.Off})
	}
	if err != nil {
		return subject, err
	}
	if k, ok := primitives[edm.Name(name)]; ok {
		if e.Name == "cast" {
			return c.cast(e, subject, typ{kind: k, name: edm.Name(name)})
		}
		return boolOperand(func(x *ctx) tri { return truth(subject.val(x).k == k) }), nil
	}
	t, ok := findType(c.root.Model(), name)
	if !ok {
		return subject, c.refuse(e, "The child type '%s' in a cast was not found in the model.", name)
	}
	if e.Name == "cast" {
		return subject, c.refuse(e, "Casting to the type '%s' with cast() is not supported; write the type as a step of the path.", t.Name)
	}
	return c.isOf(e, subject, t)
}

func typeArgument(e *odata.Expr) (string, bool) {
	switch {
	case e.Kind == odata.LiteralExpr && e.Literal.Kind == odata.String:
		return e.Literal.Text, true
	case e.Kind == odata.PathExpr && len(e.Steps) == 1 && e.Var == "":
		return e.Steps[0].Name, true
	}
	return "", false
}

func (c *compiler) isOf(e *odata.Expr, subject operand, t *edm.Type) (operand, error) {
	is := instance(t)
	switch {
	case subject.typ.many:
	case subject.row != nil:
		row := subject.row
		return boolOperand(func(x *ctx) tri {
			r := row(x)
			return truth(r != nil && is(r.Object().Type()))
		}), nil
	case subject.raw != nil && subject.typ.def != nil:
		raw, declared := subject.raw, string(subject.typ.def.Name)
		return boolOperand(func(x *ctx) tri {
			r := raw(x)
			return truth(!r.IsNull() && is(complexType(r, declared)))
		}), nil
	}
	return subject, c.refuse(e, "Encountered invalid type cast. '%s' is not assignable from '%s'.", t.Name, subject.typ)
}

// cast converts between primitives by way of their text; what does not
// convert is null (OData 5.1.1.10.1).
func (c *compiler) cast(e *odata.Expr, subject operand, to typ) (operand, error) {
	if subject.typ.many || subject.typ.kind == kComplex || subject.typ.kind == kEntity {
		return subject, c.refuse(e, "Encountered invalid type cast. '%s' is not assignable from '%s'.", to.name, subject.typ)
	}
	v := subject.val
	return operand{typ: to, val: func(x *ctx) val { return convert(v(x), to) }}, nil
}

func convert(v val, to typ) val {
	switch {
	case v.k == kNull || v.k == to.kind:
		return v
	case to.kind == kInt && v.k == kFloat:
		return val{k: kInt, i: int64(v.f)}
	case to.kind == kFloat && v.k == kInt:
		return val{k: kFloat, f: float64(v.i)}
	case to.kind == kDate && v.k == kDateTime:
		return val{k: kDate, i: v.i - mod(v.i, 86400)}
	}
	text := v.text()
	if to.kind == kBool || to.kind == kInt || to.kind == kFloat {
		if to.kind == kBool {
			return decode(value.Raw(text), to)
		}
		return decode(value.String(text), to)
	}
	return decodeText(text, to)
}
