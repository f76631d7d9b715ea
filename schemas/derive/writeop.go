package derive

import (
	"slices"
	"strings"
)

func (d *draft) operationLines(t *typ) []string {
	var lines []string
	for _, o := range t.ops {
		lines = append(lines, d.operationLine(t, o))
	}
	// By name first, then by the whole text, so that overloads keep an order
	// that depends on nothing but themselves.
	slices.SortFunc(lines, func(a, b string) int {
		if c := strings.Compare(fold(a), fold(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(lines)
}

func (d *draft) operationLine(t *typ, o *op) string {
	var s text
	s.str("name", o.name)
	if o.namespace != graphNS {
		s.str("namespace", o.namespace)
	}
	s.yes("action", o.action)
	if o.onMany {
		s.str("on", "collection")
	}
	s.yes("composable", o.composable)
	if len(o.params) > 0 {
		params := make([]string, len(o.params))
		for i, p := range o.params {
			params[i] = d.paramText(t, p)
		}
		s.raw("parameters", "["+strings.Join(params, ",")+"]")
	}
	if o.returns != "" {
		var r text
		r.str("type", d.canonicalType(o.returns))
		if !o.returnsNullable {
			r.raw("nullable", "false")
		}
		s.raw("returns", r.String())
	}
	s.str("entitySetPath", o.entitySetPath)
	if o.origin != t.origin {
		s.str("origin", o.origin)
	}
	return s.String()
}

func (d *draft) paramText(t *typ, p param) string {
	var s, schema text
	s.str("name", p.name)
	s.str("type", d.canonicalType(p.typ))
	if x := d.valueSchema(&schema, t.name, p.typ, p.nullable); x != "" {
		schema.raw("x-graph", `{"type":`+quote(x)+`}`)
	}
	s.raw("schema", schema.String())
	if !p.nullable { // said even where the schema says it: a value of any kind has no type to read it from
		s.raw("nullable", "false")
	}
	s.yes("optional", p.optional)
	return s.String()
}

func (d *draft) canonicalType(name string) string {
	item, isMany := many(name)
	return collection(d.canonical(item), isMany)
}
