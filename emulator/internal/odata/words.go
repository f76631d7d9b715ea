package odata

import "strings"

// Words reads a search in the language of mail, drives and people: words,
// "phrases", property:value, AND, OR, NOT, parentheses. It refuses nothing:
// what fits nowhere is a word. It is nil when there is nothing to look for.
func (s *Search) Words() *SearchExpr {
	text := strings.TrimSpace(s.Text)
	if inner, ok := wholeQuoted(text); ok {
		text = inner
	}
	r := wordReader{words: splitWords(text)}
	return r.or(0)
}

// wholeQuoted takes the quotes off that clients put around the whole search.
func wholeQuoted(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text, false
	}
	inner := text[1 : len(text)-1]
	escaped := strings.ReplaceAll(strings.ReplaceAll(inner, `\\`, ""), `\"`, "")
	if strings.Contains(escaped, `"`) || strings.HasSuffix(escaped, `\`) {
		return text, false
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner), true
}

type word struct {
	text     string
	property string
	quoted   bool
	off      int
}

// splitWords splits at blanks and parentheses outside of quotes, and a
// property from its value.
func splitWords(text string) []word {
	var out []word
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '(' || c == ')':
			out = append(out, word{text: text[i : i+1], off: i})
			i++
		default:
			w, end := readWord(text, i)
			out, i = append(out, w), end
		}
	}
	return out
}

func readWord(text string, i int) (word, int) {
	w := word{off: i}
	start := i
	for i < len(text) && strings.IndexByte(" \t()", text[i]) < 0 {
		if text[i] == ':' && w.property == "" && !w.quoted && isSearchProperty(text[start:i]) {
			w.property, start = text[start:i], i+1
		}
		if text[i] == '"' && i == start {
			if end := strings.IndexByte(text[i+1:], '"'); end >= 0 {
				w.text, w.quoted = text[i+1:i+1+end], true
				return w, i + end + 2
			}
		}
		i++
	}
	w.text = strings.Trim(text[start:i], `"`)
	return w, i
}

type wordReader struct {
	words []word
	pos   int
}

func (r *wordReader) keyword(names ...string) bool {
	if r.pos < len(r.words) && !r.words[r.pos].quoted && r.words[r.pos].property == "" {
		for _, n := range names {
			if r.words[r.pos].text == n {
				return true
			}
		}
	}
	return false
}

func (r *wordReader) or(depth int) *SearchExpr {
	var args []*SearchExpr
	for {
		if e := r.and(depth); e != nil {
			args = append(args, e)
		}
		if !r.keyword("OR") {
			return joined(Or, args)
		}
		r.pos++
	}
}

func (r *wordReader) and(depth int) *SearchExpr {
	var args []*SearchExpr
	for r.pos < len(r.words) && !r.keyword("OR") {
		if r.keyword(")") {
			if depth > 0 {
				break
			}
			r.pos++
			continue
		}
		if r.keyword("AND") {
			r.pos++
			continue
		}
		if e := r.term(depth); e != nil {
			args = append(args, e)
		}
	}
	return joined(And, args)
}

func (r *wordReader) term(depth int) *SearchExpr {
	negate := r.keyword("NOT")
	for r.keyword("NOT") {
		r.pos++
	}
	if r.pos == len(r.words) {
		return nil
	}
	var e *SearchExpr
	if r.keyword("(") && depth < maxDepth {
		r.pos++
		e = r.or(depth + 1)
		if r.keyword(")") {
			r.pos++
		}
	} else {
		w := r.words[r.pos]
		r.pos++
		e = &SearchExpr{Property: w.property, Text: w.text, Off: w.off}
	}
	if negate && e != nil {
		return &SearchExpr{Op: Not, Off: e.Off, Args: []*SearchExpr{e}}
	}
	return e
}

func joined(op Op, args []*SearchExpr) *SearchExpr {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &SearchExpr{Op: op, Off: args[0].Off, Args: args}
}
