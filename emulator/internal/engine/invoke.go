package engine

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// invoke answers an operation that no workload gives a behaviour: by its declared
// return type, and without effect.
func invoke(x *op.Op, c *workload.Call) (workload.Result, error) {
	op := c.Target.Op()
	if !c.Self.Exists && c.Nav == nil && !heap.Traversable(&c.Self) {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	of, def := returns(x, c, op)
	res := workload.Result{Generic: true, Of: of, HasOf: of != edm.Ref{}}
	switch {
	case !res.HasOf:
	case of.Many:
		res.IsList = def != nil && def.Kind == edm.Entity
		res.Value = value.Array()
		if res.IsList && c.Nav != nil && op.Many && c.Target.Bound().Is(of.Name) {
			listed, err := query.List(x, c)
			listed.Generic, listed.Of, listed.HasOf = true, res.Of, true
			return listed, err
		}
	case isContent(x, c, of, def):
		media, err := content(x, c)
		return workload.Result{Generic: true, Stream: media}, err
	case of.Name == "Edm.Stream":
		res.Value = asJSON(x, c)
	case def != nil && def.Kind == edm.Entity && c.Nav == nil && c.Self.Type.Is(of.Name):
		res.One = &workload.Entity{Node: c.Self}
	default:
		res.Value = synth.Value(of.Name, def, op.Name, 0)
	}
	return res, nil
}

// returns is what an operation answers: as the model declares it, unless the page
// knows better. It does where it shows that nothing is answered but a promise
// (202) or nothing (204), and where the model has the operation from pages only or
// does not say.
func returns(x *op.Op, c *workload.Call, op *edm.Operation) (edm.Ref, *edm.Type) {
	page := x.Request.Op
	if page == nil {
		return op.Returns, op.Def()
	}
	if op.Action && page.Body == "none" && (page.Status == 202 || page.Status == 204) {
		return edm.Ref{}, nil
	}
	of := edm.ParseRef(page.Returns)
	if page.Returns == "" || op.Returns != (edm.Ref{}) && op.Origin == edm.CSDL && of.Name != op.Returns.Name {
		return op.Returns, op.Def()
	}
	def, _ := c.Model.Type(of.Name)
	if def == nil && !of.Name.Primitive() || of.Name == op.Returns.Name && !of.Many {
		return op.Returns, op.Def()
	}
	return of, def
}

// isContent reports whether a result is bytes: a stream, or a value with a stream
// where the page shows bytes. A stream that the page shows as JSON is JSON.
func isContent(x *op.Op, c *workload.Call, of edm.Ref, def *edm.Type) bool {
	shown, redirected := "", false
	if page := x.Request.Op; page != nil {
		shown, redirected = page.Body, page.Status == 302
	}
	switch {
	case of.Name == "Edm.Stream":
		return shown != "json" && !wantsJSON(x, c)
	case def == nil || def.Kind != edm.Complex || !redirected && shown != "media":
		return false
	}
	for _, p := range def.Properties() {
		if p.Type.Name == "Edm.Stream" {
			return !wantsJSON(x, c)
		}
	}
	return false
}

// wantsJSON reports whether the caller asks for JSON where the page lets it choose.
func wantsJSON(x *op.Op, c *workload.Call) bool {
	page := x.Request.Op
	if page == nil || !slices.Contains(page.Query, "$format") && !slices.Contains(page.Statuses, 200) {
		return false
	}
	return strings.Contains(strings.ToLower(c.Query.Format), "json")
}

// asJSON is a stream as JSON: its rows when the caller chose that form, else its
// bytes.
func asJSON(x *op.Op, c *workload.Call) value.Raw {
	if wantsJSON(x, c) {
		return value.Array()
	}
	return synth.Value("Edm.Binary", nil, c.Target.Op().Name, 0)
}

// content makes the bytes that a function answers: its arguments, as a table.
func content(x *op.Op, c *workload.Call) (*workload.Media, error) {
	var b strings.Builder
	b.WriteString("Name,Value\n")
	for _, a := range c.Args {
		text, _ := a.Value.Text()
		b.WriteString(a.Name + "," + text + "\n")
	}
	blob, err := store.ReadBlob(synth.ContentType, strings.NewReader(b.String()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	return &workload.Media{Type: synth.ContentType, Blob: blob}, nil
}
