package value

import (
	"slices"
	"strings"
)

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Raw
}

// Members is an object taken apart: ordered, each name once. Lookups walk the
// list, which is quicker than a map for the sizes Graph has.
type Members []Member

func (m Members) index(name string) int {
	for i := range m {
		if m[i].Name == name {
			return i
		}
	}
	return -1
}

// Get returns the value of the member with exactly this name.
func (m Members) Get(name string) (Raw, bool) {
	if i := m.index(name); i >= 0 {
		return m[i].Value, true
	}
	return "", false
}

// SetMissing sets a member unless there is one of the name.
func (m *Members) SetMissing(name string, v Raw) {
	if _, ok := m.Get(name); !ok {
		m.Set(name, v)
	}
}

// Text returns the text that the member with exactly this name is; empty when there is none.
func (m Members) Text(name string) string {
	raw, _ := m.Get(name)
	s, _ := raw.Text()
	return s
}

// Bool reports whether a member is true; false when it is absent, null or no Boolean.
func (m Members) Bool(name string) bool {
	v, _ := m.Get(name)
	return v == "true"
}

// Set replaces the member's value, or appends the member.
func (m *Members) Set(name string, v Raw) {
	if i := m.index(name); i >= 0 {
		(*m)[i].Value = v
		return
	}
	*m = append(*m, Member{name, v})
}

// Delete removes the member if there is one, in place.
func (m *Members) Delete(name string) {
	if i := m.index(name); i >= 0 {
		*m = slices.Delete(*m, i, i+1)
	}
}

// Clone copies the list, so that Set and Delete leave the original alone.
func (m Members) Clone() Members { return slices.Clone(m) }

// Object puts the members together.
func (m Members) Object() Raw {
	n := 2
	for i := range m {
		n += len(m[i].Name) + len(m[i].Value) + 4
	}
	b := make([]byte, 0, n)
	b = append(b, '{')
	for i := range m {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, m[i].Name), ':')
		b = append(b, m[i].Value.orNull()...)
	}
	return Raw(append(b, '}'))
}

// Merge returns old changed by a PATCH: a member replaces the one of its name,
// except that two objects are merged in turn (B-4.15). Arrays are replaced
// (B-4.14) and a null is kept as null (B-6.6). Objects that both name a type,
// and a different one, are not merged. New members stand behind the old ones;
// neither argument is changed.
func Merge(old, patch Members) Members {
	out := make(Members, len(old), len(old)+len(patch))
	copy(out, old)
	var at index
	for _, p := range patch {
		if i := at.of(out, p.Name); i >= 0 {
			out[i].Value = mergeValue(out[i].Value, p.Value)
		} else {
			out = append(out, p)
			at.added(out)
		}
	}
	return out
}

func mergeValue(old, patch Raw) Raw {
	if old.Kind() != KindObject || patch.Kind() != KindObject {
		return patch
	}
	o, p := old.Members(), patch.Members()
	const typeName = "@odata.type"
	if a, ok := o.Get(typeName); ok {
		if b, ok := p.Get(typeName); ok && a != b {
			return patch
		}
	}
	return Merge(o, p).Object()
}

// Without returns m less the named members. A path with slashes reaches into
// objects ("statusMessage/expiryDateTime"); what is not there is no error. The
// argument is not changed.
func Without(m Members, paths ...string) Members {
	out := m.Clone()
	for _, path := range paths {
		head, rest, deep := strings.Cut(path, "/")
		i := out.index(head)
		switch {
		case i < 0:
		case !deep:
			out = slices.Delete(out, i, i+1)
		case out[i].Value.Kind() == KindObject:
			out[i].Value = Without(out[i].Value.Members(), rest).Object()
		}
	}
	return out
}
