package engine

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/delta"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/resolve"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// prepare does what is slow and needs no lock: it checks the body.
func prepare(x *op.Op) error {
	r := x.Request
	reference(x)
	r.Op = r.Page()
	if r.Verb == bind.Delta {
		var err error
		if x.Prepared, err = delta.Prepare(x); err != nil {
			return err
		}
	}
	if err := query.PrepareSelection(x); err != nil {
		return err
	}
	switch {
	case r.Verb == bind.Create:
		return prepareEntity(x, r.Target.Type, true)
	case r.Verb == bind.Update, r.Verb == bind.Upsert:
		t := r.Target.Type
		if len(t.Derived()) > 0 && r.Body != nil {
			t = runtimeType(x, t)
		}
		return prepareEntity(x, t, r.Verb == bind.Upsert)
	}
	if _, ok := r.Verb.Invoked(); ok {
		return write.PrepareArguments(x)
	}
	return nil
}

// reference tells a link from a create by the body where a page documents the path, or
// answers are synthesized from pages: a body that holds nothing but @odata.id links what it
// names, also where the path lacks /$ref, and an entity that a page posts to /$ref is
// created. Elsewhere the service refuses both.
func reference(x *op.Op) {
	r, nav := x.Request, x.Request.Target.Navigation()
	if nav == nil || len(r.Body) == 0 || (r.Op == nil || r.Elsewhere) && x.Core.Options.Missing != op.Synthesize {
		return
	}
	_, named := r.Body.Get("@odata.id")
	plain := slices.ContainsFunc(r.Body, func(m value.Member) bool { return strings.IndexByte(m.Name, '@') < 0 })
	switch {
	case r.Verb == bind.Create && r.Target.Shape == bind.IsCollection && named && !plain && !nav.Contains && !nav.Set:
		r.Verb = bind.Link
	case r.Verb == bind.Link && plain && !named && nav.Contains && r.Documented(201) != 0:
		r.Verb = bind.Create
	}
	x.Call.Verb = r.Verb
}

func prepareEntity(x *op.Op, t *edm.Type, create bool) error {
	if x.Request.Media != nil {
		x.Body = &payload.Body{Type: t}
		return nil
	}
	if x.Request.Body == nil {
		return grapherr.EmptyPayload()
	}
	body, err := x.Core.Checker.CheckWithin(x.Budget, x.Request.Model, t, x.Request.Body, create, false, x.Core.Checker.Page(x.Request.Op, create))
	if err != nil {
		return err
	}
	x.Body = body
	x.Call.Body, x.Call.Sent = body.Members, body.Sent
	return nil
}

// runtimeType looks up what the entity that is to be changed really is, so that
// the members of its own type are known.
func runtimeType(x *op.Op, declared *edm.Type) *edm.Type {
	t := declared
	x.World.Store.View(func(tx *store.Tx) error {
		x.Begin(tx)
		probe := *x.Call
		if p, err := resolve.Path(x, &probe); err == nil && p.Nav == nil && p.Node.Exists && p.Node.Type != nil {
			t = p.Node.Type
		}
		return nil
	})
	return t
}

// run opens the transaction that the operation needs, once everything is in place that a
// read is to find.
func run(x *op.Op) (res workload.Result, err error) {
	f := func(tx *store.Tx) (err error) {
		x.Begin(tx)
		res, err = act(x)
		return err
	}
	late := x.World.Replica.Load()
	switch {
	case writes(x):
		err = update(x, f)
		return res, err
	case late != nil && lags(x):
		return res, f(late.View(x.World.Store.Scan(), x.World.Now(), &x.Request.Caller))
	}
	expanded, err := provisioned(x)
	switch {
	case err != nil:
	case expanded || x.Call.Presumes(): // it stores what it meets and lacks
		x.Call.Mode = writing(x)
		err = x.World.Store.Update(f)
	default:
		err = look(x, f)
	}
	return res, err
}

// update runs f in a transaction that writes.
func update(x *op.Op, f func(*store.Tx) error) error {
	x.Call.Mode = writing(x)
	err := x.World.Store.Update(f)
	if late := x.World.Replica.Load(); late != nil && err == nil {
		late.Written(x.World.Store.Scan(), x.World.Now(), &x.Request.Caller)
	}
	return err
}

// reading is the mode of a transaction that changes nothing.
func reading(x *op.Op) workload.Mode {
	if x.Core.Options.Missing == op.Synthesize {
		return workload.ModePresume
	}
	return workload.ModeRead
}

// writing is the mode of a transaction that changes the store.
func writing(x *op.Op) workload.Mode {
	if x.Core.Options.Missing == op.Synthesize {
		return workload.ModeSynthesize
	}
	return workload.ModeWrite
}

// provisioned puts the built-in entities that the path of a read leads to into the world,
// where they are not there yet. It reports whether the read can meet more of them in what
// it expands: which entities those belong to is known only then.
func provisioned(x *op.Op) (expanded bool, err error) {
	reach := provision.ReachOf(x)
	if !reach.Tenant && reach.Step < 0 {
		return reach.Expanded, nil
	}
	tenant, entity := false, false
	x.World.Store.View(func(tx *store.Tx) error { // it never fails
		tenant = reach.Tenant && provision.TenantPending(&tx.Reader)
		_, entity = pending(x, tx, reach.Step)
		return nil
	})
	if tenant {
		err = provision.Tenant(x.Core, x.World)
	}
	if entity && err == nil {
		err = x.World.Store.Update(func(tx *store.Tx) error {
			if p, still := pending(x, tx, reach.Step); still {
				x.Begin(tx)
				return provision.Collection(x, x.Call, &p.Node, p.Nav)
			}
			return nil
		})
	}
	return reach.Expanded, err
}

// pending is the collection that a step of the path opens; false where its owner lacks no
// built-in entities. A path that leads nowhere lacks none: the read tells of its error.
func pending(x *op.Op, tx *store.Tx, step int) (resolve.Place, bool) {
	if step < 0 {
		return resolve.Place{}, false
	}
	x.Begin(tx)
	p, err := resolve.Collection(x, x.Call, step)
	return p, err == nil && p.Nav != nil && provision.EntityPending(x, x.Call, &p.Node, p.Nav)
}

// receive reads the content of an upload, unless the upload fails whatever the content is.
// Nothing of it is in memory before that is known.
func receive(x *op.Op) (*workload.Media, error) {
	_, err := provisioned(x)
	if err == nil {
		err = look(x, func(tx *store.Tx) error {
			x.Begin(tx)
			if err := arrive(x); err != nil {
				return err
			}
			return write.CheckUpload(x, &x.Call.Self)
		})
	}
	if err != nil && !(x.Core.Options.Missing == op.Synthesize && isMissing(err)) { // what is missing is made up with the content
		return nil, err
	}
	return x.Request.Content()
}

// writes reports whether the request changes the store: some actions do not.
func writes(x *op.Op) bool { return changes(x) || x.Request.Redeem }

// changes reports whether the verb of the request changes the store.
func changes(x *op.Op) bool {
	if !x.Request.Target.Writes(x.Request.Verb) {
		return false
	}
	if _, action := x.Request.Verb.Invoked(); !action {
		return true
	}
	rule, ok := x.Core.Registry.Rule(x.Request.Target.Bound(), x.Request.Verb)
	return !ok || !rule.Reads
}

// look runs f in a transaction that only reads.
func look(x *op.Op, f func(*store.Tx) error) error {
	if unbounded(x) {
		return f(x.World.Store.Scan())
	}
	return x.World.Store.View(f)
}

func isMissing(err error) bool {
	e, ok := errors.AsType[*grapherr.Error](err)
	return ok && e.Case == grapherr.CaseNotFound
}

// unbounded reports whether a read may walk without bound; it then runs on a
// copy and holds no lock.
func unbounded(x *op.Op) bool {
	q := x.Request.Query
	return x.Request.Verb == bind.Delta || x.Selection != nil && len(x.Selection.Expand) > 0 || (x.Request.Verb == bind.List || x.Request.Verb == bind.Count) &&
		(q.Filter != nil || q.OrderBy != nil || q.Search != nil || q.Count != nil || ordered(x))
}

// ordered reports whether the service sorts the members without being asked.
func ordered(x *op.Op) bool {
	g, ok := x.Core.Registry.QueryPolicy(x.Request.Target.Type)
	return ok && g.Order != nil
}

// arrive resolves the path, and refuses the verb where what is there does not admit it.
func arrive(x *op.Op) error {
	p, err := resolve.Path(x, x.Call)
	if err != nil {
		return err
	}
	x.Call.Self, x.Call.Path, x.Call.Nav, x.Call.Cast = p.Node, p.Path, p.Nav, p.Cast
	if x.Call.Synthesizes() && !x.Call.Self.Exists && presumes(x) {
		if err := synth.Entity(x, x.Call, &x.Call.Self); err != nil {
			return err
		}
		x.Call.Mode = workload.ModeSynthesized
	} else if err := query.CheckByID(x, &x.Call.Self); err != nil {
		return err
	} else if err := write.CheckPrecondition(x, &x.Call.Self); err != nil { // a client that names a version of what is made up means this one
		return err
	}
	if x.Request.Permit != nil {
		if err := x.Request.Permit(x.Call); err != nil {
			return err
		}
	}
	if err := guarded(x); err != nil {
		return err
	}
	return excluded(x)
}

// guarded asks the guard of the nearest entity of the path that has one whether the caller may
// do this.
func guarded(x *op.Op) error {
	if !x.Call.Caller.Enforced {
		return nil
	}
	for n := &x.Call.Self; n != nil; n = n.Home.Owner {
		if !n.Exists || n.Type == nil {
			continue
		}
		if g, ok := x.Core.Registry.Guard(n.Type); ok {
			return g.Do(x.Call, n, changes(x))
		}
	}
	return nil
}

// act resolves the path and runs the rule or the generic verb.
func act(x *op.Op) (workload.Result, error) {
	if err := arrive(x); err != nil {
		return workload.Result{}, err
	}
	res, err := perform(x)
	if err != nil {
		return res, err
	}
	if write.NotModified(x, &x.Call.Self) {
		return workload.Result{Status: 304, One: res.One, Header: res.Header}, nil
	}
	if err := query.ExpandAll(x, &res); err != nil {
		return res, err
	}
	if err := x.Budget.Err(); err != nil { // loops have ended early
		return res, err
	}
	for _, f := range x.Core.Registry.AfterRules(ruledType(x), x.Request.Verb) {
		if _, err := f.Do(x.Call); err != nil {
			return res, err
		}
	}
	return res, nil
}

// excluded refuses a create, a change or a removal where the metadata excludes it, and a
// change of what is deleted, unless a page has it (B-2.29).
func excluded(x *op.Op) error {
	if x.Call.Loading() || x.Request.Op != nil && !x.Request.Elsewhere {
		return nil
	}
	if disturbs(x) {
		return grapherr.NotSupported().Because("What is deleted is restored or deleted for good, and not changed.", "")
	}
	not, what, nav := edm.NoInsert, "made", x.Call.Nav
	switch {
	case x.Request.Verb == bind.Create && nav != nil && nav.Type.Many:
	case x.Request.Verb == bind.Update && x.Request.Target.Shape == bind.IsEntity:
		not, what, nav = edm.NoUpdate, "changed", x.Request.Target.Navigation()
	case x.Request.Verb == bind.Delete && x.Request.Target.Shape == bind.IsEntity:
		not, what, nav = edm.NoDelete, "deleted", x.Request.Target.Navigation()
	default:
		return nil
	}
	if nav == nil || !nav.Caps.Has(not) {
		return nil
	}
	return grapherr.NotSupported().Because("The metadata of the service excludes it: what "+nav.Name+" leads to is not "+what+" there.", "")
}

// disturbs reports whether the verb would change what lies among the deleted items.
func disturbs(x *op.Op) bool {
	switch x.Request.Verb {
	case bind.Update, bind.Create, bind.Link, bind.WriteValue:
		return x.Call.Self.Ref > 0 && x.Call.Tx.Detached(x.Call.Self.Ref)
	}
	return false
}

// presumes reports whether the verb needs its entity to be there: a create, an
// upsert and a link make it, so does an upload to a name, and what lies below a contained
// entity is read whether that is there or not.
func presumes(x *op.Op) bool {
	switch x.Request.Verb {
	case bind.Create, bind.Upsert:
		return false
	case bind.Link:
		return x.Call.Nav != nil
	case bind.Upload:
		return !x.Request.Target.Named()
	case bind.List, bind.Count, bind.Refs, bind.Delta:
		return x.Call.Nav == nil || !heap.Traversable(&x.Call.Self)
	}
	_, begins := x.Core.Registry.Upload(x.Request.Target.Bound(), x.Request.Verb)
	return !begins || !x.Request.Target.Named()
}

// ruledType is the type whose rules apply: the runtime type of an entity, the
// member type of a collection, the binding type of an operation.
func ruledType(x *op.Op) *edm.Type {
	t := x.Request.Target
	switch {
	case t.Shape == bind.IsCollection, t.Shape == bind.IsCount, t.Shape == bind.IsRefs:
		if x.Body != nil && x.Request.Verb == bind.Create {
			return x.Body.Type
		}
		return t.Type
	case x.Call.Nav != nil && t.Op() != nil: // bound to the collection, and not to its owner
		return t.Bound()
	case x.Call.Self.Type != nil && x.Call.Self.Exists:
		return x.Call.Self.Type
	}
	return t.Owning()
}

func perform(x *op.Op) (workload.Result, error) {
	do, ok := generic[x.Request.Verb]
	if !ok {
		do = invoke
	}
	run := func(c *workload.Call) (workload.Result, error) { return do(x, c) }
	if x.Prepared != nil {
		run = x.Prepared
	}
	t := ruledType(x)
	if u, ok := x.Core.Registry.Upload(t, x.Request.Verb); ok {
		return uploads.Begin(x, x.Call, u)
	}
	res, err := write.WithRule(x, x.Call, t, run)
	if _, op := x.Request.Verb.Invoked(); op && err == nil && res.One != nil && res.One.Members == nil && res.One.Type != nil {
		*res.One, err = x.Core.Show(x.Call, res.One.Node)
	}
	if job, later := x.Core.Registry.Job(t, x.Request.Verb); err == nil && later && !x.Call.Loading() {
		err = jobs.Begin(x, x.Call, job, &res)
	}
	return res, err
}
