package decl

import (
	"cmp"
	"slices"
	"strings"
)

// Facts is what a set of declarations states. Names are full, collections are
// written Collection(x), numbers whose width is not known are Edm.Number.
type Facts struct {
	Types []Type // sorted by name
	Enums []Enum // sorted by name
	Notes []Note
}

// Type is one declared model.
type Type struct {
	Name    string
	Base    string // empty when none is declared
	Members []Member
}

// Member is a property or a navigation; declarations do not tell which.
type Member struct{ Name, Type string }

// Enum is one declared enumeration. Declarations give no values.
type Enum struct {
	Name    string
	Members []string
}

// Note is something that was left out and why.
type Note struct{ Reason, Detail string }

const graph = "microsoft.graph"

// helper reports whether a model belongs to the client library and not to
// Graph: error wrappers, page wrappers, the stand-in for untyped values.
func helper(name string) bool {
	short := strings.TrimPrefix(name, graph+".")
	return strings.HasPrefix(short, "oDataErrors.") || strings.HasSuffix("."+short, ".untypedNode") ||
		short == "baseDeltaFunctionResponse" || short == "baseCollectionPaginationCountResponse"
}

// source is what a reader hands over before names are settled: enumeration
// references still carry the short name behind "enum:".
type source struct {
	types map[string]rawType
	enums map[string][]string
}

type rawType struct {
	Base  string            `json:"base"`
	Props map[string]string `json:"props"`
}

func (s *source) facts() *Facts {
	f := &Facts{}
	s.unescape()
	names := newIndex(s.enums)
	for name, t := range s.types {
		if helper(name) {
			f.Notes = append(f.Notes, Note{"model of the client library", name})
			continue
		}
		out := Type{Name: name, Base: t.Base}
		for member, typ := range t.Props {
			if strings.HasPrefix(member, "@") {
				continue // annotations are members of every value
			}
			full, note := names.resolve(name, typ)
			if note != "" {
				f.Notes = append(f.Notes, Note{note, name + "/" + member + ": " + typ})
			}
			out.Members = append(out.Members, Member{Name: member, Type: full})
		}
		slices.SortFunc(out.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
		f.Types = append(f.Types, out)
	}
	for name, members := range s.enums {
		f.Enums = append(f.Enums, Enum{Name: name, Members: members})
	}
	slices.SortFunc(f.Types, func(a, b Type) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Enums, func(a, b Enum) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Detail, b.Detail))
	})
	return f
}

// escaped ends the names the libraries give to types whose own names are
// words of their languages: case, error, package.
const escaped = "Escaped"

// unescape gives such types their own names back.
func (s *source) unescape() {
	one := func(name string) string {
		own, was := strings.CutSuffix(name, escaped)
		if _, taken := s.types[own]; !was || taken {
			return name
		}
		if _, taken := s.enums[own]; taken {
			return name
		}
		return own
	}
	plain := func(name string) string {
		if in, ok := strings.CutPrefix(name, "Collection("); ok {
			return "Collection(" + one(strings.TrimSuffix(in, ")")) + ")"
		}
		return one(name)
	}
	types := make(map[string]rawType, len(s.types))
	for name, t := range s.types {
		t.Base = plain(t.Base)
		props := make(map[string]string, len(t.Props))
		for member, typ := range t.Props {
			props[member] = plain(typ)
		}
		t.Props = props
		types[plain(name)] = t
	}
	enums := make(map[string][]string, len(s.enums))
	for name, members := range s.enums {
		enums[plain(name)] = members
	}
	s.types, s.enums = types, enums
}

// index finds the full name of an enumeration that is known by its short name.
type index struct {
	enums   map[string][]string
	byShort map[string][]string
}

func newIndex(enums map[string][]string) index {
	ix := index{enums: enums, byShort: map[string][]string{}}
	for name := range enums {
		short := name[strings.LastIndexByte(name, '.')+1:]
		ix.byShort[short] = append(ix.byShort[short], name)
	}
	for _, list := range ix.byShort {
		slices.Sort(list)
	}
	return ix
}

// resolve settles the type of a member of owner. It looks for an enumeration
// in the owner's namespace, then in those around it, then anywhere.
func (ix index) resolve(owner, typ string) (full, note string) {
	if in, ok := strings.CutPrefix(typ, "Collection("); ok {
		full, note = ix.resolve(owner, strings.TrimSuffix(in, ")"))
		return "Collection(" + full + ")", note
	}
	short, ok := strings.CutPrefix(typ, "enum:")
	if !ok {
		if helper(typ) {
			return "Edm.Untyped", ""
		}
		return typ, ""
	}
	for ns := owner; ; {
		i := strings.LastIndexByte(ns, '.')
		if i < 0 {
			break
		}
		ns = ns[:i]
		if _, ok := ix.enums[ns+"."+short]; ok {
			return ns + "." + short, ""
		}
	}
	switch all := ix.byShort[short]; len(all) {
	case 0:
		return "Edm.String", "enumeration is not declared"
	case 1:
		return all[0], ""
	default:
		return all[0], "enumeration of that name in several namespaces"
	}
}
