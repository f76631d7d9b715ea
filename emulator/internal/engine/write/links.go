package write

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/resolve"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Link adds a reference (B-4.36), or sets the one of a single-valued navigation (B-4.41).
func Link(x *op.Op, c *workload.Call) (workload.Result, error) {
	if x.Request.Body == nil {
		return workload.Result{}, grapherr.NoReferenceBody()
	}
	raw, ok := x.Request.Body.Get("@odata.id")
	url, text := raw.Text()
	if h := c.Self.Home; !ok && c.Nav == nil && len(x.Request.Body) == 0 && h.Nav != nil && !h.Nav.Type.Many && !x.Core.Types.Of(h.Owner.Type).Traits.NeedsReference { // B-4.37
		if !c.Self.Exists {
			return workload.Result{}, nil
		}
		return Unlink(x, c) // a reference to nothing
	}
	if !ok || !text {
		return workload.Result{}, unnamed(x.Request.Body, x.Request.Target.Type)
	}
	owner, nav := &c.Self, c.Nav
	if nav == nil {
		owner, nav = c.Self.Home.Owner, c.Self.Home.Nav
	}
	if nav == nil || owner == nil {
		return workload.Result{}, grapherr.NotSupported()
	}
	if !owner.Exists && !heap.Traversable(owner) {
		return workload.Result{}, heap.Missing(owner)
	}
	if err := LinkTo(x, c, owner, nav, url); err != nil || x.Request.Documented(201) == 0 {
		return workload.Result{}, err
	}
	to, err := follow(x, c, url) // the page shows what was linked
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Status: 201, One: &workload.Entity{Node: to}}, nil
}

// unnamed answers a link whose body does not say to what (B-4.37, B-4.39).
func unnamed(body value.Members, t *edm.Type) error {
	for _, m := range body {
		if strings.HasSuffix(m.Name, "@odata.bind") {
			return grapherr.NotSupported().Because("Several are added by a PATCH of the owner.", "Send {\"@odata.id\": \"…\"} here.")
		}
	}
	name := ""
	if t != nil {
		name = t.Name.Short()
	}
	return grapherr.Required(name, "@odata.id").Because("The body must hold @odata.id with the URL of the entity to refer to.", "")
}

// Unlink removes a reference: of the member named by the path or by $id, or of a
// single-valued navigation.
func Unlink(x *op.Op, c *workload.Call) (workload.Result, error) {
	n := c.Self
	if c.Nav != nil {
		url, ok := named(c.Query, "$id")
		if !ok {
			return workload.Result{}, grapherr.NotSupported().
				Because("The path names all references.", "Name one: …/{id}/$ref")
		}
		to, err := follow(x, c, url)
		if err != nil {
			return workload.Result{}, err
		}
		n = to
		n.Home = workload.Home{Owner: heap.CloneNode(&c.Self), Nav: c.Nav, Key: url}
		if x.Call.Synthesizes() && n.Exists && !c.Tx.Contains(c.Self.Ref, x.Core.Stored(c.Self.Type, c.Nav), n.Ref) {
			return workload.Result{}, nil // a reference that was never made is made up and gone
		}
	}
	h := n.Home
	if h.Owner == nil || h.Nav == nil || h.Owner.Ref < 0 {
		return workload.Result{}, heap.Missing(&n)
	}
	if !n.Exists {
		stored := x.Core.Stored(h.Owner.Type, h.Nav)
		hidden := func(l store.Link) bool { return l.Nav == stored } // to a deleted object
		if h.Nav.Type.Many || !slices.ContainsFunc(c.Tx.Hidden(h.Owner.Ref), hidden) {
			return workload.Result{}, grapherr.NotLinked(h.Nav.Name)
		}
		return workload.Result{}, x.Tx.SetOne(h.Owner.Ref, stored, 0)
	}
	return workload.Result{}, removeLink(x, c, h.Owner, h.Nav, n.Ref)
}

// named gives an option of the query that is neither a system option of reads nor
// the caller's own.
func named(q *odata.Query, name string) (string, bool) {
	for _, p := range q.Pairs {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// removeLink takes a member out of a navigation. One that lies there and nowhere else
// goes with its reference.
func removeLink(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, member store.Ref) error {
	stored := x.Core.Stored(owner.Type, nav)
	if rule, ok := x.Core.Registry.LinkRule(owner.Type, nav.Name); ok && rule.Unlink != nil {
		node, ok := x.Core.Load(c, member, workload.Home{Owner: owner, Nav: nav})
		if !ok {
			return grapherr.NotLinked(nav.Name)
		}
		x.Underway = append(x.Underway, op.Removal{Owner: owner.Ref, Nav: stored, Ref: member})
		err := rule.Unlink(c, owner, &node)
		x.Underway = x.Underway[:len(x.Underway)-1]
		if err != nil {
			return err
		}
	}
	err := x.Tx.Unlink(owner.Ref, stored, member)
	if !errors.Is(err, store.ErrNoLink) {
		return err
	}
	if from, at, _, ok := c.Tx.Owner(member); ok && from == owner.Ref && at == stored && !nav.Set {
		return x.Tx.Delete(member)
	}
	return grapherr.NotLinked(nav.Name)
}

// LinkTo adds a reference to what a URL names.
func LinkTo(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, url string) error {
	to, err := follow(x, c, url)
	if err != nil && x.Call.Synthesizes() { // made up where the navigation wants it: only the id counts
		of := x.Core.Collection(c, owner, nav)
		to, err = of.Find(lastSegment(url))
		if err == nil {
			return synth.Entity(x, c, &to)
		}
	}
	if err != nil {
		return err
	}
	if !to.Exists || to.Ref <= 0 || c.Tx.Detached(to.Ref) && !x.Call.Loading() {
		return grapherr.NoReference(lastSegment(url))
	}
	if want := nav.Target(); want != nil && !to.Type.Is(want.Name) {
		return grapherr.BadRequest("Not a valid reference update.").
			Because("'"+nav.Name+"' refers to "+string(want.Name)+", and the URL names a "+string(to.Type.Name)+".", "")
	}
	return join(x, c, owner, nav, &to)
}

// join adds a reference to a stored entity, if the rule of the navigation lets it.
func join(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, to *workload.Node) error {
	if err := checkLink(x, c, owner, nav, to); err != nil {
		return err
	}
	if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
		return err
	}
	stored := x.Core.Stored(owner.Type, nav)
	if !nav.Type.Many {
		if old, ok := c.Tx.One(owner.Ref, stored); ok {
			if old == to.Ref {
				return nil
			}
			if err := removeLink(x, c, owner, nav, old); err != nil {
				return err
			}
		}
		return x.Tx.SetOne(owner.Ref, stored, to.Ref)
	}
	err := x.Tx.Link(owner.Ref, stored, to.Ref)
	if errors.Is(err, store.ErrLinked) {
		return grapherr.Linked(nav.Name)
	}
	return err
}

// checkLink asks whether a link may be made.
func checkLink(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, to *workload.Node) error {
	if x.Call.Loading() {
		return nil
	}
	if v, ok := x.Core.View(owner.Type, nav); ok && v.Computed {
		return grapherr.NotSupported().Because("'"+nav.Name+"' shows what is linked elsewhere.", "")
	}
	if rule, ok := x.Core.Registry.LinkRule(owner.Type, nav.Name); ok && rule.Link != nil {
		return rule.Link(c, owner, to)
	}
	return nil
}

// follow finds what a URL in a body names, by its path, whatever scheme, host and
// version it has (C-4.3).
func follow(x *op.Op, c *workload.Call, url string) (workload.Node, error) {
	path, err := odata.ParsePath(linkPath(url))
	if err != nil {
		return workload.Node{}, grapherr.BadRequest("Not a valid reference update.").Because(err.Error(), "")
	}
	target, err := bind.Resolve(c.Model, path)
	if err != nil && len(path.Segments) > 1 { // another service's prefix (…/odata/groups('…')): only the id counts (B-4.36)
		path.Segments = path.Segments[1:]
		target, err = bind.Resolve(c.Model, path)
	}
	if err != nil || target.Shape != bind.IsEntity {
		return workload.Node{}, grapherr.NoReference(lastSegment(url))
	}
	probe := *c
	probe.About(target)
	if x.Core.Options.Missing == op.Synthesize {
		probe.Mode = workload.ModeSynthesize
	}
	p, err := resolve.Path(x, &probe)
	if err != nil {
		return workload.Node{}, err
	}
	if probe.Synthesizes() && !p.Node.Exists {
		if err := synth.Entity(x, c, &p.Node); err != nil {
			return workload.Node{}, err
		}
	}
	return p.Node, nil
}

// linkPath cuts scheme, host, query, version and tenant from a URL, and the type name
// that old directory ids end in.
func linkPath(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		_, url, _ = strings.Cut(rest, "/")
	}
	url, _, _ = strings.Cut(url, "?")
	url = strings.Trim(url, "/")
	first, rest, _ := strings.Cut(url, "/")
	switch strings.ToLower(first) {
	case "v1.0", "beta", "v2":
		url = rest
		first, rest, _ = strings.Cut(url, "/")
	}
	if len(first) == 36 && strings.Count(first, "-") == 4 { // a tenant's GUID
		url = rest
	}
	if i := strings.LastIndex(url, "/Microsoft.DirectoryServices."); i >= 0 {
		url = url[:i]
	}
	return url
}

func lastSegment(url string) string {
	url = strings.TrimRight(linkPath(url), "/")
	if i := strings.LastIndexByte(url, '/'); i >= 0 {
		return url[i+1:]
	}
	return url
}
