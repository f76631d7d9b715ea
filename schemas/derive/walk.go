package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// walked is a documented path with what the model makes of it.
type walked struct {
	steps    []edm.Step
	template string
	failed   int       // index of the segment that leads nowhere; -1 when all do
	at       *edm.Type // where it failed
	many     bool      // on a collection
}

func segment(s page.Segment) edm.Segment {
	return edm.Segment{Text: s.Text, Parens: s.Parens, Args: s.Args, Colon: s.Colon, Key: s.Key}
}

// walk resolves a documented path. Dots that stand for any depth are skipped:
// the segment behind them is the same navigation again.
func walk(m *edm.Model, segs []page.Segment) walked {
	c := m.Start()
	w := walked{failed: -1, at: m.Root()}
	var b strings.Builder
	for i, seg := range segs {
		if seg.Depth {
			continue
		}
		s, err := c.Step(segment(seg))
		if err != nil {
			w.failed = i
			return w
		}
		w.steps = append(w.steps, s)
		if s.Kind != edm.Skip {
			w.at, w.many = s.Type, s.Many
		}
		template(&b, s, seg)
	}
	w.template = b.String()
	if w.template == "" {
		w.template = "/"
	}
	return w
}

// template adds a step to the key into the catalogue, as bind writes it for a
// request: names in the model's spelling, {} for keys, {path} between colons.
func template(b *strings.Builder, s edm.Step, seg page.Segment) {
	switch s.Kind {
	case edm.Skip:
		return
	case edm.ColonPath:
		b.WriteString(":/{path}:")
		return
	}
	b.WriteByte('/')
	switch s.Kind {
	case edm.Nav:
		b.WriteString(s.Nav.Name)
		if s.Keyed {
			keyed(b, seg)
		}
	case edm.Key:
		key(b, seg)
	case edm.Cast:
		b.WriteString(string(s.Type.Name))
		if s.Keyed {
			keyed(b, seg)
		}
	case edm.Prop:
		if s.Prop != nil {
			b.WriteString(s.Prop.Name)
		} else {
			b.WriteString(seg.Text)
		}
	case edm.Func, edm.Action:
		b.WriteString(s.Op.Name)
		arguments(b, seg.Args)
	default:
		b.WriteString(strings.ToLower(seg.Text))
	}
}

// keyed writes a key that stands in the parentheses of a name: what is named stays
// there, a plain one reads as a segment.
func keyed(b *strings.Builder, seg page.Segment) {
	if !strings.Contains(seg.Args, "=") {
		b.WriteByte('/')
	}
	key(b, seg)
}

func key(b *strings.Builder, seg page.Segment) {
	if seg.Parens && strings.Contains(seg.Args, "=") {
		arguments(b, seg.Args)
		return
	}
	b.WriteString("{}")
}

// arguments prints the names of the arguments in the order of the request.
func arguments(b *strings.Builder, args string) {
	parts := split(args)
	if len(parts) == 0 {
		return
	}
	for i, p := range parts {
		b.WriteByte(map[bool]byte{true: '(', false: ','}[i == 0])
		name, _, ok := strings.Cut(p, "=")
		if name = strings.TrimSpace(name); ok && identifier(name) {
			b.WriteString(name)
		}
		b.WriteString("={}")
	}
	b.WriteByte(')')
}

// split cuts arguments at commas outside quotes and brackets.
func split(args string) []string {
	var out []string
	depth, quoted, start := 0, false, 0
	for i := 0; i < len(args); i++ {
		switch c := args[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case strings.IndexByte("{[(<", c) >= 0:
			depth++
		case strings.IndexByte("}])>", c) >= 0:
			depth--
		case c == ',' && depth <= 0:
			out = append(out, args[start:i])
			start = i + 1
		}
	}
	if strings.TrimSpace(args[start:]) != "" {
		out = append(out, args[start:])
	}
	return out
}

// astray reports whether a walk that found a meaning for every segment cannot
// be what the page means: a plain word that became the key of a member, and
// then is posted to or called, or is a verb.
func astray(w walked, l page.Line) bool {
	if w.failed >= 0 || len(w.steps) == 0 {
		return false
	}
	last := w.steps[len(w.steps)-1]
	seg := l.Segments[len(l.Segments)-1]
	return last.Kind == edm.Key && !seg.Key && identifier(seg.Text) && (l.Method == "POST" || seg.Parens || verbal(seg.Text))
}
