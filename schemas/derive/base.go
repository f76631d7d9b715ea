package derive

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// capNames are the capability facts a schema file has words for.
var capNames = map[string]edm.Caps{
	"countable": edm.NoCount, "expandable": edm.NoExpand, "skip": edm.NoSkip, "top": edm.NoTop, "search": edm.NoSearch,
	"filterable": edm.NoFilter, "sortable": edm.NoSort, "selectable": edm.NoSelect, "readable": edm.NoRead,
	"insertable": edm.NoInsert, "updatable": edm.NoUpdate, "deletable": edm.NoDelete, "upsertable": edm.Upsert,
}

var originNames = [...]string{edm.CSDL: fromCSDL, edm.Declaration: fromDeclaration, edm.Resource: fromResource, edm.Path: fromPath, edm.Patch: fromPatch}

var kindNames = [...]string{edm.Entity: kindEntity, edm.Complex: kindComplex, edm.Enum: kindEnum, edm.Root: kindRoot}

// over makes a draft whose types come from a model until a layer touches them.
func over(m *edm.Model, l *Ledger, version string) *draft {
	d := newDraft(l, version)
	if m == nil {
		return d
	}
	d.base = func(name string) *typ {
		t, ok := m.Type(edm.Name(name))
		if !ok {
			return nil
		}
		return fromModel(t)
	}
	for _, n := range m.Root().Navigations() {
		if n.Type.Many && d.sets[fold(string(n.Type.Name))] == "" {
			d.sets[fold(string(n.Type.Name))] = n.Name
		}
	}
	return d
}

// fromModel takes apart a type of a model into what its own file states.
func fromModel(e *edm.Type) *typ {
	t := &typ{
		name: string(e.Name), kind: kindNames[e.Kind], origin: originNames[e.Origin], abstract: e.Abstract,
		open: e.Open, stream: e.Stream, flags: e.Flags, key: e.Key, alternate: e.AlternateKeys, required: e.Required,
		props: map[string]*prop{}, navs: map[string]*nav{},
	}
	if b := e.Base(); b != nil { // the model hands facts down; a file states its own
		t.base = string(b.Name)
		t.open = e.Open && !b.Open
		t.stream = e.Stream && !b.Stream
		t.alternate = e.AlternateKeys[:len(e.AlternateKeys)-len(b.AlternateKeys)]
		t.required = e.Required[len(b.Required):]
		if slices.Equal(e.Key, b.Key) {
			t.key = nil
		}
	}
	for _, k := range e.Derived() {
		t.derived = append(t.derived, refTo(t.name, string(k.Name)))
	}
	slices.Sort(t.derived)
	for i, m := range e.Members {
		v := int64(i)
		if i < len(e.Values) {
			v = e.Values[i]
		}
		t.members = append(t.members, member{m, v})
	}
	fromMembers(t, e)
	return t
}

func fromMembers(t *typ, e *edm.Type) {
	for _, p := range e.Properties() {
		if p.Owner() == e {
			origin := originNames[p.Origin]
			if origin == fromCSDL {
				origin = t.origin // metadata that knows a property knows its type
			}
			t.props[fold(p.Name)] = &prop{
				name: p.Name, typ: p.Type.String(), origin: origin, nullable: p.Nullable,
				readOnly: p.ReadOnly, immutable: p.Immutable, facts: fromCaps(p.Caps),
			}
		}
	}
	for _, n := range e.Navigations() {
		if n.Owner() == e {
			t.navs[fold(n.Name)] = &nav{
				name: n.Name, typ: n.Type.String(), origin: originNames[n.Origin], nullable: n.Nullable, contains: n.Contains,
				computed: n.Computed, set: n.Set, binding: n.Binding, facts: fromCaps(n.Caps),
			}
		}
	}
	for _, o := range e.Operations() {
		c := &op{
			name: o.Name, namespace: o.Namespace, origin: originNames[o.Origin], action: o.Action, onMany: o.Many,
			composable: o.Composable, entitySetPath: o.EntitySetPath, returns: o.Returns.String(), returnsNullable: o.ReturnsNullable,
		}
		for _, p := range o.Parameters {
			c.params = append(c.params, param{p.Name, p.Type.String(), p.Nullable, p.Optional})
		}
		t.ops = append(t.ops, c)
	}
}

func fromCaps(c edm.Caps) map[string]bool {
	var facts map[string]bool
	for name, bit := range capNames {
		if c.Has(bit) {
			if facts == nil {
				facts = map[string]bool{}
			}
			facts[name] = bit == edm.Upsert
		}
	}
	return facts
}
