package engine

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// download answers the content of a stream.
func (x *exchange) download(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, missing(&c.Self)
	}
	name := streamName(c.Path)
	blob, _, ok := c.Tx.Blob(c.Self.Ref, name)
	if !ok && x.make && !x.buried(c, &c.Self) {
		var err error
		if blob, err = x.plausibleContent(c, name); err != nil {
			return workload.Result{}, err
		}
		ok = true
	}
	if !ok {
		return workload.Result{}, grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), name)
	}
	res := workload.Result{Stream: &workload.Media{Type: blob.MediaType(), Blob: blob}}
	if x.e.kinds.of(c.Self.Type).Traits.Tag != "none" {
		res.Header = map[string]string{"ETag": strings.TrimPrefix(Tag(c.Self.Seq), "W/")} // a part is asked for by the same bytes
	}
	return res, nil
}

// upload replaces the content of a stream. Where the path names an entity that is
// not there yet, it is made with the name that the path gives it.
func (x *exchange) upload(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	created := !n.Exists || x.made && x.r.documented(201) == 201
	if err := x.receivable(n); err != nil {
		return workload.Result{}, err
	}
	if !n.Exists {
		if err := x.named(c, n); err != nil {
			return workload.Result{}, err
		}
	}
	if c.Media == nil {
		return workload.Result{}, grapherr.EmptyPayload()
	}
	if err := x.e.keep(c, n); err != nil {
		return workload.Result{}, err
	}
	if err := c.Tx.PutBlob(n.Ref, streamName(c.Path), c.Media.Blob); err != nil {
		return workload.Result{}, grapherr.TooLarge(0).Because(err.Error(), "")
	}
	fresh, _ := x.e.load(c, n.Ref, n.Home)
	if x.r.Op != nil && x.r.Op.Body == "none" { // the page shows that nothing is answered
		return workload.Result{}, nil
	}
	shown, err := x.e.show(c, fresh)
	return workload.Result{One: &shown, Created: created}, err
}

// receivable refuses an upload to an entity that is not there and that an upload does not make.
func (x *exchange) receivable(n *workload.Node) error {
	if h := n.Home; !n.Exists && (h.Nav == nil || !x.c.Target.Named() && (h.Nav.Type.Many || !h.Nav.Contains)) {
		return missing(n)
	}
	return nil
}

// named makes a missing member of a collection that is addressed by its name.
func (x *exchange) named(c *workload.Call, n *workload.Node) error {
	if !n.Home.Nav.Type.Many {
		return nil
	}
	b := &Body{Type: n.Type}
	if _, ok := n.Type.Property("name"); ok {
		name := value.String(n.Home.Key)
		if why := over(x.e.kinds.of(n.Type).Traits.Limits["name"], name); why != "" {
			return grapherr.InvalidValue(n.Type.Name.Short(), "name", why)
		}
		b.Members.Set("name", name)
	}
	node, err := x.insert(c, n.Home.Owner, n.Home.Nav, b)
	if err == nil {
		*n = node
	}
	return err
}
