package shape

import (
	"maps"
	"slices"
	"strings"
)

// Kind is what sort of difference it is.
type Kind string

// The kinds of differences. Not counted are Extra, and Value where nothing proves that the
// service sets it.
const (
	Status Kind = "status" // the answer has another status
	Absent Kind = "absent" // a member that every recorded object has is not there
	Null   Kind = "null"   // a member that is absent when it is unset, or set in another way
	More   Kind = "more"   // a member without a value that no recorded object has
	Extra  Kind = "extra"  // a member with a value that no recorded object has; not counted
	Order  Kind = "order"  // a member has another position among the others
	Form   Kind = "form"   // a value has another form
	Header Kind = "header" // a header of the answer has another form, or is not there
	Error  Kind = "error"  // code, message or innerError of an error
)

// Difference is one way in which the answers of one operation do not look alike.
type Difference struct {
	Area      string `json:"area"`
	Operation string `json:"operation"`
	Kind      Kind   `json:"kind"`
	Place     string `json:"place"` // such as value[].from.user.id, or the name of a header
	Real      string `json:"real"`
	Ours      string `json:"ours"`
	Seen      int    `json:"seen"`  // the number of recorded objects or answers that show it
	Years     string `json:"years"` // of the recordings: 2021-2024
}

// Figure is a number of checks and how many of them pass.
type Figure struct {
	Passed int `json:"passed"`
	Checks int `json:"checks"`
}

func (f *Figure) add(ok bool) {
	f.Checks++
	if ok {
		f.Passed++
	}
}

func (f *Figure) plus(g Figure) { f.Passed += g.Passed; f.Checks += g.Checks }

// Percent is the share of checks that pass, rounded down to a tenth; 100 without a check.
func (f Figure) Percent() float64 {
	if f.Checks == 0 {
		return 100
	}
	return float64(f.Passed*1000/f.Checks) / 10
}

// comparison compares the outlines of one operation.
type comparison struct {
	real, ours outline
	failed     bool // ours has no success to show: everything is missing
	members    Figure
	forms      Figure
	found      []Difference
	unreached  []string // places of recorded objects where ours has none
}

func (c *comparison) differ(k Kind, place, real, ours string, list []*object) {
	c.found = append(c.found, Difference{Kind: k, Place: place, Real: shown(real), Ours: shown(ours), Seen: len(list), Years: years(list)})
}

// years is the span of the recordings of some objects.
func years(list []*object) string {
	var months []string
	for _, o := range list {
		if o.month != "" {
			months = append(months, o.month)
		}
	}
	return span(months)
}

func span(months []string) string {
	if len(months) == 0 {
		return ""
	}
	from, to := slices.Min(months)[:4], slices.Max(months)[:4]
	if from == to {
		return from
	}
	return from + "-" + to
}

// run compares place by place.
func (c *comparison) run() {
	untype(c.real, c.ours)
	for _, place := range slices.Sorted(maps.Keys(c.real)) {
		real, ours := c.real[place], c.ours[place]
		if len(ours) > 0 {
			c.object(place, real, ours)
		} else if c.failed {
			c.missing(place, real)
		} else {
			c.unreached = append(c.unreached, place)
		}
	}
}

// names lists the members that objects have, in the order in which they are first seen.
func names(list []*object) (out []string) {
	seen := map[string]bool{}
	for _, o := range list {
		for _, name := range o.names {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// newest are the objects of the newest recording.
func newest(list []*object) []*object {
	month := ""
	for _, o := range list {
		month = max(month, o.month)
	}
	return slices.DeleteFunc(slices.Clone(list), func(o *object) bool { return o.month != month })
}

// missing counts the members that an answer without success does not show.
func (c *comparison) missing(place string, real []*object) {
	now := newest(real)
	for _, name := range names(real) {
		if have(now, name) == len(now) && !ofPages(name) {
			c.members.add(false)
		}
	}
}

// ofPages are annotations that are there when there is more to read, which depends on how
// much a tenant has.
func ofPages(name string) bool {
	return name == "@odata.nextLink" || name == "@odata.deltaLink"
}

func have(list []*object, name string) (n int) {
	for _, o := range list {
		if _, ok := o.state[name]; ok {
			n++
		}
	}
	return n
}

// object compares the objects of one place.
func (c *comparison) object(place string, real, ours []*object) {
	now := newest(real)
	for _, name := range names(real) {
		at := join(place, name)
		m := member{name: name, real: real, ours: ours}
		m.count()
		always := have(now, name) == len(now)
		switch {
		case m.oursThere == 0 && always && !ofPages(name):
			c.members.add(false)
			c.differ(Absent, at, m.shows(real), "absent", with(real, name))
			continue
		case m.oursThere == 0:
			continue // unset here, or a member that the service no longer shows
		case always && m.oursThere < len(ours) && m.nulls(real):
			c.members.add(false)
			c.differ(Absent, at, m.shows(real), "absent where it is unset", with(real, name))
		default:
			c.members.add(true)
		}
		c.unset(at, &m, always)
		c.form(at, &m)
	}
	c.more(place, real, ours)
	c.order(place, real, ours)
}

func join(place, name string) string {
	if place == "" {
		return name
	}
	return place + "." + name
}

func with(list []*object, name string) []*object {
	return slices.DeleteFunc(slices.Clone(list), func(o *object) bool { _, ok := o.state[name]; return !ok })
}

// member is one member of the objects of a place.
type member struct {
	name                 string
	real, ours           []*object
	oursThere            int
	realUnset, oursUnset map[string]int
	realSet, oursSet     int
}

func (m *member) count() {
	m.oursThere = have(m.ours, m.name)
	m.realUnset, m.realSet = unsets(m.real, m.name)
	m.oursUnset, m.oursSet = unsets(m.ours, m.name)
}

// unsets counts the ways in which a member says that it has no value, and the values.
func unsets(list []*object, name string) (ways map[string]int, set int) {
	ways = map[string]int{}
	for _, o := range list {
		s, ok := o.state[name]
		switch {
		case !ok:
		case s.unset != "":
			ways[s.unset]++
		default:
			set++
		}
	}
	return ways, set
}

// nulls reports whether the service shows the member also where it has no value.
func (m *member) nulls(list []*object) bool {
	return len(m.realUnset) > 0 && have(list, m.name) == len(list)
}

// shows says how a list of objects shows the member.
func (m *member) shows(list []*object) string {
	forms := formsOf(list, m.name)
	ways, _ := unsets(list, m.name)
	out := append(slices.Sorted(maps.Keys(forms)), slices.Sorted(maps.Keys(ways))...)
	if len(out) == 0 {
		for _, o := range list {
			if s, ok := o.state[m.name]; ok {
				return s.kind
			}
		}
	}
	return strings.Join(out, " | ")
}

func formsOf(list []*object, name string) map[string]int {
	out := map[string]int{}
	for _, o := range list {
		for _, f := range o.state[name].forms {
			out[f]++
		}
	}
	return out
}

// unset compares how a member says that it has no value. Where the recording always has a
// value and ours never has, the member counts if its form shows that the service assigns it.
func (c *comparison) unset(at string, m *member, always bool) {
	if len(m.oursUnset) == 0 {
		return
	}
	if len(m.realUnset) > 0 {
		ok := true
		for way := range m.oursUnset {
			ok = ok && m.realUnset[way] > 0
		}
		c.members.add(ok)
		if !ok {
			c.differ(Null, at, strings.Join(slices.Sorted(maps.Keys(m.realUnset)), " | "), strings.Join(slices.Sorted(maps.Keys(m.oursUnset)), " | "), with(m.real, m.name))
		}
		return
	}
	ours := strings.Join(slices.Sorted(maps.Keys(m.oursUnset)), " | ")
	switch {
	case !always:
		c.members.add(false)
		c.differ(Null, at, "absent where it is unset", ours, m.real)
	case m.oursSet == 0 && m.assigned():
		c.members.add(false)
		c.differ(Null, at, m.shows(m.real), ours, with(m.real, m.name))
	}
}

// free reports whether all forms are those of free texts.
func free(forms map[string]int) bool {
	for f := range forms {
		if f != "text" && f != "address" && f != "digits" && f != "JSON text" {
			return false
		}
	}
	return true
}

// assigned reports whether the recording shows that the service assigns the value: it is set
// in several objects, and no free text or list, which a client may have set.
func (m *member) assigned() bool {
	objects := 0
	for _, o := range m.real {
		if o.state[m.name].kind == "object" {
			objects++
		}
	}
	if objects == m.realSet {
		return objects >= 2
	}
	forms := formsOf(m.real, m.name)
	if m.realSet < 3 {
		return false
	}
	for f := range forms {
		if free(map[string]int{f: 1}) {
			return false
		}
	}
	return len(forms) > 0
}

// form compares the forms of the values of a member.
func (c *comparison) form(at string, m *member) {
	if m.realSet == 0 || m.oursSet == 0 {
		return
	}
	kinds := func(list []*object) map[string]bool {
		out := map[string]bool{}
		for _, o := range list {
			if s, ok := o.state[m.name]; ok && s.unset == "" {
				out[s.kind] = true
			}
		}
		return out
	}
	real, ours := kinds(m.real), kinds(m.ours)
	for k := range ours {
		if !real[k] {
			c.forms.add(false)
			c.differ(Form, at, strings.Join(slices.Sorted(maps.Keys(real)), " | "), strings.Join(slices.Sorted(maps.Keys(ours)), " | "), with(m.real, m.name))
			return
		}
	}
	realForms, ourForms := formsOf(m.real, m.name), formsOf(m.ours, m.name)
	if len(realForms) == 0 || len(ourForms) == 0 {
		return
	}
	if realForms["text"] > 0 || free(realForms) && free(ourForms) {
		return // a free text may look like anything
	}
	ok := true
	var other []string
	for _, f := range slices.Sorted(maps.Keys(ourForms)) {
		if !sameForm(realForms, f) {
			ok = false
			other = append(other, f)
		}
	}
	c.forms.add(ok)
	if !ok {
		c.differ(Form, at, strings.Join(slices.Sorted(maps.Keys(realForms)), " | "), strings.Join(other, " | "), with(m.real, m.name))
	}
}

// more finds members of ours that no recorded object has. One without a value is counted: a
// service that leaves it out does not show it as null. One with a value may have come to the
// schema since, or only our entity has it.
func (c *comparison) more(place string, real, ours []*object) {
	known := map[string]bool{}
	for _, name := range names(real) {
		known[name] = true
	}
	for _, name := range names(ours) {
		if known[name] || ofPages(name) {
			continue
		}
		ways, set := unsets(ours, name)
		if set > 0 {
			m := member{name: name}
			c.differ(Extra, join(place, name), "absent", m.shows(ours), real)
			continue
		}
		c.members.add(false)
		c.differ(More, join(place, name), "absent", strings.Join(slices.Sorted(maps.Keys(ways)), " | "), real)
	}
}
