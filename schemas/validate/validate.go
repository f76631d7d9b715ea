package validate

import (
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Violation is one thing wrong with a body.
type Violation struct {
	Pointer  string // JSON pointer of the value, or of the member that is missing
	Property string // the last name in it; empty for the body itself
	Keyword  string // of JSON Schema: type, enum, required...
	Want     string // what was expected: "a string or null"
	Message  string // a sentence with all of it
}

// Validator checks bodies against one model. It is safe for concurrent use.
type Validator struct{ cache *cache }

// New returns a validator over m. It compiles nothing, and validators over the
// same model share what they compile.
func New(m *edm.Model) *Validator { return &Validator{cacheOf(m)} }

// Body checks a decoded JSON object against the schema of t. Numbers are
// json.Number; names and members of enumerations are spelt as in the model. Names
// the schema does not know are not looked at, nor is what a nested value has
// beyond its declared type.
// Violations come in a stable order; nil means the body is valid. A type whose
// schema cannot be compiled refuses every body, with the keyword "$schema".
func (v *Validator) Body(t *edm.Type, body map[string]any) []Violation {
	e := v.cache.typeEntry(t)
	return e.check(body, "property")
}

// Parameters checks the body of an action, or the arguments of a function,
// against the schemas of op's parameters. A parameter is required unless it is
// nullable or optional. A nil body has no parameters.
func (v *Validator) Parameters(op *edm.Operation, body map[string]any) []Violation {
	e := v.cache.operationEntry(op)
	return e.check(body, "parameter")
}

// entry is a compiled schema, or why there is none.
type entry struct {
	schema *jsonschema.Schema
	quick  *node
	model  *edm.Model // to name the members of enumerations
	name   string
	err    error
}

func (e *entry) check(body map[string]any, noun string) []Violation {
	switch {
	case e.err != nil:
		return []Violation{{Keyword: "$schema", Want: "a usable schema", Message: "The schema of " + e.name + " is not usable: " + e.err.Error() + "."}}
	case e.quick.passes(body):
		return nil
	}
	x := explainer{root: e.schema, body: body, model: e.model, noun: noun}
	if x.sizes(body, ""); len(x.found) > 0 {
		return x.found
	}
	if err := e.schema.Validate(map[string]any(body)); err != nil {
		return x.explain(err)
	}
	return nil
}
