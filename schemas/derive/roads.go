package derive

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// roads says for each type on which road the pages show what may be asked of it:
// of several, one with the status that most of them name, and of these the
// shortest.
func (c *compiler) roads(lines []docLine, ops []*fixtures.Operation) []byte {
	kept := map[string]*fixtures.Operation{}
	for _, op := range ops {
		kept[op.Method+" "+fold(op.Template)] = op
	}
	found := map[fixtures.Road]map[string]*fixtures.Operation{}
	for i := range lines {
		dl := &lines[i]
		if !dl.resolved() || dl.shown {
			continue
		}
		op := kept[dl.line.Method+" "+fold(dl.w.template)]
		r, ok := road(dl)
		if op == nil || !ok {
			continue
		}
		if found[r] == nil {
			found[r] = map[string]*fixtures.Operation{}
		}
		found[r][op.Template] = op
	}
	out := []string{"# " + operationsComment}
	for _, r := range slices.SortedFunc(maps.Keys(found), func(a, b fixtures.Road) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Method, b.Method), cmp.Compare(a.To, b.To))
	}) {
		out = append(out, r.Line(usual(found[r])))
	}
	return []byte(strings.Join(out, "\n") + "\n")
}

// road is what a documented line asks of which type.
func road(dl *docLine) (fixtures.Road, bool) {
	r := fixtures.Road{Method: dl.line.Method}
	n := len(dl.w.steps)
	if n == 0 {
		return r, false
	}
	switch last := dl.w.steps[n-1]; last.Kind {
	case edm.Nav, edm.Key, edm.Cast, edm.ColonPath:
		if last.Type == nil || last.Type.Kind != edm.Entity || last.Many && r.Method != "GET" && r.Method != "POST" {
			return r, false
		}
		r.Type, r.To = string(last.Type.Name), fixtures.RoadOne
		if last.Many {
			r.To = fixtures.RoadMany
		}
		return r, true
	case edm.Func, edm.Action:
		r.To = last.Op.Name
		for i := n - 2; i >= 0; i-- {
			if s := dl.w.steps[i]; s.Type != nil {
				r.Type = string(s.Type.Name)
				return r, true
			}
		}
	}
	return r, false
}

// usual is the template of the operation that stands for the others.
func usual(ops map[string]*fixtures.Operation) string {
	votes := map[int]int{}
	for _, op := range ops {
		votes[op.Status]++
	}
	return slices.MinFunc(slices.Collect(maps.Values(ops)), func(a, b *fixtures.Operation) int {
		return cmp.Or(cmp.Compare(votes[b.Status], votes[a.Status]), cmp.Compare(a.Status, b.Status),
			cmp.Compare(len(a.Template), len(b.Template)), cmp.Compare(a.Template, b.Template))
	}).Template
}
