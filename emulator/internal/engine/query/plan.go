package query

import (
	"fmt"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Plan is a query as it is run over one collection.
type Plan struct {
	*Compiled
	Of    heap.Collection // what it runs over
	Size  int
	skip  int
	given int         // members that the pages before gave out
	most  int         // members that all pages give out; 0: all there are
	after store.Ref   // the last member of the page before
	Last  *eval.Entry // the same under $orderby
	total bool
	Warn  []string
	// window is the time that members have to lie in; nil: any
	window *Window
	room   []workload.Entity // for the page; nil: none yet

	skipLinks bool // the next page is asked for by $skip as well
	empty     bool // this page is an empty one
	pageTotal bool // @odata.count is the size of the page
}

// Compiled is what the query options that choose members come to for one type. It is
// immutable and shared.
type Compiled struct {
	Filter *eval.Filter
	Order  *eval.Order
	ByKey  bool // the order is that of the keys
}

var nothing = &Compiled{}

// plan compiles the query options that choose members. An option that cannot be
// honoured is an error that names it.
func plan(x *op.Op, c *workload.Call) (*Plan, error) {
	q := c.Query
	k := x.Core.Types.Of(heap.MemberType(c))
	g, guarded := x.Core.Registry.QueryPolicy(k.Type)
	if c.Loading() {
		g, guarded = workload.QueryPolicy{}, false
	}
	var err error
	var ask *workload.Ask
	if g.First != nil {
		ask = question(x, c, k.Type)
		if err = g.First(ask); err != nil {
			return nil, err
		}
		q = ask.Query
	}
	if len(g.Ignores) > 0 {
		q = without(q, &g)
	}
	p := &Plan{total: q.Count != nil && *q.Count, skipLinks: g.SkipLinks}
	if p.Compiled, err = compiled(x, k, q, g); err != nil {
		return nil, err
	}
	for _, text := range p.Filter.Strangers() {
		p.Warn = append(p.Warn, "$filter compares with '"+text+"', which is no member of the enumeration: nothing equals it")
	}
	if q.Skip != nil {
		p.skip = min(*q.Skip, mostMembers)
	}
	if !whole(x, c, p) {
		if err := p.PageSize(q.Top, x.Request.MaxPageSize, k.Traits, g); err != nil {
			return nil, err
		}
	}
	if guarded {
		if err = guard(x, c, ask, k.Type, g, p); err != nil {
			return nil, err
		}
	}
	if err := capabilities(x, c, p); err != nil {
		return nil, err
	}
	if x.Request.PageToken != "" {
		if err = readToken(x, p, k, x.Request.PageToken); err != nil {
			if x.Core.Options.Missing != op.Synthesize {
				return nil, err
			}
			p.Warn = append(p.Warn, "$skiptoken is none that was issued here; the first page is answered")
		}
	}
	if g.SearchLimit > 0 && q.Search != nil { // B-3.82
		p.most = g.SearchLimit
		p.Size = max(0, min(p.Size, p.most-p.given))
	}
	return p, nil
}

// compiled compiles the options for a type, or finds what it compiled before.
func compiled(x *op.Op, k *typeinfo.Info, q *odata.Query, g workload.QueryPolicy) (*Compiled, error) {
	if q.Filter == nil && q.Search == nil && q.OrderBy == nil && g.Order == nil {
		return nothing, nil
	}
	key := op.QueryKey{Query: q, Type: k.Type}
	if p, ok := x.Core.Plans.Get(key); ok {
		return p.(*Compiled), nil
	}
	p := &Compiled{}
	var err error
	if q.Filter != nil && !g.Ignored("$filter") {
		if p.Filter, err = eval.CompileFilter(k.Type, q.Filter, EvalOptions(x, k)); err != nil {
			return nil, BadOption(err)
		}
	}
	order := q.OrderBy
	if order == nil {
		order = g.Order
	}
	if q.Search != nil {
		found, err := search(x, k, q.Search, g.Words)
		if err != nil {
			return nil, BadOption(err)
		}
		p.Filter = eval.And(p.Filter, found)
		if g.SearchOrder != nil {
			order = g.SearchOrder
		}
	}
	how := EvalOptions(x, k)
	if p.ByKey = byKey(k, order); p.ByKey {
		how.Fold = true // as keys compare
	}
	if p.Order, err = eval.CompileOrder(k.Type, order, how); err != nil {
		return nil, BadOption(err)
	}
	if !p.Filter.Timed() && !p.Order.Timed() { // else it has the clock of this world in it
		x.Core.Plans.Put(key, p)
	}
	return p, nil
}

// byKey reports whether an order is that of the keys of a type.
func byKey(k *typeinfo.Info, order []odata.OrderItem) bool {
	if k.Traits.Keyed == "" || len(order) != 1 || order[0].Desc {
		return false
	}
	e := order[0].Expr
	return e.Kind == odata.PathExpr && e.Var == "" && len(e.Steps) == 1 && e.Steps[0].Kind == odata.Member && e.Steps[0].Name == k.Traits.Keyed
}

// guard asks the workload of the type what it refuses or ignores of the query. It
// comes behind the compiler, so that a misspelt name is called unknown.
func guard(x *op.Op, c *workload.Call, ask *workload.Ask, t *edm.Type, g workload.QueryPolicy, p *Plan) error {
	for _, option := range g.Ignores {
		if c.Query.Has(option) {
			p.Warn = append(p.Warn, option+" is ignored by "+t.Name.Short()+" lists")
		}
	}
	if ask == nil {
		ask = question(x, c, t)
	}
	if g.Check != nil {
		if err := g.Check(ask); err != nil {
			return err
		}
	}
	if ask.Most > 0 && p.Size > ask.Most {
		p.Size = ask.Most
		p.cut(*c.Query.Top)
	}
	p.total, p.Warn, p.pageTotal = p.total && !ask.NoTotal, append(p.Warn, ask.Warn...), g.PageTotal
	p.total = p.total || g.AlwaysTotal
	return nil
}

// question is what a query policy judges.
func question(x *op.Op, c *workload.Call, t *edm.Type) *workload.Ask {
	ask := &workload.Ask{Type: t, Query: c.Query, Eventual: x.Request.Eventual, Counts: c.Verb == bind.Count, Later: x.Request.PageToken != "", Strict: x.Core.Options.Strict, Caller: &c.Caller,
		Scope: x.Core.Scope(c), Prefers: func(name string) bool { return slices.Contains(x.Request.Preferences, name) }}
	if c.Verb == bind.List || c.Verb == bind.Count { // an operation answers members of its own
		ask.Nav, ask.Cast, ask.Owner = c.Nav, c.Cast != nil, &c.Self
	}
	return ask
}

// without is a query without the options that have no effect.
func without(q *odata.Query, g *workload.QueryPolicy) *odata.Query {
	out := *q
	for _, option := range g.Ignores {
		switch option {
		case "$filter":
			out.Filter = nil
		case "$orderby":
			out.OrderBy = nil
		case "$search":
			out.Search = nil
		case "$skip":
			out.Skip = nil
		case "$count":
			out.Count = nil
		}
	}
	if out.Filter == q.Filter && out.Search == q.Search && out.Skip == q.Skip && out.Count == q.Count && (out.OrderBy == nil) == (q.OrderBy == nil) {
		return q // which compiled queries are found by
	}
	return &out
}

// capabilities holds a query against what the metadata says of the navigation: in
// strict mode what it excludes is refused (B-3.48); else only a count is left out,
// as the service does (B-3.77).
func capabilities(x *op.Op, c *workload.Call, p *Plan) error {
	q := c.Query
	for _, by := range [...]struct {
		cap    edm.Caps
		option string
		asked  bool
	}{
		{edm.NoFilter, "$filter", q.Filter != nil}, {edm.NoSort, "$orderby", q.OrderBy != nil}, {edm.NoSearch, "$search", q.Search != nil},
		{edm.NoSkip, "$skip", q.Skip != nil}, {edm.NoTop, "$top", q.Top != nil}, {edm.NoCount, "$count", c.Verb == bind.Count},
	} {
		if by.asked && x.Core.Options.Strict && c.Nav.Caps.Has(by.cap) {
			e := grapherr.BadRequest("The query option '%s' is not allowed on '%s'.", by.option, c.Nav.Name)
			e.Target = by.option
			return e.Because("The metadata of the service excludes it.", "Leave it out, or start without strict mode.")
		}
	}
	if p.total && c.Nav.Caps.Has(edm.NoCount) {
		p.total = false
		p.Warn = append(p.Warn, "$count=true is ignored: "+c.Nav.Name+" cannot be counted")
	}
	return nil
}

// search compiles $search: by clauses where the type has them, else by words in its
// texts (B-3.79, B-3.82).
func search(x *op.Op, k *typeinfo.Info, s *odata.Search, in *eval.Words) (*eval.Filter, error) {
	if k.Traits.SearchClauses {
		clauses, err := s.Clauses()
		if err != nil {
			return nil, err
		}
		return eval.CompileSearch(k.Type, clauses, EvalOptions(x, k))
	}
	if in == nil {
		in = &eval.Words{Default: k.Texts, Properties: k.TextBy}
	}
	return eval.CompileWords(k.Type, s.Words(), *in, EvalOptions(x, k))
}

// PageSize decides how many members a page has: $top, else what the client prefers,
// else the type's (B-3.66, B-3.68, B-3.74).
func (p *Plan) PageSize(top *int, preferred int, t workload.Traits, g workload.QueryPolicy) error {
	most := t.MaxTop
	p.Size = t.PageSize
	if p.Size == 0 {
		p.Size = defaultPage
	}
	if preferred > 0 {
		p.Size = min(preferred, max(most, DefaultMax))
	}
	switch {
	case top == nil:
		return nil
	case *top == 0 && g.EmptyTop: // B-3.69
		p.Size = 0
		return nil
	case *top > most && t.CutTop:
		p.Size = most
		p.cut(*top)
		return nil
	case *top < 1 || most != 0 && *top > most:
		if most == 0 {
			most = DefaultMax
		}
		return grapherr.BadRequest("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", *top, most) // B-3.68
	}
	p.Size = min(*top, max(most, DefaultMax))
	p.cut(*top)
	return nil
}

func (p *Plan) cut(top int) {
	if p.Size < top {
		p.Warn = append(p.Warn, fmt.Sprintf("$top=%d is cut to pages of %d; follow @odata.nextLink", top, p.Size))
	}
}

// mostMembers is more than a collection holds. Sums of numbers up to it do not overflow.
const mostMembers = 1 << 29

// wholePage holds any list that comes without pages.
const wholePage = 1 << 20

// whole makes one page of a list that the service does not cut (B-3.70).
func whole(x *op.Op, c *workload.Call, p *Plan) bool {
	if c.Self.Type == nil || !slices.Contains(x.Core.Types.Of(c.Self.Type).Traits.WholeLists, c.Nav.Name) {
		return false
	}
	p.Size = wholePage
	if c.Query.Top != nil {
		p.Warn = append(p.Warn, "$top is ignored: "+c.Nav.Name+" come on one page")
	}
	return true
}
