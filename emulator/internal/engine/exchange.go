package engine

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// prepare does what is slow and needs no lock: it checks the body.
func (x *exchange) prepare() error {
	r := x.r
	x.reference()
	r.Op = r.page()
	if r.Verb == bind.Delta {
		var err error
		if x.prepared, err = x.prepareDelta(); err != nil {
			return err
		}
	}
	if err := x.prepareSelection(); err != nil {
		return err
	}
	switch {
	case r.Verb == bind.Create:
		return x.prepareEntity(r.Target.Type, true)
	case r.Verb == bind.Update, r.Verb == bind.Upsert:
		t := r.Target.Type
		if len(t.Derived()) > 0 && r.Body != nil {
			t = x.runtimeType(t)
		}
		return x.prepareEntity(t, r.Verb == bind.Upsert)
	}
	if _, ok := r.Verb.Invoked(); ok {
		return x.prepareArguments()
	}
	return nil
}

// reference tells a link from a create by the body where a page documents the path, or
// answers are synthesized from pages: a body that holds nothing but @odata.id links what it
// names, also where the path lacks /$ref, and an entity that a page posts to /$ref is
// created. Elsewhere the service refuses both.
func (x *exchange) reference() {
	r, nav := x.r, x.r.Target.Navigation()
	if nav == nil || len(r.Body) == 0 || (r.Op == nil || r.Elsewhere) && x.e.opt.Missing != Synthesize {
		return
	}
	_, named := r.Body.Get("@odata.id")
	plain := slices.ContainsFunc(r.Body, func(m value.Member) bool { return strings.IndexByte(m.Name, '@') < 0 })
	switch {
	case r.Verb == bind.Create && r.Target.Shape == bind.IsCollection && named && !plain && !nav.Contains && !nav.Set:
		r.Verb = bind.Link
	case r.Verb == bind.Link && plain && !named && nav.Contains && r.documented(201) != 0:
		r.Verb = bind.Create
	}
	x.c.Verb = r.Verb
}

func (x *exchange) prepareEntity(t *edm.Type, create bool) error {
	if x.r.Media != nil {
		x.body = &Body{Type: t}
		return nil
	}
	if x.r.Body == nil {
		return grapherr.EmptyPayload()
	}
	body, err := x.e.check.checkWithin(x.budget, x.r.Model, t, x.r.Body, create, false, x.e.check.pageOf(x.r.Op, create))
	if err != nil {
		return err
	}
	x.body = body
	x.c.Body, x.c.Sent = body.Members, body.Sent
	return nil
}

// runtimeType looks up what the entity that is to be changed really is, so that
// the members of its own type are known.
func (x *exchange) runtimeType(declared *edm.Type) *edm.Type {
	t := declared
	x.w.Store.View(func(tx *store.Tx) error {
		probe := *x.c
		probe.Tx = tx
		if p, err := resolvePath(x, &probe, false); err == nil && p.Nav == nil && p.Node.Exists && p.Node.Type != nil {
			t = p.Node.Type
		}
		return nil
	})
	return t
}

// run opens the transaction that the verb needs. A read of what is missing is
// repeated as a write when it is to be made up.
func (x *exchange) run() (workload.Result, error) {
	var res workload.Result
	act := func(make bool) func(*store.Tx) error {
		return func(tx *store.Tx) (err error) {
			x.c.Tx = tx
			res, err = x.act(make)
			return err
		}
	}
	late := x.w.replica.Load()
	if x.writes = x.r.Target.Writes(x.r.Verb) && !x.reads(); x.writes {
		err := x.w.Store.Update(act(x.e.opt.Missing == Synthesize))
		if late != nil && err == nil {
			late.Written(x.w.Store.Scan(), x.w.Now(), &x.r.Caller)
		}
		return res, err
	}
	if late != nil && x.lags() {
		err := act(false)(late.View(x.w.Store.Scan(), x.w.Now(), &x.r.Caller))
		return res, err
	}
	err := x.provisioned(act(false))
	if err != nil && x.e.opt.Missing == Synthesize && (isMissing(err) || errors.Is(err, errUnstocked)) {
		x.writes = true
		err = x.w.Store.Update(act(true))
	}
	return res, err
}

// provisioned runs f in a transaction that reads. Where that comes to something that a
// tenant or an entity always has and that is not there yet, it is provisioned.
func (x *exchange) provisioned(f func(*store.Tx) error) error {
	err := x.look(f)
	if errors.Is(err, errBare) { // the tenant's, once
		if err = x.e.Furnish(x.w); err == nil {
			err = x.look(f)
		}
	}
	if errors.Is(err, errEmpty) { // that of whatever entities it shows: it is put there as it is met
		x.writes = true
		err = x.w.Store.Update(f)
		x.writes = false
	}
	return err
}

// receive reads the content of an upload, unless the upload fails whatever the content is.
// Nothing of it is in memory before that is known.
func (x *exchange) receive() (*workload.Media, error) {
	err := x.provisioned(func(tx *store.Tx) error {
		x.c.Tx = tx
		if err := x.arrive(false); err != nil {
			return err
		}
		return x.receivable(&x.c.Self)
	})
	if err != nil && !(x.e.opt.Missing == Synthesize && isMissing(err)) { // what is missing is made up with the content
		return nil, err
	}
	return x.r.Content()
}

// reads reports whether the action of the request is one that changes nothing.
func (x *exchange) reads() bool {
	if _, action := x.r.Verb.Invoked(); !action {
		return false
	}
	rule, ok := x.e.reg.Rule(x.r.Target.Bound(), x.r.Verb)
	return ok && rule.Reads
}

// look runs f in a transaction that only reads.
func (x *exchange) look(f func(*store.Tx) error) error {
	if x.unbounded() {
		return f(x.w.Store.Scan())
	}
	return x.w.Store.View(f)
}

func isMissing(err error) bool {
	e, ok := errors.AsType[*grapherr.Error](err)
	return ok && e.Case == grapherr.CaseNotFound
}

// unbounded reports whether a read may walk without bound; it then runs on a
// copy and holds no lock.
func (x *exchange) unbounded() bool {
	q := x.r.Query
	return x.r.Verb == bind.Delta || x.selection != nil && len(x.selection.Expand) > 0 || (x.r.Verb == bind.List || x.r.Verb == bind.Count) &&
		(q.Filter != nil || q.OrderBy != nil || q.Search != nil || q.Count != nil || x.ordered())
}

// ordered reports whether the service sorts the members without being asked.
func (x *exchange) ordered() bool {
	g, ok := x.e.reg.Guard(x.r.Target.Type)
	return ok && g.Order != nil
}

// arrive resolves the path, and refuses the verb where what is there does not admit it.
func (x *exchange) arrive(make bool) error {
	x.make = make
	p, err := resolvePath(x, x.c, make)
	if err != nil {
		return err
	}
	x.c.Self, x.c.Path, x.c.Nav, x.c.Cast = p.Node, p.Path, p.Nav, p.Cast
	if make && !x.c.Self.Exists && x.presumes() {
		if err := x.synthesize(x.c, &x.c.Self); err != nil {
			return err
		}
		x.made = true
	} else if err := x.byID(&x.c.Self); err != nil {
		return err
	} else if err := x.condition(&x.c.Self); err != nil { // whoever names a version of what is made up means this one
		return err
	}
	if x.r.Permit != nil {
		if err := x.r.Permit(x.c); err != nil {
			return err
		}
	}
	return x.excluded()
}

// act resolves the path and runs the rule or the generic verb.
func (x *exchange) act(make bool) (workload.Result, error) {
	if err := x.arrive(make); err != nil {
		return workload.Result{}, err
	}
	res, err := x.perform()
	if err != nil {
		return res, err
	}
	if x.unchanged(&x.c.Self) {
		return workload.Result{Status: 304, One: res.One, Header: res.Header}, nil
	}
	if err := x.expandAll(&res); err != nil {
		return res, err
	}
	if err := x.budget.Err(); err != nil { // loops have ended early
		return res, err
	}
	for _, f := range x.e.reg.Follow(x.ruledType(), x.r.Verb) {
		if _, err := f.Do(x.c); err != nil {
			return res, err
		}
	}
	return res, nil
}

// excluded refuses a create, a change or a removal where the metadata excludes it, and a
// change of what is deleted, unless a page has it (B-2.29).
func (x *exchange) excluded() error {
	if x.load || x.r.Op != nil && !x.r.Elsewhere {
		return nil
	}
	if x.disturbs() {
		return grapherr.NotSupported().Because("What is deleted is restored or deleted for good, and not changed.", "")
	}
	not, what, nav := edm.NoInsert, "made", x.c.Nav
	switch {
	case x.r.Verb == bind.Create && nav != nil && nav.Type.Many:
	case x.r.Verb == bind.Update && x.r.Target.Shape == bind.IsEntity:
		not, what, nav = edm.NoUpdate, "changed", x.r.Target.Navigation()
	case x.r.Verb == bind.Delete && x.r.Target.Shape == bind.IsEntity:
		not, what, nav = edm.NoDelete, "deleted", x.r.Target.Navigation()
	default:
		return nil
	}
	if nav == nil || !nav.Caps.Has(not) {
		return nil
	}
	return grapherr.NotSupported().Because("The metadata of the service excludes it: what "+nav.Name+" leads to is not "+what+" there.", "")
}

// disturbs reports whether the verb would change what lies among the deleted items.
func (x *exchange) disturbs() bool {
	switch x.r.Verb {
	case bind.Update, bind.Create, bind.Link, bind.WriteValue:
		return x.c.Self.Ref > 0 && x.c.Tx.Detached(x.c.Self.Ref)
	}
	return false
}

// presumes reports whether the verb needs its entity to be there: a create, an
// upsert and a link make it, and so does an upload to a name.
func (x *exchange) presumes() bool {
	switch x.r.Verb {
	case bind.Create, bind.Upsert:
		return false
	case bind.Link:
		return x.c.Nav != nil
	case bind.Upload:
		return !x.r.Target.Named()
	}
	return true
}

// ruledType is the type whose rules apply: the runtime type of an entity, the
// member type of a collection, the binding type of an operation.
func (x *exchange) ruledType() *edm.Type {
	t := x.r.Target
	switch {
	case t.Shape == bind.IsCollection, t.Shape == bind.IsCount, t.Shape == bind.IsRefs:
		if x.body != nil && x.r.Verb == bind.Create {
			return x.body.Type
		}
		return t.Type
	case x.c.Nav != nil && t.Op() != nil: // bound to the collection, and not to its owner
		return t.Bound()
	case x.c.Self.Type != nil && x.c.Self.Exists:
		return x.c.Self.Type
	}
	return t.Owning()
}

func (x *exchange) perform() (workload.Result, error) {
	do, ok := generic[x.r.Verb]
	if !ok {
		do = (*exchange).invoke
	}
	run := func(c *workload.Call) (workload.Result, error) { return do(x, c) }
	if x.prepared != nil {
		run = x.prepared
	}
	t := x.ruledType()
	res, err := x.ruled(x.c, t, run)
	if _, op := x.r.Verb.Invoked(); op && err == nil && res.One != nil && res.One.Members == nil && res.One.Type != nil {
		*res.One, err = x.e.show(x.c, res.One.Node)
	}
	if job, later := x.e.reg.Job(t, x.r.Verb); err == nil && later && !x.c.Loading {
		err = x.begin(x.c, job, &res)
	}
	return res, err
}
