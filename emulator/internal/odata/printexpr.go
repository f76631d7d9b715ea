package odata

import "strings"

// String prints the expression with the parentheses it needs.
func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	e.print(&b)
	return b.String()
}

func (e *Expr) binds() int {
	switch e.Kind {
	case BinaryExpr, UnaryExpr:
		return e.Op.binds()
	case InExpr:
		return Has.binds()
	}
	return 9
}

func (e *Expr) print(b *strings.Builder) {
	switch e.Kind {
	case LiteralExpr:
		b.WriteString(e.Literal.String())
	case AliasExpr:
		b.WriteString(e.Name)
	case PathExpr:
		e.printPath(b)
	case UnaryExpr:
		b.WriteString(e.Op.String())
		if e.Op == Not {
			b.WriteByte(' ')
		}
		// -5 would read as a number. Parentheses elsewhere would make the text deeper
		// than the one it was read from, and too deep to be read again.
		e.Args[0].operand(b, e.binds(), e.Op == Neg && e.Args[0].Kind == LiteralExpr)
	case BinaryExpr:
		e.Args[0].operand(b, e.binds(), false)
		b.WriteByte(' ')
		b.WriteString(e.Op.String())
		b.WriteByte(' ')
		e.Args[1].operand(b, e.binds()+1, false)
	case InExpr:
		e.Args[0].operand(b, e.binds(), false)
		b.WriteString(" in ")
		if !e.List {
			e.Args[1].operand(b, e.binds()+1, false)
			return
		}
		b.WriteByte('(')
		printList(b, e.Args[1:])
		b.WriteByte(')')
	case CallExpr:
		b.WriteString(e.Name)
		b.WriteByte('(')
		printList(b, e.Args)
		b.WriteByte(')')
	case ListExpr:
		b.WriteByte('[')
		printList(b, e.Args)
		b.WriteByte(']')
	case LambdaExpr:
		e.Args[0].print(b)
		b.WriteByte('/')
		b.WriteString(e.Op.String())
		b.WriteByte('(')
		if len(e.Args) > 1 {
			b.WriteString(e.Var)
			b.WriteByte(':')
			e.Args[1].print(b)
		}
		b.WriteByte(')')
	}
}

func printList(b *strings.Builder, list []*Expr) {
	for i, a := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		a.print(b)
	}
}

func (e *Expr) operand(b *strings.Builder, binds int, always bool) {
	if !always && e.binds() >= binds {
		e.print(b)
		return
	}
	b.WriteByte('(')
	e.print(b)
	b.WriteByte(')')
}

func (e *Expr) printPath(b *strings.Builder) {
	b.WriteString(e.Var)
	for i, s := range e.Steps {
		if i > 0 || e.Var != "" {
			b.WriteByte('/')
		}
		b.WriteString(s.Name)
		if s.Filter != nil {
			b.WriteString("($filter=")
			s.Filter.print(b)
			b.WriteByte(')')
		}
	}
}
