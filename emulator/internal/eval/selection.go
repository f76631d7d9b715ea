package eval

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Selection says which members of an entity, or of a complex value, an answer
// shows: the compiled $select and $expand. It is immutable. A nil Selection
// shows the default members and expands nothing.
type Selection struct {
	Star    bool   // the default members are shown: no $select, or * in it
	Items   []Item // what $select names, in its order, each member once
	Expand  []*Expansion
	Ignored []string // names that Options.IgnoreUnknown dropped

	names   []string // of the items
	nested  bool     // some item has a cast or members below
	written []string // $select as it was written, for the context URL
}

// Item is a member that $select names.
type Item struct {
	Implied bool            // nobody named it: it is shown beside what $select names
	Name    string          // the model's spelling
	Prop    *edm.Property   // nil for a navigation, an annotation, a dynamic member
	Nav     *edm.Navigation // a navigation link, not the navigation's members
	Cast    *edm.Type       // shown only by rows of this type, when set
	Sub     *Selection      // what is shown of a complex value; nil: all of it
}

// CompileSelect checks $select and $expand of a query, which may be nil,
// against the type of the rows. Errors are *odata.Error.
func CompileSelect(t *edm.Type, q *odata.Query, o Options) (*Selection, error) {
	left := maxExpansions
	return compileSelect(t, q, o, &left)
}

// maxExpansions is how many navigations one $expand may come to: each star inside another
// multiplies them.
const maxExpansions = 4000

// compileSelect takes what it expands from left.
func compileSelect(t *edm.Type, q *odata.Query, o Options, left *int) (*Selection, error) {
	s := &Selection{Star: true}
	if q == nil {
		return s, nil
	}
	c := newCompiler("$select", t, o)
	c.left = left
	if len(q.Select) > 0 {
		s.Star = false
		if o.Always != nil {
			for _, name := range o.Always(t) {
				if p, ok := t.Property(name); ok {
					s.item(Item{Name: p.Name, Prop: p, Implied: true})
				}
			}
		}
		for _, it := range q.Select {
			if err := c.choose(s, t, it); err != nil {
				return nil, err
			}
		}
		// Only names that were ignored: as if none had been given.
		s.Star = s.Star || len(s.written) == 0
	}
	c.option = "$expand"
	for _, x := range q.Expand {
		if err := c.expand(s, t, x, o); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// choose adds an item of $select.
func (c *compiler) choose(s *Selection, t *edm.Type, it odata.SelectItem) error {
	if it.Star() {
		s.Star = true
		s.written = append(s.written, "*")
		return nil
	}
	path, off := it.Path, it.Off
	var sub *odata.Query
	if it.Options != nil {
		sub = it.Options
		for _, p := range sub.Pairs {
			if p.Option != "$select" {
				return odata.Refuse("$select", off, "The option '%s' is not supported inside $select.", p.Name)
			}
		}
	}
	ok, err := c.chooseStep(s, t, path, sub, off)
	if err != nil {
		return err
	}
	if ok {
		s.written = append(s.written, it.String())
	} else {
		s.Ignored = append(s.Ignored, it.String())
	}
	return nil
}

// chooseStep adds a path of names below t. It reports false for a name that
// was ignored.
func (c *compiler) chooseStep(s *Selection, t *edm.Type, path []string, sub *odata.Query, off int) (bool, error) {
	name := path[0]
	var cast *edm.Type
	if strings.Contains(name, ".") && name[0] != '@' {
		d, ok := c.root.Model().Type(TypeName(name))
		if !ok || len(path) == 1 {
			return false, c.unknown(off, name, t.Name, t)
		}
		cast, t, path = d, d, path[1:]
		name = path[0]
	}
	item := Item{Name: name, Cast: cast}
	if p, n, ok := c.find(t, name); ok {
		if item.Prop, item.Nav = p, n; p != nil {
			item.Name = p.Name
		} else {
			item.Name = n.Name
		}
	} else if name[0] != '@' && !c.dynamic(t, name) {
		return false, c.unknown(off, name, t.Name, t)
	}
	at, fresh := s.item(item)
	if len(path) == 1 && sub == nil {
		at.Sub = nil // all of it, whatever part was asked for beside
		s.nested = s.nested || cast != nil
		return true, nil
	}
	below := at.Sub
	if below == nil {
		below = &Selection{}
	}
	ok, err := c.chooseBelow(below, *at, t, path, sub, off)
	if ok && (fresh || at.Sub != nil) {
		at.Sub, s.nested = below, true
	}
	return ok, err
}

// chooseBelow selects inside the complex value of an item.
func (c *compiler) chooseBelow(below *Selection, at Item, t *edm.Type, path []string, sub *odata.Query, off int) (bool, error) {
	var def *edm.Type
	if at.Prop != nil {
		def = at.Prop.Def()
	}
	if def == nil || def.Kind == edm.Enum {
		name, on := at.Name, t.Name
		if len(path) > 1 {
			name = path[1]
		}
		if at.Prop != nil {
			on = at.Prop.Type.Name
		}
		return false, c.unknown(off, name, on, nil)
	}
	if len(path) > 1 {
		return c.chooseStep(below, def, path[1:], sub, off)
	}
	for _, it := range sub.Select {
		if err := c.choose(below, def, it); err != nil {
			return false, err
		}
	}
	return len(below.Items) > 0 || below.Star, nil
}

// unknown refuses a name, or has it ignored where that is the custom.
func (c *compiler) unknown(off int, name string, on edm.Name, def *edm.Type) error {
	if c.IgnoreUnknown {
		return nil
	}
	return c.noProperty(off, name, on, def)
}

// item finds or adds the item of a member.
func (s *Selection) item(it Item) (at *Item, fresh bool) {
	for i := range s.Items {
		if s.Items[i].Name == it.Name && s.Items[i].Cast == it.Cast {
			return &s.Items[i], false
		}
	}
	s.Items = append(s.Items, it)
	s.names = append(s.names, it.Name)
	return &s.Items[len(s.Items)-1], true
}

// Names lists the members that $select names, in its order; flat says that
// they are shown whole and by every row, so that copying them is all there is
// to do. The slice is shared.
func (s *Selection) Names() (names []string, flat bool) {
	if s == nil {
		return nil, true
	}
	return s.names, !s.nested
}

// Selects reports whether $select names the member.
func (s *Selection) Selects(name string) bool {
	if s == nil {
		return false
	}
	for _, n := range s.names {
		if n == name {
			return true
		}
	}
	return false
}

// Members keeps of an entity's members what $select names, in the order of m.
// With Star everything stays: which members are shown by default is not
// eval's knowledge.
func (s *Selection) Members(m value.Members) value.Members {
	if s == nil || s.Star {
		return m
	}
	out := make(value.Members, 0, len(s.Items))
	for _, member := range m {
		for _, it := range s.Items {
			if it.Name == member.Name {
				out = append(out, value.Member{Name: member.Name, Value: it.Sub.value(member.Value)})
				break
			}
		}
	}
	return out
}

// value keeps of a complex value, or of each in a collection, what is selected.
func (s *Selection) value(raw value.Raw) value.Raw {
	if s == nil || s.Star {
		return raw
	}
	switch raw.Kind() {
	case value.KindObject:
		return s.Members(raw.Members()).Object()
	case value.KindArray:
		var list []value.Raw
		for el := range raw.Elements() {
			list = append(list, s.value(el))
		}
		return value.Array(list...)
	}
	return raw
}
