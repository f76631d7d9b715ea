package derive

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// render prints the schema file of a type.
func (d *draft) render(t *typ) []byte {
	head := []string{
		`"$comment": ` + quote(comment),
		`"$schema": ` + quote(dialect),
		`"title": ` + quote(t.name),
	}
	if t.kind == kindEnum {
		head = append(head, d.enumLines(t)...)
	} else {
		head = append(head, d.structuredLines(t)...)
	}
	return []byte("{" + strings.Join(head, ",\n") + "\n}\n")
}

// block prints a member whose own members stand one a line.
func block(name string, lines []string) string {
	return quote(name) + ": {\n" + strings.Join(lines, ",\n") + "\n}"
}

func (d *draft) enumLines(t *typ) []string {
	names, values := make([]string, len(t.members)), make([]string, len(t.members))
	for i, m := range t.members {
		names[i], values[i] = m.name, strconv.FormatInt(m.value, 10)
	}
	lines := []string{`"type": ["string","null"]`}
	switch {
	case t.origin == fromResource || t.origin == fromPath || len(names) == 0: // a page may leave members out
	case t.flags:
		parts := make([]string, len(names))
		for i, n := range names {
			parts[i] = regexp.QuoteMeta(n)
		}
		one := "(" + strings.Join(parts, "|") + ")"
		lines = append(lines, `"pattern": `+quote("^"+one+"( ?, ?"+one+")*$"))
	default:
		lines = append(lines, `"enum": `+strings.TrimSuffix(quoted(names), "]")+",null]")
	}
	x := []string{`"kind": "enum"`}
	x = append(x, originLine(t)...)
	x = append(x, `"members": `+quoted(names))
	if t.hasValues() {
		x = append(x, `"values": [`+strings.Join(values, ",")+"]")
	}
	if t.flags {
		x = append(x, `"flags": true`)
	}
	return append(lines, block("x-graph", x))
}

// hasValues tells an enumeration whose source numbers its members.
func (t *typ) hasValues() bool {
	return len(t.members) > 0 && t.origin != fromDeclaration && t.origin != fromResource && t.origin != fromPath
}

func originLine(t *typ) []string {
	if t.origin == fromCSDL {
		return nil
	}
	return []string{`"origin": ` + quote(t.origin)}
}

func (d *draft) structuredLines(t *typ) []string {
	lines := []string{`"type": ["object","null"]`}
	if t.base != "" {
		lines = append(lines, `"allOf": [{"$ref":`+quote(refTo(t.name, d.canonical(t.base)))+`}]`)
	}
	if props := d.propertyLines(t); len(props) > 0 {
		lines = append(lines, block("properties", props))
	}
	if len(t.required) > 0 {
		req := slices.Clone(t.required)
		slices.Sort(req)
		lines = append(lines, `"required": `+quoted(slices.Compact(req)))
	}
	x := []string{`"kind": ` + quote(t.kind)}
	x = append(x, originLine(t)...)
	if len(t.key) > 0 {
		x = append(x, `"key": `+quoted(t.key))
	}
	if len(t.alternate) > 0 {
		keys := make([]string, len(t.alternate))
		for i, k := range t.alternate {
			keys[i] = quoted(k)
		}
		x = append(x, `"alternateKeys": [`+strings.Join(keys, ",")+"]")
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"abstract", t.abstract}, {"open", t.open}, {"stream", t.stream}} {
		if f.on {
			x = append(x, quote(f.name)+": true")
		}
	}
	if len(t.derived) > 0 {
		x = append(x, `"derived": `+quoted(t.derived))
	}
	if navs := d.navigationLines(t); len(navs) > 0 {
		x = append(x, block("navigation", navs))
	}
	if ops := d.operationLines(t); len(ops) > 0 {
		x = append(x, "\"operations\": [\n"+strings.Join(ops, ",\n")+"\n]")
	}
	return append(lines, block("x-graph", x))
}

// canonical is the spelling of the type as it was defined.
func (d *draft) canonical(name string) string {
	if t := d.find(name); t != nil {
		return t.name
	}
	return name
}

func sortedByFold[T any](m map[string]T) []T {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]T, len(keys))
	for i, k := range keys {
		out[i] = m[k]
	}
	return out
}

func (d *draft) propertyLines(t *typ) []string {
	var lines []string
	for _, p := range sortedByFold(t.props) {
		var s, x text
		x.str("type", d.valueSchema(&s, t.name, p.typ, p.nullable))
		s.yes("readOnly", p.readOnly)
		x.yes("immutable", p.immutable)
		if p.origin != t.origin {
			x.str("origin", p.origin)
		}
		if factsInto(&x, p.facts); !x.empty() {
			s.raw("x-graph", x.String())
		}
		lines = append(lines, quote(p.name)+": "+s.String())
	}
	return lines
}

func (d *draft) navigationLines(t *typ) []string {
	var lines []string
	for _, n := range sortedByFold(t.navs) {
		item, isMany := many(n.typ)
		var s text
		s.str("type", refTo(t.name, d.canonical(item)))
		s.yes("many", isMany)
		s.yes("contains", n.contains)
		s.yes("set", n.set)
		s.str("binding", n.binding)
		if !n.nullable && !isMany && t.kind != kindRoot {
			s.raw("nullable", "false")
		}
		s.yes("computed", n.computed)
		if n.origin != t.origin {
			s.str("origin", n.origin)
		}
		factsInto(&s, n.facts)
		lines = append(lines, quote(n.name)+": "+s.String())
	}
	return lines
}
