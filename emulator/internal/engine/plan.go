package engine

import (
	"fmt"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// plan is a query as it is run over one collection.
type plan struct {
	*compiled
	size  int
	skip  int
	given int         // members that the pages before gave out
	most  int         // members that all pages give out; 0: all there are
	after store.Ref   // the last member of the page before
	last  *eval.Entry // the same under $orderby
	total bool
	warn  []string
	// window is the time that members have to lie in; nil: any
	window *window
	room   []workload.Entity // for the page; nil: none yet

	skipLinks bool // the next page is asked for by $skip as well
	empty     bool // this page is an empty one
	pageTotal bool // @odata.count is the size of the page
}

// compiled is what the query options that choose members come to for one type. It is
// immutable and shared.
type compiled struct {
	filter *eval.Filter
	order  *eval.Order
}

var nothing = &compiled{}

// plan compiles the query options that choose members. An option that cannot be
// honoured is an error that names it.
func (x *exchange) plan(c *workload.Call) (*plan, error) {
	q := c.Query
	k := x.e.kinds.of(memberType(c))
	g, guarded := x.e.reg.Guard(k.Type)
	if c.Loading {
		g, guarded = workload.Guard{}, false
	}
	var err error
	p := &plan{total: q.Count != nil && *q.Count, skipLinks: g.SkipLinks}
	if p.compiled, err = x.compiled(k, q, g); err != nil {
		return nil, err
	}
	for _, text := range p.filter.Strangers() {
		p.warn = append(p.warn, "$filter compares with '"+text+"', which is no member of the enumeration: nothing equals it")
	}
	if q.Skip != nil {
		p.skip = min(*q.Skip, mostMembers)
	}
	if !x.whole(c, p) {
		if err := p.pageSize(q.Top, x.r.MaxPageSize, k.Traits, g); err != nil {
			return nil, err
		}
	}
	if guarded {
		if err = x.guard(c, k.Type, g, p); err != nil {
			return nil, err
		}
	}
	if err := x.capabilities(c, p); err != nil {
		return nil, err
	}
	if x.r.PageToken != "" {
		if err = x.readToken(p, k, x.r.PageToken); err != nil {
			if x.e.opt.Missing != Synthesize {
				return nil, err
			}
			p.warn = append(p.warn, "$skiptoken is none that was issued here; the first page is answered")
		}
	}
	if g.SearchLimit > 0 && q.Search != nil { // B-3.82
		p.most = g.SearchLimit
		p.size = max(0, min(p.size, p.most-p.given))
	}
	return p, nil
}

// compiled compiles the options for a type, or finds what it compiled before.
func (x *exchange) compiled(k *Kind, q *odata.Query, g workload.Guard) (*compiled, error) {
	if q.Filter == nil && q.Search == nil && q.OrderBy == nil && g.Order == nil {
		return nothing, nil
	}
	key := queryKey{q: q, t: k.Type}
	if p, ok := x.e.plans.get(key); ok {
		return p.(*compiled), nil
	}
	p := &compiled{}
	var err error
	if q.Filter != nil && !g.Ignored("$filter") {
		if p.filter, err = eval.CompileFilter(k.Type, q.Filter, x.options(k)); err != nil {
			return nil, badOption(err)
		}
	}
	order := q.OrderBy
	if order == nil {
		order = g.Order
	}
	if q.Search != nil {
		found, err := x.search(k, q.Search, g.Words)
		if err != nil {
			return nil, badOption(err)
		}
		p.filter = eval.And(p.filter, found)
		if g.SearchOrder != nil {
			order = g.SearchOrder
		}
	}
	if p.order, err = eval.CompileOrder(k.Type, order, x.options(k)); err != nil {
		return nil, badOption(err)
	}
	if !p.filter.Timed() && !p.order.Timed() { // else it has the clock of this world in it
		x.e.plans.put(key, p)
	}
	return p, nil
}

// guard asks the workload of the type what it refuses or ignores of the query. It
// comes behind the compiler, so that a misspelt name is called unknown.
func (x *exchange) guard(c *workload.Call, t *edm.Type, g workload.Guard, p *plan) error {
	for _, option := range g.Ignores {
		if c.Query.Has(option) {
			p.warn = append(p.warn, option+" is ignored by "+t.Name.Short()+" lists")
		}
	}
	ask := &workload.Ask{Type: t, Query: c.Query, Eventual: x.r.Eventual, Counts: c.Verb == bind.Count, Later: x.r.PageToken != "", Strict: x.e.opt.Strict, Caller: &c.Caller}
	if c.Verb == bind.List || c.Verb == bind.Count { // an operation answers members of its own
		ask.Nav, ask.Cast = c.Nav, c.Cast != nil
	}
	if g.Check != nil {
		if err := g.Check(ask); err != nil {
			return err
		}
	}
	if ask.Most > 0 && p.size > ask.Most {
		p.size = ask.Most
		p.cut(*c.Query.Top)
	}
	p.total, p.warn, p.pageTotal = p.total && !ask.NoTotal, append(p.warn, ask.Warn...), g.PageTotal
	p.total = p.total || g.AlwaysTotal
	return nil
}

// capabilities holds a query against what the metadata says of the navigation: in
// strict mode what it excludes is refused (B-3.48); else only a count is left out,
// as the service does (B-3.77).
func (x *exchange) capabilities(c *workload.Call, p *plan) error {
	q := c.Query
	for _, by := range [...]struct {
		cap    edm.Caps
		option string
		asked  bool
	}{
		{edm.NoFilter, "$filter", q.Filter != nil}, {edm.NoSort, "$orderby", q.OrderBy != nil}, {edm.NoSearch, "$search", q.Search != nil},
		{edm.NoSkip, "$skip", q.Skip != nil}, {edm.NoTop, "$top", q.Top != nil}, {edm.NoCount, "$count", c.Verb == bind.Count},
	} {
		if by.asked && x.e.opt.Strict && c.Nav.Caps.Has(by.cap) {
			e := grapherr.BadRequest("The query option '%s' is not allowed on '%s'.", by.option, c.Nav.Name)
			e.Target = by.option
			return e.Because("The metadata of the service excludes it.", "Leave it out, or start without strict mode.")
		}
	}
	if p.total && c.Nav.Caps.Has(edm.NoCount) {
		p.total = false
		p.warn = append(p.warn, "$count=true is ignored: "+c.Nav.Name+" cannot be counted")
	}
	return nil
}

// search compiles $search: the directory's by clauses, any other by words in the
// texts of the type (B-3.79, B-3.82).
func (x *exchange) search(k *Kind, s *odata.Search, in *eval.Words) (*eval.Filter, error) {
	if k.Type.Is("microsoft.graph.directoryObject") {
		clauses, err := s.Clauses()
		if err != nil {
			return nil, err
		}
		return eval.CompileSearch(k.Type, clauses, x.options(k))
	}
	if in == nil {
		in = &eval.Words{Default: k.texts, Properties: k.textBy}
	}
	return eval.CompileWords(k.Type, s.Words(), *in, x.options(k))
}

// pageSize decides how many members a page has: $top, else what the client prefers,
// else the type's (B-3.66, B-3.68, B-3.74).
func (p *plan) pageSize(top *int, preferred int, t workload.Traits, g workload.Guard) error {
	most := t.MaxTop
	p.size = t.PageSize
	if p.size == 0 {
		p.size = defaultPage
	}
	if preferred > 0 {
		p.size = min(preferred, max(most, defaultMax))
	}
	switch {
	case top == nil:
		return nil
	case *top == 0 && g.EmptyTop: // B-3.69
		p.size = 0
		return nil
	case *top > most && t.CutTop:
		p.size = most
		p.cut(*top)
		return nil
	case *top < 1 || most != 0 && *top > most:
		if most == 0 {
			most = defaultMax
		}
		return grapherr.BadRequest("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", *top, most) // B-3.68
	}
	p.size = min(*top, max(most, defaultMax))
	p.cut(*top)
	return nil
}

func (p *plan) cut(top int) {
	if p.size < top {
		p.warn = append(p.warn, fmt.Sprintf("$top=%d is cut to pages of %d; follow @odata.nextLink", top, p.size))
	}
}

// mostMembers is more than a collection holds. Sums of numbers up to it do not overflow.
const mostMembers = 1 << 29

// wholePage holds any list that comes without pages.
const wholePage = 1 << 20

// whole makes one page of a list that the service does not cut (B-3.70).
func (x *exchange) whole(c *workload.Call, p *plan) bool {
	if c.Self.Type == nil || !slices.Contains(x.e.kinds.of(c.Self.Type).Traits.WholeLists, c.Nav.Name) {
		return false
	}
	p.size = wholePage
	if c.Query.Top != nil {
		p.warn = append(p.warn, "$top is ignored: "+c.Nav.Name+" come on one page")
	}
	return true
}
