package validate

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// listed is how many members of an enumeration a sentence lists.
const listed = 12

// want says what a keyword of s asks for, to follow "must be".
func (x *explainer) want(s *jsonschema.Schema, keyword string) string {
	switch keyword {
	case "enum":
		return choices(s)
	case "pattern":
		return x.form(s)
	case "const":
		if len(s.Constant) == 1 {
			return literal(s.Constant[0])
		}
	case "anyOf", "oneOf":
		return "of one of the forms the schema allows"
	case "minimum":
		return "at least " + rational(s.Minimum)
	case "exclusiveMinimum":
		return "more than " + rational(s.ExclusiveMinimum)
	case "maximum":
		return "at most " + rational(s.Maximum)
	case "exclusiveMaximum":
		return "less than " + rational(s.ExclusiveMaximum)
	case "multipleOf":
		return "a multiple of " + rational(s.MultipleOf)
	case "minLength":
		return fmt.Sprintf("at least %d characters long", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("at most %d characters long", s.MaxLength)
	case "minItems":
		return fmt.Sprintf("a list of at least %d", s.MinItems)
	case "maxItems":
		return fmt.Sprintf("a list of at most %d", s.MaxItems)
	case "minProperties":
		return fmt.Sprintf("an object with at least %d members", s.MinProperties)
	case "maxProperties":
		return fmt.Sprintf("an object with at most %d members", s.MaxProperties)
	case "uniqueItems":
		return "a list without repetition"
	case "additionalProperties", "unevaluatedProperties":
		return "an object of the members the schema names"
	}
	return "as the schema says under " + keyword
}

// form is the wish of a pattern. Of an enumeration whose members combine it is
// the members.
func (x *explainer) form(s *jsonschema.Schema) string {
	file, _, _ := strings.Cut(strings.TrimPrefix(s.Location, scheme), "#")
	if t, ok := x.model.Type(edm.NameOf(file)); ok && t.Kind == edm.Enum && len(t.Members) > 0 {
		return "one or more of " + list(t.Members) + ", parted by commas"
	}
	return "text of the form " + s.Pattern.String()
}

// choices lists the values of an enum.
func choices(s *jsonschema.Schema) string {
	var names []string
	null := ""
	for _, v := range s.Enum {
		if v == nil {
			null = ", or null"
			continue
		}
		names = append(names, literal(v))
	}
	return "one of " + list(names) + null
}

func list(names []string) string {
	if more := len(names) - listed; more > 1 {
		return strings.Join(names[:listed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// literal prints a value; text stands without quotes.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func rational(r *big.Rat) string {
	if r == nil {
		return "the limit"
	}
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}

// either joins JSON types: "an integer, a string or null".
func either(types []string) string {
	var words, last []string
	for _, t := range types {
		switch t {
		case "null":
			last = []string{t} // is said last, wherever the file has it
		case "boolean":
			words = append(words, "true", "false")
		default:
			words = append(words, article(t))
		}
	}
	words = append(words, last...)
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " or " + words[n]
	}
	return strings.Join(words, "")
}

// article is a JSON type in a sentence.
func article(t string) string {
	switch t {
	case "null":
		return "null"
	case "integer", "array", "object":
		return "an " + t
	}
	return "a " + t
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}
