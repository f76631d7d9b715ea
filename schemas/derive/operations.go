package derive

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const operationsComment = "Derived by graph-derive; do not edit."

// operations writes the documented operations. Several pages may document one:
// the page with the shortest name is the one about it, as user-get is and
// opentypeextension-get is not.
func (c *compiler) operations(lines []docLine) (Files, error) {
	published, err := c.permissions()
	if err != nil {
		return nil, err
	}
	var all []candidate
	for i := range lines {
		if lines[i].resolved() {
			all = append(all, c.candidate(&lines[i], i, published))
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(fold(a.op.Template), fold(b.op.Template)), cmp.Compare(a.op.Method, b.op.Method),
			cmp.Compare(a.rank(), b.rank()), cmp.Compare(len(a.op.Page), len(b.op.Page)), cmp.Compare(a.op.Page, b.op.Page), cmp.Compare(a.line, b.line))
	})
	var ops []*fixtures.Operation
	var votes map[string]int // status by page
	var pages []candidate    // all that document the operation
	settle := func() {
		if len(ops) > 0 {
			last := ops[len(ops)-1]
			elect(last, votes)
			last.Variants = variants(last, pages)
		}
	}
	for i, a := range all {
		if i > 0 && all[i-1].op.Method == a.op.Method && strings.EqualFold(all[i-1].op.Template, a.op.Template) {
			kept := all[i-1]
			if kept.op.Page != a.op.Page && kept.shown == a.shown {
				c.ledger.add(c.src.Version, "operation documented by several pages; the shortest name counts", a.op.Method+" "+a.op.Template+" on "+a.op.Page)
				votes[voter(a.op.Page)] = a.op.Status
			}
			if pages[0].shown == a.shown {
				pages = append(pages, a)
			}
			also(kept.op, a.op.Status)
			kept.op.Shows = union(kept.op.Shows, a.sent)
			all[i] = kept // what follows is compared with the one that counts
			continue
		}
		settle()
		pages = []candidate{a}
		own := *a.op // other pages change it, and not what this page says
		a.op, all[i].op = &own, &own
		votes = map[string]int{voter(a.op.Page): a.op.Status}
		ops = append(ops, a.op)
	}
	settle()
	ops, err = c.patchOperations(ops)
	if err != nil {
		return nil, err
	}
	files := Files(fixtures.Files(ops, operationsComment))
	if len(ops) > 0 {
		files[fixtures.RoadsFile] = c.roads(lines, ops)
	}
	if len(published) > 0 {
		files[fixtures.GrantsFile] = grantLines(published, ops)
		files[fixtures.ScopesFile] = scopeLines(c.scopes)
	}
	return files, nil
}

// also notes a status that another page names for the operation.
func also(op *fixtures.Operation, status int) {
	if status != 0 && status != op.Status && !slices.Contains(op.Statuses, status) {
		op.Statuses = append(slices.Clone(op.Statuses), status)
	}
}

// voter is the name that a page votes by. Generated pages repeat what is others' to
// say, each in the same words: together they are one voice.
func voter(page string) string {
	if strings.HasPrefix(page, "intune-") {
		return "intune-"
	}
	return page
}

// elect gives an operation the status that most of its pages name, where that is
// not a tie.
func elect(op *fixtures.Operation, byPage map[string]int) {
	count := map[int]int{}
	for _, status := range byPage {
		count[status]++
	}
	for status, n := range count {
		if status != 0 && 2*n > len(byPage) && status != op.Status {
			was := op.Status
			op.Status = status
			op.Statuses = slices.DeleteFunc(slices.Clone(op.Statuses), func(s int) bool { return s == status })
			also(op, was)
		}
	}
}

type candidate struct {
	op    *fixtures.Operation
	line  int
	shown bool     // by an example alone
	sent  []string // what examples show in a body beside the model
	key   string   // that the path names; empty for a placeholder
	names []string // of the members of a body, in its table or its examples
}

func (c *compiler) candidate(dl *docLine, i int, published map[string]map[string]grants) candidate {
	a := candidate{op: c.operation(dl, published), line: i, shown: dl.shown}
	a.sent = c.sent(dl)
	a.op.Shows = union(c.tabled(dl), a.sent)
	a.op.Bodiless = c.bodiless(dl)
	a.key, a.names = dl.namedKey(), dl.bodyNames()
	return a
}

// rank puts what a page lists before what it only shows.
func (c candidate) rank() int {
	if c.shown {
		return 1
	}
	return 0
}

// union is a sorted list of what is in either.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *compiler) operation(dl *docLine, published map[string]map[string]grants) *fixtures.Operation {
	r := c.answers(dl)
	op := &fixtures.Operation{
		Method: dl.line.Method, Template: dl.w.template, Page: dl.page.Name,
		Status: r.status, Statuses: r.statuses, Body: bodyWord(r),
	}
	op.Returns = c.returns(dl, r)
	if op.Body == "" && op.Returns == "Edm.Stream" && accepts(dl.page, "application/json") {
		op.Body = "json"
	}
	op.Permissions = c.stated(dl)
	if g, ok := published[fold(op.Template)][op.Method]; ok {
		op.Permissions = granted(g, op.Method, op.Permissions)
	}
	if op.Method == "GET" {
		op.Query = dl.page.Query.Options
	} else {
		op.Required = c.required(dl)
		op.Strict = c.strict(dl)
	}
	return op
}

// accepts reports whether the table of headers asks for a media type.
func accepts(p *page.Page, media string) bool {
	return slices.ContainsFunc(p.Headers, func(h page.Header) bool {
		return strings.EqualFold(h.Name, "Accept") && strings.EqualFold(h.Value, media)
	})
}

func bodyWord(r result) string {
	switch {
	case r.status == 204:
		return "none"
	case !r.seen:
		return ""
	}
	switch r.body {
	case page.JSON, page.Broken:
		return "json"
	case page.None:
		return "none"
	case page.Media, page.Multipart, page.XML, page.Prose:
		return "media"
	}
	return ""
}

// returns is the type of the answer: what the model says of the path, else what
// the page shows. An example's type is often only one of the possible ones.
func (c *compiler) returns(dl *docLine, r result) string {
	if r.status == 204 || r.seen && r.body != page.JSON && r.body != page.Broken || len(dl.w.steps) == 0 {
		return ""
	}
	last := dl.w.steps[len(dl.w.steps)-1]
	if dl.line.Method == "DELETE" {
		return ""
	}
	if o := last.Op; o != nil {
		if o.Returns != (edm.Ref{}) && o.Returns.Name != "Edm.Untyped" {
			return collection(string(o.Returns.Name), o.Returns.Many || r.seen && r.many)
		}
		if c.draft.find(r.name) == nil {
			if r.seen && r.many {
				return "Collection(Edm.Untyped)"
			}
			return ""
		}
		return collection(c.draft.canonical(r.name), r.many)
	}
	isMany := last.Many && dl.line.Method == "GET"
	switch last.Kind {
	case edm.Count, edm.Value, edm.RefLinks:
		return ""
	}
	switch {
	case last.Type != nil:
		return collection(string(last.Type.Name), isMany)
	case last.Prim != "" && last.Prim != "Edm.Stream":
		return collection(string(last.Prim), isMany)
	}
	return ""
}

// stated are the permissions of the page. The table under the heading of the
// line's variant speaks for it, else the first that states anything.
func (c *compiler) stated(dl *docLine) fixtures.Permissions {
	tables := dl.page.Permissions
	if len(tables) > 1 {
		c.ledger.add(c.src.Version, "page with several permission tables; the variant's or the first counts", dl.page.Name)
	}
	pick := -1
	for i := range tables {
		if tables[i].Stated && (pick < 0 || dl.line.Variant != "" && strings.EqualFold(tables[i].Heading, dl.line.Variant)) {
			pick = i
		}
	}
	if pick < 0 {
		return fixtures.Permissions{}
	}
	t := tables[pick]
	return fixtures.Permissions{DelegatedWork: known(t.DelegatedWork), DelegatedPersonal: known(t.DelegatedPersonal), Application: known(t.Application)}
}

// known makes "not supported" an empty list: of a table that states anything,
// an empty cell is a statement.
func known(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// required are the body members the page marks as required.
func (c *compiler) required(dl *docLine) []string {
	var out []string
	for _, row := range dl.page.Body {
		if row.Required && identifier(row.Name) && !slices.Contains(out, row.Name) && !dispensable(dl, row.Name) {
			out = append(out, row.Name)
		}
	}
	slices.Sort(out)
	return out
}

// strict are the body members that the table and the example of a page which
// creates something have in common: neither alone can be believed, since tables
// list every property and examples are cut.
func (c *compiler) strict(dl *docLine) []string {
	if dl.line.Method != "POST" || len(dl.w.steps) == 0 || dl.w.steps[len(dl.w.steps)-1].Op != nil {
		return nil
	}
	var out []string
	for i := range dl.page.Examples {
		r := &dl.page.Examples[i].Request
		if r.Method != "POST" || r.BodyKind != page.JSON {
			continue
		}
		var sent map[string]json.RawMessage
		if json.Unmarshal(r.Body, &sent) != nil {
			return nil
		}
		for _, row := range dl.page.Body {
			if _, ok := sent[row.Name]; ok && identifier(row.Name) && !slices.Contains(out, row.Name) {
				out = append(out, row.Name)
			}
		}
		break
	}
	slices.Sort(out)
	return out
}

// dispensable reports whether an example of the line leaves a member out: then the
// word in the table does not hold for every request.
func dispensable(dl *docLine, name string) bool {
	for i := range dl.page.Examples {
		q := &dl.page.Examples[i].Request
		if q.Foreign || q.Method != dl.line.Method || q.BodyKind != page.JSON {
			continue
		}
		var body map[string]json.RawMessage
		if json.Unmarshal(q.Body, &body) != nil {
			continue
		}
		_, plain := body[name]
		_, bound := body[name+"@odata.bind"]
		if !plain && !bound {
			return true
		}
	}
	return false
}

// patchOperations lays the corrections in front of what the pages say.
func (c *compiler) patchOperations(ops []*fixtures.Operation) ([]*fixtures.Operation, error) {
	for _, p := range c.patches {
		for _, template := range sortedKeys(p.Operations) {
			for _, method := range sortedKeys(p.Operations[template]) {
				e := p.Operations[template][method]
				i := slices.IndexFunc(ops, func(o *fixtures.Operation) bool {
					return o.Method == method && strings.EqualFold(o.Template, template)
				})
				if i >= 0 && ops[i].Page == e.Page {
					continue // the page itself is among the sources and says more
				}
				op := &fixtures.Operation{Method: method, Template: template, Page: e.Page, Origin: fromPatch, Status: e.Status, Returns: e.Returns, Required: e.Required, Strict: e.Strict}
				if i >= 0 {
					ops[i] = op
				} else {
					ops = append(ops, op)
				}
			}
		}
	}
	return ops, nil
}
