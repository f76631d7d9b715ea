package engine

import (
	"iter"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// narrow walks the members of a collection that a filter can let pass, where the keys
// and indexes tell them: in the order of members, behind after. It reports false where
// they do not.
func (x *exchange) narrow(c *workload.Call, f *eval.Filter, after store.Ref) (iter.Seq[workload.Node], bool) {
	sets := f.Equal()
	if v, ok := x.e.view(c.Self.Type, c.Nav); ok && v.Members != nil {
		return x.e.viewedAmong(c, v, sets, after)
	}
	if len(sets) == 0 || c.Self.Ref == workload.NoRef {
		return nil, false
	}
	t := x.member(c)
	for _, set := range sets {
		refs, ok := x.e.among(c, &c.Self, c.Nav, t, set)
		if !ok {
			continue
		}
		behind, _ := slices.BinarySearch(refs, after+1)
		return x.e.nodes(c, refs[behind:], workload.Home{Owner: keepNode(&c.Self), Nav: c.Nav}), true
	}
	return nil, false
}

// viewedAmong is narrow for the members that a view gives.
func (e *Engine) viewedAmong(c *workload.Call, v workload.View, sets [][]eval.Equality, after store.Ref) (iter.Seq[workload.Node], bool) {
	if v.Among == nil {
		return nil, false
	}
	home := workload.Home{Owner: keepNode(&c.Self), Nav: c.Nav}
	for _, set := range sets {
		if len(set) != 1 {
			continue
		}
		if items, ok := v.Among(e.scope(c), home.Owner, set[0].Name, set[0].Text, after); ok {
			return e.itemNodes(c, items, home), true
		}
	}
	return nil, false
}

// among finds the members of a collection for which one of the equalities holds, or
// nearly: letter case does not count. It reports false when there is no index for all.
func (e *Engine) among(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type, set []eval.Equality) ([]store.Ref, bool) {
	var refs []store.Ref
	for _, q := range set {
		more, ok := e.equal(c, owner, n, t, q.Name, q.Text)
		if !ok {
			return nil, false
		}
		refs = append(refs, more...)
	}
	slices.Sort(refs)
	return slices.Compact(refs), true
}

// equal is among for one equality; t is the type that the members have at least.
func (e *Engine) equal(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type, member, text string) (refs []store.Ref, ok bool) {
	stored := e.stored(owner.Type, n)
	var sets []*edm.Navigation
	if owner.Ref == 0 {
		sets = e.narrower(owner.Type, n)
	}
	if member == e.kinds.of(t).ID {
		refs = slices.AppendSeq(refs, c.Tx.Keyed(owner.Ref, stored, text))
		for _, s := range sets {
			refs = slices.AppendSeq(refs, c.Tx.Keyed(0, s.Name, text))
		}
		return refs, true
	}
	index, ok := e.reg.Index(t, member)
	if !ok {
		return nil, false
	}
	for ref := range c.Tx.Lookup(index, text) {
		in := c.Tx.Contains(owner.Ref, stored, ref)
		for i := 0; i < len(sets) && !in; i++ {
			in = c.Tx.Contains(0, sets[i].Name, ref)
		}
		if in {
			refs = append(refs, ref)
		}
	}
	return refs, true
}
