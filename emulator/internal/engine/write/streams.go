package write

import (
	"errors"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Download answers the content of a stream.
func Download(x *op.Op, c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	name := heap.StreamName(c.Path)
	blob, _, ok := c.Tx.Blob(c.Self.Ref, name)
	if !ok && x.Call.Synthesizes() && !synth.Deleted(x, c, &c.Self) {
		var err error
		if blob, err = synth.Content(x, c, name); err != nil {
			return workload.Result{}, err
		}
		ok = true
	}
	if !ok {
		return workload.Result{}, grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), name)
	}
	res := workload.Result{Stream: &workload.Media{Type: blob.MediaType(), Blob: blob}}
	if k := x.Core.Types.Of(c.Self.Type); k.Traits.Tag != "none" {
		res.Header = map[string]string{"ETag": strings.TrimPrefix(heap.Tag(k, c.Self.Seq), "W/")} // a part is asked for by the same bytes
	}
	return res, nil
}

// Upload replaces the content of a stream. Where the path names an entity that is
// not there yet, it is made with the name that the path gives it.
func Upload(x *op.Op, c *workload.Call) (workload.Result, error) {
	n := &c.Self
	created := !n.Exists || c.Mode == workload.ModeSynthesized && x.Request.Documented(201) == 201
	if err := CheckUpload(x, n); err != nil {
		return workload.Result{}, err
	}
	if !n.Exists {
		if err := createByName(x, c, n); err != nil {
			return workload.Result{}, err
		}
	}
	if c.Media == nil {
		return workload.Result{}, grapherr.EmptyPayload()
	}
	if err := putContent(x, c, n, heap.StreamName(c.Path), c.Media.Blob); err != nil {
		return workload.Result{}, err
	}
	if x.Request.Op != nil && x.Request.Op.Body == "none" { // the page shows that nothing is answered
		return workload.Result{}, nil
	}
	shown, err := x.Core.Show(c, *n)
	return workload.Result{One: &shown, Created: created}, err
}

// putContent replaces a stream of an entity, which is stored if it is not yet; nil removes it.
func putContent(x *op.Op, c *workload.Call, n *workload.Node, name string, content *store.Blob) error {
	if err := x.Core.Materialize(x.Tx, c, n); err != nil {
		return err
	}
	err := x.Tx.PutBlob(n.Ref, name, content)
	if errors.Is(err, store.ErrBlobs) {
		return grapherr.TooLarge(0).Because(err.Error(), "")
	}
	if fresh, ok := x.Core.Load(c, n.Ref, n.Home); ok {
		*n = fresh
	}
	return err
}

// CheckUpload refuses an upload to an entity that is not there and that an upload does not make.
func CheckUpload(x *op.Op, n *workload.Node) error {
	if h := n.Home; !n.Exists && (h.Nav == nil || !x.Call.Target.Named() && (h.Nav.Type.Many || !h.Nav.Contains)) {
		return heap.Missing(n)
	}
	return nil
}

// createByName makes a missing member of a collection that is addressed by its name.
func createByName(x *op.Op, c *workload.Call, n *workload.Node) error {
	if !n.Home.Nav.Type.Many {
		return nil
	}
	b := &payload.Body{Type: n.Type}
	if _, ok := n.Type.Property("name"); ok {
		name := value.String(n.Home.Key)
		if why := payload.Exceeds(x.Core.Types.Of(n.Type).Traits.Limits["name"], name); why != "" {
			return grapherr.InvalidValue(n.Type.Name.Short(), "name", why)
		}
		b.Members.Set("name", name)
	}
	node, err := Insert(x, c, n.Home.Owner, n.Home.Nav, b)
	if err == nil {
		*n = node
	}
	return err
}
