package workload

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// IndexOf names the index that traits ask for of a member of a type.
func IndexOf(t edm.Name, member string) string {
	return store.Index{Type: string(t), Member: member}.Name()
}

// Indexes lists what the traits of a type say that its entities are found by, without
// what those of its base types say.
func (r *Registry) Indexes(n edm.Name) []store.Index {
	own := r.says(n)
	if own == nil {
		return nil
	}
	var out []store.Index
	for _, member := range slices.Concat(own.AlternateKeys, own.Indexed) {
		if x := (store.Index{Type: string(n), Member: member}); !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Index names the index that finds entities of t by a member.
func (r *Registry) Index(t *edm.Type, member string) (name string, ok bool) {
	for ; t != nil; t = t.Base() {
		own := r.says(t.Name)
		if own != nil && (slices.Contains(own.AlternateKeys, member) || slices.Contains(own.Indexed, member)) {
			return IndexOf(t.Name, member), true
		}
	}
	return "", false
}

// Sharers are the types among whose entities a unique property has each value
// once, sorted.
func (r *Registry) Sharers(property string) []edm.Name {
	if v, ok := r.unique.Load(property); ok {
		return v.([]edm.Name)
	}
	var out []edm.Name
	for name, s := range r.traits {
		// An entry without the name says nothing of it, and need not be read.
		if strings.Contains(s.text, property) && slices.Contains(s.read().Unique, property) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	r.unique.Store(property, out)
	return out
}
