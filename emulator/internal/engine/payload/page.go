package payload

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/validate"
)

// Page is what the documentation of an operation says of its body.
type Page struct {
	required []string // members that a create has to have
	shows    []string // what it shows and the model has not, or with other values: "address/type"
}

// Page is what is documented of the body of an operation; nil: nothing.
func (e *Checker) Page(op *fixtures.Operation, create bool) Page {
	if op == nil {
		return Page{}
	}
	p := Page{shows: op.Shows}
	if create {
		p.required = op.Required
		if e.Strict {
			p.required = slices.Concat(p.required, op.Strict)
		}
	}
	return p
}

// has reports whether the page shows what a pointer names: "/address/type", or "value/0/id"
// of an element.
func (p *Page) has(pointer string) bool {
	if len(p.shows) == 0 {
		return false
	}
	parts := slices.DeleteFunc(strings.Split(pointer, "/"), func(s string) bool { return strings.Trim(s, "0123456789") == "" })
	pointer = strings.Join(parts, "/")
	return slices.ContainsFunc(p.shows, func(s string) bool { return strings.EqualFold(s, pointer) })
}

// below is what the page says of the entities that a body holds in a navigation.
func (p *Page) below(nav string) (out Page) {
	for _, s := range p.shows {
		if at, rest, ok := strings.Cut(s, "/"); ok && strings.EqualFold(at, nav) {
			out.shows = append(out.shows, rest)
		}
	}
	return out
}

// tolerates reports whether a value is none of the model's but one that the operation's
// page shows.
func (c *bodyCheck) tolerates(v validate.Violation) bool {
	if c.strict || v.Keyword == "required" || !c.page.has(v.Pointer) {
		return false
	}
	c.body.Warn = append(c.body.Warn, "'"+strings.TrimPrefix(v.Pointer, "/")+"' holds a value that the model does not have: "+v.Message)
	return true
}
