package engine

import (
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Kind is what the engine knows of one type beside the model: its traits, merged
// through the base types, and what follows from both. Made at first touch, then
// shared and immutable.
type Kind struct {
	Type   *edm.Type
	Traits workload.Traits
	ID     string // name of the key property; empty when the type has none

	readOnly map[string]bool
	order    map[string]int      // of properties in the model
	texts    []string            // properties that a search in words looks into
	textBy   map[string][]string // the same, by their names in lower case
	created  string              // property that gets the time of creation; empty: none
	modified string              // property that gets the time of each change; empty: none
	read     *workload.Rule      // what computes properties; nil: everything is stored
	views    map[string]workload.View
	extras   []workload.Extra
	// furnished are the collections that lead to furniture.
	furnished  map[string]bool
	equipped   map[string]bool // those in which each entity has its own
	replicated bool            // reads may lag
	inline     *eval.Selection // what answers hold without being asked; nil: nothing
	models     []*edm.Model
}

// Foreign reports whether only another version of Graph declares a property of the
// type: this one then does not show it (C-10.11).
func (k *Kind) Foreign(name string) bool {
	for _, m := range k.models {
		if m == k.Type.Model() {
			continue
		}
		if t, ok := m.Type(k.Type.Name); ok {
			if _, ok := t.Property(name); ok {
				return true
			}
		}
	}
	return false
}

// kinds caches Kinds by type; types of different models are different types.
type kinds struct {
	reg    *workload.Registry
	stable *edm.Model
	models []*edm.Model
	m      sync.Map // *edm.Type -> *Kind
}

func (k *kinds) of(t *edm.Type) *Kind {
	if v, ok := k.m.Load(t); ok {
		return v.(*Kind)
	}
	traits := k.reg.Traits(t)
	if t.Model() != k.stable {
		traits.DefaultSelect = nil // B-3.20
	}
	fresh := newKind(t, traits)
	if rule, ok := k.reg.Rule(t, bind.Read); ok {
		fresh.read = &rule
	}
	fresh.views = k.reg.Views(t)
	fresh.extras = k.reg.Extras(t)
	fresh.furnished, fresh.equipped = furnished(k.reg, t), equipped(k.reg, t)
	fresh.models, fresh.replicated = k.models, k.reg.Replicated(t)
	fresh.inline = inline(t, traits.Inline)
	v, _ := k.m.LoadOrStore(t, fresh)
	return v.(*Kind)
}

// inline compiles the expansions that answers of a type hold without being asked, as far as
// the version of Graph has them; nil: none.
func inline(t *edm.Type, items []string) *eval.Selection {
	var out *eval.Selection
	for _, item := range items {
		name, _, _ := strings.Cut(item, "(")
		if _, ok := t.Navigation(name); !ok {
			continue
		}
		expand, err := odata.ParseExpand(item)
		if err != nil {
			panic(err) // the items are part of the program
		}
		sel, err := eval.CompileSelect(t, &odata.Query{Expand: expand}, eval.Options{})
		if err != nil {
			panic(err)
		}
		for _, by := range sel.Expand {
			by.Inline = true
		}
		if out == nil {
			out = sel
		} else {
			out.Expand = append(out.Expand, sel.Expand...)
		}
	}
	return out
}

func newKind(t *edm.Type, traits workload.Traits) *Kind {
	k := &Kind{Type: t, Traits: traits, readOnly: map[string]bool{}, order: make(map[string]int, len(t.Properties()))}
	for b := t; b != nil && k.ID == ""; b = b.Base() {
		if len(b.Key) > 0 {
			k.ID = b.Key[0]
		}
	}
	if k.ID == "" {
		if _, ok := t.Property("id"); ok {
			k.ID = "id"
		}
	}
	k.textBy = map[string][]string{}
	for i, p := range t.Properties() {
		k.order[p.Name] = i
		if p.Type.Name == "Edm.String" {
			k.texts = append(k.texts, p.Name)
			k.textBy[strings.ToLower(p.Name)] = []string{p.Name}
		}
		if p.ReadOnly {
			k.readOnly[p.Name] = true
		}
	}
	for _, name := range traits.ReadOnly {
		k.readOnly[name] = true
	}
	k.created = stamped(t, "createdDateTime")
	k.modified = stamped(t, "lastModifiedDateTime", "lastUpdatedDateTime", "modifiedDateTime")
	return k
}

// stamped finds the first of the names that is a point in time.
func stamped(t *edm.Type, names ...string) string {
	for _, n := range names {
		if p, ok := t.Property(n); ok && p.Type.Name == "Edm.DateTimeOffset" && !p.Type.Many {
			return p.Name
		}
	}
	return ""
}

// ReadOnly reports whether the service makes a property, so that a client's
// value for it is ignored (B-4.16, C-4.7) or, in strict mode, refused.
func (k *Kind) ReadOnly(name string) bool { return k.readOnly[name] }

// Declares reports whether a tenant may declare properties of the type, which an
// answer shows only when they are asked for (B-4.57).
func (k *Kind) Declares() bool { return len(k.extras) > 0 }

// rank is the place of a property in the model's order; what the model does not
// have comes behind.
func (k *Kind) rank(name string) int {
	if i, ok := k.order[name]; ok {
		return i
	}
	return len(k.order)
}

// furnished are the collections of a type by which furniture is reached. The types of
// their members need not be decoded for it.
func furnished(reg *workload.Registry, t *edm.Type) map[string]bool {
	var out map[string]bool
	for _, f := range reg.Furniture() {
		if f.Of != "" {
			continue
		}
		for _, place := range append([]string{f.Place}, f.Also...) {
			n, ok := t.Navigation(place[strings.LastIndexByte(place, '/')+1:])
			if !ok || !n.Type.Many || place == f.Place && n.Type.Name != f.Type {
				continue
			}
			if out == nil {
				out = map[string]bool{}
			}
			out[n.Name] = true
		}
	}
	return out
}

// equipped are the collections of a type in which each of its entities has furniture of
// its own.
func equipped(reg *workload.Registry, t *edm.Type) map[string]bool {
	var out map[string]bool
	for _, f := range reg.Furniture() {
		if n, ok := t.Navigation(f.Place); f.Of != "" && t.Is(f.Of) && ok && n.Type.Many {
			if out == nil {
				out = map[string]bool{}
			}
			out[n.Name] = true
		}
	}
	return out
}
