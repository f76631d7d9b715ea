package derive

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	comment = "Derived by graph-derive; do not edit. Corrections go to schemas/patches."
	dialect = "https://json-schema.org/draft/2020-12/schema"
)

// fileOf is the path of a type's schema inside its version.
func fileOf(name string) string {
	rest, ok := strings.CutPrefix(name, graphNS+".")
	if !ok {
		rest = name
	}
	return strings.ReplaceAll(rest, ".", "/") + ".json"
}

// nameOf is the reverse of fileOf.
func nameOf(file string) string {
	return graphNS + "." + strings.ReplaceAll(strings.TrimSuffix(file, ".json"), "/", ".")
}

// refTo is the relative reference from the schema of one type to another's.
func refTo(from, to string) string {
	up := strings.Count(fileOf(from), "/")
	own, target := path.Dir(fileOf(from)), fileOf(to)
	if own != "." {
		if rest, ok := strings.CutPrefix(target, own+"/"); ok {
			return rest
		}
	}
	return strings.Repeat("../", up) + target
}

// primitive is the JSON Schema form of an Edm type.
var primitive = map[string]struct{ kinds, format string }{
	"Edm.String":         {"string", ""},
	"Edm.Boolean":        {"boolean", ""},
	"Edm.Int16":          {"integer", "int16"},
	"Edm.Int32":          {"integer", "int32"},
	"Edm.Int64":          {"integer string", "int64"},
	"Edm.Byte":           {"integer", "uint8"},
	"Edm.SByte":          {"integer", "int8"},
	"Edm.Double":         {"number string", "double"},
	"Edm.Single":         {"number string", "float"},
	"Edm.Decimal":        {"number string", "decimal"},
	"Edm.Number":         {"number", ""},
	"Edm.DateTimeOffset": {"string", "date-time"},
	"Edm.Date":           {"string", "date"},
	"Edm.TimeOfDay":      {"string", "time"},
	"Edm.Duration":       {"string", "duration"},
	"Edm.Guid":           {"string", "uuid"},
	"Edm.Binary":         {"string", "base64url"},
	"Edm.Stream":         {"string", ""},
}

// text is a compact JSON object under construction, members in call order.
type text struct{ b strings.Builder }

func (t *text) raw(name, value string) {
	if t.b.Len() == 0 {
		t.b.WriteByte('{')
	} else {
		t.b.WriteByte(',')
	}
	t.b.WriteString(quote(name) + ":" + value)
}

func (t *text) str(name, value string) {
	if value != "" {
		t.raw(name, quote(value))
	}
}

func (t *text) yes(name string, v bool) {
	if v {
		t.raw(name, "true")
	}
}

func (t *text) empty() bool { return t.b.Len() == 0 }

func (t *text) String() string {
	if t.b.Len() == 0 {
		return "{}"
	}
	return t.b.String() + "}"
}

func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quote(s)
	}
	return "[" + strings.Join(out, ",") + "]"
}

func kinds(list string, nullable bool) string {
	k := strings.Fields(list)
	if nullable {
		k = append(k, "null")
	}
	if len(k) == 1 {
		return quote(k[0])
	}
	return quoted(k)
}

// valueSchema adds the keywords of a value of type name to t and returns the
// x-graph type that the keywords alone do not tell.
func (d *draft) valueSchema(t *text, owner, name string, nullable bool) string {
	if item, ok := many(name); ok {
		t.raw("type", kinds("array", nullable))
		var in text
		if x := d.valueSchema(&in, owner, item, nullable); x != "" {
			in.raw("x-graph", `{"type":`+quote(x)+`}`)
		}
		t.raw("items", in.String())
		return ""
	}
	if p, ok := primitive[name]; ok {
		t.raw("type", kinds(p.kinds, nullable))
		t.str("format", p.format)
		if name == "Edm.Stream" {
			return name
		}
		return ""
	}
	target := d.find(name)
	if target == nil || strings.HasPrefix(name, "Edm.") || target.name == graphNS+".Json" {
		return name
	}
	t.str("$ref", refTo(owner, target.name))
	if !nullable {
		t.str("type", map[bool]string{true: "string", false: "object"}[target.kind == kindEnum])
	}
	return ""
}

// factsInto writes the capabilities that differ from what every member can do.
func factsInto(t *text, facts map[string]bool) {
	names := make([]string, 0, len(facts))
	for n, v := range facts {
		if _, known := capNames[n]; known && v == (n == "upsertable") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		t.raw(n, strconv.FormatBool(facts[n]))
	}
}
