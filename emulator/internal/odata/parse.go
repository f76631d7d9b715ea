package odata

import (
	"strings"
)

// Limits of an expression: hostile input must end in an error, not in a deep
// stack.
const (
	maxDepth = 100
	maxNodes = 4000
)

// ParseFilter reads the value of $filter. Every error is an *Error.
func ParseFilter(text string) (*Expr, error) { return parseExpr("$filter", text, nil) }

func parseExpr(option, text string, in *scope) (*Expr, error) {
	p := newParser(option, text, in)
	e, err := p.expr(0)
	if err == nil && (p.tok.kind != tokEnd || p.err != nil) {
		err = p.syntax()
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// scope is what the parts of one query share: the parameter aliases and the
// budget of nodes.
type scope struct {
	aliases map[string]string
	nodes   int
	depth   int
}

type parser struct {
	lexer
	*scope
	vars []string
}

func newParser(option, text string, in *scope) *parser {
	if in == nil {
		in = &scope{}
	}
	p := &parser{lexer: lexer{option: option, text: text}, scope: in}
	p.next()
	return p
}

// enter counts one level down; the caller leaves it again.
func (p *parser) enter() *Error {
	if p.depth++; p.depth > maxDepth {
		return Refuse(p.option, p.tok.off, "Recursion limit reached.")
	}
	return nil
}

func (p *parser) node(e Expr) (*Expr, *Error) {
	if p.nodes++; p.nodes > maxNodes {
		return nil, Refuse(p.option, e.Off, "The expression has more than %d parts.", maxNodes)
	}
	return &e, nil
}

// binaryOp is the operator that a token names. Most tokens are too long, or
// too short, to be looked for.
func binaryOp(t *token) Op {
	if t.kind != tokName {
		return NoOp
	}
	from, to := Or, Le
	switch len(t.text) {
	case 2:
	case 3:
		from, to = And, Mod
	case 5:
		from, to = DivBy, DivBy
	default:
		return NoOp
	}
	for op := from; op <= to; op++ {
		if strings.EqualFold(t.text, opNames[op]) {
			return op
		}
	}
	return NoOp
}

// expr reads an expression whose operators bind at least as strongly as least.
func (p *parser) expr(least int) (*Expr, *Error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	left, err := p.unary()
	for err == nil {
		op, t := binaryOp(&p.tok), p.tok
		if op == NoOp && t.word("in") {
			left, err = p.in(left)
			continue
		}
		if op == NoOp || op.binds() < least {
			return left, nil
		}
		p.next()
		var right *Expr
		if right, err = p.expr(op.binds() + 1); err == nil {
			left, err = p.node(Expr{Kind: BinaryExpr, Op: op, Off: t.off, Args: []*Expr{left, right}})
		}
	}
	return nil, err
}

func (p *parser) unary() (*Expr, *Error) {
	t := p.tok
	op := NoOp
	switch {
	case t.word("not"):
		op = Not
	case t.is('-'):
		if c, _ := pathByte(p.text, t.end); isDigit(c) {
			return p.negative()
		}
		op = Neg
	default:
		return p.primary()
	}
	p.next()
	if op == Neg && p.tok.word("INF") {
		p.next()
		return p.node(Expr{Off: t.off, Literal: copyOf(infinity("-INF"))})
	}
	arg, err := p.expr(op.binds())
	if err != nil {
		return nil, err
	}
	return p.node(Expr{Kind: UnaryExpr, Op: op, Off: t.off, Args: []*Expr{arg}})
}

// negative reads a number with its sign: -9223372036854775808 is one literal.
func (p *parser) negative() (*Expr, *Error) {
	start := p.tok.off
	suffix, end := scanNumber(p.text, start)
	text := strings.ReplaceAll(p.text[start:suffix], " ", "+")
	lit, ok := numberLiteral(text)
	if !ok {
		return nil, badLiteral(p.option, p.text, start, "Edm.Double", text)
	}
	p.tok = token{kind: tokLiteral, off: start, end: end, text: text, lit: lit}
	p.next()
	return p.node(Expr{Off: start, Literal: &lit})
}

func (p *parser) primary() (*Expr, *Error) {
	t := p.tok
	switch {
	case p.err != nil:
		return nil, p.err
	case t.is('('):
		p.next()
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		return e, p.closing("')' or operator")
	case t.kind == tokLiteral && t.text[0] != '"':
		p.next()
		return p.node(Expr{Off: t.off, Literal: copyOf(t.lit)})
	case t.kind != tokName:
		return nil, p.syntax()
	case t.text[0] == '@':
		p.next()
		return p.alias(t)
	}
	if lit, ok := wordLiteral(t.text); ok {
		p.next()
		return p.node(Expr{Off: t.off, Literal: copyOf(lit)})
	}
	p.next()
	if p.tok.is('(') {
		return p.call(t)
	}
	return p.path(t)
}

func (p *parser) closing(want string) *Error {
	if !p.tok.is(')') {
		if p.err != nil || p.tok.kind != tokEnd {
			return p.syntax()
		}
		return Refuse(p.option, p.tok.off, "%s expected at position %d in '%s'.", want, position(p.text, p.tok.off), p.text)
	}
	p.next()
	return p.err
}

// copyOf keeps a literal apart from the token that it came in.
func copyOf(l Literal) *Literal { return &l }

func infinity(text string) Literal {
	lit, _ := wordLiteral(text)
	return lit
}
