package engine

import (
	"fmt"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// readValue answers a property, a complex value or a member of one (B-1.30). $value
// of a primitive is its bare text.
func (x *exchange) readValue(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, missing(&c.Self)
	}
	shown, err := x.show(c, c.Self)
	if err != nil {
		return workload.Result{}, err
	}
	raw := at(shown.Members, &shown.Node, c.Path)
	if raw.IsNull() && x.e.opt.Missing == Synthesize && x.fillable() {
		if raw, err = x.plausibleValue(c); err != nil {
			return workload.Result{}, err
		}
	}
	if c.Target.Shape == bind.IsRaw {
		if raw.IsNull() {
			return workload.Result{}, grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), strings.Join(c.Path, "/"))
		}
		text, ok := raw.Text()
		if !ok {
			text = string(raw)
		}
		return workload.Result{Text: text, IsText: true}, nil
	}
	res := workload.Result{Value: raw, Of: x.declared(), HasOf: true}
	if raw.IsNull() && res.Of.Many {
		res.Value = value.Array()
	}
	return res, nil
}

// declared is the type of the property that the path ends in.
func (x *exchange) declared() edm.Ref {
	last := x.r.Target.Last()
	if last.Prop != nil {
		return last.Prop.Type
	}
	return edm.Ref{Name: last.Prim}
}

// at follows a property path into a node; null where it leads nowhere.
func at(members value.Members, n *workload.Node, path []string) value.Raw {
	if len(path) == 0 {
		return value.Null
	}
	var raw value.Raw
	if members != nil {
		raw, _ = members.Get(path[0])
	} else {
		raw, _ = n.Get(path[0])
	}
	for _, name := range path[1:] {
		if raw.Kind() != value.KindObject {
			return value.Null
		}
		raw, _ = raw.Members().Get(name)
	}
	if raw.IsNull() {
		return value.Null
	}
	return raw
}

// writeValue sets a property: a complex value by its members, which are merged,
// anything else by {"value": …}.
func (x *exchange) writeValue(c *workload.Call) (workload.Result, error) {
	if h := c.Self.Home; !c.Self.Exists && (!traversable(&c.Self) || h.Owner == nil || !h.Owner.Exists) {
		return workload.Result{}, missing(&c.Self)
	}
	if x.r.Body == nil {
		return workload.Result{}, grapherr.EmptyPayload()
	}
	raw := x.r.Body.Object()
	ref := x.declared()
	if def := x.r.Target.Type; def == nil || ref.Many || def.Kind == edm.Enum {
		v, ok := x.r.Body.Get("value")
		if !ok {
			return workload.Result{}, grapherr.WrongValue("value", "The new value is missing.")
		}
		raw = v
	}
	if err := x.setPath(c, raw); err != nil {
		return workload.Result{}, err
	}
	return x.readValue(c)
}

// clear sets a property to null.
func (x *exchange) clear(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, missing(&c.Self)
	}
	if c.Target.Shape == bind.IsStream {
		name := streamName(c.Path)
		if _, _, ok := c.Tx.Blob(c.Self.Ref, name); !ok {
			return workload.Result{}, grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), name)
		}
		return workload.Result{}, c.Tx.PutBlob(c.Self.Ref, name, nil)
	}
	return workload.Result{}, x.setPath(c, value.Null)
}

// setPath writes one value below the entity, through the same check as a PATCH of
// the whole.
func (x *exchange) setPath(c *workload.Call, raw value.Raw) error {
	if len(c.Path) == 0 {
		return grapherr.NotSupported()
	}
	for i := len(c.Path) - 1; i > 0; i-- {
		raw = value.Members{{Name: c.Path[i], Value: raw}}.Object()
	}
	b, err := x.e.check(c.Model, c.Self.Type, value.Members{{Name: c.Path[0], Value: raw}}, false, false, x.bodyPage(false))
	if err != nil {
		return err
	}
	return x.write(c, &c.Self, b.Members)
}

// prepareArguments checks the parameters of an action (its body) or a function
// (its path and query) before the transaction opens.
func (x *exchange) prepareArguments() error {
	op := x.r.Target.Op()
	if !op.Action {
		return x.functionArguments(op)
	}
	op = overload(x.r.Target.Bound(), op, x.r.Body)
	body := &Body{Type: x.r.Target.Bound()}
	check := &bodyCheck{e: x.e, model: x.r.Model, strict: x.e.opt.Strict, page: x.bodyPage(false), body: body}
	members := value.NewBuilder(len(x.r.Body))
	tree := map[string]any{}
	for _, m := range x.r.Body {
		if !x.budget.Step() {
			return x.budget.Err()
		}
		if strings.IndexByte(m.Name, '@') >= 0 {
			continue
		}
		p, ok := op.Parameter(m.Name)
		if !ok {
			if x.e.opt.Strict && !check.page.has(m.Name) {
				return grapherr.BadRequest("The parameter '%s' in the request payload is not a valid parameter for the operation '%s'.", m.Name, op.Name)
			}
			// The directory takes such names: hamilton sends them with instantiate and addTokenSigningCertificate (C-10.10).
			check.warn(fmt.Sprintf("parameter '%s' is not documented for %s", m.Name, op.Name))
			members.Set(m.Name, m.Value)
			continue
		}
		var def *edm.Type
		if !p.Type.Name.Primitive() {
			def, _ = x.r.Model.Type(p.Type.Name)
		}
		raw, node, err := check.value(p.Type, def, m.Value, p.Name)
		if err != nil {
			return err
		}
		if node != nil || x.e.opt.Strict {
			tree[p.Name] = node
		}
		members.Set(p.Name, raw)
	}
	body.Members = members.Members()
	for _, v := range x.e.validator(x.r.Model).Parameters(op, tree) {
		if v.Keyword == "required" && !x.e.opt.Strict {
			continue // documented examples leave out most of what the model calls required
		}
		if check.tolerates(v) {
			continue
		}
		return grapherr.WrongValue(v.Property, v.Message)
	}
	x.body, x.c.Body, x.c.Sent = body, body.Members, x.r.Body
	return nil
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

// functionArguments collects a function's arguments from its parentheses, from
// parameter aliases and from the query string.
func (x *exchange) functionArguments(op *edm.Operation) error {
	last := x.r.Target.Last()
	for _, p := range last.Seg.Params {
		name := p.Name
		if name == "" && len(op.Parameters) == 1 {
			name = op.Parameters[0].Name
		}
		text := p.Value
		if alias, ok := p.Alias(); ok {
			if v, found := x.r.Query.Param(alias); found {
				text = strings.Trim(v, "'")
			}
		}
		x.c.Args.Set(name, value.String(text))
	}
	for _, p := range op.Parameters {
		if _, ok := x.c.Args.Get(p.Name); ok {
			continue
		}
		if v, ok := x.r.Query.Param(p.Name); ok {
			x.c.Args.Set(p.Name, value.String(strings.Trim(v, "'")))
		}
	}
	return nil
}
