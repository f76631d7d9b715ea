package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// gap is a segment that documented paths use and no layer declares, with what
// the pages let us know of it.
type gap struct {
	owner    string // full name of the type it is missing on
	on       bool   // missing on a collection
	name     string // as first documented
	keyed    bool   // a key follows
	listed   bool   // GET answers a collection
	lists    bool   // POST answers a collection
	created  bool   // POST answers 201
	posted   bool   // POST answers anything else
	called   bool   // parentheses follow
	through  bool   // another segment follows
	returns  map[string]int
	answered bool // some page shows an answer
	body     page.BodyKind
	page     *page.Page // the first that uses it as last segment
	args     string
}

// evidence gathers the gaps of the lines that do not resolve, in line order.
func (c *compiler) evidence(lines []docLine) []*gap {
	byKey := map[string]*gap{}
	var order []*gap
	for i := range lines {
		dl := &lines[i]
		at, on, ok := dl.missing()
		if !ok {
			continue
		}
		owner := rootName
		if t := dl.lacking(at); t != nil {
			owner = string(t.Name)
		}
		seg := dl.line.Segments[at]
		key := owner + "/" + fold(seg.Text)
		if on {
			key += "*"
		}
		g := byKey[key]
		if g == nil {
			g = &gap{owner: owner, on: on, name: seg.Text, returns: map[string]int{}}
			byKey[key] = g
			order = append(order, g)
		}
		c.observe(g, dl, at)
	}
	return order
}

// missing is the index of the segment the model lacks and whether it is asked
// of a collection.
func (dl *docLine) missing() (at int, on, ok bool) {
	w := dl.w
	switch {
	case w.failed >= 0:
		if dl.keysValues() {
			return w.failed - 1, false, true
		}
		if w.at == nil {
			return 0, false, false // behind a value: nothing to add it to
		}
		return w.failed, w.many, true
	case dl.astray():
		return len(dl.line.Segments) - 1, true, true
	}
	return 0, false, false
}

// lacking is the type that lacks the segment at.
func (dl *docLine) lacking(at int) *edm.Type {
	if dl.w.failed == at || dl.w.failed < 0 {
		return dl.w.at
	}
	if n := len(dl.w.steps); n > 1 {
		return dl.w.steps[n-2].Type
	}
	return nil
}

// keysValues reports whether a line fails at a key behind a list of primitive values: the
// page has entities where the metadata has texts under the same name.
func (dl *docLine) keysValues() bool {
	w, n := &dl.w, len(dl.w.steps)
	return w.failed == n && n > 1 && dl.line.Segments[w.failed].Key && w.steps[n-1].Kind == edm.Prop && w.steps[n-1].Many &&
		w.steps[n-1].Prim != "" && w.steps[n-2].Type != nil && w.steps[n-2].Type.Kind == edm.Entity
}

func (c *compiler) observe(g *gap, dl *docLine, at int) {
	segs := dl.line.Segments
	if segs[at].Parens {
		g.called = true
		if len(split(segs[at].Args)) > len(split(g.args)) {
			g.args = segs[at].Args // the page may show it both ways
		}
	}
	if at+1 < len(segs) {
		next := segs[at+1]
		counts := next.Text == "$count" || next.Text == "$ref"
		g.keyed = g.keyed || next.Key || counts
		g.through = g.through || !next.Key && !counts
		last := at+2 == len(segs) && next.Key
		if last {
			if r := c.answers(dl); r.name != "" && !r.many {
				g.returns[r.name]++
			}
		}
		return
	}
	r := c.answers(dl)
	if r.name != "" {
		g.returns[r.name]++
	}
	switch dl.line.Method {
	case "GET":
		g.listed = g.listed || r.many
	case "POST":
		g.created = g.created || r.status == 201
		g.posted = g.posted || r.status != 201
		g.lists = g.lists || r.many
	}
	if r.seen {
		g.answered, g.body = true, r.body
	}
	if g.page == nil || dl.line.Method == "POST" {
		g.page = dl.page
	}
}

// result is the type most pages name.
func (g *gap) result() string { return most(g.returns) }

// singular is the word for one of what a collection is named after.
func singular(s string) string {
	switch {
	case strings.HasSuffix(s, "ies") && len(s) > 4:
		return strings.TrimSuffix(s, "ies") + "y"
	case strings.HasSuffix(s, "sses"), strings.HasSuffix(s, "xes"), strings.HasSuffix(s, "ches"):
		return strings.TrimSuffix(s, "es")
	case strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss"):
		return strings.TrimSuffix(s, "s")
	}
	return s
}

// qualified splits a name with a namespace, which need not be Graph's; ok is false when it
// is no name.
func qualified(name string) (ns, shortName string, ok bool) {
	if !strings.Contains(name, ".") {
		return graphNS, name, identifier(name)
	}
	if rest, is := strings.CutPrefix(fold(name), "graph."); is {
		name = graphNS + "." + name[len(name)-len(rest):]
	}
	return space(name), short(name), identifier(strings.ReplaceAll(name, ".", ""))
}

// elsewhere is the type that navigations of this name lead to on other types,
// empty when there is none.
func (c *compiler) elsewhere(name string, isMany bool) string {
	count := map[string]int{}
	for _, t := range c.draft.types {
		if t == nil {
			continue
		}
		if n := t.navs[fold(name)]; n != nil && n.origin != fromPath {
			if item, m := many(n.typ); m == isMany {
				count[item]++
			}
		}
	}
	return most(count)
}

// elsewhereValue is the type of properties of this name on other types.
func (c *compiler) elsewhereValue(name string) string {
	count := map[string]int{}
	for _, t := range c.draft.types {
		if t == nil {
			continue
		}
		if p := t.props[fold(name)]; p != nil && p.origin != fromPath {
			count[p.typ]++
		}
	}
	return most(count)
}

// most is the name counted most often; ties go to the first by name.
func most(count map[string]int) string {
	best := ""
	for _, n := range sortedKeys(count) {
		if best == "" || count[n] > count[best] {
			best = n
		}
	}
	return best
}
