package eval

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

// lambda compiles any and all. They are two-valued: an element whose test is
// unknown does not count as true (OData 5.1.1.13).
func (c *compiler) lambda(e *odata.Expr) (operand, error) {
	over, err := c.expr(e.Args[0])
	if err != nil {
		return over, err
	}
	if !over.typ.many {
		if over.typ.kind != kUntyped {
			return over, c.refuse(e, "Any/All may only be used following a collection.")
		}
		over.typ.many = true // a dynamic member is what it turns out to be
	}
	if len(e.Args) == 1 {
		return boolOperand(c.each(over, -1, func(*ctx) tri { return yes }, yes, no)), nil
	}
	body, depth, err := c.inside(e.Var, over.typ.one(), e.Args[1])
	if err != nil {
		return over, err
	}
	if e.Op == odata.All {
		return boolOperand(c.each(over, depth, body, no, yes)), nil
	}
	return boolOperand(c.each(over, depth, body, yes, no)), nil
}

// inside compiles a test with one more range variable in scope.
func (c *compiler) inside(name string, t typ, body *odata.Expr) (func(*ctx) tri, int, error) {
	depth := len(c.scope)
	c.scope = append(c.scope, variable{name: name, typ: t})
	c.vars = max(c.vars, len(c.scope))
	test, err := c.expr(body)
	c.scope = c.scope[:depth]
	if err != nil {
		return nil, 0, err
	}
	if !test.truthy() {
		return nil, 0, c.refuse(body, "The Any/All query expression must evaluate to a single boolean value.")
	}
	return test.boolean(), depth, nil
}

// each walks a collection until an element decides: it answers found then,
// and otherwise at the end. For any, an element decides that tests yes; for
// all, one that does not.
func (c *compiler) each(over operand, depth int, test func(*ctx) tri, found, otherwise tri) func(*ctx) tri {
	stop := found == yes
	if rows := over.rows; rows != nil {
		return func(x *ctx) tri {
			for r := range rows(x) {
				if !x.budget.Step() {
					break
				}
				if depth >= 0 {
					x.vars[depth].row = r
				}
				if (test(x) == yes) == stop {
					return found
				}
			}
			return otherwise
		}
	}
	raw := over.raw
	if raw == nil {
		return func(*ctx) tri { return otherwise }
	}
	return func(x *ctx) tri {
		list := raw(x)
		for el, at, ok := next(list, 1); ok && x.budget.Step(); el, at, ok = next(list, at) {
			if depth >= 0 {
				x.vars[depth].raw = el
			}
			if (test(x) == yes) == stop {
				return found
			}
		}
		return otherwise
	}
}

// counted counts the elements that pass a filter, in which names are members
// of the elements.
func (c *compiler) counted(filter *odata.Expr, at place) (func(*ctx) int, error) {
	body, depth, err := c.inside("$this", at.typ.one(), rooted(filter))
	if err != nil {
		return nil, err
	}
	return func(x *ctx) int {
		n := 0
		if at.rows != nil {
			for r := range at.rows(x) {
				if !x.budget.Step() {
					break
				}
				if x.vars[depth].row = r; body(x) == yes {
					n++
				}
			}
			return n
		}
		list := at.raw(x)
		for el, next1, ok := next(list, 1); ok && x.budget.Step(); el, next1, ok = next(list, next1) {
			if x.vars[depth].raw = el; body(x) == yes {
				n++
			}
		}
		return n
	}, nil
}

// rooted copies an expression with $this before the paths that have no
// variable, so that they start at the element.
func rooted(e *odata.Expr) *odata.Expr {
	out := *e
	if e.Kind == odata.PathExpr && e.Var == "" {
		out.Var = "$this"
	}
	out.Args = make([]*odata.Expr, len(e.Args))
	for i, a := range e.Args {
		out.Args[i] = rooted(a)
	}
	return &out
}
