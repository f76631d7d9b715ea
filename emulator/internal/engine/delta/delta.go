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
	by     workload.Tracking
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
	r := &round{emitter: emitter{question: &question{x: x, kind: k, trait: k.Traits.Delta, by: x.Core.Registry.Tracking(k.Type)}}}
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
		if r.t.Until = r.c.Tx.Seq(); r.at.IsZero() {
			return nil
		}
		var ok bool
		if r.t.Since, ok = r.c.Tx.SeqBefore(r.at); !ok {
			return r.resync(r.c.Tx.Seq(), "The journal does not reach back to that time.")
		}
		r.t.First = false
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
	res := workload.Result{IsList: true, Total: -1, List: r.page, Warn: r.warn, Feed: &workload.Feed{Option: cmp.Or(r.trait.Token, "$deltatoken"), NextOption: r.trait.Next, Parens: r.trait.Parens}}
	r.window.Label(&res)
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
	if sel := r.x.Selection; r.t.First && sel != nil && !sel.Star && !r.trait.Parens {
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
	later := len(r.t.Chain) > 0
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
	if err == nil && later && len(r.page) > 0 {
		err = r.top()
	}
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
	r.feed = feed{x: r.x, scope: &r.scope, links: r.links, since: r.t.Since, until: r.t.Until}
	told := map[store.Ref]bool{} // in this round, with those above them
	for _, t := range r.feed.changes() {
		past := t.seq < r.t.Seq || t.seq == r.t.Seq && t.ref <= r.t.Ref
		if past && (!r.trait.Above || r.feed.unrest) {
			continue
		}
		if !r.x.Budget.Step() {
			return false, r.x.Budget.Err()
		}
		group := r.group(t, told)
		if past || len(group) == 0 {
			continue
		}
		if len(r.page) > 0 && len(r.page)+len(group) > r.size {
			return true, r.top()
		}
		full := false
		for _, one := range group {
			if full, err = r.emitChange(one); err != nil {
				return false, err
			}
		}
		r.t.Seq, r.t.Ref = t.seq, t.ref
		if full {
			return true, nil
		}
	}
	return false, r.top()
}

// group is a change behind those of what contains it, as far as this round has not told of
// them yet (B-14.117). Without the trait it is the change alone.
//
// What a page before this one has told of is known from the changes before this one. Where
// something has moved between the pages it is not known, and may be told once more.
func (r *round) group(t *change, told map[store.Ref]bool) []*change {
	s, group := &r.scope, []*change{t}
	switch {
	case !r.trait.Above:
		return group
	case told[t.ref] || !r.tells(t):
		return nil
	case s.top(t.ref) && len(r.page) > 0: // the page begins with it
		return nil
	}
	told[t.ref] = true
	if r.x.Request.ExcludeParents {
		return group
	}
	for up := r.feed.above(t.ref); up != 0 && !s.top(up) && !told[up]; up = r.feed.above(up) {
		told[up] = true
		if s.present(up) {
			group = append(group, &change{ref: up, arrived: true})
		} else if c := r.feed.by[up]; c != nil && c.left != nil {
			group = append(group, c)
		}
	}
	slices.Reverse(group)
	return group
}

// top puts the top of the tree before a page that has members.
func (r *round) top() error {
	if !r.trait.Above || len(r.page) == 0 || r.scope.nav != nil || r.scope.top(r.page[0].Ref) {
		return nil
	}
	e, err := r.show(*r.scope.owner)
	if err == nil {
		r.page = slices.Insert(r.page, 0, e)
	}
	return err
}
