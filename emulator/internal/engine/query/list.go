package query

import (
	"iter"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The page sizes where a type's traits give none (B-3.70).
const (
	defaultPage = 100
	DefaultMax  = 999
)

// List answers one page of a collection.
func List(x *op.Op, c *workload.Call) (workload.Result, error) {
	res := workload.Result{IsList: true, Total: -1}
	if !c.Self.Exists && !heap.Traversable(&c.Self) {
		return res, heap.Missing(&c.Self)
	}
	if c.Nav == nil {
		return res, grapherr.NotEmulated("A list of what a function answers", "")
	}
	p, err := plan(x, c)
	if err == nil {
		err = within(x, c, p)
	}
	if err == nil {
		err = synth.FillCollection(x, c)
	}
	if err != nil {
		return res, err
	}
	if p.total {
		res.Total = total(x, c, p)
	}
	res.Warn, res.SkipLinks = p.Warn, p.skipLinks
	if p.empty {
		res.Given = p.given
		res.Next, err = token(x, p, p.after, p.given)
		return res, err
	}
	p.room, x.Pooled = *PagePool.Get().(*[]workload.Entity), true
	found, more := page(x, c, p)
	if p.pageTotal {
		res.Total = len(found)
	}
	if res.Given = p.given + p.skip + len(found); more && len(found) > 0 && (p.most == 0 || res.Given < p.most) {
		if res.Next, err = token(x, p, found[len(found)-1].At, res.Given); err != nil {
			return res, err
		}
	}
	for i := range found {
		if x.Core.Types.Of(found[i].Type).ReadRule == nil {
			continue // it is shown as it is stored
		}
		if found[i], err = x.Core.Show(c, found[i].Node); err != nil {
			return res, err
		}
	}
	res.List = found
	p.window.Label(&res)
	return res, nil
}

// Count answers how many members match (B-3.77).
func Count(x *op.Op, c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists && !heap.Traversable(&c.Self) {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	if c.Nav == nil {
		raw := heap.ValueAt(nil, &c.Self, c.Path)
		n := 0
		if raw.Kind() == value.KindArray {
			for range raw.Elements() {
				n++
			}
		}
		return workload.Result{Total: n}, nil
	}
	p, err := plan(x, c)
	if err == nil {
		err = within(x, c, p)
	}
	if err != nil {
		return workload.Result{}, err
	}
	res := workload.Result{Total: total(x, c, p)}
	p.window.Label(&res)
	return res, nil
}

// within narrows a collection that shows another one in a window of time to the members
// that lie in it (B-12.17).
func within(x *op.Op, c *workload.Call, p *Plan) error {
	p.Of = x.Core.Collection(c, &c.Self, c.Nav)
	as, ok := x.Core.Types.Of(heap.MemberType(c)).Traits.Delta.Within[c.Nav.Name]
	if !ok {
		return nil
	}
	nav, ok := c.Self.Type.Navigation(as)
	if !ok {
		return nil
	}
	p.Of = x.Core.Collection(c, &c.Self, nav)
	var err error
	if p.window, err = ReadWindow(c.Query); err != nil && x.Core.Options.Missing == op.Synthesize {
		err = nil
	}
	c.Nav = nav
	return err
}

// EvalOptions say how values compare.
func EvalOptions(x *op.Op, k *typeinfo.Info) eval.Options {
	return eval.Options{Fold: k.Traits.IgnoreCase, AnyMember: k.Traits.AnyMember && !x.Core.Options.Strict, Now: x.World.Now, Always: x.Core.Always}
}

// candidates walks the members that match, behind the page token.
func candidates(x *op.Op, c *workload.Call, p *Plan) iter.Seq[workload.Node] {
	after := p.after
	if p.Order != nil {
		after = 0
	}
	if p.window != nil {
		whole := *p
		whole.window = nil
		return func(yield func(workload.Node) bool) {
			for n := range candidates(x, c, &whole) {
				if p.window.Holds(n.Object) && !yield(n) {
					return
				}
			}
		}
	}
	if p.Filter == nil && c.Cast == nil {
		return p.Of.Members(after)
	}
	return func(yield func(workload.Node) bool) {
		scan := p.Filter.Scan().Within(x.Budget)
		all, narrow := p.Of.ByIndex(heap.MemberType(c), p.Filter.Equal(), after)
		sieved := !narrow && !p.Filter.Walks() && !p.Of.Viewed()
		switch {
		case sieved:
			scan.Sift(func(typ string) bool { return !x.Core.Types.Of(x.Core.TypeOf(c.Model, typ, c.Nav)).Plain() })
			all = p.Of.Filtered(after, scan.MatchObject)
		case !narrow:
			all = p.Of.Members(after)
		}
		r := &Row{X: x, C: c}
		for n := range all {
			if !x.Budget.Step() {
				return
			}
			if c.Cast != nil && !n.Type.Is(c.Cast.Name) {
				continue
			}
			if !sieved || !x.Core.Types.Of(n.Type).Plain() {
				if r.Node = n; !scan.Match(r) {
					continue
				}
			}
			if !yield(n) {
				return
			}
		}
	}
}

// total counts the members that match, whatever the page.
func total(x *op.Op, c *workload.Call, p *Plan) int {
	if p.Filter == nil && p.window == nil && c.Cast == nil {
		if n, ok := p.Of.Size(); ok {
			return n
		}
	}
	n := 0
	whole := *p
	whole.after = 0
	for range candidates(x, c, &whole) {
		n++
	}
	return n
}

// page takes one page off the candidates and says whether more follow.
func page(x *op.Op, c *workload.Call, p *Plan) (found []workload.Entity, more bool) {
	if p.Size == 0 {
		return p.room, false
	}
	if p.ByKey && p.Filter == nil && p.window == nil && c.Cast == nil && p.Of.Keyed() {
		return keyed(x, c, p)
	}
	if p.Order != nil {
		return Sorted(x, c, p)
	}
	skip := p.skip
	if skip > 0 && p.Filter == nil && p.window == nil && c.Cast == nil && p.after == 0 {
		if _, ok := p.Of.Size(); ok && c.Self.Ref != workload.NoRef { // they lie in one tree
			last, ok := p.Of.Skip(skip)
			if !ok {
				return p.room, false
			}
			behind := *p
			behind.after, behind.skip = last, 0
			return page(x, c, &behind)
		}
	}
	found = p.room
	for n := range candidates(x, c, p) {
		if skip > 0 {
			skip--
			continue
		}
		if len(found) == p.Size {
			return found, true
		}
		found = append(found, workload.Entity{Node: n})
	}
	return found, false
}

// keyed is Sorted in the order of keys, which the store has: no page costs more than its
// members.
func keyed(x *op.Op, c *workload.Call, p *Plan) (found []workload.Entity, more bool) {
	var key string
	var after store.Ref
	if p.Last != nil {
		after = store.Ref(p.Last.Ref)
		key, _ = p.Last.Key.Text()
	}
	home := workload.Home{Owner: heap.CloneNode(&c.Self), Nav: c.Nav}
	refs := p.Of.ByKey(key, after, p.skip+p.Size+1)
	refs = refs[min(p.skip, len(refs)):]
	if more = len(refs) > p.Size; more {
		refs = refs[:p.Size]
	}
	found = p.room
	for _, ref := range refs {
		if !x.Budget.Step() {
			break
		}
		if n, ok := x.Core.Load(c, ref, home); ok {
			found = append(found, workload.Entity{Node: n})
		}
	}
	if len(found) > 0 {
		n := found[len(found)-1].Node
		last := p.Order.Entry(&Row{X: x, C: c, Node: n}, int64(n.At))
		p.Last = &last
	}
	return found, more
}

// Sorted is page under $orderby.
func Sorted(x *op.Op, c *workload.Call, p *Plan) (found []workload.Entity, more bool) {
	sorter := p.Order.Sorter(p.skip+p.Size+1, p.Last).Within(x.Budget)
	r := &Row{X: x, C: c}
	unstored := map[store.Ref]workload.Node{} // cannot be loaded again by Ref
	for n := range candidates(x, c, p) {
		r.Node = n
		if n.Ref != n.At {
			unstored[n.At] = n
		}
		sorter.Push(r, int64(n.At))
	}
	entries := sorter.Entries()
	entries = entries[min(p.skip, len(entries)):]
	if more = len(entries) > p.Size; more {
		entries = entries[:p.Size]
	}
	home := workload.Home{Owner: heap.CloneNode(&c.Self), Nav: c.Nav}
	for i := range entries {
		ref := store.Ref(entries[i].Ref)
		n, ok := unstored[ref]
		if !ok {
			n, ok = x.Core.Load(c, ref, home)
		}
		if ok {
			found = append(found, workload.Entity{Node: n})
		}
	}
	if len(entries) > 0 {
		p.Last = &entries[len(entries)-1]
	}
	return found, more
}

// Row shows a node to the query evaluator as a read would show it.
type Row struct {
	X    *op.Op
	C    *workload.Call
	Node workload.Node
}

func (r *Row) Object() value.Object { return r.Node.Object }

// Member is asked for what is not stored: a property that a read rule computes.
func (r *Row) Member(name string) (value.Raw, bool) {
	rule := r.X.Core.Types.Of(r.Node.Type).ReadRule
	if rule == nil {
		return "", false
	}
	for _, computed := range rule.Computes {
		if computed == name {
			e, err := r.X.Core.Show(r.C, r.Node)
			if err != nil {
				return "", false
			}
			return e.Members.Get(name)
		}
	}
	return "", false
}

func (r *Row) Rows(nav string) iter.Seq[eval.Row] {
	return func(yield func(eval.Row) bool) {
		n, ok := r.Node.Type.Navigation(nav)
		if !ok {
			return
		}
		if !n.Type.Many {
			if one, err := r.X.Core.Single(r.C, &r.Node, n); err == nil && one.Exists {
				yield(&Row{r.X, r.C, one})
			}
			return
		}
		of := r.X.Core.Collection(r.C, &r.Node, n)
		for m := range of.Members(0) {
			if !yield(&Row{r.X, r.C, m}) {
				return
			}
		}
	}
}

func (r *Row) Count(nav string) int {
	n, ok := r.Node.Type.Navigation(nav)
	if !ok {
		return 0
	}
	of := r.X.Core.Collection(r.C, &r.Node, n)
	if size, ok := of.Size(); ok && n.Type.Many {
		return size
	}
	total := 0
	for range r.Rows(nav) {
		if !r.X.Budget.Step() {
			break
		}
		total++
	}
	return total
}

// Refs lists the references of a navigation, or the one of a single member.
func Refs(x *op.Op, c *workload.Call) (workload.Result, error) {
	if c.Nav == nil {
		if !c.Self.Exists {
			return workload.Result{}, heap.Missing(&c.Self)
		}
		return workload.Result{One: &workload.Entity{Node: c.Self}, IsRef: true}, nil
	}
	res, err := List(x, c)
	res.IsRef = true
	return res, err
}

// PagePool holds the lists of pages between two answers.
var PagePool = sync.Pool{New: func() any { p := make([]workload.Entity, 0, defaultPage); return &p }}
