package engine

import (
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
	shown, err := x.e.show(c, c.Self)
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

// setPath writes one value below the entity, through the same check and the same rule as a
// PATCH of the whole.
func (x *exchange) setPath(c *workload.Call, raw value.Raw) error {
	if len(c.Path) == 0 {
		return grapherr.NotSupported()
	}
	for i := len(c.Path) - 1; i > 0; i-- {
		raw = value.Members{{Name: c.Path[i], Value: raw}}.Object()
	}
	b, err := x.e.check.check(c.Model, c.Self.Type, value.Members{{Name: c.Path[0], Value: raw}}, false, false, x.e.check.pageOf(x.r.Op, false))
	if err != nil {
		return err
	}
	verb := c.Verb
	c.Body, c.Sent, c.Verb = b.Members, b.Sent, bind.Update
	defer func() { c.Verb = verb }()
	_, err = x.ruled(c, c.Self.Type, func(c *workload.Call) (workload.Result, error) {
		return workload.Result{}, x.write(c, &c.Self, c.Body)
	})
	return err
}

// prepareArguments checks the parameters of an action (its body) or a function
// (its path and query) before the transaction opens.
func (x *exchange) prepareArguments() error {
	op := x.r.Target.Op()
	if !op.Action {
		return x.functionArguments(op)
	}
	body, err := x.e.check.checkArguments(x.budget, x.r.Model, x.r.Target.Bound(), op, x.r.Body, x.e.check.pageOf(x.r.Op, false))
	if err != nil {
		return err
	}
	x.body, x.c.Body, x.c.Sent = body, body.Members, body.Sent
	return nil
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

// fillable reports whether a value that is missing at the path's end is one that
// clients go on from: a complex value, or what $value shows.
func (x *exchange) fillable() bool {
	t := x.r.Target
	if t.Shape == bind.IsRaw {
		return true
	}
	if last := t.Last(); last.Dynamic() && x.c.Self.Type != nil {
		return common(x.c.Self.Type) != nil
	}
	return t.Type != nil && t.Type.Kind == edm.Complex && !x.declared().Many
}

// common is the one complex type that all properties of an open type have: a further one
// has it too, as a thumbnail of another size does. nil: there is none.
func common(t *edm.Type) (of *edm.Type) {
	for _, p := range t.Properties() {
		def := p.Def()
		if p.Owner() != t {
			continue
		}
		if def == nil || def.Kind != edm.Complex || p.Type.Many || of != nil && of != def {
			return nil
		}
		of = def
	}
	return of
}

// plausibleValue makes up the value that the path ends in, and keeps it.
func (x *exchange) plausibleValue(c *workload.Call) (value.Raw, error) {
	if !x.make { // a read: it is repeated as a write
		return "", grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), strings.Join(c.Path, "/"))
	}
	of, def := x.declared(), x.r.Target.Type
	if prim := x.r.Target.Prim; prim != "" {
		of.Name = prim
	}
	if x.r.Target.Last().Dynamic() {
		def = common(c.Self.Type)
	}
	raw := plausible(of.Name, def, c.Self.Home.Key+"/"+strings.Join(c.Path, "/"), 0)
	if raw.IsNull() {
		return raw, nil
	}
	return raw, x.setPath(c, raw)
}
