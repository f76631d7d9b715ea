package odata

// Kind tells the nodes of an expression apart.
type Kind uint8

const (
	LiteralExpr Kind = iota // Literal
	PathExpr                // Var, Steps
	AliasExpr               // Name "@p"; Args[0] what it stands for, if given
	UnaryExpr               // Op Not or Neg, Args[0]
	BinaryExpr              // Op, Args[0], Args[1]
	InExpr                  // Args[0] in (Args[1:]), or in the collection Args[1] when List is false
	CallExpr                // Name folded, Args
	LambdaExpr              // Op Any or All over the path Args[0]; Var and Args[1] unless any()
	ListExpr                // Args, only as the value of an alias
)

// Op is an operator.
type Op uint8

const (
	NoOp Op = iota
	Or
	And
	Eq
	Ne
	Gt
	Ge
	Lt
	Le
	Has
	Add
	Sub
	Mul
	Div
	DivBy
	Mod
	Not
	Neg
	Any
	All
)

var opNames = [...]string{"", "or", "and", "eq", "ne", "gt", "ge", "lt", "le", "has", "add", "sub", "mul", "div",
	"divby", "mod", "not", "-", "any", "all"}

// String is the operator as it is written.
func (o Op) String() string { return opNames[o] }

var opTitles = [...]string{"", "Or", "And", "Equal", "NotEqual", "GreaterThan", "GreaterThanOrEqual", "LessThan",
	"LessThanOrEqual", "Has", "Add", "Subtract", "Multiply", "Divide", "Divide", "Modulo", "Not", "Negate", "Any", "All"}

// Title is the operator's name in the service's sentences (B-2.25).
func (o Op) Title() string { return opTitles[o] }

// binds is how strongly an operator holds its operands.
func (o Op) binds() int {
	switch o {
	case Or:
		return 1
	case And:
		return 2
	case Eq, Ne:
		return 3
	case Gt, Ge, Lt, Le:
		return 4
	case Add, Sub:
		return 5
	case Mul, Div, DivBy, Mod:
		return 6
	case Not, Neg:
		return 7
	}
	return 8 // has, in, primaries
}

// Expr is a node of a parsed expression. Which fields count depends on Kind.
// Trees are shared between requests and never changed.
type Expr struct {
	Kind    Kind
	Op      Op
	Off     int      // of the node's own first character: the operator of a binary
	Name    string   // function or alias
	Literal *Literal // of LiteralExpr, nil else
	Var     string   // range variable: of a path, "" for the row itself; of a lambda, the one it declares
	Steps   []Step
	Args    []*Expr
	List    bool // InExpr: a written list
}

// StepKind tells the steps of a path inside an expression apart.
type StepKind uint8

const (
	Member StepKind = iota // property or navigation
	Cast                   // Name is qualified
	Count                  // $count
)

// Step is one step of a path inside an expression.
type Step struct {
	Kind   StepKind
	Name   string // as written
	Off    int
	Filter *Expr // of $count($filter=...)
}

// Walk calls visit for e and, where it says so, for what lies below, in the
// order of the text. What an alias stands for is visited too.
func (e *Expr) Walk(visit func(*Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, s := range e.Steps {
		s.Filter.Walk(visit)
	}
	for _, a := range e.Args {
		a.Walk(visit)
	}
}

// Path is the plain text of a path ("from/emailAddress/name"), range variable
// included; empty for other nodes.
func (e *Expr) Path() string {
	if e == nil || e.Kind != PathExpr {
		return ""
	}
	return e.String()
}

// Resolved is e, or what e stands for when it is an alias; nil for an alias
// without a value, which is null.
func (e *Expr) Resolved() *Expr {
	if e != nil && e.Kind == AliasExpr {
		if len(e.Args) == 0 {
			return nil
		}
		return e.Args[0]
	}
	return e
}
