package edm

import (
	"iter"
	"strings"
)

// Template adds a step, which seg has led to, to a path's key into the catalog: names
// in the model's spelling, {} for keys, {path} between colons. It keeps the road as
// written.
func (s *Step) Template(b *strings.Builder, seg Segment) {
	switch s.Kind {
	case Skip:
		return
	case ColonPath:
		b.WriteString(":/{path}:")
		return
	case Key:
		b.WriteString("/{}")
		return
	}
	b.WriteByte('/')
	switch s.Kind {
	case Nav:
		b.WriteString(s.Nav.Name)
	case Prop:
		if s.Prop != nil {
			b.WriteString(s.Prop.Name)
		} else {
			b.WriteString(seg.Text)
		}
	case Cast:
		b.WriteString(string(s.Type.Name))
	case Func, Action:
		b.WriteString(s.Op.Name)
		parameters(b, seg.Args)
	default: // $value, $ref, $count
		b.WriteString(strings.ToLower(seg.Text))
	}
	if !s.Keyed {
		return
	}
	if name, _, ok := strings.Cut(seg.Args, "="); ok && identifier(strings.TrimSpace(name)) {
		parameters(b, seg.Args)
	} else {
		b.WriteString("/{}")
	}
}

// parameters writes the names of arguments in their order.
func parameters(b *strings.Builder, args string) {
	opening := byte('(')
	for text := range Arguments(args) {
		b.WriteByte(opening)
		opening = ','
		if name, _, ok := strings.Cut(text, "="); ok && identifier(strings.TrimSpace(name)) {
			b.WriteString(strings.TrimSpace(name))
		}
		b.WriteString("={}")
	}
	if opening == ',' {
		b.WriteByte(')')
	}
}

// Arguments yields what stands between the commas of arguments; commas in quotes and
// brackets, of whatever kind, divide nothing.
func Arguments(args string) iter.Seq[string] {
	return func(yield func(string) bool) {
		depth, quoted, start := 0, false, 0
		for i := range len(args) {
			switch c := args[i]; {
			case c == '\'':
				quoted = !quoted
			case quoted:
			case strings.IndexByte("{[(<", c) >= 0:
				depth++
			case strings.IndexByte("}])>", c) >= 0:
				depth--
			case c == ',' && depth <= 0:
				if !yield(args[start:i]) {
					return
				}
				start = i + 1
			}
		}
		if strings.TrimSpace(args[start:]) != "" {
			yield(args[start:])
		}
	}
}

func identifier(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z' || s[i] == '_'; !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}
