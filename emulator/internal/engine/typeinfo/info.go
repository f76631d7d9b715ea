package typeinfo

import (
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// Info is what the engine knows of one type beside the model: its traits, merged
// through the base types, and what follows from both. Made at first touch, then
// shared and immutable.
type Info struct {
	Type   *edm.Type
	Traits workload.Traits
	ID     string // name of the key property; empty when the type has none

	readOnly           map[string]bool
	props              []*edm.Property     // in the order in which answers print them
	order              map[string]int      // of props, by name
	Texts              []string            // properties that a search in words looks into
	TextBy             map[string][]string // the same, by their names in lower case
	CreatedAt          string              // property that gets the time of creation; empty: none
	ModifiedAt         string              // property that gets the time of each change; empty: none
	ReadRule           *workload.Rule      // what computes properties; nil: everything is stored
	Views              map[string]workload.View
	DeclaredProperties []workload.DeclaredProperty
	// Provisioned are the collections that lead to built-in entities.
	Provisioned     map[string]bool
	ProvisionedEach map[string]bool // those in which each entity has its own
	Replicated      bool            // reads may lag
	Inline          *eval.Selection // what answers hold without being asked; nil: nothing
	Backend         *workload.Backend
	models          []*edm.Model
	cache           *Cache
	observed        *observed.Type // nil: no recorded answer shows the type
	facts           *facts
}

// Unset is the JSON text that a property without a value shows, as recorded answers of
// the service have it; empty: the property is left out. ok is false where the recordings
// do not say.
func (k *Info) Unset(p *edm.Property) (text string, ok bool) {
	if k.observed == nil {
		return "", false
	}
	return k.observed.Unset(p)
}

// Settled is Cache.Settled.
func (k *Info) Settled(def *edm.Type, raw value.Raw) value.Raw { return k.cache.Settled(def, raw) }

// Foreign reports whether only another version of Graph declares a property of the
// type: this one then does not show it (C-10.11).
func (k *Info) Foreign(name string) bool {
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

// Cache caches Kinds by type; types of different models are different types.
type Cache struct {
	Registry *workload.Registry
	Stable   *edm.Model
	Models   []*edm.Model
	m        sync.Map // *edm.Type -> *Kind
	facts    sync.Map // *edm.Type -> *facts
	arranged sync.Map // *edm.Type -> []*edm.Property
}

func (k *Cache) Of(t *edm.Type) *Info {
	if v, ok := k.m.Load(t); ok {
		return v.(*Info)
	}
	traits := k.Registry.Traits(t)
	if t.Model() != k.Stable {
		traits.DefaultSelect = nil // B-3.20
	}
	fresh := newInfo(t, traits, k.Properties(t))
	fresh.observed, fresh.facts = observed.TypeOf(k.version(t), string(t.Name)), k.factsOf(t)
	if rule, ok := k.Registry.Rule(t, bind.Read); ok {
		fresh.ReadRule = &rule
	}
	fresh.Views = k.Registry.Views(t)
	fresh.DeclaredProperties = k.Registry.DeclaredProperties(t)
	fresh.Provisioned, fresh.ProvisionedEach = provisioned(k.Registry, t), provisionedEach(k.Registry, t)
	fresh.cache, fresh.models, fresh.Replicated = k, k.Models, k.Registry.Replicated(t)
	fresh.Backend = k.Registry.Backend(t)
	fresh.Inline = inline(t, traits.Inline)
	v, _ := k.m.LoadOrStore(t, fresh)
	return v.(*Info)
}

// version names the version of Graph that a type is of.
func (k *Cache) version(t *edm.Type) string {
	if t.Model() == k.Stable {
		return "v1.0"
	}
	return "beta"
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

func newInfo(t *edm.Type, traits workload.Traits, props []*edm.Property) *Info {
	k := &Info{Type: t, Traits: traits, readOnly: map[string]bool{}, order: make(map[string]int, len(t.Properties()))}
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
	k.TextBy = map[string][]string{}
	k.props = props
	for i, p := range k.props {
		k.order[p.Name] = i
		if p.Type.Name == "Edm.String" {
			k.Texts = append(k.Texts, p.Name)
			k.TextBy[strings.ToLower(p.Name)] = []string{p.Name}
		}
		if p.ReadOnly {
			k.readOnly[p.Name] = true
		}
	}
	for _, name := range traits.ReadOnly {
		k.readOnly[name] = true
	}
	k.CreatedAt = stamped(t, "createdDateTime")
	k.ModifiedAt = stamped(t, "lastModifiedDateTime", "lastUpdatedDateTime", "modifiedDateTime")
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
func (k *Info) ReadOnly(name string) bool { return k.readOnly[name] }

// Plain reports whether entities of the type show what is stored of them and nothing else.
func (k *Info) Plain() bool { return k.ReadRule == nil }

// Declares reports whether a tenant may declare properties of the type, which an
// answer shows only when they are asked for (B-4.57).
func (k *Info) Declares() bool { return len(k.DeclaredProperties) > 0 }

// Properties are those of the type in the order in which answers print them; see
// Cache.Properties.
func (k *Info) Properties() []*edm.Property { return k.props }

// Ranked is the property of a rank; nil: the model has none there.
func (k *Info) Ranked(rank int) *edm.Property {
	if rank < len(k.props) {
		return k.props[rank]
	}
	return nil
}

// Rank is the place of a property in the order of Properties; what the model does not
// have comes behind.
func (k *Info) Rank(name string) int {
	if i, ok := k.order[name]; ok {
		return i
	}
	return len(k.order)
}

// provisioned are the collections of a type by which built-in entities are reached. The types of
// their members need not be decoded for it.
func provisioned(reg *workload.Registry, t *edm.Type) map[string]bool {
	var out map[string]bool
	for _, f := range reg.Builtins() {
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

// provisionedEach are the collections of a type in which each of its entities has built-in entities of
// its own.
func provisionedEach(reg *workload.Registry, t *edm.Type) map[string]bool {
	var out map[string]bool
	for _, f := range reg.Builtins() {
		if n, ok := t.Navigation(f.Place); f.Of != "" && t.Is(f.Of) && ok && n.Type.Many {
			if out == nil {
				out = map[string]bool{}
			}
			out[n.Name] = true
		}
	}
	return out
}
