package odata

import (
	"math"
	"strings"
)

// wordLiteral reads the literals that look like names.
func wordLiteral(word string) (Literal, bool) {
	switch {
	case strings.EqualFold(word, "null"):
		return Literal{Kind: Null, Text: "null"}, true
	case strings.EqualFold(word, "true"):
		return Literal{Kind: Bool, Text: "true", Bool: true}, true
	case strings.EqualFold(word, "false"):
		return Literal{Kind: Bool, Text: "false"}, true
	case word == "NaN":
		return Literal{Kind: Float, Text: word, Num: math.NaN()}, true
	case word == "INF":
		return Literal{Kind: Float, Text: word, Num: math.Inf(1)}, true
	case word == "-INF":
		return Literal{Kind: Float, Text: word, Num: math.Inf(-1)}, true
	}
	return Literal{}, false
}

// alias reads what @p stands for, from the query that this expression is part
// of. An alias may name another; a circle runs into the depth limit.
func (p *parser) alias(t token) (*Expr, *Error) {
	e, err := p.node(Expr{Kind: AliasExpr, Off: t.off, Name: t.text})
	if err != nil {
		return nil, err
	}
	text, ok := p.aliases[t.text]
	if !ok || strings.TrimSpace(text) == "" {
		return e, nil
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	q := newParser(p.option, text, p.scope)
	var value *Expr
	if q.tok.is('[') {
		value, err = q.array()
	} else {
		value, err = q.expr(0)
	}
	if err == nil && (q.tok.kind != tokEnd || q.err != nil) {
		err = q.syntax()
	}
	if err != nil {
		return nil, err
	}
	e.Args = []*Expr{value}
	return e, nil
}

// array reads ["a","b"].
func (p *parser) array() (*Expr, *Error) {
	off := p.tok.off
	p.next()
	list, err := p.elements(']')
	if err != nil {
		return nil, err
	}
	return p.node(Expr{Kind: ListExpr, Off: off, Args: list})
}

// elements reads literals and other operands up to end, which it passes.
func (p *parser) elements(end byte) ([]*Expr, *Error) {
	var list []*Expr
	for !p.tok.is(end) {
		if len(list) > 0 {
			if !p.tok.is(',') {
				return nil, p.expected("')' or ','")
			}
			p.next()
		}
		if t := p.tok; t.kind == tokLiteral && t.text[0] == '"' {
			p.next()
			e, err := p.node(Expr{Off: t.off, Literal: copyOf(t.lit)})
			if err != nil {
				return nil, err
			}
			list = append(list, e)
			continue
		}
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	p.next()
	return list, p.err
}

func (p *parser) expected(want string) *Error {
	if p.err != nil {
		return p.err
	}
	return Refuse(p.option, p.tok.off, "%s expected at position %d in '%s'.", want, position(p.text, p.tok.off), p.text)
}

func (p *parser) in(left *Expr) (*Expr, *Error) {
	e := Expr{Kind: InExpr, Off: p.tok.off, Args: []*Expr{left}}
	p.next()
	end := byte(0)
	switch {
	case p.tok.is('('):
		end = ')'
	case p.tok.is('['):
		end = ']'
	default:
		right, err := p.primary()
		if err != nil {
			return nil, err
		}
		if r := right.Resolved(); r != nil && r.Kind == LiteralExpr {
			return nil, Refuse(p.option, right.Off, "'(' expected at position %d in '%s'.", position(p.text, right.Off), p.text)
		}
		e.Args = append(e.Args, right)
		return p.node(e)
	}
	p.next()
	list, err := p.elements(end)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, p.syntax()
	}
	e.List, e.Args = true, append(e.Args, list...)
	return p.node(e)
}

func (p *parser) call(name token) (*Expr, *Error) {
	p.next()
	args, err := p.elements(')')
	if err != nil {
		return nil, err
	}
	return p.node(Expr{Kind: CallExpr, Off: name.off, Name: strings.ToLower(name.text), Args: args})
}

// path reads the rest of a path whose first name has been read, with the
// lambda or the $count that may end it.
func (p *parser) path(first token) (*Expr, *Error) {
	e := Expr{Kind: PathExpr, Off: first.off}
	if first.text == "$it" || first.text == "$this" || p.declared(first.text) {
		e.Var = first.text
	} else if err := p.step(&e, first); err != nil {
		return nil, err
	}
	for p.tok.is('/') {
		p.next()
		t := p.tok
		if t.kind != tokName {
			return nil, p.syntax()
		}
		p.next()
		if op := lambdaOp(&t); op != NoOp && p.tok.is('(') {
			return p.lambda(e, op, t.off)
		}
		if err := p.step(&e, t); err != nil {
			return nil, err
		}
	}
	return p.node(e)
}

func (p *parser) step(e *Expr, t token) *Error {
	if n := len(e.Steps); n > 0 && e.Steps[n-1].Kind == Count || n > maxDepth {
		return Refuse(p.option, t.off, "Syntax error at position %d in '%s'.", position(p.text, t.end-1), p.text)
	}
	s := Step{Name: t.text, Off: t.off}
	switch {
	case strings.EqualFold(t.text, "$count"):
		s.Kind, s.Name = Count, "$count"
		if p.tok.is('(') {
			if err := p.countFilter(&s); err != nil {
				return err
			}
		}
	case t.text[0] == '$' || t.text[0] == '@':
		return invalidCharacter(p.option, p.text, t.off)
	case strings.IndexByte(t.text, '.') > 0:
		s.Kind = Cast
	}
	e.Steps = append(e.Steps, s)
	return nil
}

// countFilter reads $count($filter=...).
func (p *parser) countFilter(s *Step) *Error {
	p.next()
	if !p.tok.word("$filter") || !strings.HasPrefix(p.text[p.tok.end:], "=") {
		return p.syntax()
	}
	p.tok.end++
	p.next()
	e, err := p.expr(0)
	if err != nil {
		return err
	}
	s.Filter = e
	return p.closing("')' or operator")
}

func lambdaOp(t *token) Op {
	switch {
	case t.word("any"):
		return Any
	case t.word("all"):
		return All
	}
	return NoOp
}

func (p *parser) declared(name string) bool {
	for _, v := range p.vars {
		if v == name {
			return true
		}
	}
	return false
}

func (p *parser) lambda(path Expr, op Op, off int) (*Expr, *Error) {
	over, err := p.node(path)
	if err != nil {
		return nil, err
	}
	e := Expr{Kind: LambdaExpr, Op: op, Off: off, Args: []*Expr{over}}
	p.next()
	if p.tok.is(')') && op == Any {
		p.next()
		return p.node(e)
	}
	name := p.tok
	if name.kind != tokName || name.text[0] == '$' || name.text[0] == '@' {
		return nil, p.syntax()
	}
	if p.declared(name.text) {
		return nil, Refuse(p.option, name.off, "The range variable '%s' has already been declared.", name.text)
	}
	p.next()
	if !p.tok.is(':') {
		return nil, p.syntax()
	}
	p.next()
	p.vars = append(p.vars, name.text)
	body, err := p.expr(0)
	p.vars = p.vars[:len(p.vars)-1]
	if err != nil {
		return nil, err
	}
	e.Var, e.Args = name.text, append(e.Args, body)
	if err := p.closing("')' or operator"); err != nil {
		return nil, err
	}
	return p.node(e)
}
