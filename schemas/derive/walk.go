package derive

import (
	"slices"
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
		s.Template(&b, segment(seg))
	}
	w.template = b.String()
	if w.template == "" {
		w.template = "/"
	}
	return w
}

// split gives arguments one by one.
func split(args string) []string { return slices.Collect(edm.Arguments(args)) }

// astray reports whether a walk that found a meaning for every segment cannot
// be what the page means: a plain word that became the key of a member, and
// then is posted to or called, is a verb, or answers a collection.
func (dl *docLine) astray() bool {
	if dl.w.failed >= 0 || len(dl.w.steps) == 0 {
		return false
	}
	last := dl.w.steps[len(dl.w.steps)-1]
	seg := dl.line.Segments[len(dl.line.Segments)-1]
	if last.Kind != edm.Key || seg.Key || !identifier(strings.ReplaceAll(seg.Text, ".", "")) {
		return false
	}
	if dl.shown && !dl.page.Names(seg.Text) {
		return false // an id of letters
	}
	return dl.line.Method == "POST" || seg.Parens || verbal(seg.Text) || dl.line.Method == "GET" && dl.listed()
}

// listed reports whether the example of the line answers a collection.
func (dl *docLine) listed() bool {
	e := dl.example()
	return e != nil && e.Responses[0].IsCollection
}
