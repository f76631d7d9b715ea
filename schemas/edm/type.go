package edm

import (
	"iter"
	"strings"
	"sync/atomic"
)

// Kind says what sort of type a file holds.
type Kind uint8

// The kinds of types.
const (
	Entity Kind = iota
	Complex
	Enum
	Root
)

// Origin says which source a fact came from, best first.
type Origin uint8

// The sources of facts.
const (
	CSDL Origin = iota
	Declaration
	Resource
	Path
	Patch
)

// Type is an entity type, a complex type, an enumeration or the service root.
// Its fields are read only.
type Type struct {
	Name          Name
	Kind          Kind
	Key           []string   // of an entity; inherited
	AlternateKeys [][]string // inherited ones behind its own
	Abstract      bool
	Open          bool // takes properties nobody declared; inherited
	Stream        bool // is a media entity; inherited
	Caps          Caps // of collections of it, wherever they are
	Origin        Origin
	Required      []string // properties a body must have; inherited ones first
	Members       []string // of an enumeration, in declared order
	Values        []int64  // of the members; empty when not known
	Flags         bool     // an enumeration whose members combine

	model *Model
	layer *Model
	base  *Type

	properties  []*Property // inherited first
	navigations []*Navigation
	operations  []*Operation // own only, in file order
	index       map[string]*member

	parent     Name   // as the file names it
	derivedRaw []byte // the list of the file, read on first use
	derived    atomic.Pointer[[]*Type]
	family     atomic.Pointer[family]
}

// Base returns the type t derives from, nil at the top.
func (t *Type) Base() *Type { return t.base }

// Model returns the model t was read by.
func (t *Type) Model() *Model { return t.model }

// Layer returns the model whose own files hold t: the model of t, or one beneath it.
func (t *Type) Layer() *Model { return t.layer }

// Is reports whether t is the type n or derives from it.
func (t *Type) Is(n Name) bool {
	for ; t != nil; t = t.base {
		if t.Name == n {
			return true
		}
	}
	return false
}

// Known reports whether everything about t and its base types is known. An
// unknown property is then an error, and otherwise merely suspect.
func (t *Type) Known() bool {
	for ; t != nil; t = t.base {
		if t.Origin != CSDL && t.Origin != Declaration {
			return false
		}
	}
	return true
}

// Takes reports whether t, an open type, takes a property of this name that
// nobody declared. An open entity type takes only such as look like extensions
// (extension_x_y, ext9vq_crew; B-3.49): Microsoft marks users, messages and
// drive items open, and yet nothing may be misspelt on them. Types without
// properties of their own, such as the fields of a list item, and extensions
// take any name.
func (t *Type) Takes(name string) bool {
	if !t.Open || name == "" {
		return false
	}
	kinds := map[Name]bool{}
	for _, p := range t.properties {
		if p.Name != "id" && (p.Origin == CSDL || p.Origin == Declaration) { // a page's are examples
			kinds[p.Type.Name] = true
		}
	}
	// Where all are of one kind, as the sizes of a thumbnail, there are more of it.
	more := len(kinds) == 0
	for k := range kinds {
		more = len(kinds) == 1 && !k.Primitive()
	}
	named := t.Kind == Entity && !more && !t.Is(namespace+".extension")
	return !named || strings.Contains(name, "_")
}

// Properties returns the properties of t, those of base types first, in the
// order of the files. The slice is shared: read only.
func (t *Type) Properties() []*Property { return t.properties }

// Navigations returns the navigations of t as Properties does.
func (t *Type) Navigations() []*Navigation { return t.navigations }

// Operations returns the operations which t's own file binds to it, in order.
// Operations of base types are theirs. The slice is shared: read only.
func (t *Type) Operations() []*Operation { return t.operations }

// Names yields the names of the properties, navigations and operations of t, inherited
// ones too. It is meant for error messages: a lookup is faster by the methods below.
func (t *Type) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range t.Properties() {
			if !yield(p.Name) {
				return
			}
		}
		for _, n := range t.Navigations() {
			if !yield(n.Name) {
				return
			}
		}
		for b := t; b != nil; b = b.Base() {
			for _, o := range b.Operations() {
				if !yield(o.Name) {
					return
				}
			}
		}
	}
}

// Property finds a property of t or its base types, exactly or else without
// regard to case.
func (t *Type) Property(name string) (*Property, bool) {
	m := t.member(name, func(m *member) bool { return m.prop != nil })
	if m == nil {
		return nil, false
	}
	return m.prop, true
}

// Navigation finds a navigation as Property does.
func (t *Type) Navigation(name string) (*Navigation, bool) {
	m := t.member(name, func(m *member) bool { return m.nav != nil })
	if m == nil {
		return nil, false
	}
	return m.nav, true
}

// Operation returns the overloads called name that are bound to t, or to a
// collection of t when many; those of base types come last. The name may be
// qualified with its namespace or the alias graph. The slice is shared.
func (t *Type) Operation(name string, many bool) []*Operation {
	if ops := t.overloads(name, many); ops != nil {
		return ops
	}
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return nil
	}
	var b foldBuf
	ns, ok := b.foldQualified(name[:dot+1])
	if !ok {
		ns = b.fold(name[:dot+1]) // of a service behind Graph
	}
	return inNamespace(t.overloads(name[dot+1:], many), ns[:len(ns)-1])
}

func (t *Type) overloads(name string, many bool) []*Operation {
	if many {
		if m := t.member(name, func(m *member) bool { return m.many != nil }); m != nil {
			return m.many
		}
		return nil
	}
	if m := t.member(name, func(m *member) bool { return m.one != nil }); m != nil {
		return m.one
	}
	return nil
}

// inNamespace keeps the overloads of one namespace, given folded. It allocates
// only when a name is bound in several.
func inNamespace(ops []*Operation, ns []byte) []*Operation {
	var b foldBuf
	n := 0
	for _, o := range ops {
		if string(b.fold(o.Namespace)) == string(ns) {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(ops):
		return ops
	}
	kept := make([]*Operation, 0, n)
	for _, o := range ops {
		if string(b.fold(o.Namespace)) == string(ns) {
			kept = append(kept, o)
		}
	}
	return kept
}
