package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Search is the value of $search. Which language it is in depends on what is
// searched, so it is read on demand: Clauses for the directory, Words for the
// rest.
type Search struct{ Text string }

// SearchExpr is a node of a parsed search.
type SearchExpr struct {
	Op       Op     // And, Or, Not over Args; NoOp for a term
	Property string // of a term: name before the colon; empty for a word
	Text     string // of a term
	Off      int
	Args     []*SearchExpr
}

// Clauses reads "property:text" clauses joined by AND, OR, NOT and
// parentheses (B-3.79). Every error is an *Error.
func (s *Search) Clauses() (*SearchExpr, error) {
	p := &searchParser{text: s.Text, scope: &scope{}}
	p.next()
	e, err := p.or()
	if err == nil && p.kind != tokEnd {
		err = p.syntax()
	}
	if err == nil {
		err = p.err
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// String prints a directory search that Clauses reads again.
func (e *SearchExpr) String() string {
	switch e.Op {
	case NoOp:
		text := e.Text
		if e.Property != "" {
			text = e.Property + ":" + text
		}
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	case Not:
		return "NOT " + e.Args[0].operand(Not)
	}
	parts := make([]string, len(e.Args))
	for i, a := range e.Args {
		parts[i] = a.operand(e.Op)
	}
	return strings.Join(parts, " "+strings.ToUpper(e.Op.String())+" ")
}

func (e *SearchExpr) operand(under Op) string {
	if e.Op != NoOp && e.Op.binds() <= under.binds() {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// Walk calls visit for every term.
func (e *SearchExpr) Walk(visit func(*SearchExpr)) {
	if e == nil {
		return
	}
	if e.Op == NoOp {
		visit(e)
	}
	for _, a := range e.Args {
		a.Walk(visit)
	}
}

// searchParser reads the directory's language: quoted clauses, words AND, OR,
// NOT in capitals, parentheses.
type searchParser struct {
	*scope
	text  string
	kind  tokenKind
	word  string // punctuation, keyword, or the unescaped clause
	start int
	end   int
	err   *Error
}

func (p *searchParser) next() {
	i := p.end
	for i < len(p.text) && unicode.IsSpace(rune(p.text[i])) {
		i++
	}
	p.start = i
	if i == len(p.text) || p.err != nil {
		p.kind, p.end = tokEnd, i
		return
	}
	switch c := p.text[i]; {
	case c == '(' || c == ')':
		p.kind, p.word, p.end = tokPunct, p.text[i:i+1], i+1
	case c == '"':
		p.clause(i)
	default:
		p.end = i
		for p.end < len(p.text) && isSearchWord(p.text[p.end]) {
			p.end++
		}
		p.kind, p.word = tokName, p.text[i:p.end]
	}
}

func isSearchWord(c byte) bool { return isAlnum(c) || c == '_' || c >= utf8.RuneSelf }

func (p *searchParser) clause(i int) {
	var b strings.Builder
	for j := i + 1; j < len(p.text); j++ {
		switch c := p.text[j]; {
		case c == '"':
			p.kind, p.word, p.end = tokLiteral, b.String(), j+1
			return
		case c == '\\' && j+1 < len(p.text) && (p.text[j+1] == '"' || p.text[j+1] == '\\'):
			j++
			b.WriteByte(p.text[j])
		default:
			b.WriteByte(c)
		}
	}
	p.kind, p.end, p.err = tokEnd, len(p.text), unterminated("$search", p.text, i)
}

// syntax refuses the current token. A word outside of quotes is refused at
// the first character that no operator has (B-3.81).
func (p *searchParser) syntax() *Error {
	if p.err != nil {
		return p.err
	}
	at := p.start
	if p.kind == tokName && p.end < len(p.text) && strings.IndexByte(" ()\"", p.text[p.end]) < 0 {
		at = p.end
	}
	if at >= len(p.text) {
		return Refuse("$search", at, "Expression expected at position %d in '%s'.", position(p.text, at), p.text)
	}
	return invalidCharacter("$search", p.text, at)
}

func (p *searchParser) or() (*SearchExpr, *Error) {
	return p.chain(Or, func() bool { return p.keyword("OR") }, func() (*SearchExpr, *Error) {
		// Two clauses side by side are joined as OData joins them, by AND.
		return p.chain(And, func() bool {
			return p.keyword("AND") || p.kind == tokLiteral || p.is("(") || p.at("NOT")
		}, p.not)
	})
}

func (p *searchParser) chain(op Op, more func() bool, operand func() (*SearchExpr, *Error)) (*SearchExpr, *Error) {
	first, err := operand()
	if err != nil || !more() {
		return first, err
	}
	e := &SearchExpr{Op: op, Off: first.Off, Args: []*SearchExpr{first}}
	for {
		next, err := operand()
		if err != nil {
			return nil, err
		}
		if e.Args = append(e.Args, next); !more() {
			return e, nil
		}
	}
}

func (p *searchParser) at(word string) bool { return p.kind == tokName && p.word == word }
func (p *searchParser) is(punct string) bool {
	return p.kind == tokPunct && p.word == punct
}

func (p *searchParser) keyword(word string) bool {
	if !p.at(word) {
		return false
	}
	p.next()
	return true
}

func (p *searchParser) not() (*SearchExpr, *Error) {
	if p.depth++; p.depth > maxDepth {
		return nil, Refuse("$search", p.start, "Recursion limit reached.")
	}
	defer func() { p.depth-- }()
	off := p.start
	if p.keyword("NOT") {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		return &SearchExpr{Op: Not, Off: off, Args: []*SearchExpr{e}}, nil
	}
	if p.is("(") {
		p.next()
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.is(")") {
			return nil, p.syntax()
		}
		p.next()
		return e, nil
	}
	if p.kind != tokLiteral {
		return nil, p.syntax()
	}
	name, text, ok := strings.Cut(p.word, ":")
	name = strings.TrimSpace(name)
	if !ok || !isSearchProperty(name) {
		return nil, Refuse("$search", off, "Syntax error: the clause '%s' at position %d in '%s' names no property.",
			p.word, position(p.text, off), p.text)
	}
	p.next()
	return &SearchExpr{Property: name, Text: strings.TrimSpace(text), Off: off}, nil
}

func isSearchProperty(name string) bool {
	for _, step := range strings.Split(name, "/") {
		if !isQualified(step) {
			return false
		}
	}
	return true
}
