package typeinfo

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// Place says where a property stands among the members of its object (B-1.25): the service
// prints first the members without members of their own and the nulls, then the others.
type Place uint8

const (
	ByValue Place = iota // with the others if its value is an object or a list of objects
	First                // it is primitive, or a list of primitives
	Last                 // it is a list of objects, empty or not
	Behind               // with the others, also when it is null
)

// PlaceOf is the place of a property. nil, a property that nobody declared, goes by its value.
func PlaceOf(p *edm.Property) Place {
	if p == nil {
		return ByValue
	}
	name := p.Type.Name
	if name.Primitive() && name != "Edm.Untyped" && !strings.HasPrefix(string(name), "Edm.Geo") {
		return First
	}
	switch def := p.Def(); {
	case def == nil:
		return ByValue
	case def.Kind == edm.Enum:
		return First
	case p.Type.Many:
		return Last
	}
	return ByValue
}

// Nests reports whether a value at this place stands behind the primitive members.
func (p Place) Nests(raw value.Raw) bool {
	switch {
	case p == Behind:
		return true
	case p == First || raw.IsNull():
		return false
	case p == Last:
		return true
	}
	return raw[0] == '{' || raw[0] == '[' && raw[1] == '{'
}

// Place is the place of a property of the type.
func (k *Info) Place(p *edm.Property) Place {
	at := PlaceOf(p)
	if at == ByValue && p != nil && k.Traits.NullsBehind {
		return Behind
	}
	return at
}

// Properties are those of a type, a complex one too, in the order in which answers print
// them: that of a trait, else that of recorded answers, else of documented
// examples, else the model's.
func (k *Cache) Properties(t *edm.Type) []*edm.Property {
	if v, ok := k.arranged.Load(t); ok {
		return v.([]*edm.Property)
	}
	props, names := t.Properties(), k.Registry.Order(t)
	if names != nil {
		props = arrange(props, names)
	} else if seen := k.seen(t); seen != nil {
		for i := range seen.Members {
			names = append(names, seen.Members[i].Name)
		}
		props = follow(props, names)
	} else if names = observed.DocumentedOrder(k.version(t), string(t.Name)); names != nil {
		props = follow(props, names)
	}
	v, _ := k.arranged.LoadOrStore(t, props)
	return v.([]*edm.Property)
}

// seen is what recorded answers show of a type, in its own version of Graph or else in
// another: the versions have one order.
func (k *Cache) seen(t *edm.Type) *observed.Type {
	own := k.version(t)
	if seen := observed.TypeOf(own, string(t.Name)); seen != nil {
		return seen
	}
	for _, v := range observed.Versions() {
		if seen := observed.TypeOf(v, string(t.Name)); v != own && seen != nil {
			return seen
		}
	}
	return nil
}

// arrange puts named properties before all others.
func arrange(props []*edm.Property, names []string) []*edm.Property {
	rank := func(p *edm.Property) int {
		if i := slices.Index(names, p.Name); i >= 0 {
			return i
		}
		return len(names)
	}
	props = slices.Clone(props)
	slices.SortStableFunc(props, func(a, b *edm.Property) int { return rank(a) - rank(b) })
	return props
}

// follow puts properties in the order of names. What those do not have stays behind the
// property that the model has before it.
func follow(props []*edm.Property, names []string) []*edm.Property {
	out := make([]*edm.Property, 0, len(props))
	for _, name := range names {
		if at := slices.IndexFunc(props, func(p *edm.Property) bool { return p.Name == name }); at >= 0 {
			out = append(out, props[at])
		}
	}
	at := 0
	for _, p := range props {
		if i := slices.Index(out, p); i >= 0 {
			at = i + 1
			continue
		}
		out = slices.Insert(out, at, p)
		at++
	}
	return out
}

// Ordered gives a value whose members, and theirs, have the order of B-1.25. def is its
// declared type, or that of its elements; nil: the value stays as it is.
func (k *Cache) Ordered(def *edm.Type, raw value.Raw) value.Raw {
	if def == nil || def.Kind == edm.Enum || k.ordered(def, raw) {
		return raw
	}
	if raw.Kind() == value.KindObject {
		return k.reorder(def, raw)
	}
	var elements []value.Raw
	for el := range raw.Elements() {
		elements = append(elements, k.Ordered(def, el))
	}
	return value.Array(elements...)
}

// ordered reports whether Ordered would change nothing. Nearly everything that is stored is
// in order, so it has to be quick.
func (k *Cache) ordered(def *edm.Type, raw value.Raw) bool {
	switch raw.Kind() {
	case value.KindArray:
		for el := range raw.Elements() {
			if !k.ordered(def, el) {
				return false
			}
		}
		return true
	case value.KindObject:
	default:
		return true
	}
	at, nested, begun := 0, false, false
	var props []*edm.Property
	for name, v := range raw.Fields() {
		switch strings.IndexByte(name, '@') {
		case -1:
		case 0:
			if begun {
				return false
			}
			def = runtime(def, name, v)
			continue
		default:
			continue
		}
		if !begun {
			begun, props = true, k.Properties(def)
		}
		i := named(props, name, at)
		var p *edm.Property
		if i < len(props) {
			p = props[i]
		}
		switch nests := PlaceOf(p).Nests(v); {
		case nests && !nested:
			nested = true
		case nests != nested || i < at:
			return false
		}
		at = min(i+1, len(props))
		if p != nil && !k.settled(p, v) {
			return false
		}
	}
	return true
}

// settled reports whether the value of a property is in order.
func (k *Cache) settled(p *edm.Property, v value.Raw) bool {
	if v == "" || v[0] != '{' && v[0] != '[' {
		return true
	}
	def := p.Def()
	return def == nil || def.Kind == edm.Enum || k.ordered(def, v)
}

// named finds a property by its name, first at and behind a place; len(props): there is none.
func named(props []*edm.Property, name string, at int) int {
	for i := at; i < len(props); i++ {
		if props[i].Name == name {
			return i
		}
	}
	for i := range props[:at] {
		if props[i].Name == name {
			return i
		}
	}
	return len(props)
}

// runtime is the type that a value says it has, where it is known.
func runtime(def *edm.Type, name string, v value.Raw) *edm.Type {
	if name != "@odata.type" {
		return def
	}
	text, _ := v.Text()
	if t, ok := def.Model().Type(edm.Name(strings.TrimPrefix(text, "#"))); ok && t.Kind != edm.Enum {
		return t
	}
	return def
}

// reorder sorts the members of an object. Control information of a property stands before it.
func (k *Cache) reorder(def *edm.Type, raw value.Raw) value.Raw {
	members := raw.Members()
	for _, m := range members {
		def = runtime(def, m.Name, m.Value)
	}
	props := k.Properties(def)
	type sorted struct {
		value.Member
		half, rank int
	}
	by := make([]sorted, 0, len(members))
	for _, m := range members {
		name, _, _ := strings.Cut(m.Name, "@")
		if name == "" {
			by = append(by, sorted{m, 0, -1})
			continue
		}
		s := sorted{m, 0, named(props, name, 0)}
		if s.rank < len(props) && name == m.Name {
			s.Value = k.Ordered(props[s.rank].Def(), s.Value)
		}
		v, there := members.Get(name)
		var p *edm.Property
		if s.rank < len(props) {
			p = props[s.rank]
		}
		if there && PlaceOf(p).Nests(v) {
			s.half = 1
		}
		by = append(by, s)
	}
	slices.SortStableFunc(by, func(a, b sorted) int {
		if a.half != b.half {
			return a.half - b.half
		}
		return a.rank - b.rank
	})
	out := make(value.Members, len(by))
	for i := range by {
		out[i] = by[i].Member
	}
	return out.Object()
}
