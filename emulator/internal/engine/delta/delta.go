package delta

import (
	"cmp"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// round is one page of a delta query. The first round reports what there is, a later
// one what the journal says has changed between two of its numbers. Which members a
// round reports is settled when it begins: whatever happens between two of its pages is
// reported by the next round, and that a member is reported twice is allowed (B-6.8), so
// that nothing is lost and nothing stays wrong.
type round struct {
	position
	emitter
	warn []string
}

// question is what a delta query asks for. It is settled before the transaction opens.
type question struct {
	x      *op.Op
	kind   *typeinfo.Info
	trait  workload.Delta
	filter *eval.Filter
	order  *eval.Order
	only   string // changeType
	size   int    // members on a page
}

// linked is a navigation whose links are reported with their owner.
type linked struct{ name, stored string }

const (
	maxLinks   = 1000 // on a page
	maxClauses = 50   // ids in a filter (B-6.9)
)

// deltaOptions are the query options that the verb can honour.
var deltaOptions = []string{"$select", "$filter", "$expand", "$orderby", "$top"}

// Prepare puts the query that the token carries in the place of the request's. It
// gives what answers the verb.
func Prepare(x *op.Op) (workload.Func, error) {
	k := x.Core.Types.Of(x.Request.Target.Bound())
	r := &round{emitter: emitter{question: &question{x: x, kind: k, trait: k.Traits.Delta}}}
	if err := r.open(r.question); err != nil {
		if x.Core.Options.Missing != op.Synthesize {
			return nil, err
		}
		r.position, r.warn = position{fresh: true}, []string{"the token is none that was issued here; the first round is answered"}
	}
	if !r.fresh {
		if err := r.restore(); err != nil {
			return nil, err
		}
	}
	warn, err := r.compile(x.Call.Query, r.t.Size)
	r.warn = append(r.warn, warn...)
	return r.answerPage, err
}

// restore reads the query of the token. What stands beside the token is ignored
// (B-6.2).
func (r *round) restore() error {
	x := r.x
	for _, p := range x.Request.Query.Pairs {
		if p.Option != "" && p.Option != "$skiptoken" && p.Option != "$deltatoken" && p.Option != "$format" && p.Value != "" {
			r.warn = append(r.warn, p.Option+" is ignored beside a token, which carries the options of the first request")
		}
	}
	q, err := odata.ParseQuery(r.t.Query)
	if err != nil {
		return grapherr.BadToken(r.option, "The query that it carries cannot be read.")
	}
	x.Request.Query = q
	if r.t.Minimal {
		x.Request.Minimal = true
	}
	return nil
}

// compile checks the query options and prepares those that choose members.
func (r *question) compile(q *odata.Query, size int) (warn []string, err error) {
	allowed := r.trait.Options
	if allowed == nil {
		allowed = deltaOptions
	}
	for _, p := range q.Pairs {
		switch p.Option {
		case "", "$skiptoken", "$deltatoken", "$format":
			continue
		}
		if p.Value != "" && !slices.Contains(allowed, p.Option) {
			e := grapherr.BadRequest("The following parameters are not supported with change tracking over the '%s' resource: '%s'.", r.kind.Type.Name.Short(), p.Option)
			e.Target = p.Option
			return nil, e.Because("", "The options that are: "+strings.Join(allowed, ", "))
		}
	}
	if v, ok := q.Param("changeType"); ok && r.trait.Kinds {
		if r.only = strings.ToLower(v); r.only != kindCreated && r.only != kindUpdated && r.only != kindDeleted {
			return nil, grapherr.BadRequest("Invalid value '%s' for changeType: it is created, updated or deleted.", v)
		}
	}
	if err := r.compileFilter(q.Filter); err != nil {
		return nil, err
	}
	if q.OrderBy != nil {
		if r.order, err = eval.CompileOrder(r.kind.Type, q.OrderBy, query.EvalOptions(r.x, r.kind)); err != nil {
			return nil, query.BadOption(err)
		}
	}
	return r.sized(q, size)
}

// sized settles how many members a page takes, as for a list (B-3.74). size is the client's
// wish in the first request.
func (r *question) sized(q *odata.Query, size int) (warn []string, err error) {
	preferred := cmp.Or(r.x.Request.MaxPageSize, size)
	p := &query.Plan{}
	g, _ := r.x.Core.Registry.QueryPolicy(r.kind.Type)
	traits := r.kind.Traits
	if r.trait.Top > 0 {
		traits.MaxTop = r.trait.Top
	}
	if err := p.PageSize(q.Top, preferred, traits, g); err != nil {
		return nil, err
	}
	r.size = max(p.Size, 1)
	return p.Warn, nil
}

// compileFilter compiles a filter that names only what the type's may (B-6.9, B-6.16).
func (r *question) compileFilter(e *odata.Expr) error {
	if e == nil {
		return nil
	}
	var err error
	if r.filter, err = eval.CompileFilter(r.kind.Type, e, query.EvalOptions(r.x, r.kind)); err != nil {
		return query.BadOption(err)
	}
	refuse := func(why string) error {
		e := grapherr.BadRequest("The $filter is not supported with change tracking over the '%s' resource.", r.kind.Type.Name.Short()).Because(why, "")
		e.Target = "$filter"
		return e
	}
	if n := eval.Clauses(e); n > maxClauses {
		return refuse("It has more than 50 clauses.")
	}
	if r.trait.Filter == nil {
		return nil
	}
	for _, use := range eval.Uses(r.kind.Type, e) {
		if !slices.ContainsFunc(r.trait.Filter, func(may string) bool {
			words := strings.Fields(may)
			return words[0] == use.Path && slices.Contains(words[1:], use.Op)
		}) {
			return refuse("It may have: " + strings.Join(r.trait.Filter, "; "))
		}
	}
	return nil
}

// answerPage answers one page of a round.
func (r *round) answerPage(c *workload.Call) (workload.Result, error) {
	r.c, r.left = c, maxLinks
	if err := r.locate(); err != nil {
		return workload.Result{}, err
	}
	if err := r.resume(); err != nil {
		return workload.Result{}, err
	}
	more := false
	var err error
	switch {
	case r.latest:
	case r.t.First:
		more, err = r.current()
	default:
		more, err = r.changed()
	}
	if err != nil {
		return workload.Result{}, err
	}
	return r.answer(more)
}

// resume checks that the token is about this collection, or makes one.
func (r *round) resume() error {
	if r.fresh {
		r.begin(r.question, &r.scope)
		r.t.Until = r.c.Tx.Seq()
		return nil
	}
	r.part = r.t.Part
	if r.t.Of != r.scope.name || r.t.Owner != r.scope.from && r.t.Owner != workload.NoRef {
		return grapherr.BadToken(r.option, "The token was given out for another collection.")
	}
	if r.t.Until == 0 { // a round begins
		r.t.Until = r.c.Tx.Seq()
	}
	if _, ok := r.c.Tx.Since(r.since()); !ok {
		return r.resync(r.c.Tx.Seq(), "The journal does not reach back to where the token was made.")
	}
	return nil
}

func (r *round) answer(more bool) (workload.Result, error) {
	res := workload.Result{IsList: true, Total: -1, List: r.page, Warn: r.warn, Feed: &workload.Feed{Option: "$deltatoken", Whole: r.trait.Whole}}
	r.window.Label(&res)
	if r.trait.Token != "" {
		res.Feed.Option = r.trait.Token
	}
	var applied []string
	if r.t.First && r.trait.Applied != "" {
		applied = append(applied, r.trait.Applied)
	}
	if r.c.Minimal && !r.trait.Whole {
		applied = append(applied, "return=minimal")
	}
	if applied != nil {
		res.Header = map[string]string{"Preference-Applied": strings.Join(applied, ", ")}
	}
	if sel := r.x.Selection; r.t.First && sel != nil && !sel.Star && !r.trait.Whole {
		for _, it := range sel.Items {
			if it.Nav == nil && !it.Implied {
				res.Feed.Names = append(res.Feed.Names, it.Name)
			}
		}
	}
	r.t.Minimal = r.c.Minimal
	token, err := r.link(&r.emitter, more)
	if more {
		res.Feed.Next = token
	} else {
		res.Feed.Delta = token
	}
	return res, err
}

// current reports what there is, a page of it.
func (r *round) current() (more bool, err error) {
	if r.only != "" && r.only != kindCreated {
		return false, nil
	}
	if r.order != nil {
		return r.ordered()
	}
	if p := r.part; p != nil {
		if n, ok := r.node(p.Ref); ok && r.scope.has(p.Ref) {
			if full, err := r.emit(n, nil); err != nil || full {
				return full, err
			}
		}
		r.part = nil
	}
	r.scope.walk(r.t.Chain, func(n workload.Node, chain []store.Ref) bool {
		if !r.x.Budget.Step() {
			return false
		}
		if !r.passes(n) {
			return true
		}
		if r.trait.Limit > 0 && r.filter != nil && r.t.Sent == r.trait.Limit {
			return false
		}
		if more = len(r.page) == r.size; more {
			return false
		}
		r.t.Chain, r.t.Sent = slices.Clone(chain), r.t.Sent+1
		more, err = r.emit(n, nil)
		return err == nil && !more
	})
	return more, err
}

// ordered is current under $orderby, which only collections without depth have.
func (r *round) ordered() (more bool, err error) {
	p := &query.Plan{Compiled: &query.Compiled{Filter: r.filter, Order: r.order}, Of: r.x.Core.Collection(r.c, &r.c.Self, r.c.Nav), Size: r.size}
	if r.t.Keys != nil {
		p.Last = &eval.Entry{Key: r.t.Keys, Ref: int64(r.t.Ref)}
	}
	if r.trait.Limit > 0 && r.filter != nil {
		p.Size = min(p.Size, r.trait.Limit-r.t.Sent)
	}
	found, more := query.Sorted(r.x, r.c, p)
	for i := range found {
		if _, err := r.emit(found[i].Node, nil); err != nil {
			return false, err
		}
	}
	r.t.Sent += len(found)
	if p.Last != nil {
		r.t.Keys, r.t.Ref = p.Last.Key, store.Ref(p.Last.Ref)
	}
	return more && (r.trait.Limit == 0 || r.filter == nil || r.t.Sent < r.trait.Limit), nil
}

// changed reports what has changed, a page of it.
func (r *round) changed() (more bool, err error) {
	if p := r.part; p != nil {
		if n, ok := r.node(p.Ref); ok && r.scope.has(p.Ref) {
			if full, err := r.emit(n, nil); err != nil || full {
				return full, err
			}
		}
		r.part = nil
	}
	for _, t := range (&feed{r.x, &r.scope, r.links, r.t.Since, r.t.Until}).changes() {
		if t.seq < r.t.Seq || t.seq == r.t.Seq && t.ref <= r.t.Ref {
			continue
		}
		if len(r.page) == r.size {
			return true, nil
		}
		if !r.x.Budget.Step() {
			return false, r.x.Budget.Err()
		}
		full, err := r.emitChange(t)
		if err != nil {
			return false, err
		}
		r.t.Seq, r.t.Ref = t.seq, t.ref
		if full {
			return true, nil
		}
	}
	return false, nil
}
