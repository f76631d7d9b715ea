package metadata

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// CSDL writes a model as CSDL. It reads every type, so it is made when it is asked
// for and kept by nobody.
func CSDL(m *edm.Model) []byte {
	c := &csdlWriter{}
	c.line(0, `<?xml version="1.0" encoding="utf-8"?>`)
	c.line(0, `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">`)
	c.line(1, `<edmx:DataServices>`)
	types := map[string][]*edm.Type{}
	ops := map[string][]*edm.Operation{}
	for _, name := range m.Names() {
		if t, ok := m.Type(name); ok {
			types[name.Namespace()] = append(types[name.Namespace()], t)
			for _, o := range t.Operations() {
				ops[o.Namespace] = append(ops[o.Namespace], o)
			}
		}
	}
	for _, ns := range slices.Sorted(maps.Keys(types)) {
		alias := ""
		if ns == graphNamespace {
			alias = ` Alias="graph"`
		}
		c.line(2, `<Schema%s%s xmlns="http://docs.oasis-open.org/odata/ns/edm">`, attr("Namespace", ns), alias)
		for _, t := range types[ns] {
			c.typ(t)
		}
		for _, o := range ops[ns] {
			c.operation(o)
		}
		if ns == graphNamespace {
			c.container(m.Root())
		}
		c.line(2, `</Schema>`)
	}
	c.line(1, `</edmx:DataServices>`)
	c.line(0, `</edmx:Edmx>`)
	return c.out.Bytes()
}

const graphNamespace = "microsoft.graph"

type csdlWriter struct{ out bytes.Buffer }

func (c *csdlWriter) line(depth int, format string, args ...any) {
	for range depth {
		c.out.WriteString("  ")
	}
	fmt.Fprintf(&c.out, format, args...)
	c.out.WriteByte('\n')
}

// attr writes an attribute when it has a value.
func attr(name, v string) string {
	if v == "" {
		return ""
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(v)) // writing to a Builder cannot fail
	return " " + name + `="` + b.String() + `"`
}

func flag(name string, set bool) string {
	if !set {
		return ""
	}
	return " " + name + `="true"`
}

// typeName is a type as CSDL writes it; numbers and content without a type are untyped.
func typeName(r edm.Ref) string {
	if r.Name == "" || r.Name == "Edm.Number" {
		r.Name = "Edm.Untyped"
	}
	return r.String()
}

func notNull(nullable bool) string {
	if nullable {
		return ""
	}
	return ` Nullable="false"`
}

func (c *csdlWriter) typ(t *edm.Type) {
	switch t.Kind {
	case edm.Enum:
		c.line(3, `<EnumType%s%s>`, attr("Name", t.Name.Short()), flag("IsFlags", t.Flags))
		for i, m := range t.Members {
			v := ""
			if i < len(t.Values) {
				v = strconv.FormatInt(t.Values[i], 10)
			}
			c.line(4, `<Member%s%s />`, attr("Name", m), attr("Value", v))
		}
		c.line(3, `</EnumType>`)
	case edm.Entity, edm.Complex:
		c.structured(t)
	}
}

func (c *csdlWriter) structured(t *edm.Type) {
	element, base := "ComplexType", ""
	if t.Kind == edm.Entity {
		element = "EntityType"
	}
	inherited := map[string]bool{}
	var keys []string
	if b := t.Base(); b != nil {
		base = string(b.Name)
		for _, p := range b.Properties() {
			inherited[p.Name] = true
		}
		for _, n := range b.Navigations() {
			inherited[n.Name] = true
		}
	} else {
		keys = t.Key
	}
	c.line(3, `<%s%s%s%s%s%s>`, element, attr("Name", t.Name.Short()), attr("BaseType", base), flag("Abstract", t.Abstract), flag("OpenType", t.Open), flag("HasStream", t.Stream))
	if len(keys) > 0 {
		c.line(4, `<Key>`)
		for _, k := range keys {
			c.line(5, `<PropertyRef%s />`, attr("Name", k))
		}
		c.line(4, `</Key>`)
	}
	for _, p := range t.Properties() {
		if !inherited[p.Name] {
			c.line(4, `<Property%s%s%s />`, attr("Name", p.Name), attr("Type", typeName(p.Type)), notNull(p.Nullable))
		}
	}
	for _, n := range t.Navigations() {
		if !inherited[n.Name] {
			c.line(4, `<NavigationProperty%s%s%s />`, attr("Name", n.Name), attr("Type", n.Type.String()), flag("ContainsTarget", n.Contains))
		}
	}
	c.line(3, `</%s>`, element)
}

func (c *csdlWriter) operation(o *edm.Operation) {
	element := "Function"
	if o.Action {
		element = "Action"
	}
	bound := o.Owner().Kind != edm.Root
	c.line(3, `<%s%s%s%s>`, element, attr("Name", o.Name), flag("IsBound", bound), flag("IsComposable", o.Composable))
	if bound {
		c.line(4, `<Parameter Name="bindingParameter"%s />`, attr("Type", edm.Ref{Name: o.Owner().Name, Many: o.Many}.String()))
	}
	for _, p := range o.Parameters {
		c.line(4, `<Parameter%s%s%s />`, attr("Name", p.Name), attr("Type", typeName(p.Type)), notNull(p.Nullable))
	}
	if o.Returns != (edm.Ref{}) {
		c.line(4, `<ReturnType%s%s />`, attr("Type", typeName(o.Returns)), notNull(o.ReturnsNullable))
	}
	c.line(3, `</%s>`, element)
}

// container lists what the service root holds, and the operations bound to nothing.
func (c *csdlWriter) container(root *edm.Type) {
	c.line(3, `<EntityContainer Name="GraphService">`)
	for _, n := range root.Navigations() {
		if n.Type.Many {
			c.line(4, `<EntitySet%s%s />`, attr("Name", n.Name), attr("EntityType", string(n.Type.Name)))
		} else {
			c.line(4, `<Singleton%s%s />`, attr("Name", n.Name), attr("Type", string(n.Type.Name)))
		}
	}
	for _, o := range root.Operations() {
		element := "FunctionImport"
		if o.Action {
			element = "ActionImport"
		}
		c.line(4, `<%s%s%s />`, element, attr("Name", o.Name), attr(strings.TrimSuffix(element, "Import"), string(o.FullName())))
	}
	c.line(3, `</EntityContainer>`)
}
