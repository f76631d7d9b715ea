package observe

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// kind is how an object was come by.
type kind uint8

const (
	read  kind = iota // by its own address
	list              // as a member of a list
	write             // as the answer to a write
	kinds
)

// compiler collects what exchanges show.
type compiler struct {
	models   map[string]*edm.Model
	versions map[string]*version
	personal map[string]bool // sources that are of a personal account
	lost     []string        // exchanges that say nothing, with the reason
}

// version is what was seen of one version of Graph.
type version struct {
	types  map[typeKey]*typeTally
	ops    map[string]*opTally
	errors map[string]*errorTally
}

// typeKey keeps personal accounts apart: their services are others.
type typeKey struct {
	name     edm.Name
	personal bool
}

// sighting is one exchange on its way through the compiler.
type sighting struct {
	v        *version
	model    *edm.Model
	x        *Exchange
	personal bool
	cut      bool // $expand has a $select of its own
}

func newCompiler(models map[string]*edm.Model) *compiler {
	return &compiler{models: models, versions: map[string]*version{}, personal: map[string]bool{}}
}

// add takes all exchanges, the oldest first, so that the newest word stands.
func (c *compiler) add(all []Exchange) {
	for i := range all {
		if isPersonal(&all[i]) {
			c.personal[all[i].Source] = true
		}
	}
	sorted := make([]*Exchange, len(all))
	for i := range all {
		sorted[i] = &all[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Exchange) int { return cmp.Compare(a.When, b.When) })
	for _, x := range sorted {
		c.exchange(x)
	}
	slices.Sort(c.lost)
	c.lost = slices.Compact(c.lost)
}

// isPersonal reports whether an answer can only be of a personal account.
func isPersonal(x *Exchange) bool {
	body := string(x.Body)
	return strings.Contains(body, `"driveType":"personal"`) || strings.Contains(body, "#users('outlook_")
}

func (c *compiler) exchange(x *Exchange) {
	name, path, query, ok := cut(x.URL)
	model := c.models[name]
	switch {
	case !ok || model == nil:
		c.lost = append(c.lost, x.Method+" to another service, or to no version of Graph")
		return
	case x.When == "":
		c.lost = append(c.lost, x.Method+" /"+name+Blank(path)+" of no date")
		return
	case path == "/$batch": // its parts are exchanges of their own
		return
	}
	v := c.versions[name]
	if v == nil {
		v = &version{map[typeKey]*typeTally{}, map[string]*opTally{}, map[string]*errorTally{}}
		c.versions[name] = v
	}
	s := &sighting{v: v, model: model, x: x, personal: c.personal[x.Source]}
	last, template, failed := walk(model, path)
	if x.Status >= 400 {
		if failed {
			template = Blank(path)
		}
		s.error(template)
		return
	}
	if failed {
		c.lost = append(c.lost, x.Method+" /"+name+Blank(path)+" leads to nothing in the model")
		return
	}
	s.operation(template, query)
	if x.Status < 300 && last.Type != nil {
		s.answer(last, query)
	}
}

// cut takes an address apart: version, path, query options by their lower-case names
// without the dollar sign.
func cut(address string) (version, path string, query map[string]string, ok bool) {
	rest, ok := strings.CutPrefix(address, "https://graph.microsoft.com/")
	if !ok {
		return "", "", nil, false
	}
	rest, raw, _ := strings.Cut(rest, "?")
	version, path, _ = strings.Cut(rest, "/")
	if p, err := url.PathUnescape(path); err == nil {
		path = p
	}
	query = map[string]string{}
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		query[strings.ToLower(strings.TrimPrefix(name, "$"))] = value
	}
	return version, "/" + path, query, true
}

// walk finds what a path leads to and its template in the catalog.
func walk(m *edm.Model, path string) (last edm.Step, template string, failed bool) {
	c := m.Start()
	var b strings.Builder
	for _, seg := range page.Split(path) {
		to := edm.Segment{Text: seg.Text, Parens: seg.Parens, Args: seg.Args, Colon: seg.Colon, Key: seg.Key}
		s, err := c.Step(to)
		if err != nil {
			return last, "", true
		}
		last = s
		s.Template(&b, to)
	}
	if b.Len() == 0 {
		return last, "/", false
	}
	return last, b.String(), false
}

// answer counts the objects of a successful answer.
func (s *sighting) answer(last edm.Step, query map[string]string) {
	_, selected := query["select"]
	whole := !selected
	s.cut = strings.Contains(query["expand"], "select")
	k := read
	if s.x.Method != "GET" {
		k = write
	}
	if last.Many && !last.Keyed && (k == read || last.Kind == edm.Action) { // a create gives one object
		for _, m := range membersOf(s.x.Body) {
			if m.name == "value" {
				for _, el := range elementsOf(m.raw) {
					s.object(last.Type, el, list, whole)
				}
			}
		}
		return
	}
	if last.Kind == edm.Prop && last.Type.Kind == edm.Entity {
		return
	}
	s.object(last.Type, s.x.Body, k, whole)
}

// object counts one object and those inside it. Only what no $select has cut counts as
// whole.
func (s *sighting) object(t *edm.Type, raw json.RawMessage, k kind, whole bool) {
	members := membersOf(raw)
	if members == nil {
		return
	}
	for _, m := range members {
		if text, ok := textOf(m.raw); ok && m.name == "@odata.type" {
			if actual, ok := s.model.Type(edm.Name(strings.TrimPrefix(text, "#"))); ok && actual.Is(t.Name) {
				t = actual
			}
		}
	}
	tally := s.v.types[typeKey{t.Name, s.personal}]
	if tally == nil {
		tally = newTypeTally()
		s.v.types[typeKey{t.Name, s.personal}] = tally
	}
	tally.object(t, members, k, whole, year(s.x.When))
	for _, m := range members {
		inner, entity := s.inside(t, m.name)
		if inner == nil {
			continue
		}
		if els := elementsOf(m.raw); els != nil {
			for _, el := range els {
				s.object(inner, el, list, !entity || !s.cut)
			}
			continue
		}
		s.object(inner, m.raw, k, !entity || !s.cut)
	}
}

// inside is the type of the values of a member; nil where they are primitive. Expanded
// entities may be cut by a $select of their own.
func (s *sighting) inside(t *edm.Type, name string) (inner *edm.Type, entity bool) {
	if p, ok := t.Property(name); ok && p.Name == name {
		if d := p.Def(); d != nil && len(d.Members) == 0 {
			return d, false
		}
		return nil, false
	}
	if n, ok := t.Navigation(name); ok && n.Name == name {
		d, _ := s.model.Type(n.Type.Name)
		return d, true
	}
	return nil, false
}

// year is that of a month; 0: it is not known.
func year(when string) int {
	y, _, _ := strings.Cut(when, "-")
	n, _ := strconv.Atoi(y)
	return n
}
