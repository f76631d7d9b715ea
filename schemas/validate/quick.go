package validate

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// node is a compiled schema cut down to the keywords the type files use. It
// recognises a valid body several times faster than the library, which keeps
// books for keywords we do not use. It never refuses: where it does not pass a
// value the library decides.
type node struct {
	types    kinds // zero: any
	enum     map[string]bool
	noNull   bool // enum does not list null
	pattern  *regexp.Regexp
	required []string
	members  map[string]*node
	items    *node
	all      []*node // $ref and allOf
	ask      bool    // holds a keyword not known here
}

// kinds is a set of JSON types.
type kinds uint8

const (
	null kinds = 1 << iota
	boolean
	text
	integer
	number
	array
	object
)

var kindOf = map[string]kinds{
	"null": null, "boolean": boolean, "string": text, "integer": integer, "number": integer | number,
	"array": array, "object": object,
}

// node returns the node of s; nodes are shared as the schemas are. The caller
// holds c.mu.
func (c *cache) node(s *jsonschema.Schema) *node {
	if s == nil {
		return nil
	}
	if n, ok := c.nodes[s]; ok {
		return n
	}
	n := &node{pattern: s.Pattern, required: s.Required, ask: exotic(s)}
	c.nodes[s] = n // before its parts: schemas refer to themselves
	for _, t := range s.Types {
		n.types |= kindOf[t]
	}
	if s.Enum != nil {
		n.enum, n.noNull = map[string]bool{}, true
		for _, v := range s.Enum {
			switch v := v.(type) {
			case string:
				n.enum[v] = true
			case nil:
				n.noNull = false
			default:
				n.ask = true
			}
		}
		n.ask = n.ask || n.types == 0 || n.types&^(text|null) != 0
	}
	if len(s.Properties) > 0 {
		n.members = make(map[string]*node, len(s.Properties))
		for name, p := range s.Properties {
			n.members[name] = c.node(p)
		}
	}
	n.items = c.node(s.Items2020)
	if s.Ref != nil {
		n.all = append(n.all, c.node(s.Ref))
	}
	for _, a := range s.AllOf {
		n.all = append(n.all, c.node(a))
	}
	return n
}

// exotic reports whether s has a keyword that node does not hold.
func exotic(s *jsonschema.Schema) bool {
	return s.Always != nil || s.RecursiveRef != nil || s.DynamicRef != nil || s.Constant != nil ||
		s.Not != nil || s.AnyOf != nil || s.OneOf != nil || s.If != nil ||
		s.MinProperties >= 0 || s.MaxProperties >= 0 || s.PropertyNames != nil || s.PatternProperties != nil ||
		s.AdditionalProperties != nil || s.Dependencies != nil || s.DependentRequired != nil ||
		s.DependentSchemas != nil || s.UnevaluatedProperties != nil ||
		s.MinItems >= 0 || s.MaxItems >= 0 || s.UniqueItems || s.Items != nil || s.PrefixItems != nil ||
		s.Contains != nil || s.UnevaluatedItems != nil || s.MinLength >= 0 || s.MaxLength >= 0 ||
		s.Minimum != nil || s.ExclusiveMinimum != nil || s.Maximum != nil || s.ExclusiveMaximum != nil ||
		s.MultipleOf != nil || len(s.Extensions) > 0
}

// passes reports whether v is valid for certain.
func (n *node) passes(v any) bool {
	if n.ask {
		return false
	}
	switch v := v.(type) {
	case nil:
		if !n.admits(null) || n.noNull {
			return false
		}
	case string:
		if !n.admits(text) || n.enum != nil && !n.enum[v] || n.pattern != nil && !n.pattern.MatchString(v) {
			return false
		}
	case bool:
		if !n.admits(boolean) {
			return false
		}
	case json.Number:
		if !n.admits(numberKind(v)) {
			return false
		}
	case []any:
		if !n.admits(array) || !n.passesItems(v) {
			return false
		}
	case map[string]any:
		if !n.admits(object) || !n.passesMembers(v) {
			return false
		}
	default:
		return false
	}
	for _, a := range n.all {
		if !a.passes(v) {
			return false
		}
	}
	return true
}

func (n *node) admits(k kinds) bool { return n.types == 0 || n.types&k != 0 }

// numberKind takes what is written with a fraction or an exponent for a number;
// whether 1.0 is an integer is left to the library.
func numberKind(v json.Number) kinds {
	if strings.ContainsAny(string(v), ".eE") {
		return number
	}
	return integer
}

func (n *node) passesItems(v []any) bool {
	if n.items == nil {
		return true
	}
	for _, e := range v {
		if !n.items.passes(e) {
			return false
		}
	}
	return true
}

func (n *node) passesMembers(v map[string]any) bool {
	for _, name := range n.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	if len(n.members) == 0 {
		return true
	}
	for name, e := range v {
		if m := n.members[name]; m != nil && !m.passes(e) {
			return false
		}
	}
	return true
}
