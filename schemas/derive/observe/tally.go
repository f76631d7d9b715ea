package observe

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// typeTally counts what the objects of one type show.
type typeTally struct {
	fact    observed.Type
	years   [kinds]int  // the newest of whole objects
	newest  [kinds]int  // how many whole objects are of that year
	each    map[int]int // whole objects by year
	members map[string]*memberTally
	order   order // of whole objects
}

type memberTally struct {
	fact  observed.Member
	last  [kinds]int      // year of the newest whole object that has it
	first int             // and of the oldest
	forms map[string]bool // of what was read
	made  map[string]bool // and of answers to writes, which may show what is not stored so
}

func newTypeTally() *typeTally {
	return &typeTally{members: map[string]*memberTally{}, each: map[int]int{}}
}

func (t *typeTally) object(of *edm.Type, members []member, k kind, whole bool, year int) {
	if whole {
		t.whole(k, year)
	}
	var first, second []string // the halves of an object (B-1.25)
	for _, m := range members {
		if m.name == "@odata.context" {
			continue
		}
		mt := t.members[m.name]
		if mt == nil {
			mt = &memberTally{forms: map[string]bool{}, made: map[string]bool{}}
			t.members[m.name] = mt
		}
		if whole {
			mt.seen(m.raw, k, year)
			if neutral(of, m) {
				mt.fact.Neutral++
			}
		}
		if k == write {
			addForms(mt.made, m.raw)
		} else {
			addForms(mt.forms, m.raw)
		}
		if holdsObjects(of, m) {
			second = append(second, m.name)
		} else {
			first = append(first, m.name)
		}
	}
	if whole {
		t.order.saw(first)
		t.order.saw(second)
	}
}

func (t *typeTally) whole(k kind, year int) {
	switch k {
	case read:
		t.fact.Read++
	case list:
		t.fact.List++
	default:
		t.fact.Write++
	}
	if t.fact.First == 0 || year < t.fact.First {
		t.fact.First = year
	}
	t.fact.Last = max(t.fact.Last, year)
	t.each[year]++
	if year > t.years[k] {
		t.years[k], t.newest[k] = year, 0
	}
	t.newest[k]++
}

func (m *memberTally) seen(raw json.RawMessage, k kind, year int) {
	switch k {
	case read:
		m.fact.Read++
	case list:
		m.fact.List++
	default:
		m.fact.Write++
	}
	m.last[k] = max(m.last[k], year)
	if m.first == 0 || year < m.first {
		m.first = year
	}
	switch string(raw) {
	case "null":
		m.fact.Null++
	case "[]", `""`:
		m.fact.Empty++
	}
}

// neutral reports whether the value of a property is the one that services give where
// nobody gave any: false, 0, the first time there is, the first member of an enumeration.
func neutral(of *edm.Type, m member) bool {
	p, ok := of.Property(m.name)
	if !ok || p.Type.Many {
		return false
	}
	value, ok := observed.Neutral(p)
	return ok && value == string(m.raw)
}

// addForms adds the forms of a value and of its elements.
func addForms(forms map[string]bool, raw json.RawMessage) {
	for _, v := range append(elementsOf(raw), raw) {
		if text, ok := textOf(v); ok {
			if f := Form(text); f != "" {
				forms[f] = true
			}
		} else if f := kindOf(v); f != "" {
			forms[f] = true
		}
	}
}

// holdsObjects reports whether a member stands behind the primitive ones: its value is an
// object, or it is a list of objects, empty or not.
func holdsObjects(of *edm.Type, m member) bool {
	if len(m.raw) == 0 {
		return false
	}
	if m.raw[0] != '[' {
		return m.raw[0] == '{'
	}
	if p, ok := of.Property(m.name); ok {
		return p.Def() != nil && p.Def().Kind != edm.Enum
	}
	if n, ok := of.Navigation(m.name); ok {
		return n.Type.Many
	}
	els := elementsOf(m.raw)
	return len(els) > 0 && els[0][0] == '{'
}

// fewest is how many answers of the newest year have to lack a member before it counts as
// gone: an optional member may be missing in a few.
const fewest = 3

// result gives the facts; nil when no whole object was seen.
func (t *typeTally) result(name string) *observed.Type {
	if t.fact.Answers() == 0 {
		return nil
	}
	out := t.fact
	out.Name = name
	for _, n := range t.order.names() {
		m := t.members[n]
		if m.fact.Seen() == 0 {
			continue
		}
		f := m.fact
		f.Name, f.Forms = n, slices.Sorted(maps.Keys(m.forms))
		if f.Forms == nil {
			f.Forms = slices.Sorted(maps.Keys(m.made))
		}
		gone, last := true, 0
		for k := range kinds {
			last = max(last, m.last[k])
			if m.last[k] != 0 && (m.last[k] == t.years[k] || t.newest[k] < fewest) {
				gone = false
			}
		}
		if m.first > t.fact.First {
			f.Since = m.first
			for year, n := range t.each {
				if year >= m.first {
					f.Of += n
				}
			}
		}
		if gone {
			f.Last = last
		}
		out.Members = append(out.Members, f)
	}
	return &out
}

type opTally struct {
	fact observed.Operation
}

var keptHeaders = []string{"Content-Type", "OData-Version", "Cache-Control", "Location", "ETag", "x-ms-resource-unit", "Retry-After"}

func (s *sighting) operation(template string, query map[string]string) {
	x := s.x
	key := x.Method + " " + template
	o := s.v.ops[key]
	if o == nil {
		o = &opTally{observed.Operation{Method: x.Method, Path: template, First: year(x.When), Status: map[string]int{}}}
		s.v.ops[key] = o
	}
	f := &o.fact
	f.Answers++
	f.Last = max(f.Last, year(x.When))
	f.Status[strconv.Itoa(x.Status)]++
	f.Headers = headersOf(x)
	counted, items := false, 0
	for _, m := range membersOf(x.Body) {
		text, _ := textOf(m.raw)
		switch m.name {
		case "@odata.context":
			if _, after, ok := strings.Cut(text, "$metadata"); ok && query["select"] == "" && query["expand"] == "" {
				f.Context = blankURL(after)
			}
		case "@odata.count":
			counted = query["count"] != "true"
		case "@odata.nextLink":
			f.Next = nextForm(text)
		case "value":
			if items = len(elementsOf(m.raw)); x.Trimmed["value"] > 0 {
				items = x.Trimmed["value"]
			}
		}
	}
	if f.Next != "" && query["top"] == "" {
		f.PageSize = max(f.PageSize, items)
	}
	f.Counted = counted
}

func headersOf(x *Exchange) map[string]string {
	out := map[string]string{}
	for name, v := range x.Headers {
		for _, kept := range keptHeaders {
			if !strings.EqualFold(name, kept) {
				continue
			}
			switch kept {
			case "Location":
				v = blankURL(v)
			case "ETag":
				v = Form(v)
			case "x-ms-resource-unit":
				v = "n"
			}
			out[kept] = v
		}
	}
	return out
}

// nextForm is the path of a link to the next page with its options, without values.
func nextForm(link string) string {
	address, query, _ := strings.Cut(link, "?")
	var names []string
	for part := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		names = append(names, name)
	}
	segments := strings.Split(blankURL(address), "/")
	for i, seg := range segments {
		if strings.Contains(seg, "{}") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/") + "?" + strings.Join(names, "&")
}

type errorTally struct{ fact observed.Error }

func (s *sighting) error(template string) {
	e := observed.Error{Method: s.x.Method, Path: template, Status: s.x.Status, First: year(s.x.When), Last: year(s.x.When)}
	for _, m := range membersOf(s.x.Body) {
		if m.name != "error" {
			continue
		}
		for _, m := range membersOf(m.raw) {
			text, _ := textOf(m.raw)
			switch m.name {
			case "code":
				e.Code = text
			case "message":
				e.Message = Blank(text)
			case "innerError":
				for _, m := range membersOf(m.raw) {
					e.Inner = append(e.Inner, m.name)
				}
			}
		}
		key := strings.Join([]string{e.Method, e.Path, strconv.Itoa(e.Status), e.Code, e.Message}, " ")
		if s.v.errors[key] == nil {
			s.v.errors[key] = &errorTally{e}
		}
		f := &s.v.errors[key].fact
		f.Answers++
		f.First, f.Last, f.Inner = min(f.First, e.First), max(f.Last, e.Last), e.Inner
	}
}
