package catalog

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// TenantSchema returns the JSON Schema (draft 7, which editors read best) of tenant files, for editors: what may stand
// at the service root, and the members of all types below it, of every version of Graph
// that is served. It does not say what a new entity needs, because a file may add to one
// that another file lists.
func (c *Catalog) TenantSchema() ([]byte, error) {
	b := &tenantSchema{models: c.models(), defs: map[string]schema{
		"boolean": orVariable(schema{"type": []string{"boolean", "null"}}),
		"number":  orVariable(schema{"type": []string{"number", "null"}}),
		"text":    {"anyOf": []schema{{"type": []string{"string", "null"}}, {"$ref": "#/definitions/file"}}},
		"file":    {"description": "The bytes of a file beside this one.", "type": "object", "properties": schema{"$file": schema{"type": "string"}}, "required": []string{"$file"}, "additionalProperties": false},
		"content": {"description": "The content of a stream: a text, or {$file: name}.", "anyOf": []schema{{"type": []string{"string", "number", "boolean"}}, {"$ref": "#/definitions/file"}}},
		"stream": {"type": []string{"object", "null"}, "properties": schema{"$content": schema{"$ref": "#/definitions/content"}, "$type": schema{"type": "string"}},
			"required": []string{"$content"}, "additionalProperties": false},
	}}
	root := schema{"$schema": schema{"type": "string"}}
	for _, m := range b.models {
		for _, n := range m.Root().Navigations() {
			b.member(root, n.Name, b.navigation(n))
		}
	}
	for len(b.open) > 0 {
		name := b.open[len(b.open)-1]
		b.open = b.open[:len(b.open)-1]
		b.defs[string(name)] = b.definition(name)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(schema{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "Tenant of graph-emulator", "type": []string{"object", "null"},
		"properties": root, "patternProperties": schema{"^/": schema{"description": "What lies at this path.", "type": []string{"object", "array", "null"}}},
		"additionalProperties": false, "definitions": b.defs,
	})
	return out.Bytes(), err
}

type schema map[string]any

// orVariable lets a value come from the environment.
func orVariable(s schema) schema {
	return schema{"anyOf": []schema{s, {"type": "string", "pattern": `\$\{env\.`}}}
}

// tenantSchema makes one definition for each type name, of what all models say of it.
type tenantSchema struct {
	models []*edm.Model
	defs   map[string]schema
	open   []edm.Name // types that are referred to and not defined yet
	met    map[edm.Name]bool
}

func (b *tenantSchema) ref(name edm.Name) schema {
	if b.met == nil {
		b.met = map[edm.Name]bool{}
	}
	if !b.met[name] {
		b.met[name] = true
		b.open = append(b.open, name)
	}
	return schema{"$ref": "#/definitions/" + string(name)}
}

// member adds a member; what two models say in different ways may be either.
func (b *tenantSchema) member(to schema, name string, is schema) {
	was, ok := to[name].(schema)
	switch {
	case !ok:
		to[name] = is
	case !reflect.DeepEqual(was, is):
		to[name] = schema{"anyOf": []schema{was, is}}
	}
}

func (b *tenantSchema) navigation(n *edm.Navigation) schema {
	one := schema{"type": []string{"object", "null"}}
	if n.Target() != nil {
		one = b.ref(n.Target().Name)
	}
	if !n.Type.Many {
		return one
	}
	return schema{"type": []string{"array", "null"}, "items": one}
}

func (b *tenantSchema) property(p *edm.Property) schema {
	one := schema{}
	switch name := string(p.Type.Name); {
	case p.Def() != nil:
		one = b.ref(p.Def().Name)
	case name == "Edm.Boolean":
		one = schema{"$ref": "#/definitions/boolean"}
	case name == "Edm.Stream":
		one = schema{"$ref": "#/definitions/stream"}
	case strings.HasPrefix(name, "Edm.Int"), slices.Contains([]string{"Edm.Double", "Edm.Single", "Edm.Decimal", "Edm.Byte", "Edm.SByte"}, name):
		one = schema{"$ref": "#/definitions/number"}
	case p.Type.Name.Primitive() && name != "Edm.Untyped":
		one = schema{"$ref": "#/definitions/text"}
	}
	if p.Type.Many {
		return schema{"type": []string{"array", "null"}, "items": one}
	}
	return one
}

// maxDerived is how many derived types may add their members to a base type; above, any
// member is taken.
const maxDerived = 20

func (b *tenantSchema) definition(name edm.Name) schema {
	members, enum := schema{}, []any{}
	patterns := schema{"@": schema{}}
	open, flags, entity := false, false, false
	for _, m := range b.models {
		t, ok := m.Type(name)
		if !ok {
			continue
		}
		if t.Kind == edm.Enum {
			flags = flags || t.Flags
			for _, v := range t.Members {
				if !slices.Contains(enum, any(v)) {
					enum = append(enum, v)
				}
			}
			continue
		}
		entity = entity || t.Kind == edm.Entity
		family := append([]*edm.Type{t}, t.Derived()...)
		for i := 1; i < len(family) && len(family) <= maxDerived; i++ {
			family = append(family, family[i].Derived()...)
		}
		open = open || len(family) > maxDerived || !t.Known() || t.Takes("x")
		if t.Takes("a_b") {
			patterns["_"] = schema{}
		}
		for _, f := range family[:min(len(family), maxDerived)] {
			for _, p := range f.Properties() {
				b.member(members, p.Name, b.property(p))
			}
			for _, n := range f.Navigations() {
				b.member(members, n.Name, b.navigation(n))
			}
		}
	}
	if len(enum) > 0 {
		if flags {
			return schema{"type": []string{"string", "null"}, "examples": enum}
		}
		return orVariable(schema{"enum": append(enum, nil)})
	}
	if entity {
		maps.Copy(members, schema{
			"$ref":     schema{"description": "A link: the path of an entity that is listed elsewhere, such as /users/ida@northgale.test.", "type": "string"},
			"$gone":    schema{"description": "The key of what every tenant has here and this one has not.", "type": "string"},
			"$content": schema{"$ref": "#/definitions/content"}, "$type": schema{"type": "string"},
		})
	}
	return schema{"type": []string{"object", "null"}, "properties": members, "patternProperties": patterns, "additionalProperties": open}
}
