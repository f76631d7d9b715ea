package query

import (
	"iter"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// byIndex walks the members of a collection that a filter can let pass, where the keys
// and indexes tell them: in the order of members, behind after. It reports false where
// they do not.
func byIndex(x *op.Op, c *workload.Call, f *eval.Filter, after store.Ref) (iter.Seq[workload.Node], bool) {
	sets := f.Equal()
	if v, ok := x.Core.View(c.Self.Type, c.Nav); ok && v.Members != nil {
		return x.Core.ViewAmong(c, v, sets, after)
	}
	if len(sets) == 0 || c.Self.Ref == workload.NoRef {
		return nil, false
	}
	t := heap.MemberType(c)
	for _, set := range sets {
		refs, ok := x.Core.Among(c, &c.Self, c.Nav, t, set)
		if !ok {
			continue
		}
		behind, _ := slices.BinarySearch(refs, after+1)
		return x.Core.Nodes(c, refs[behind:], workload.Home{Owner: heap.CloneNode(&c.Self), Nav: c.Nav}), true
	}
	return nil, false
}
