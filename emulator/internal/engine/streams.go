package engine

import (
	"math"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// streamName is the name under which a stream lies beside its entity: of a stream
// property its path, of the entity itself $value.
func streamName(path []string) string {
	if len(path) == 0 {
		return "$value"
	}
	return strings.Join(path, "/")
}

// ContentLimit is how many bytes a stream takes at most, as far as its type says so
// (B-4.50).
func (e *Engine) ContentLimit(t *bind.Target) int64 {
	if l := e.kinds.of(t.Owning()).Traits.Limits[contentName(t)]; l.Bytes > 0 {
		return int64(l.Bytes)
	}
	return math.MaxInt64
}

// Preauthenticated reports whether a batch answers the content that a path denotes with its
// address.
func (e *Engine) Preauthenticated(t *bind.Target) bool {
	return slices.Contains(e.kinds.of(t.Owning()).Traits.Preauthenticated, contentName(t))
}

// contentName is the name by which traits know the content that a path denotes.
func contentName(t *bind.Target) string {
	if last := t.Last(); last.Prop != nil {
		return last.Prop.Name
	}
	return "$value"
}

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
	created := !n.Exists || x.made && documented(x.r, 201) == 201
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
	if err := x.keep(c, n); err != nil {
		return workload.Result{}, err
	}
	if err := c.Tx.PutBlob(n.Ref, streamName(c.Path), c.Media.Blob); err != nil {
		return workload.Result{}, grapherr.TooLarge(0).Because(err.Error(), "")
	}
	fresh, _ := x.e.load(c, n.Ref, n.Home)
	if x.r.Op != nil && x.r.Op.Body == "none" { // the page shows that nothing is answered
		return workload.Result{}, nil
	}
	shown, err := x.show(c, fresh)
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
