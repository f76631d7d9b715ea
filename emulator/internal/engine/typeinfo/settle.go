package typeinfo

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// finest is the number of decimals of times that the service keeps at most.
const finest = 7

// facts are what recorded answers say of the values of a type. nil: nothing.
type facts struct {
	always value.Members  // members that every complex value has, with what they show unset
	times  map[string]int // decimals of times that have fewer than finest
	inner  bool           // a complex property of the type has facts of its own
}

// factsOf makes the facts of a type when it is first touched; nil: there are none.
func (k *Cache) factsOf(t *edm.Type) *facts {
	if v, ok := k.facts.Load(t); ok {
		return v.(*facts)
	}
	f := k.ownFacts(t)
	if k.within(t, map[*edm.Type]bool{t: true}) {
		if f == nil {
			f = &facts{}
		}
		f.inner = true
	}
	v, _ := k.facts.LoadOrStore(t, f)
	return v.(*facts)
}

// ownFacts are those of the type's own members; nil: there are none.
func (k *Cache) ownFacts(t *edm.Type) *facts {
	seen := observed.TypeOf(k.version(t), string(t.Name))
	if seen == nil {
		return nil
	}
	f := facts{times: map[string]int{}}
	for i := range seen.Members {
		m := &seen.Members[i]
		p, ok := t.Property(m.Name)
		if !ok {
			continue
		}
		if n := m.Decimals(); p.Type.Name == "Edm.DateTimeOffset" && n >= 0 && n < finest {
			f.times[p.Name] = n
		}
		if text, ok := seen.Unset(p); ok && text != "" && t.Kind == edm.Complex && seen.Always(m) {
			f.always = append(f.always, value.Member{Name: p.Name, Value: value.Raw(text)})
		}
	}
	if len(f.always) == 0 && len(f.times) == 0 {
		return nil
	}
	return &f
}

// within reports whether values inside those of a type have facts. been are the types that
// were looked at: types contain themselves.
func (k *Cache) within(t *edm.Type, been map[*edm.Type]bool) bool {
	for _, p := range t.Properties() {
		d := p.Def()
		if d == nil || d.Kind == edm.Enum || been[d] {
			continue
		}
		been[d] = true
		if k.ownFacts(d) != nil || k.within(d, been) {
			return true
		}
	}
	return false
}

// Settled gives the value of a property as the service prints it: the members that its
// complex values always have, times with no more decimals than the service keeps, and the
// order of B-1.25. def is the declared type of the value, or of its elements; nil: the value
// stays as it is.
func (k *Cache) Settled(def *edm.Type, raw value.Raw) value.Raw {
	return k.Ordered(def, k.completed(def, raw))
}

// completed is Settled without the order.
func (k *Cache) completed(def *edm.Type, raw value.Raw) value.Raw {
	kind := raw.Kind()
	if def == nil || def.Kind == edm.Enum || kind != value.KindObject && kind != value.KindArray {
		return raw
	}
	if kind == value.KindArray {
		var elements []value.Raw
		for el := range raw.Elements() {
			elements = append(elements, k.completed(def, el))
		}
		if elements == nil {
			return raw
		}
		return value.Array(elements...)
	}
	members := raw.Members()
	for _, m := range members {
		def = runtime(def, m.Name, m.Value)
	}
	f := k.factsOf(def)
	if f == nil {
		return raw
	}
	for i := range members {
		m := &members[i]
		if n, ok := f.times[m.Name]; ok {
			m.Value = Decimals(m.Value, n)
		} else if p, ok := def.Property(m.Name); ok && f.inner {
			m.Value = k.completed(p.Def(), m.Value)
		}
	}
	for _, m := range f.always {
		members.SetMissing(m.Name, m.Value)
	}
	return members.Object()
}

// Time gives the value of a property of the type, with no more decimals than the service
// keeps.
func (k *Info) Time(name string, raw value.Raw) value.Raw {
	if k.Traits.Seconds {
		return Decimals(raw, 0)
	}
	if k.facts == nil {
		return raw
	}
	if n, ok := k.facts.times[name]; ok {
		return Decimals(raw, n)
	}
	return raw
}

// Decimals cuts the fraction of a second to n decimals; other values stay as they are.
func Decimals(raw value.Raw, n int) value.Raw {
	text := string(raw)
	dot := strings.IndexByte(text, '.')
	if dot < 0 || !strings.HasSuffix(text, `Z"`) {
		return raw
	}
	fraction := text[dot+1 : len(text)-2]
	if len(fraction) <= n {
		return raw
	}
	fraction = strings.TrimRight(fraction[:n], "0")
	if fraction == "" {
		return value.Raw(text[:dot] + `Z"`)
	}
	return value.Raw(text[:dot+1] + fraction + `Z"`)
}
