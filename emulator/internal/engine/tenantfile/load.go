package tenantfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/resolve"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Load creates what tenant files describe, in one transaction: a mistake leaves the
// world as it was and is a *fixtures.Error with file and line. Each node becomes
// one create through the rules, so that a fixture cannot break what a request
// could not; only ids and read-only properties are taken as given. Types that m
// does not have are looked up in the other models.
func Load(e *op.Core, w *op.World, records []fixtures.Record, models ...*edm.Model) error {
	if len(records) == 0 {
		return nil
	}
	return (&loader{e: e, w: w, models: models, every: true}).mistakes(records)
}

// Check tells what Load refuses of records of a tenant of which not all could be read: it
// does not follow links, and leaves the world as it was.
func Check(e *op.Core, w *op.World, records []fixtures.Record, models ...*edm.Model) error {
	return (&loader{e: e, w: w, models: models, every: true, partial: true}).mistakes(records)
}

// maxRefused bounds the mistakes that are listed.
const maxRefused = 200

// mistakes loads records and joins what is refused of them.
func (l *loader) mistakes(records []fixtures.Record) error {
	var out []*Refusal
	l.refused = &out
	err := l.load(records)
	switch {
	case len(out) == 0 && errors.Is(err, errTried):
		return nil
	case len(out) == 0:
		return err
	case len(out) == 1:
		return out[0]
	}
	errs := make([]error, 0, len(out)+1)
	for _, r := range out {
		errs = append(errs, r)
	}
	if len(out) >= maxRefused {
		errs = append(errs, fmt.Errorf("these are the first %d mistakes; there may be more", maxRefused))
	}
	return errors.Join(errs...)
}

// Refusals tells what Load refuses of records, in their order, and leaves the world as it
// was. What is below a refused entity is not looked at, and links are only where nothing
// else is refused: they would lack it. The error is one that no record is to blame for.
func Refusals(e *op.Core, w *op.World, records []fixtures.Record, models ...*edm.Model) ([]*Refusal, error) {
	var out []*Refusal
	err := (&loader{e: e, w: w, models: models, refused: &out, trial: true}).load(records)
	if errors.Is(err, errTried) {
		err = nil
	}
	return out, err
}

var errTried = errors.New("this was a trial")

func (l *loader) load(records []fixtures.Record) error {
	return l.w.Store.Update(func(tx *store.Tx) error {
		for i := range records {
			if err := l.pass(&records[i], l.document(tx, &records[i])); err != nil {
				return err
			}
		}
		if len(*l.refused) > 0 && !l.every || l.partial {
			return errTried
		}
		if err := l.links(tx); err != nil {
			return err
		}
		if len(*l.refused) > 0 {
			return errTried
		}
		for _, settle := range l.last {
			if err := settle(); err != nil {
				return err
			}
		}
		if l.trial {
			return errTried
		}
		return nil
	})
}

// pass collects the refusal of a record, so that those behind it are found too.
func (l *loader) pass(rec *fixtures.Record, err error) error {
	if errors.Is(err, errReported) {
		return nil
	}
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		return err
	}
	*l.refused = append(*l.refused, r)
	l.lacking = append(l.lacking, rec)
	if l.every && len(*l.refused) >= maxRefused {
		return errTried
	}
	return nil
}

// loader creates nodes first and links at the end, so that a file may refer to
// what stands in a later one.
type loader struct {
	e       *op.Core
	w       *op.World
	models  []*edm.Model
	later   []later
	last    []func() error
	refused *[]*Refusal
	lacking []*fixtures.Record // which were refused, or of which a part was
	every   bool               // several mistakes of one entity are wanted, and those of links
	partial bool               // records are missing
	trial   bool               // the world stays as it was

	made  map[store.Ref]*fixtures.Record // by whom an entity was created
	files string                         // the first file that created one
	more  bool                           // another file follows
}

type later struct {
	owner workload.Node
	nav   *edm.Navigation
	rec   *fixtures.Record
	m     *edm.Model
}

// document loads one entry of a file: a navigation of the service root, or a path.
func (l *loader) document(tx *store.Tx, r *fixtures.Record) error {
	path, err := odata.ParsePath("/" + strings.TrimPrefix(r.Name, "/"))
	if err != nil {
		return fault(r, "%v", err)
	}
	var target *bind.Target
	for _, m := range l.models {
		if target, err = bind.Resolve(m, path); err == nil {
			break
		}
	}
	if err != nil {
		reason := r.Name + " is no navigation of the service root in any version"
		if cure := grapherr.From(err).Cure; cure != "" {
			reason += ". " + cure
		}
		return fault(r, "%s", reason)
	}
	if l.files == "" {
		l.files = r.File
	}
	l.more = l.more || r.File != l.files
	x := l.exchange(tx, target)
	p, err := resolve.Path(x, x.Call)
	if err != nil {
		return blame(r, err)
	}
	if p.Nav != nil {
		return l.navigation(x, &p.Node, p.Nav, r)
	}
	return l.into(x, &p.Node, r)
}

func (l *loader) exchange(tx *store.Tx, t *bind.Target) *op.Op {
	r := &op.Request{Request: workload.Request{Model: t.Model, Target: t, Query: &odata.Query{}}, Verb: bind.Create}
	c := &workload.Call{Mode: workload.ModeLoad, Request: &r.Request, Verb: r.Verb}
	x := &op.Op{Core: l.e, World: l.w, Call: c, Request: r}
	x.Begin(tx)
	c.System = write.SystemOf(x)
	return x
}

// navigation loads what stands under a navigation of a node.
func (l *loader) navigation(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) error {
	if r.Kind != fixtures.List {
		if nav.Type.Many && r.Kind != fixtures.Link {
			return fault(r, "%s holds a list of %s", nav.Name, nav.Type.Name.Short())
		}
		return l.element(x, owner, nav, r)
	}
	if !nav.Type.Many {
		return fault(r, "%s holds one %s, not a list", nav.Name, nav.Type.Name.Short())
	}
	for i := range r.Members {
		if err := l.pass(&r.Members[i], l.element(x, owner, nav, &r.Members[i])); err != nil {
			return err
		}
	}
	return nil
}

// element loads one entity, or keeps a link for the end.
func (l *loader) element(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) error {
	switch r.Kind {
	case fixtures.Link:
		l.later = append(l.later, later{*owner, nav, r, x.Call.Model})
		return nil
	case fixtures.Map:
		return l.entity(x, owner, nav, r)
	case fixtures.Gone:
		return l.suppress(x, owner, nav, r)
	}
	return fault(r, "%s holds %s, and this is no mapping", nav.Name, nav.Type.Name.Short())
}

// suppress keeps a built-in entity from being put where it belongs.
func (l *loader) suppress(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) error {
	if k := l.e.Types.Of(owner.Type); !k.Provisioned[nav.Name] && !k.ProvisionedEach[nav.Name] {
		return fault(r, "$gone: no tenant has anything in %s from its first day", nav.Name)
	}
	if err := x.Core.Materialize(x.Tx, x.Call, owner); err != nil {
		return blame(r, err)
	}
	_, err := x.Tx.Add(owner.Ref, provision.SuppressedPrefix+l.e.Stored(owner.Type, nav), r.Target, l.e.Shapes.Object(provision.SuppressedPrefix, nil))
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fault(r, "%v", err)
	}
	return nil
}

// entity creates one node and what lies below it.
func (l *loader) entity(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) error {
	x, owner, nav = l.version(x, owner, nav, r)
	if l.more {
		if n, ok := l.known(x, owner, nav, r); ok && l.made[n.Ref].File != r.File {
			return l.into(x, &n, r)
		}
	}
	body, below, err := l.body(x.Call.Model, nav.Target(), r, true)
	if err != nil {
		return err
	}
	c := *x.Call
	c.Self, c.Nav, c.Body, c.Sent = *owner, nav, body.Members, body.Sent
	c.About(&bind.Target{Model: c.Model, Shape: bind.IsCollection, Type: body.Type, Many: true})
	sub := *x
	sub.Body, sub.Call = body, &c
	c.System = write.SystemOf(&sub)
	var made workload.Node
	next := func(c *workload.Call) (workload.Result, error) {
		node, err := write.Insert(&sub, c, &c.Self, c.Nav, write.With(body, c.Body))
		made = node
		return workload.Result{One: &workload.Entity{Node: node}, Created: true}, err
	}
	if rule, ok := l.e.Registry.Rule(body.Type, bind.Create); ok {
		_, err = rule.Do(c.With(next))
	} else {
		_, err = next(&c)
	}
	if err != nil {
		if first, ok := l.known(x, owner, nav, r); ok && grapherr.From(err).Case == grapherr.CaseExists {
			first := l.made[first.Ref]
			return fault(r, "%s It is first in line %d; a list of another file could add to it.", grapherr.From(err).Message, first.Line)
		}
		return blame(r, err)
	}
	if l.made == nil {
		l.made = map[store.Ref]*fixtures.Record{}
	}
	if made.Ref > 0 {
		l.made[made.Ref] = r
	}
	if c.Nav == nav { // a rule may lay it elsewhere
		owner.Ref, owner.Object, owner.Seq = c.Self.Ref, c.Self.Object, c.Self.Seq // it may have been stored only now
	}
	if v, ok := l.e.View(owner.Type, nav); ok && v.Settle != nil {
		from, n := *owner, made
		l.last = append(l.last, func() error { return v.Settle(x.Call, &from, &n) })
	}
	return l.rest(x, &made, r, below)
}

// known finds the entity that an earlier record has created: by its id, by an alternate
// key, or, where a navigation holds one, by its place.
func (l *loader) known(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) (workload.Node, bool) {
	if !nav.Type.Many {
		n, err := l.e.Single(x.Call, owner, nav)
		return n, err == nil && l.made[n.Ref] != nil
	}
	k := l.e.Types.Of(nav.Target())
	for _, name := range append([]string{k.ID}, k.Traits.AlternateKeys...) {
		m, ok := r.Member(name)
		if !ok {
			continue
		}
		if key, ok := m.Text(); ok {
			of := l.e.Collection(x.Call, owner, nav)
			if n, err := of.Find(key); err == nil && l.made[n.Ref] != nil {
				return n, true
			}
		}
	}
	return workload.Node{}, false
}

// body checks the plain members of a mapping and gives what is to be made below it. Where
// several mistakes are wanted, it leaves out what is refused and looks at the rest.
func (l *loader) body(m *edm.Model, t *edm.Type, r *fixtures.Record, create bool) (*payload.Body, []*fixtures.Record, error) {
	plain, below, err := l.split(m, t, r)
	if err != nil {
		return nil, nil, err
	}
	before := len(*l.refused)
	for {
		body, err := l.e.Checker.Check(m, t, plain, create, true, payload.Page{})
		if err == nil && len(body.Warn) > 0 {
			err = fault(r, "%s", body.Warn[0])
		}
		if err == nil {
			return body, below, nil
		}
		e, _ := errors.AsType[*Refusal](blame(r, err))
		if e.Record == r && len(*l.refused) > before { // it may lack what has been left out
			return &payload.Body{Type: t}, nil, errReported
		}
		if e.Record == r || !l.every {
			return nil, nil, e
		}
		if err := l.pass(r, e); err != nil {
			return nil, nil, err
		}
		plain.Delete(e.Record.Name)
	}
}

// errReported is the error of an entity whose mistakes are listed already.
var errReported = errors.New("its mistakes are listed")

// into merges a mapping into a node that exists: a singleton, what a path leads to, or what
// another file has created. Its properties replace those of the node.
func (l *loader) into(x *op.Op, n *workload.Node, r *fixtures.Record) error {
	if r.Kind != fixtures.Map {
		return fault(r, "%s is one entity: a mapping is expected", r.Name)
	}
	body, below, err := l.body(x.Call.Model, n.Type, r, false)
	if err != nil {
		return err
	}
	if err := x.Core.Materialize(x.Tx, x.Call, n); err != nil {
		return blame(r, err)
	}
	if len(body.Members) > 0 {
		if err := write.Merge(x, x.Call, n, body.Members); err != nil {
			return blame(r, err)
		}
	}
	return l.rest(x, n, r, below)
}

// rest loads streams and navigations below a node.
func (l *loader) rest(x *op.Op, n *workload.Node, r *fixtures.Record, below []*fixtures.Record) error {
	if r.Content != nil {
		if err := l.content(x, n, "$value", r); err != nil {
			return err
		}
	}
	for _, m := range below {
		nav, ok := n.Type.Navigation(m.Name)
		if !ok {
			if err := l.content(x, n, m.Name, m); err != nil {
				return err
			}
			continue
		}
		if err := l.navigation(x, n, nav, m); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) content(x *op.Op, n *workload.Node, name string, r *fixtures.Record) error {
	in, err := r.Content.Open()
	if err != nil {
		return fault(r, "%v", err)
	}
	defer in.Close()
	blob, err := l.e.Options.Contents.Read(r.Content.Type, in, math.MaxInt64)
	if err == nil {
		err = x.Tx.PutBlob(n.Ref, name, blob)
	}
	if err != nil {
		return fault(r, "%v", err)
	}
	return nil
}

// split parts the members of a mapping into plain properties and what is created,
// linked or uploaded below the node.
func (l *loader) split(m *edm.Model, declared *edm.Type, r *fixtures.Record) (plain value.Members, below []*fixtures.Record, err error) {
	t := declared
	if tr, ok := r.Member("@odata.type"); ok {
		name, _ := tr.Text()
		name = strings.TrimPrefix(name, "#")
		if rt, ok := m.Type(edm.Name(name)); ok && rt.Is(declared.Name) {
			t = rt
		}
	}
	for i := range r.Members {
		mem := &r.Members[i]
		_, nav := t.Navigation(mem.Name)
		switch {
		case nav:
			below = append(below, mem)
		case mem.Content != nil:
			if p, ok := t.Property(mem.Name); !ok || p.Type.Name != "Edm.Stream" {
				return nil, nil, fault(mem, "%s is no stream of %s", mem.Name, t.Name.Short())
			}
			below = append(below, mem)
		case !mem.Plain():
			return nil, nil, fault(mem, "%s is no navigation of %s: nothing can be linked there", mem.Name, t.Name.Short())
		default:
			raw, err := value.Parse([]byte(mem.JSON()), value.Limits{})
			if err != nil {
				return nil, nil, fault(mem, "%v", err)
			}
			plain.Set(mem.Name, raw)
		}
	}
	return plain, below, nil
}

// links adds the references when everything is there.
func (l *loader) links(tx *store.Tx) error {
	for i := range l.later {
		k := &l.later[i]
		x := l.exchange(tx, &bind.Target{Model: k.m})
		if err := write.LinkTo(x, x.Call, &k.owner, k.nav, k.rec.Target); err != nil {
			if l.lacks(k.rec.Target) {
				continue
			}
			if err := l.pass(k.rec, blame(k.rec, err)); err != nil {
				return err
			}
		}
	}
	return nil
}

// lacks reports whether a link may lead to what was refused.
func (l *loader) lacks(target string) bool {
	key := target[strings.LastIndexByte(target, '/')+1:]
	return slices.ContainsFunc(l.lacking, func(r *fixtures.Record) bool { return strings.Contains(r.JSON(), key) })
}
