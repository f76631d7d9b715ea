package engine

import (
	"iter"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The page sizes where a type's traits give none (B-3.70).
const (
	defaultPage = 100
	defaultMax  = 999
)

// list answers one page of a collection.
func (x *exchange) list(c *workload.Call) (workload.Result, error) {
	res := workload.Result{IsList: true, Total: -1}
	if !c.Self.Exists && !traversable(&c.Self) {
		return res, missing(&c.Self)
	}
	if c.Nav == nil {
		return res, grapherr.NotEmulated("A list of what a function answers", "")
	}
	p, err := x.plan(c)
	if err == nil {
		err = x.within(c, p)
	}
	if err == nil {
		err = x.stock(c)
	}
	if err != nil {
		return res, err
	}
	if p.total {
		res.Total = x.total(c, p)
	}
	res.Warn, res.SkipLinks = p.warn, p.skipLinks
	if p.empty {
		res.Given = p.given
		res.Next, err = x.token(p, p.after, p.given)
		return res, err
	}
	p.room, x.pooled = *pages.Get().(*[]workload.Entity), true
	found, more := x.page(c, p)
	if p.pageTotal {
		res.Total = len(found)
	}
	if res.Given = p.given + p.skip + len(found); more && len(found) > 0 && (p.most == 0 || res.Given < p.most) {
		if res.Next, err = x.token(p, found[len(found)-1].At, res.Given); err != nil {
			return res, err
		}
	}
	for i := range found {
		if x.e.kinds.of(found[i].Type).read == nil {
			continue // it is shown as it is stored
		}
		if found[i], err = x.e.show(c, found[i].Node); err != nil {
			return res, err
		}
	}
	res.List = found
	p.window.label(&res)
	return res, nil
}

// count answers how many members match (B-3.77).
func (x *exchange) count(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists && !traversable(&c.Self) {
		return workload.Result{}, missing(&c.Self)
	}
	if c.Nav == nil {
		raw := at(nil, &c.Self, c.Path)
		n := 0
		if raw.Kind() == value.KindArray {
			for range raw.Elements() {
				n++
			}
		}
		return workload.Result{Total: n}, nil
	}
	p, err := x.plan(c)
	if err == nil {
		err = x.within(c, p)
	}
	if err != nil {
		return workload.Result{}, err
	}
	res := workload.Result{Total: x.total(c, p)}
	p.window.label(&res)
	return res, nil
}

// within narrows a collection that shows another one in a window of time to the members
// that lie in it (B-12.17).
func (x *exchange) within(c *workload.Call, p *plan) error {
	as, ok := x.e.kinds.of(memberType(c)).Traits.Delta.Within[c.Nav.Name]
	if !ok {
		return nil
	}
	nav, ok := c.Self.Type.Navigation(as)
	if !ok {
		return nil
	}
	var err error
	if p.window, err = readWindow(c.Query); err != nil && x.e.opt.Missing == Synthesize {
		err = nil
	}
	c.Nav = nav
	return err
}

// options say how values compare.
func (x *exchange) options(k *Kind) eval.Options {
	return eval.Options{Fold: k.Traits.IgnoreCase, AnyMember: k.Traits.AnyMember && !x.e.opt.Strict, Now: x.w.Now, Always: x.e.always}
}

// candidates walks the members that match, behind the page token.
func (x *exchange) candidates(c *workload.Call, p *plan) iter.Seq[workload.Node] {
	after := p.after
	if p.order != nil {
		after = 0
	}
	if p.window != nil {
		whole := *p
		whole.window = nil
		return func(yield func(workload.Node) bool) {
			for n := range x.candidates(c, &whole) {
				if p.window.holds(n.Object) && !yield(n) {
					return
				}
			}
		}
	}
	if p.filter == nil && c.Cast == nil {
		return x.e.members(c, &c.Self, c.Nav, after)
	}
	return func(yield func(workload.Node) bool) {
		scan := p.filter.Scan().Within(x.budget)
		all, narrow := x.narrow(c, p.filter, after)
		sieved := !narrow && x.sieved(c, p.filter)
		switch {
		case sieved:
			scan.Sift(func(typ string) bool { return !x.e.plain(x.e.typeOf(c.Model, typ, c.Nav)) })
			all = x.e.sifted(c, &c.Self, c.Nav, after, scan.MatchObject)
		case !narrow:
			all = x.e.members(c, &c.Self, c.Nav, after)
		}
		r := &row{x: x, c: c}
		for n := range all {
			if !x.budget.Step() {
				return
			}
			if c.Cast != nil && !n.Type.Is(c.Cast.Name) {
				continue
			}
			if !sieved || !x.e.plain(n.Type) {
				if r.node = n; !scan.Match(r) {
					continue
				}
			}
			if !yield(n) {
				return
			}
		}
	}
}

// sieved reports whether a filter can judge most members by their objects alone.
func (x *exchange) sieved(c *workload.Call, f *eval.Filter) bool {
	v, ok := x.e.view(c.Self.Type, c.Nav)
	return !f.Walks() && !(ok && v.Members != nil)
}

// total counts the members that match, whatever the page.
func (x *exchange) total(c *workload.Call, p *plan) int {
	if p.filter == nil && p.window == nil && c.Cast == nil {
		if n, ok := x.e.size(c, &c.Self, c.Nav); ok {
			return n
		}
	}
	n := 0
	whole := *p
	whole.after = 0
	for range x.candidates(c, &whole) {
		n++
	}
	return n
}

// page takes one page off the candidates and says whether more follow.
func (x *exchange) page(c *workload.Call, p *plan) (found []workload.Entity, more bool) {
	if p.size == 0 {
		return p.room, false
	}
	if p.order != nil {
		return x.sorted(c, p)
	}
	skip := p.skip
	if skip > 0 && p.filter == nil && p.window == nil && c.Cast == nil && p.after == 0 {
		if _, ok := x.e.size(c, &c.Self, c.Nav); ok && c.Self.Ref != workload.NoRef { // they lie in one tree
			last, ok := c.Tx.Skip(c.Self.Ref, x.e.stored(c.Self.Type, c.Nav), skip-1)
			if !ok {
				return p.room, false
			}
			behind := *p
			behind.after, behind.skip = last, 0
			return x.page(c, &behind)
		}
	}
	found = p.room
	for n := range x.candidates(c, p) {
		if skip > 0 {
			skip--
			continue
		}
		if len(found) == p.size {
			return found, true
		}
		found = append(found, workload.Entity{Node: n})
	}
	return found, false
}

// sorted is page under $orderby.
func (x *exchange) sorted(c *workload.Call, p *plan) (found []workload.Entity, more bool) {
	sorter := p.order.Sorter(p.skip+p.size+1, p.last).Within(x.budget)
	r := &row{x: x, c: c}
	unstored := map[store.Ref]workload.Node{} // cannot be loaded again by Ref
	for n := range x.candidates(c, p) {
		r.node = n
		if n.Ref != n.At {
			unstored[n.At] = n
		}
		sorter.Push(r, int64(n.At))
	}
	entries := sorter.Entries()
	entries = entries[min(p.skip, len(entries)):]
	if more = len(entries) > p.size; more {
		entries = entries[:p.size]
	}
	home := workload.Home{Owner: keepNode(&c.Self), Nav: c.Nav}
	for i := range entries {
		ref := store.Ref(entries[i].Ref)
		n, ok := unstored[ref]
		if !ok {
			n, ok = x.e.load(c, ref, home)
		}
		if ok {
			found = append(found, workload.Entity{Node: n})
		}
	}
	if len(entries) > 0 {
		p.last = &entries[len(entries)-1]
	}
	return found, more
}

// row shows a node to the query evaluator as a read would show it.
type row struct {
	x    *exchange
	c    *workload.Call
	node workload.Node
}

func (r *row) Object() value.Object { return r.node.Object }

// Member is asked for what is not stored: a property that a read rule computes.
func (r *row) Member(name string) (value.Raw, bool) {
	rule := r.x.e.kinds.of(r.node.Type).read
	if rule == nil {
		return "", false
	}
	for _, computed := range rule.Computes {
		if computed == name {
			e, err := r.x.e.show(r.c, r.node)
			if err != nil {
				return "", false
			}
			return e.Members.Get(name)
		}
	}
	return "", false
}

func (r *row) Rows(nav string) iter.Seq[eval.Row] {
	return func(yield func(eval.Row) bool) {
		n, ok := r.node.Type.Navigation(nav)
		if !ok {
			return
		}
		if !n.Type.Many {
			if one, err := r.x.e.single(r.c, &r.node, n); err == nil && one.Exists {
				yield(&row{r.x, r.c, one})
			}
			return
		}
		for m := range r.x.e.members(r.c, &r.node, n, 0) {
			if !yield(&row{r.x, r.c, m}) {
				return
			}
		}
	}
}

func (r *row) Count(nav string) int {
	n, ok := r.node.Type.Navigation(nav)
	if !ok {
		return 0
	}
	if size, ok := r.x.e.size(r.c, &r.node, n); ok && n.Type.Many {
		return size
	}
	total := 0
	for range r.Rows(nav) {
		if !r.x.budget.Step() {
			break
		}
		total++
	}
	return total
}

// refs lists the references of a navigation, or the one of a single member.
func (x *exchange) refs(c *workload.Call) (workload.Result, error) {
	if c.Nav == nil {
		if !c.Self.Exists {
			return workload.Result{}, missing(&c.Self)
		}
		return workload.Result{One: &workload.Entity{Node: c.Self}, IsRef: true}, nil
	}
	res, err := x.list(c)
	res.IsRef = true
	return res, err
}

// pages holds the lists of pages between two answers.
var pages = sync.Pool{New: func() any { p := make([]workload.Entity, 0, defaultPage); return &p }}
