package payload

import (
	"fmt"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Arguments reads the body of an action as its parameters.
func (e *Checker) Arguments(b *eval.Budget, m *edm.Model, bound *edm.Type, op *edm.Operation, sent value.Members, page Page) (*Body, error) {
	op = overload(bound, op, sent)
	body := &Body{Type: bound, Sent: sent}
	check := &bodyCheck{e: e, model: m, strict: e.Strict, page: page, body: body}
	members := value.NewBuilder(len(sent))
	tree := map[string]any{}
	for _, m := range sent {
		if !b.Step() {
			return nil, b.Err()
		}
		if strings.IndexByte(m.Name, '@') >= 0 {
			continue
		}
		p, ok := op.Parameter(m.Name)
		if !ok {
			if e.Strict && !check.page.has(m.Name) {
				return nil, grapherr.BadRequest("The parameter '%s' in the request payload is not a valid parameter for the operation '%s'.", m.Name, op.Name)
			}
			// The directory takes such names: hamilton sends them with instantiate and addTokenSigningCertificate (C-10.10).
			check.warn(fmt.Sprintf("parameter '%s' is not documented for %s", m.Name, op.Name))
			members.Set(m.Name, m.Value)
			continue
		}
		raw, err := check.argument(p, m.Value, tree)
		if err != nil {
			return nil, err
		}
		members.Set(p.Name, raw)
	}
	body.Members = members.Members()
	for _, v := range e.validator(m).Parameters(op, tree) {
		if v.Keyword == "required" && !e.Strict {
			continue // documented examples leave out most of what the model calls required
		}
		if check.tolerates(v) {
			continue
		}
		return nil, grapherr.WrongValue(v.Property, v.Message)
	}
	return body, nil
}

// argument checks and corrects one parameter, and puts it into the tree for the schema.
func (c *bodyCheck) argument(p *edm.Parameter, sent value.Raw, tree map[string]any) (value.Raw, error) {
	var def *edm.Type
	if !p.Type.Name.Primitive() {
		def, _ = c.model.Type(p.Type.Name)
	}
	raw, node, err := c.value(p.Type, def, sent, p.Name)
	if err != nil {
		return raw, err
	}
	if node != nil || c.strict {
		tree[p.Name] = node
	}
	return raw, nil
}

// overload is the action among those of one name that takes what a body holds; the one
// that the path found when none takes all of it.
func overload(bound *edm.Type, op *edm.Operation, sent value.Members) *edm.Operation {
	takes := func(o *edm.Operation) bool {
		for _, m := range sent {
			if _, ok := o.Parameter(m.Name); !ok && strings.IndexByte(m.Name, '@') < 0 {
				return false
			}
		}
		return true
	}
	if bound == nil || takes(op) {
		return op
	}
	for _, o := range bound.Operation(op.Name, op.Many) {
		if o.Action && takes(o) {
			return o
		}
	}
	return op
}
