package typeinfo

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// finest is the number of decimals of times that the service keeps at most.
const finest = 7

// facts are what recorded answers say of the values of a type. nil: nothing.
type facts struct {
	always value.Members  // members that every complex value has, with what they show unset
	times  map[string]int // decimals of times that have fewer than finest
}

// factsOf makes the facts of a type when it is first touched; nil: there are none.
func (k *Cache) factsOf(t *edm.Type) *facts {
	if v, ok := k.facts.Load(t); ok {
		return v.(*facts)
	}
	v, _ := k.facts.LoadOrStore(t, k.newFacts(t))
	return v.(*facts)
}

func (k *Cache) newFacts(t *edm.Type) *facts {
	seen := k.seen(t)
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
		if t.Kind != edm.Complex || !seen.Always(m) {
			continue
		}
		if text, ok := seen.Unset(p); ok && text != "" {
			f.always = append(f.always, value.Member{Name: p.Name, Value: value.Raw(text)})
		}
	}
	if len(f.always) == 0 && len(f.times) == 0 {
		return nil
	}
	return &f
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
	changed := false
	for i := range members {
		m := &members[i]
		was := m.Value
		if nests := was.Kind() == value.KindObject || was.Kind() == value.KindArray; nests {
			if p, ok := def.Property(m.Name); ok {
				m.Value = k.completed(p.Def(), was)
			}
		} else if f != nil {
			m.Value = f.time(m.Name, was)
		}
		changed = changed || m.Value != was
	}
	if f != nil {
		for _, m := range f.always {
			if _, ok := members.Get(m.Name); !ok {
				members.Set(m.Name, m.Value)
				changed = true
			}
		}
	}
	if !changed {
		return raw
	}
	return members.Object()
}

// Time gives the value of a property of the type, with no more decimals than the service
// keeps.
func (k *Info) Time(name string, raw value.Raw) value.Raw {
	if k.facts != nil {
		return k.facts.time(name, raw)
	}
	return raw
}

func (f *facts) time(name string, raw value.Raw) value.Raw {
	if n, ok := f.times[name]; ok {
		return decimals(raw, n)
	}
	return raw
}

// decimals cuts the fraction of a second to n decimals; other values stay as they are.
func decimals(raw value.Raw, n int) value.Raw {
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
