package odata

import (
	"strings"
	"unicode"
)

// Param is one value in the parentheses of a segment: a key ('ida'), a part of
// a key (appId='...'), an argument (period='D7').
type Param struct {
	Name   string // empty for the one unnamed key
	Value  string // without quotes, '' undoubled
	Quoted bool
}

// Alias is the name of the query parameter that holds the value, with its @.
func (p Param) Alias() (string, bool) {
	return p.Value, !p.Quoted && len(p.Value) > 1 && p.Value[0] == '@'
}

// splitCall splits decoded text of the form name(args).
func splitCall(text string) (name, args string, ok bool) {
	open := strings.IndexByte(text, '(')
	if open <= 0 || text[len(text)-1] != ')' || !isQualified(text[:open]) {
		return "", "", false
	}
	if end := matching(text, open); end != len(text)-1 {
		return "", "", false
	}
	return text[:open], text[open+1 : len(text)-1], true
}

// callEnd moves the end of a piece over slashes inside a quoted argument:
// getByPath(path='/sites/harbour') is one segment although its slashes are
// raw. Escaped and raw quotes and parentheses are the same thing here, since
// they are the same thing after decoding.
func callEnd(text string, start, end int) int {
	if end == len(text) || !strings.ContainsAny(text[start:end], "(%") {
		return end
	}
	depth, quoted := 0, false
	for i := start; i < len(text); {
		c, n := pathByte(text, i)
		switch {
		case c == '\'' && depth > 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
		if c == '/' && n == 1 && !quoted {
			return end
		}
		i += n
		if c == ')' && depth == 0 && !quoted {
			return callTail(text, start, i, end)
		}
	}
	return end
}

// callTail accepts a call that ends at i when the segment ends there too.
func callTail(text string, start, i, end int) int {
	rest := i
	if c, n := pathByte(text, i); c == ':' {
		rest += n
	}
	if rest < len(text) && text[rest] != '/' {
		return end
	}
	if name, ok := unescape(text[start:i], false); ok {
		if _, _, call := splitCall(name); call {
			return rest
		}
	}
	return end
}

func pathByte(text string, i int) (c byte, n int) {
	if i >= len(text) {
		return 0, 0
	}
	if text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
		return unhex(text[i+1])<<4 | unhex(text[i+2]), 3
	}
	return text[i], 1
}

// matching finds the parenthesis that closes the one at open, or -1.
func matching(text string, open int) int {
	depth, quoted := 0, false
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// parseParams reads what stands in parentheses; nil when it is no list of
// values, so that the segment can still be a key by its Full text.
func parseParams(args string) []Param {
	if strings.TrimSpace(args) == "" {
		return nil
	}
	parts := splitTop(args, ',')
	out := make([]Param, 0, len(parts))
	for _, part := range parts {
		p, ok := parseParam(strings.TrimSpace(part.text))
		if !ok || p.Name == "" && len(out) > 0 {
			return nil
		}
		out = append(out, p)
	}
	if len(out) > 1 && out[0].Name == "" {
		return nil
	}
	return out
}

func parseParam(text string) (Param, bool) {
	var p Param
	if eq := strings.IndexByte(text, '='); eq > 0 && isQualified(strings.TrimSpace(text[:eq])) {
		// A key may end in the padding of base64: users(QUJD==).
		if rest := strings.TrimSpace(text[eq+1:]); rest != "" && rest[0] != '=' {
			p.Name, text = strings.TrimSpace(text[:eq]), rest
		}
	}
	if text == "" {
		return p, false
	}
	if text[0] != '\'' {
		p.Value = text
		return p, true
	}
	value, end, ok := quoted(text, 0)
	p.Value, p.Quoted = value, true
	return p, ok && end == len(text)
}

// quoted reads a string literal that starts at off and returns its value and
// the offset behind it.
func quoted(text string, off int) (value string, end int, ok bool) {
	i := off + 1
	for i < len(text) {
		if text[i] != '\'' {
			i++
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i += 2
			continue
		}
		value = text[off+1 : i]
		if strings.IndexByte(value, '\'') >= 0 {
			value = strings.ReplaceAll(value, "''", "'")
		}
		return value, i + 1, true
	}
	return "", len(text), false
}

// part is a piece of a list and where it starts.
type part struct {
	text string
	off  int
}

// splitTop splits at sep outside of quotes and brackets.
func splitTop(text string, sep byte) []part {
	out := make([]part, 0, 1+strings.Count(text, string(rune(sep))))
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' && i+1 < len(text) {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == sep && depth == 0:
			out = append(out, part{text[start:i], start})
			start = i + 1
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		}
	}
	return append(out, part{text[start:], start})
}

// isQualified tells a name of the model, with or without a namespace.
func isQualified(s string) bool {
	start := true
	for _, r := range s {
		switch {
		case r == '.':
			if start {
				return false
			}
			start = true
		case r == '_' || unicode.IsLetter(r) || r >= '0' && r <= '9' && !start:
			start = false
		default:
			return false
		}
	}
	return !start
}
