package validate

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// explainer turns the library's tree of errors into violations. It takes places
// from the tree, never sentences: what was wanted is read from the schema there.
type explainer struct {
	root  *jsonschema.Schema
	body  map[string]any
	model *edm.Model
	noun  string
	found []Violation
}

func (x *explainer) explain(err error) []Violation {
	if ve, ok := err.(*jsonschema.ValidationError); ok {
		x.leaves(ve)
	} else {
		x.add("", "type", "JSON values") // a Go value that no JSON decodes to
	}
	slices.SortFunc(x.found, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Keyword, b.Keyword), strings.Compare(a.Want, b.Want))
	})
	return slices.Compact(x.found) // a value may meet one schema by two roads
}

// leaves walks to the errors that have no cause. Of several forms, none of
// which fits, the choice is the finding: what is wrong with each is noise.
func (x *explainer) leaves(e *jsonschema.ValidationError) {
	last := e.KeywordLocation[strings.LastIndexByte(e.KeywordLocation, '/')+1:]
	choice := last == "anyOf" || last == "oneOf" || last == "contains"
	if len(e.Causes) > 0 && !choice {
		for _, c := range e.Causes {
			x.leaves(c)
		}
		return
	}
	s, keyword := locate(x.root, e.KeywordLocation)
	at := pointer(e.InstanceLocation)
	switch keyword {
	case "required":
		x.missing(s, at)
	case "type":
		x.add(at, keyword, either(s.Types)+", not "+article(jsonType(value(x.body, at))))
	default:
		x.add(at, keyword, x.want(s, keyword))
	}
}

// missing adds one violation for each required member that is not there.
func (x *explainer) missing(s *jsonschema.Schema, at string) {
	have, _ := value(x.body, at).(map[string]any)
	for _, name := range s.Required {
		if _, ok := have[name]; !ok {
			p := at + "/" + escape(name)
			x.found = append(x.found, Violation{Pointer: p, Property: name, Keyword: "required", Want: "a value",
				Message: "The " + x.noun + " '" + words(p) + "' is required."})
		}
	}
}

// add adds a violation. What follows "not" is for the sentence only.
func (x *explainer) add(at, keyword, want string) {
	subject := "The " + x.noun + " '" + words(at) + "'"
	if at == "" {
		subject = "The body"
	}
	short, _, _ := strings.Cut(want, ", not ")
	x.found = append(x.found, Violation{Pointer: at, Property: lastName(at), Keyword: keyword, Want: short, Message: subject + " must be " + want + "."})
}

// locate follows a keyword location from root to the schema that holds the
// keyword, and returns both.
func locate(root *jsonschema.Schema, location string) (*jsonschema.Schema, string) {
	s := root
	path := strings.Split(strings.TrimPrefix(location, "/"), "/")
	for i := 0; i < len(path); i++ {
		next := ""
		if i+1 < len(path) {
			next = unescape(path[i+1])
		}
		inner, used := descend(s, path[i], next)
		if inner == nil {
			return s, path[i]
		}
		s = inner
		i += used
	}
	return s, ""
}

// descend returns the schema under a keyword, and how many more tokens of the
// path lead to it.
func descend(s *jsonschema.Schema, keyword, next string) (inner *jsonschema.Schema, used int) {
	index, _ := strconv.Atoi(next)
	pick := func(list []*jsonschema.Schema) (*jsonschema.Schema, int) {
		if next == "" || index < 0 || index >= len(list) {
			return nil, 0
		}
		return list[index], 1
	}
	switch keyword {
	case "$ref":
		return s.Ref, 0
	case "allOf":
		return pick(s.AllOf)
	case "prefixItems":
		return pick(s.PrefixItems)
	case "properties":
		return s.Properties[next], 1
	case "dependentSchemas":
		return s.DependentSchemas[next], 1
	case "patternProperties":
		for pattern, p := range s.PatternProperties {
			if pattern.String() == next {
				return p, 1
			}
		}
	case "additionalProperties":
		inner, _ = s.AdditionalProperties.(*jsonschema.Schema)
	case "items":
		return s.Items2020, 0
	case "then":
		return s.Then, 0
	case "else":
		return s.Else, 0
	case "propertyNames":
		return s.PropertyNames, 0
	}
	return inner, 0
}

// pointer turns the library's instance location, which is percent-encoded, into
// a JSON pointer.
func pointer(location string) string {
	if p, err := url.PathUnescape(location); err == nil {
		return p
	}
	return location
}

func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func unescape(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(pointer(token))
}

// words is a pointer for a sentence.
func words(at string) string { return strings.TrimPrefix(at, "/") }

// lastName is the last token of a pointer that is no index.
func lastName(at string) string {
	path := strings.Split(at, "/")
	for i := len(path) - 1; i > 0; i-- {
		if _, err := strconv.Atoi(path[i]); err != nil {
			return unescape(path[i])
		}
	}
	return ""
}

// value returns what stands at a pointer, nil if nothing does.
func value(v any, at string) any {
	if at == "" {
		return v
	}
	for token := range strings.SplitSeq(at[1:], "/") {
		switch in := v.(type) {
		case map[string]any:
			v = in[unescape(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}
