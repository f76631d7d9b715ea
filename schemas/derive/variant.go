package derive

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// variants are the pages that answer an update with the entity where the usual answer is
// empty, or the reverse, with what tells their requests from those of the other pages: the
// key in their path, or members of the body. A page without either is outvoted, as is one
// that names both statuses. Generated pages have no say here: they list every member there is.
func variants(op *fixtures.Operation, pages []candidate) []fixtures.Variant {
	updates := func(status int) bool { return status == 200 || status == 204 }
	if op.Method != "PATCH" && op.Method != "PUT" || !updates(op.Status) {
		return nil
	}
	var common []string // members that pages with the usual status list
	for i := range pages {
		if pages[i].op.Status == op.Status {
			common = append(common, pages[i].names...)
		}
	}
	var out []fixtures.Variant
	for i := range pages {
		p := &pages[i]
		if p.op.Status == op.Status || !updates(p.op.Status) || slices.Contains(p.op.Statuses, op.Status) || strings.HasPrefix(p.op.Page, "intune-") {
			continue
		}
		v := fixtures.Variant{Page: p.op.Page, Status: p.op.Status, Key: p.key}
		if v.Key == "" {
			v.Members = slices.DeleteFunc(slices.Clone(p.names), func(s string) bool { return slices.Contains(common, s) })
		}
		same := func(o fixtures.Variant) bool { return o.Page == v.Page && o.Key == v.Key }
		if (v.Key != "" || len(v.Members) > 0) && !slices.ContainsFunc(out, same) {
			out = append(out, v)
		}
	}
	return out
}

// namedKey is the key that a line ends in, where that is a word and no placeholder.
func (dl *docLine) namedKey() string {
	n := len(dl.w.steps)
	if n == 0 || dl.w.steps[n-1].Kind != edm.Key {
		return ""
	}
	if last := dl.line.Segments[len(dl.line.Segments)-1]; !last.Key && identifier(last.Text) && !dl.shown {
		return last.Text
	}
	return ""
}

// bodyNames are the members that a page's table of the body and its examples of the
// method hold.
func (dl *docLine) bodyNames() []string {
	var out []string
	for _, row := range dl.page.Body {
		if identifier(row.Name) {
			out = append(out, row.Name)
		}
	}
	for i := range dl.page.Examples {
		r := &dl.page.Examples[i].Request
		var body map[string]json.RawMessage
		if r.Foreign || r.Method != dl.line.Method || r.BodyKind != page.JSON || json.Unmarshal(r.Body, &body) != nil {
			continue
		}
		for name := range body {
			if identifier(name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
