package eval

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Use is one thing that a filter does with a property: what the tables of
// B-3.53 to B-3.57 allow, ask conditions for, or refuse.
type Use struct {
	// Path is in the model's spelling, through lambdas and casts:
	// "assignedPlans/service" for assignedPlans/any(a:a/service eq ...).
	Path string
	// Op is an operator or function by the name OData gives it ("eq", "ne", "ge",
	// "in", "startswith", "tolower"), "null" for a comparison with null, "not" for
	// whatever stands below a not, "count" for $count, "any" or "all" for the
	// collection, "" for a property that stands alone.
	Op  string
	Off int
}

// Uses lists what an expression does with the properties of t, in the order of
// the text. A comparison with null is a use of "null" beside that of its
// operator, unless that is eq.
func Uses(t *edm.Type, e *odata.Expr) []Use {
	u := &uses{vars: map[string][]string{}, model: t}
	u.visit(e, "")
	return u.list
}

type uses struct {
	model *edm.Type
	vars  map[string][]string // path behind each range variable
	list  []Use
	not   int
}

func (u *uses) add(e *odata.Expr, op string) {
	path := u.path(e)
	if u.not > 0 {
		u.list = append(u.list, Use{Path: path, Op: "not", Off: e.Off})
	}
	u.list = append(u.list, Use{Path: path, Op: op, Off: e.Off})
}

func (u *uses) visit(e *odata.Expr, op string) {
	if e = e.Resolved(); e == nil {
		return
	}
	switch e.Kind {
	case odata.PathExpr:
		u.visitPath(e, op)
	case odata.UnaryExpr:
		if e.Op == odata.Not {
			u.not++
			defer func() { u.not-- }()
		}
		u.visit(e.Args[0], "")
	case odata.CallExpr:
		for _, a := range e.Args {
			u.visit(a, e.Name)
		}
	case odata.LambdaExpr:
		if len(e.Args) == 1 {
			u.add(e.Args[0], e.Op.String())
		} else { // a not around it is about what the condition names (B-3.44)
			u.list = append(u.list, Use{Path: u.path(e.Args[0]), Op: e.Op.String(), Off: e.Args[0].Off})
			u.vars[e.Var] = u.names(e.Args[0])
			u.visit(e.Args[1], "")
		}
	case odata.BinaryExpr, odata.InExpr:
		u.visitOperator(e)
	}
}

func (u *uses) visitPath(e *odata.Expr, op string) {
	if n := len(e.Steps); n > 0 && e.Steps[n-1].Kind == odata.Count {
		counted := *e
		counted.Steps = e.Steps[:n-1]
		u.add(&counted, "count")
		return
	}
	if e.Var == "" && len(e.Steps) == 1 && e.Steps[0].Kind == odata.Cast {
		return // the type of an isof
	}
	u.add(e, op)
}

func (u *uses) visitOperator(e *odata.Expr) {
	op := e.Op.String()
	if e.Kind == odata.InExpr {
		op = "in"
	} else if e.Op == odata.And || e.Op == odata.Or {
		op = ""
	}
	null := op != "" && withNull(e.Args)
	for _, a := range e.Args {
		switch {
		case !null:
			u.visit(a, op)
		case op == "eq":
			u.visit(a, "null")
		default:
			before := len(u.list)
			u.visit(a, op)
			if len(u.list) > before {
				u.visit(a, "null")
			}
		}
	}
}

func withNull(args []*odata.Expr) bool {
	for _, a := range args {
		if r := a.Resolved(); r == nil || r.Kind == odata.LiteralExpr && r.Literal.Kind == odata.Null {
			return true
		}
	}
	return false
}

func (u *uses) path(e *odata.Expr) string { return strings.Join(u.names(e), "/") }

// names is a path with its variable replaced by what that stands for, casts
// left out, spelt as the model does as far as it knows.
func (u *uses) names(e *odata.Expr) []string {
	out := append([]string{}, u.vars[e.Var]...)
	t := u.model
	for _, name := range out {
		t, _ = below(t, name)
	}
	for _, s := range e.Steps {
		switch s.Kind {
		case odata.Member:
			next, name := below(t, s.Name)
			out, t = append(out, name), next
		case odata.Cast:
			if d, ok := u.model.Model().Type(TypeName(s.Name)); ok {
				t = d
			}
		}
	}
	return out
}

// below is the type behind a member of t, and the member's own spelling.
func below(t *edm.Type, name string) (*edm.Type, string) {
	if t == nil {
		return nil, name
	}
	p, n, ok := (&compiler{}).find(t, name)
	switch {
	case !ok:
		return nil, name
	case p != nil:
		return p.Def(), p.Name
	}
	return n.Target(), n.Name
}

// Path is the path of an expression as Uses spells it; empty for what is no path.
func Path(t *edm.Type, e *odata.Expr) string {
	u := &uses{vars: map[string][]string{}, model: t}
	if e = e.Resolved(); e == nil || e.Kind != odata.PathExpr {
		return ""
	}
	return u.path(e)
}

// Clauses is the largest number of alternatives that one or, or one in, has:
// the directory takes fifteen (B-3.41).
func Clauses(e *odata.Expr) int {
	most := 1
	e.Walk(func(e *odata.Expr) bool {
		switch {
		case e.Kind == odata.InExpr && e.List:
			most = max(most, len(e.Args)-1)
		case e.Kind == odata.BinaryExpr && e.Op == odata.Or:
			most = max(most, alternatives(e))
			for ; e.Kind == odata.BinaryExpr && e.Op == odata.Or; e = e.Args[0] {
				most = max(most, Clauses(e.Args[1]))
			}
			most = max(most, Clauses(e))
			return false
		}
		return true
	})
	return most
}

func alternatives(e *odata.Expr) int {
	n := 1
	for ; e.Kind == odata.BinaryExpr && e.Op == odata.Or; e = e.Args[0] {
		n += alternatives(e.Args[1])
	}
	return n
}
