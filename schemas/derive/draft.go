package derive

import (
	"slices"
	"strings"
)

// The origins of facts, as x-graph.origin spells them.
const (
	fromCSDL        = "csdl"
	fromDeclaration = "declaration"
	fromResource    = "resource"
	fromPath        = "path"
	fromPatch       = "patch"
)

const (
	graphNS  = "microsoft.graph"
	rootName = graphNS + ".GraphService"
	entityID = graphNS + ".entity"
)

// The kinds of types, as x-graph.kind spells them.
const (
	kindEntity  = "entity"
	kindComplex = "complex"
	kindEnum    = "enum"
	kindRoot    = "root"
)

// typ is a type while it is being put together from its layers.
type typ struct {
	name, kind, base, origin string
	abstract, open, stream   bool
	key                      []string
	alternate                [][]string
	props                    map[string]*prop // by folded name
	navs                     map[string]*nav  // by folded name
	ops                      []*op
	members                  []member
	flags                    bool
	required                 []string
	derived                  []string // filled before writing; in a base file also those not loaded
	touched                  bool     // by a layer of this run; only touched types are written over a base
}

type member struct {
	name  string
	value int64
}

type prop struct {
	name, typ, origin             string
	nullable, readOnly, immutable bool
	facts                         map[string]bool
}

type nav struct {
	name, typ, origin            string
	nullable, contains, computed bool
	set                          bool
	binding                      string
	facts                        map[string]bool
}

type op struct {
	name, namespace, origin    string
	action, onMany, composable bool
	entitySetPath              string
	params                     []param
	returns                    string
	returnsNullable            bool
}

type param struct {
	name, typ          string
	nullable, optional bool
}

// draft is a model under construction. Names are found without regard to case.
type draft struct {
	types   map[string]*typ
	base    func(name string) *typ // loads a type from the model beneath; nil without one
	ledger  *Ledger
	version string
	sets    map[string]string // folded entity type -> entity set that holds it
}

func newDraft(l *Ledger, version string) *draft {
	return &draft{types: map[string]*typ{}, ledger: l, version: version, sets: map[string]string{}}
}

func fold(s string) string { return strings.ToLower(s) }

// find returns the type of that name or nil.
func (d *draft) find(name string) *typ {
	if d == nil || name == "" {
		return nil // no hint
	}
	key := fold(name)
	if t, ok := d.types[key]; ok {
		return t
	}
	if d.base == nil {
		return nil
	}
	t := d.base(name)
	d.types[key] = t // also nil: asked once is enough
	return t
}

// define returns the type of that name, made when it is new.
func (d *draft) define(name, kind, origin string) *typ {
	if t := d.find(name); t != nil {
		t.touched = true
		return t
	}
	t := &typ{name: name, kind: kind, origin: origin, props: map[string]*prop{}, navs: map[string]*nav{}, touched: true}
	d.types[fold(name)] = t
	return t
}

// sorted lists the types by name.
func (d *draft) sorted() []*typ {
	var out []*typ
	for _, t := range d.types {
		if t != nil {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *typ) int { return strings.Compare(a.name, b.name) })
	return out
}

// up walks t and its base types; it stops at a cycle.
func (d *draft) up(t *typ) []*typ {
	var chain []*typ
	for t != nil && !slices.Contains(chain, t) {
		chain = append(chain, t)
		if t.base == "" {
			break
		}
		t = d.find(t.base)
	}
	return chain
}

// has reports whether t or a base type declares the member.
func (d *draft) has(t *typ, name string) bool {
	for _, b := range d.up(t) {
		if b.props[fold(name)] != nil || b.navs[fold(name)] != nil {
			return true
		}
	}
	return false
}

// isEntity reports whether name denotes an entity type.
func (d *draft) isEntity(name string) bool {
	t := d.find(name)
	return t != nil && t.kind == kindEntity
}

// many splits Collection(x).
func many(t string) (string, bool) {
	if in, ok := strings.CutPrefix(t, "Collection("); ok {
		return strings.TrimSuffix(in, ")"), true
	}
	return t, false
}

func collection(t string, isMany bool) string {
	if isMany {
		return "Collection(" + t + ")"
	}
	return t
}

// short is the last part of a full name.
func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// space is the namespace of a full name.
func space(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return ""
}
