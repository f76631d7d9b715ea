package derive

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// defineResult defines a type that only an operation's answer names. It
// reports false when the page shows nothing of it.
func (c *compiler) defineResult(name string, p *page.Page) bool {
	if !wellNamed(name) || p == nil {
		return false
	}
	t := c.draft.define(name, kindComplex, fromPath)
	c.fromExamples(t, p)
	t.open = true
	c.names.add(name)
	return true
}

// defineEntity defines an entity type that no page describes: what is known of
// it stands in the body table and the examples of the page p, which may be nil.
func (c *compiler) defineEntity(name string, p *page.Page, keyed bool) {
	t := c.draft.define(name, kindEntity, fromPath)
	c.names.add(name)
	if keyed {
		c.ensureEntity()
		t.base = entityID
	}
	if p == nil {
		return
	}
	for _, row := range p.Body {
		c.fromRow(t, row)
	}
	c.fromExamples(t, p)
}

// ensureEntity defines the base of all entities where nothing beneath does.
func (c *compiler) ensureEntity() {
	if c.draft.find(entityID) != nil {
		return
	}
	e := c.draft.define(entityID, kindEntity, fromPath)
	e.abstract = true
	e.key = []string{"id"}
	e.props["id"] = &prop{name: "id", typ: "Edm.String", origin: fromPath}
}

// fromRow learns a member from a row of a body table. Types that are only
// linked are defined as open ones.
func (c *compiler) fromRow(t *typ, row page.Row) {
	if !identifier(row.Name) || c.draft.has(t, row.Name) {
		return
	}
	typeName := c.draft.memberType(row.Type, t.name, c.names)
	if typeName == "Edm.Untyped" && wellNamed(row.Type) {
		open := c.draft.define(row.Type, kindComplex, fromPath)
		open.open = true
		c.names.add(row.Type)
		typeName = row.Type
	}
	c.draft.addMember(t, row.Name, collection(typeName, row.Collection), fromPath, nil)
	if row.Required {
		t.required = append(t.required, row.Name)
	}
}

// fromExamples learns members from the bodies of a page's examples that are
// about t: requests that create or change it, and answers.
func (c *compiler) fromExamples(t *typ, p *page.Page) {
	for _, e := range p.Examples {
		if e.Request.Foreign {
			continue
		}
		bodies := [][]byte{}
		if e.Request.BodyKind == page.JSON {
			bodies = append(bodies, e.Request.Body)
		}
		for _, a := range e.Responses {
			if a.BodyKind == page.JSON && success(a.Status) {
				bodies = append(bodies, a.Body)
			}
		}
		for _, b := range bodies {
			c.fromBody(t, b)
		}
	}
}

func (c *compiler) fromBody(t *typ, body []byte) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var o map[string]any
	if dec.Decode(&o) != nil {
		return // not an object: it shows no members
	}
	if list, ok := o["value"].([]any); ok {
		for _, item := range list {
			if m, ok := item.(map[string]any); ok {
				c.fromObject(t, m)
			}
		}
		return
	}
	c.fromObject(t, o)
}

func (c *compiler) fromObject(t *typ, o map[string]any) {
	for _, name := range sortedKeys(o) {
		if !identifier(name) || c.draft.has(t, name) {
			continue
		}
		c.draft.addMember(t, name, c.shape(o[name]), fromPath, nil)
	}
}

// shape is the type a JSON value of an example can have. An object is what its
// annotation says, or anything.
func (c *compiler) shape(v any) string {
	switch v := v.(type) {
	case string:
		return "Edm.String"
	case bool:
		return "Edm.Boolean"
	case json.Number:
		return "Edm.Number"
	case []any:
		if len(v) == 0 {
			return "Collection(Edm.Untyped)"
		}
		item := c.shape(v[0])
		if strings.HasPrefix(item, "Collection(") {
			return "Edm.Untyped"
		}
		return "Collection(" + item + ")"
	case map[string]any:
		name, _ := v["@odata.type"].(string)
		name = strings.TrimPrefix(name, "#")
		if t := c.draft.find(name); t != nil && name != "" {
			return t.name
		}
		if wellNamed(name) {
			t := c.draft.define(name, kindComplex, fromPath)
			t.open = true
			c.names.add(name)
			c.fromObject(t, v)
			return name
		}
	}
	return "Edm.Untyped"
}
