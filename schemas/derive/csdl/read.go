package csdl

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Read reads one CSDL document.
func Read(r io.Reader) (*Document, error) {
	root, err := parse(r)
	if err != nil {
		return nil, err
	}
	if root.space != spaceEdmx || root.name != "Edmx" {
		return nil, fmt.Errorf("csdl: root element is %s, not Edmx", root.name)
	}
	rd := &reader{doc: &Document{}, alias: map[string]string{}, types: map[string]int{}}
	var schemas []*node
	for _, services := range rd.kids(root, "DataServices") {
		for _, s := range rd.kids(services, "Schema") {
			schemas = append(schemas, s)
			if s.attr("Namespace") == "" {
				return nil, fmt.Errorf("csdl: schema without a namespace")
			}
			if a := s.attr("Alias"); a != "" {
				rd.alias[a] = s.attr("Namespace")
			}
		}
	}
	for _, s := range schemas {
		if err := rd.schema(s); err != nil {
			return nil, err
		}
	}
	for _, s := range schemas {
		rd.targets(s)
	}
	return rd.doc, nil
}

type reader struct {
	doc   *Document
	alias map[string]string // alias -> namespace
	types map[string]int    // full name -> index in doc.Types
}

func (rd *reader) note(reason, detail string) {
	rd.doc.Notes = append(rd.doc.Notes, Note{Reason: reason, Detail: detail})
}

// kids returns the children named name and notes the others.
func (rd *reader) kids(n *node, name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
			continue
		}
		rd.note("unknown element", k.name+" in "+n.name)
	}
	return out
}

// expect notes attributes other than those listed.
func (rd *reader) expect(n *node, names ...string) {
	for _, a := range slices.Sorted(maps.Keys(n.attrs)) {
		if !slices.Contains(names, a) {
			rd.note("unknown attribute", a+" on "+n.name)
		}
	}
}

// full resolves aliases in a type name, inside Collection() too.
func (rd *reader) full(name string) string {
	if in, ok := strings.CutPrefix(name, "Collection("); ok {
		return "Collection(" + rd.full(strings.TrimSuffix(in, ")")) + ")"
	}
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name
	}
	if ns, ok := rd.alias[name[:i]]; ok {
		return ns + name[i:]
	}
	return name
}

func (rd *reader) schema(s *node) error {
	rd.expect(s, "Namespace", "Alias")
	ns := s.attr("Namespace")
	for _, k := range s.kids {
		var err error
		switch k.name {
		case "EntityType", "ComplexType":
			err = rd.structured(ns, k)
		case "EnumType":
			err = rd.enum(ns, k)
		case "Action", "Function":
			err = rd.operation(ns, k)
		case "EntityContainer":
			rd.container(ns, k)
		case "Annotations": // second pass: targets may come later
		case "Term":
			rd.note("term declared", ns+"."+k.attr("Name"))
		default:
			rd.note("unknown element", k.name+" in Schema")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// define reserves the full name of a type; a second definition is an error.
func (rd *reader) define(ns string, n *node) (string, error) {
	name := n.attr("Name")
	if name == "" {
		return "", fmt.Errorf("csdl: %s without a name in %s", n.name, ns)
	}
	full := ns + "." + name
	if _, twice := rd.types[full]; twice {
		return "", fmt.Errorf("csdl: type %s is defined twice", full)
	}
	rd.types[full] = len(rd.doc.Types)
	return full, nil
}

func (rd *reader) enum(ns string, n *node) error {
	name, err := rd.define(ns, n)
	if err != nil {
		return err
	}
	rd.expect(n, "Name", "IsFlags", "UnderlyingType")
	t := Type{Name: name, Kind: Enum, Flags: rd.boolean(n, "IsFlags", false)}
	for i, m := range rd.kids(n, "Member") {
		rd.expect(m, "Name", "Value")
		v := int64(i)
		if s, ok := m.attrs["Value"]; ok {
			if v, err = strconv.ParseInt(s, 10, 64); err != nil {
				return fmt.Errorf("csdl: %s: value of member %s: %w", name, m.attr("Name"), err)
			}
		}
		t.Members = append(t.Members, Member{Name: m.attr("Name"), Value: v})
	}
	rd.doc.Types = append(rd.doc.Types, t)
	return nil
}

// boolean reads an optional attribute; anything but true and false is noted.
func (rd *reader) boolean(n *node, name string, def bool) bool {
	switch s, ok := n.attrs[name]; {
	case !ok:
		return def
	case s == "true":
		return true
	case s == "false":
		return false
	default:
		rd.note("not a boolean", name+"="+s+" on "+n.name)
		return def
	}
}
