package payload

import (
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// propertyValue checks and corrects the value of a property. Published type
// declarations show an enumeration of flags as a list of it; on the wire it is one
// text, and the schema, which knows the list only, is not asked.
func (c *bodyCheck) propertyValue(p *edm.Property, raw value.Raw, pointer string) (value.Raw, any, error) {
	def := p.Def()
	if p.Type.Many && p.Origin == edm.Declaration && raw.Kind() == value.KindString && def != nil && def.Kind == edm.Enum {
		return canonicalMember(def, raw, c.strict), nil, nil
	}
	return c.value(p.Type, def, raw, pointer)
}

// value checks and corrects one property value. It returns the text to store and
// the tree for the schema; a null is a nil tree.
func (c *bodyCheck) value(ref edm.Ref, def *edm.Type, raw value.Raw, pointer string) (value.Raw, any, error) {
	if raw.IsNull() {
		return raw, nil, nil
	}
	if !c.strict && !c.load && standsFor(ref, def, raw) {
		c.warn("'" + pointer + "' holds a placeholder, which is no " + ref.String() + " and is not kept")
		if ref.Many {
			return value.Array(), []any{}, nil
		}
		return value.Null, nil, nil
	}
	if !ref.Many && ref.Name == "Edm.Boolean" && !c.strict {
		raw = c.truth(raw, pointer)
	}
	if !ref.Many && (ref.Name == "Edm.Int32" || ref.Name == "Edm.Int16") && !c.strict {
		raw = c.number(raw, pointer)
	}
	if !ref.Many && (ref.Name == "Edm.Int64" || ref.Name == "Edm.Decimal") && raw.Kind() == value.KindString && !c.load {
		return raw, nil, grapherr.WrongValue(pointer, "A number as text needs Content-Type: application/json;IEEE754Compatible=true.") // B-1.38
	}
	if !ref.Many && raw.Kind() == value.KindString && !c.load {
		if want := unreadable(ref.Name, raw); want != "" && !isPlaceholder(raw) {
			return raw, nil, grapherr.WrongValue(pointer, want)
		}
	}
	if !ref.Many || raw.Kind() != value.KindArray {
		return c.single(def, raw, pointer)
	}
	if def == nil {
		return raw, raw.Tree(), nil
	}
	var elems []value.Raw
	var tree []any
	changed := false
	for el := range raw.Elements() {
		fixed, node, err := c.single(def, el, pointer)
		if err != nil {
			return raw, nil, err
		}
		changed = changed || fixed != el
		elems, tree = append(elems, fixed), append(tree, node)
	}
	if changed {
		raw = value.Array(elems...)
	}
	if tree == nil {
		tree = []any{}
	}
	return raw, tree, nil
}

func (c *bodyCheck) single(def *edm.Type, raw value.Raw, pointer string) (value.Raw, any, error) {
	switch {
	case def == nil:
		return raw, raw.Tree(), nil
	case def.Kind == edm.Enum && raw.Kind() == value.KindString:
		fixed := canonicalMember(def, raw, c.strict)
		if !c.strict && isPlaceholder(fixed) {
			c.warn("'" + pointer + "' holds a placeholder, which is no member of " + string(def.Name))
			return fixed, nil, nil
		}
		return fixed, fixed.Tree(), nil
	case def.Kind != edm.Enum && raw.Kind() == value.KindObject:
		return c.complex(def, raw, pointer)
	}
	return raw, raw.Tree(), nil
}

// complex corrects the members of a complex value. An abstract type without
// @odata.type is taken by its members (C-4.10).
func (c *bodyCheck) complex(declared *edm.Type, raw value.Raw, pointer string) (value.Raw, any, error) {
	members := raw.Members()
	t, err := c.runtimeType(declared, members, pointer+"/")
	if err != nil {
		return raw, nil, err
	}
	out := value.NewBuilder(len(members))
	tree := make(map[string]any, len(members))
	for _, m := range members {
		if strings.IndexByte(m.Name, '@') >= 0 {
			if m.Name == "@odata.type" && t != declared {
				out.Set(m.Name, value.String("#"+string(t.Name)))
			}
			continue
		}
		p, ok := c.property(t, m.Name)
		if !ok {
			if !t.Takes(m.Name) {
				if _, nav := c.navigation(t, m.Name); !nav {
					if err := c.unknown(t, m.Name, pointer+"/"+m.Name); err != nil {
						return raw, nil, err
					}
				}
			}
			out.Set(m.Name, m.Value)
			continue
		}
		fixed, node, err := c.propertyValue(p, m.Value, pointer+"/"+p.Name)
		if err != nil {
			return raw, nil, err
		}
		if node != nil || c.strict {
			tree[p.Name] = node
		}
		out.Set(p.Name, fixed)
	}
	return out.Members().Object(), tree, nil
}

// canonicalMember gives an enumeration's members their own letter case. What
// is no member is left for the schema to refuse.
func canonicalMember(def *edm.Type, raw value.Raw, strict bool) value.Raw {
	s, _ := raw.Text()
	if strict || slices.Contains(def.Members, s) {
		return raw
	}
	fixed := func(s string) string {
		for _, m := range def.Members {
			if strings.EqualFold(m, s) {
				return m
			}
		}
		return s
	}
	if !def.Flags || !strings.Contains(s, ",") {
		return value.String(fixed(s))
	}
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = fixed(strings.TrimSpace(parts[i]))
	}
	return value.String(strings.Join(parts, ","))
}

// isPlaceholder reports whether a text stands for a value, see edm.Placeholder.
func isPlaceholder(raw value.Raw) bool {
	s, _ := raw.Text()
	return edm.Placeholder(s)
}

// standsFor reports whether a value stands for one of another kind: a placeholder in
// place of a number, a list or an object, or an object that says nothing but its type in
// place of a primitive value.
func standsFor(ref edm.Ref, def *edm.Type, raw value.Raw) bool {
	switch raw.Kind() {
	case value.KindString:
		if !ref.Many && (def == nil && !numeric(ref.Name) || def != nil && def.Kind == edm.Enum) {
			return false
		}
		s, _ := raw.Text()
		return s != "" && edm.Placeholder(s)
	case value.KindObject:
		if ref.Many || ref.Name == "Edm.Untyped" || def != nil && def.Kind != edm.Enum {
			return false
		}
		return !slices.ContainsFunc(raw.Members(), func(m value.Member) bool { return !strings.Contains(m.Name, "@") })
	}
	return false
}

// numeric reports whether values of a primitive type are no texts in JSON.
func numeric(name edm.Name) bool {
	switch name {
	case "Edm.Boolean", "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte", "Edm.Double", "Edm.Single", "Edm.Decimal":
		return true
	}
	return false
}

// unreadable says what is expected where a text is no value of a primitive type.
func unreadable(name edm.Name, raw value.Raw) string {
	if name != "Edm.DateTimeOffset" && name != "Edm.Date" { // the pages' own examples give dates with a time
		return ""
	}
	s, _ := raw.Text()
	if _, ok := odata.ParseInstant(s); ok {
		return ""
	}
	return "Expected a time such as 2026-11-22T09:00:00Z."
}

// number reads an integer that was sent as text, where the service of the entity does: a
// shipped client sends "reminderMinutesBeforeStart": "15". A warning names it.
func (c *bodyCheck) number(raw value.Raw, pointer string) value.Raw {
	if raw.Kind() != value.KindString || c.kind == nil || !c.kind.Traits.TextNumbers {
		return raw
	}
	s, _ := raw.Text()
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return raw
	}
	c.warn("'" + pointer + "' holds a number as text")
	return value.Int(n)
}

// truth reads a boolean that was sent as text. The service converts it, and the
// pages' own examples send it so ("SaveToSentItems": "false"); a warning names it.
func (c *bodyCheck) truth(raw value.Raw, pointer string) value.Raw {
	if raw.Kind() != value.KindString {
		return raw
	}
	s, _ := raw.Text()
	yes := strings.EqualFold(s, "true")
	if !yes && !strings.EqualFold(s, "false") {
		return raw
	}
	c.warn("'" + pointer + "' holds a boolean as text")
	return value.Bool(yes)
}
