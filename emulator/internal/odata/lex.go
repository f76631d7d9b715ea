package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd  tokenKind = iota
	tokName           // identifier, with dots; $it, $count; @alias
	tokLiteral
	tokPunct // one character: ( ) [ ] , / : * - ;
)

type token struct {
	kind     tokenKind
	off, end int
	text     string
	lit      Literal
}

func (t *token) is(c byte) bool { return t.kind == tokPunct && t.text[0] == c }

// word reports whether t is the keyword w, in any case (B-3.35).
func (t *token) word(w string) bool { return t.kind == tokName && strings.EqualFold(t.text, w) }

// lexer reads the tokens of an expression one ahead of the parser.
type lexer struct {
	option string
	text   string
	tok    token // the current one
	err    *Error
}

// next moves to the next token. After an error it stays at the end.
func (l *lexer) next() {
	if l.err != nil {
		return
	}
	if l.tok, l.err = l.scan(l.tok.end); l.err != nil {
		l.tok = token{kind: tokEnd, off: len(l.text), end: len(l.text)}
	}
}

func (l *lexer) scan(i int) (token, *Error) {
	s := l.text
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	if i == len(s) {
		return token{kind: tokEnd, off: i, end: i}, nil
	}
	switch c := s[i]; {
	case c == '\'':
		return l.quoted(i)
	case isHex(c):
		if end := scanGUID(s, i); end > 0 {
			return token{kind: tokLiteral, off: i, end: end, text: s[i:end], lit: Literal{Kind: GUID, Text: s[i:end]}}, nil
		}
		if isDigit(c) {
			return l.number(i)
		}
		return l.name(i)
	case strings.IndexByte("()[],/:*-;", c) >= 0:
		return token{kind: tokPunct, off: i, end: i + 1, text: s[i : i+1]}, nil
	case c == '"':
		return l.doubleQuoted(i)
	}
	return l.name(i)
}

func (l *lexer) quoted(i int) (token, *Error) {
	value, end, ok := quoted(l.text, i)
	if !ok {
		return token{}, unterminated(l.option, l.text, i)
	}
	return token{kind: tokLiteral, off: i, end: end, text: l.text[i:end], lit: StringLiteral(value)}, nil
}

// doubleQuoted reads the strings of a JSON array, the form an alias gives the
// list of "in". The parser accepts them nowhere else.
func (l *lexer) doubleQuoted(i int) (token, *Error) {
	var b strings.Builder
	for j := i + 1; j < len(l.text); j++ {
		switch c := l.text[j]; c {
		case '"':
			return token{kind: tokLiteral, off: i, end: j + 1, text: l.text[i : j+1], lit: StringLiteral(b.String())}, nil
		case '\\':
			if j++; j < len(l.text) {
				b.WriteByte(l.text[j])
			}
		default:
			b.WriteByte(c)
		}
	}
	return token{}, unterminated(l.option, l.text, i)
}

func (l *lexer) number(i int) (token, *Error) {
	lit, end, ok := scanMoment(l.text, i)
	if ok {
		if lit.Kind == Null {
			return token{}, badLiteral(l.option, l.text, i, "Edm.DateTimeOffset", l.text[i:end])
		}
	} else {
		var suffix int
		suffix, end = scanNumber(l.text, i)
		text := strings.ReplaceAll(l.text[i:suffix], " ", "+")
		if lit, ok = numberLiteral(text); !ok {
			return token{}, badLiteral(l.option, l.text, i, "Edm.Double", text)
		}
	}
	if end < len(l.text) && (isAlnum(l.text[end]) || l.text[end] == '_' || l.text[end] == '\'') {
		return token{}, invalidCharacter(l.option, l.text, end)
	}
	return token{kind: tokLiteral, off: i, end: end, text: l.text[i:end], lit: lit}, nil
}

func (l *lexer) name(i int) (token, *Error) {
	s, j := l.text, i
	if c := s[i]; c == '$' || c == '@' {
		j++
	}
	start := j
	for j < len(s) {
		r, n := rune(s[j]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[j:])
		}
		inner := j > start && (r == '.' || r >= '0' && r <= '9')
		if r != '_' && !inner && !unicode.IsLetter(r) && !(j > start && unicode.Is(unicode.Mn, r)) {
			break
		}
		j += n
	}
	if j == start || s[j-1] == '.' {
		return token{}, invalidCharacter(l.option, s, min(i, len(s)-1))
	}
	t := token{kind: tokName, off: i, end: j, text: s[i:j]}
	if j < len(s) && s[j] == '\'' && i == start {
		return l.typed(t)
	}
	return t, nil
}

// typed reads a literal that names its type: duration'PT1H', an enumeration.
func (l *lexer) typed(t token) (token, *Error) {
	value, end, ok := quoted(l.text, t.end)
	if !ok {
		return token{}, unterminated(l.option, l.text, t.end)
	}
	lit := Literal{Kind: Enum, Type: t.text, Text: value}
	switch strings.ToLower(t.text) {
	case "duration":
		d, ok := ParseDuration(value)
		if !ok {
			return token{}, badLiteral(l.option, l.text, t.off, "Edm.Duration", l.text[t.off:end])
		}
		lit = Literal{Kind: Duration, Text: value, Dur: d}
	case "binary":
		lit = Literal{Kind: Binary, Text: value}
	case "guid":
		if scanGUID(value, 0) != len(value) || value == "" {
			return token{}, badLiteral(l.option, l.text, t.off, "Edm.Guid", l.text[t.off:end])
		}
		lit = Literal{Kind: GUID, Text: value}
	}
	return token{kind: tokLiteral, off: t.off, end: end, text: l.text[t.off:end], lit: lit}, nil
}

// syntax is the refusal of the current token. The service counts to the end
// of the token behind the one it stumbles over, as the sample of B-2.25 shows.
func (l *lexer) syntax() *Error {
	if l.err != nil {
		return l.err
	}
	if l.tok.kind == tokEnd {
		return Refuse(l.option, l.tok.off, "Expression expected at position %d in '%s'.", position(l.text, l.tok.off), l.text)
	}
	at := l.tok.end
	if after, err := l.scan(at); err == nil && after.kind != tokEnd {
		at = after.end
	}
	return Refuse(l.option, l.tok.off, "Syntax error at position %d in '%s'.", position(l.text, at-1), l.text)
}
