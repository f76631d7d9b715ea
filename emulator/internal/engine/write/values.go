package write

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// ReadValue answers a property, a complex value or a member of one (B-1.30). $value
// of a primitive is its bare text.
func ReadValue(x *op.Op, c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	shown, err := x.Core.Show(c, c.Self)
	if err != nil {
		return workload.Result{}, err
	}
	raw := heap.ValueAt(shown.Members, &shown.Node, c.Path)
	if raw.IsNull() && x.Core.Options.Missing == op.Synthesize && fillable(x) {
		if raw, err = plausibleValue(x, c); err != nil {
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
	res := workload.Result{Value: raw, Of: declared(x), HasOf: true}
	if raw.IsNull() && res.Of.Many {
		res.Value = value.Array()
	}
	return res, nil
}

// declared is the type of the property that the path ends in.
func declared(x *op.Op) edm.Ref {
	last := x.Request.Target.Last()
	if last.Prop != nil {
		return last.Prop.Type
	}
	return edm.Ref{Name: last.Prim}
}

// WriteValue sets a property: a complex value by its members, which are merged,
// anything else by {"value": …}.
func WriteValue(x *op.Op, c *workload.Call) (workload.Result, error) {
	if h := c.Self.Home; !c.Self.Exists && (!heap.Traversable(&c.Self) || h.Owner == nil || !h.Owner.Exists) {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	if x.Request.Body == nil {
		return workload.Result{}, grapherr.EmptyPayload()
	}
	raw := x.Request.Body.Object()
	ref := declared(x)
	if def := x.Request.Target.Type; def == nil || ref.Many || def.Kind == edm.Enum {
		v, ok := x.Request.Body.Get("value")
		if !ok {
			return workload.Result{}, grapherr.WrongValue("value", "The new value is missing.")
		}
		raw = v
	}
	if err := setPath(x, c, raw); err != nil {
		return workload.Result{}, err
	}
	return ReadValue(x, c)
}

// Clear sets a property to null.
func Clear(x *op.Op, c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	if c.Target.Shape == bind.IsStream {
		name := heap.StreamName(c.Path)
		if _, _, ok := c.Tx.Blob(c.Self.Ref, name); !ok {
			return workload.Result{}, grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), name)
		}
		return workload.Result{}, x.Tx.PutBlob(c.Self.Ref, name, nil)
	}
	return workload.Result{}, setPath(x, c, value.Null)
}

// setPath writes one value below the entity, through the same check and the same rule as a
// PATCH of the whole.
func setPath(x *op.Op, c *workload.Call, raw value.Raw) error {
	if len(c.Path) == 0 {
		return grapherr.NotSupported()
	}
	for i := len(c.Path) - 1; i > 0; i-- {
		raw = value.Members{{Name: c.Path[i], Value: raw}}.Object()
	}
	b, err := x.Core.Checker.Check(c.Model, c.Self.Type, value.Members{{Name: c.Path[0], Value: raw}}, false, false, x.Core.Checker.Page(x.Request.Op, false))
	if err != nil {
		return err
	}
	verb := c.Verb
	c.Body, c.Sent, c.Verb = b.Members, b.Sent, bind.Update
	defer func() { c.Verb = verb }()
	_, err = WithRule(x, c, c.Self.Type, func(c *workload.Call) (workload.Result, error) {
		return workload.Result{}, Merge(x, c, &c.Self, c.Body)
	})
	return err
}

// PrepareArguments checks the parameters of an action (its body) or a function
// (its path and query) before the transaction opens.
func PrepareArguments(x *op.Op) error {
	op := x.Request.Target.Op()
	if !op.Action {
		return functionArguments(x, op)
	}
	body, err := x.Core.Checker.Arguments(x.Budget, x.Request.Model, x.Request.Target.Bound(), op, x.Request.Body, x.Core.Checker.Page(x.Request.Op, false))
	if err != nil {
		return err
	}
	x.Body, x.Call.Body, x.Call.Sent = body, body.Members, body.Sent
	return nil
}

// functionArguments collects a function's arguments from its parentheses, from
// parameter aliases and from the query string.
func functionArguments(x *op.Op, op *edm.Operation) error {
	last := x.Request.Target.Last()
	for _, p := range last.Seg.Params {
		name := p.Name
		if name == "" && len(op.Parameters) == 1 {
			name = op.Parameters[0].Name
		}
		text := p.Value
		if alias, ok := p.Alias(); ok {
			if v, found := x.Request.Query.Param(alias); found {
				text = strings.Trim(v, "'")
			}
		}
		x.Call.Args.Set(name, value.String(text))
	}
	for _, p := range op.Parameters {
		if _, ok := x.Call.Args.Get(p.Name); ok {
			continue
		}
		if v, ok := x.Request.Query.Param(p.Name); ok {
			x.Call.Args.Set(p.Name, value.String(strings.Trim(v, "'")))
		}
	}
	return nil
}

// fillable reports whether a value that is missing at the path's end is one that
// clients go on from: a complex value, or what $value shows.
func fillable(x *op.Op) bool {
	t := x.Request.Target
	if t.Shape == bind.IsRaw {
		return true
	}
	if last := t.Last(); last.Dynamic() && x.Call.Self.Type != nil {
		return common(x.Call.Self.Type) != nil
	}
	return t.Type != nil && t.Type.Kind == edm.Complex && !declared(x).Many
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
func plausibleValue(x *op.Op, c *workload.Call) (value.Raw, error) {
	if !x.Call.Synthesizes() { // a read of a past state stores nothing
		return "", grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), strings.Join(c.Path, "/"))
	}
	of, def := declared(x), x.Request.Target.Type
	if prim := x.Request.Target.Prim; prim != "" {
		of.Name = prim
	}
	if x.Request.Target.Last().Dynamic() {
		def = common(c.Self.Type)
	}
	raw := synth.Value(of.Name, def, c.Self.Home.Key+"/"+strings.Join(c.Path, "/"), 0)
	if raw.IsNull() {
		return raw, nil
	}
	return raw, setPath(x, c, raw)
}
