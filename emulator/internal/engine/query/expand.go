package query

import (
	"errors"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// maxExpanded is how many members of a directory object one $expand shows (B-3.28).
const maxExpanded = 20

// maxLevels is how far a chain of managers goes (B-3.30).
const maxLevels = 1000

// PrepareSelection compiles $select and $expand for what the answer will show. A
// query without either leaves the selection nil.
func PrepareSelection(x *op.Op) error {
	q, t := x.Request.Query, x.Request.Target.Type
	if len(q.Select) == 0 && len(q.Expand) == 0 || t == nil || t.Kind != edm.Entity || x.Request.Verb == bind.Refs {
		return nil
	}
	key := op.QueryKey{Query: q, Type: t}
	k := x.Core.Types.Of(t)
	sel, ok := x.Core.Selections.Get(key)
	if !ok {
		var err error
		if sel, err = eval.CompileSelect(t, q, EvalOptions(x, k)); err != nil {
			return BadOption(err)
		}
		if err := selectable(x.Core, t, sel); err != nil {
			return err
		}
		if err := expandable(t, k.Traits.SimpleExpand, sel); err != nil {
			return err
		}
		if len(q.Expand) == 0 { // else it may have the clock of this world in it
			x.Core.Selections.Put(key, sel)
		}
	}
	if x.Request.Verb == bind.List {
		for _, name := range k.Traits.OneOnly {
			if sel.Selects(name) {
				return grapherr.NotListed(name)
			}
		}
	}
	x.Selection = sel
	return nil
}

// CheckByID refuses what is shown of an entity only when the path names it by its id (B-3.26).
func CheckByID(x *op.Op, n *workload.Node) error {
	if x.Selection == nil || x.Request.Verb != bind.Read || !n.Exists || n.Type == nil {
		return nil
	}
	last := x.Request.Target.Last()
	if last.Nav != nil && !last.Nav.Type.Many || strings.EqualFold(last.Key(), n.Text("id")) {
		return nil
	}
	for _, name := range x.Core.Types.Of(n.Type).Traits.ByID {
		if x.Selection.Selects(name) {
			return grapherr.ByIDOnly(n.Type.Name.Short(), name)
		}
	}
	return nil
}

// selectable refuses paths in $select where the service knows none (B-3.27).
func selectable(e *op.Core, t *edm.Type, sel *eval.Selection) error {
	if e.Types.Of(t).Traits.FlatSelect {
		for _, it := range sel.Items {
			if it.Sub != nil {
				return BadOption(odata.Refuse("$select", 0, "A path below '%s' is not supported in $select.", it.Name))
			}
		}
	}
	for _, x := range sel.Expand {
		if err := selectable(e, x.Type, x.Select); err != nil {
			return err
		}
	}
	return nil
}

// BadOption is the answer to a query option that cannot be honoured: the
// service's sentence, and where it is about.
func BadOption(err error) error {
	e := grapherr.BadRequest("%s", err.Error())
	if o, ok := errors.AsType[*odata.Error](err); ok {
		e.Target, e.Cure = o.Option, o.Cure
		if o.Option == "$select" || o.Option == "$expand" {
			e.Case = grapherr.CaseNoSelect
		}
	}
	return e
}

// expandable refuses what the service does not expand (B-3.28, B-3.31).
func expandable(t *edm.Type, simple bool, sel *eval.Selection) error {
	named := 0
	for _, x := range sel.Expand {
		if x.Star {
			continue
		}
		named++
		if x.Nav.Caps.Has(edm.NoExpand) {
			return grapherr.NoExpand(x.Name)
		}
		if x.Levels != 0 && (x.Nav.Type.Many || !t.Is(x.Nav.Type.Name)) { // B-3.30, B-3.88
			return grapherr.BadRequest("$levels is not supported for '%s'.", x.Name).Because("It follows a chain of one, such as manager.", "Leave it out.")
		}
		if x.Levels > maxLevels {
			return grapherr.BadRequest("$levels must be between 1 and %d, or max.", maxLevels)
		}
		if simple && x.Select != nil && len(x.Select.Expand) > 0 {
			return grapherr.BadRequest("Expansion of '%s' goes one level deep on directory objects.", x.Name).
				Because("", "Ask for what lies below by a request of its own.")
		}
		if o := x.Options; simple && (o.Filter != nil || o.OrderBy != nil || o.Top != nil || o.Skip != nil || o.Search != nil) {
			return grapherr.BadRequest("Expansion of '%s' takes no other option than $select and $levels on directory objects.", x.Name).
				Because("The directory filters, sorts and pages no expanded members.", "Ask for "+x.Name+" by a request of its own.")
		}
	}
	if simple && named > 1 {
		return grapherr.BadRequest("Only one relationship of a directory object can be expanded in a request.").
			Because("", "Ask for the others by requests of their own.")
	}
	return nil
}

// expand adds to an entity the members of the navigations that $expand names.
func expand(x *op.Op, c *workload.Call, e *workload.Entity, sel *eval.Selection) error {
	if sel == nil {
		return nil
	}
	for _, by := range sel.Expand {
		if by.On != nil && !e.Type.Is(by.On.Name) {
			continue
		}
		got, shown, err := expandOne(x, c, e, by)
		if err != nil {
			return err
		}
		if shown {
			e.Expanded = append(e.Expanded, got)
		}
	}
	return nil
}

// expandOne follows one navigation. A single-valued one without a target is not
// shown (B-1.39).
func expandOne(x *op.Op, c *workload.Call, e *workload.Entity, by *eval.Expansion) (workload.Expanded, bool, error) {
	nav := by.Nav
	if len(by.Via) > 0 {
		nav = heap.Below(by.Via, nav)
	}
	if nav.Type.Many {
		out := workload.Expanded{By: by, Count: -1}
		return out, true, expandMany(x, c, e, by, nav, &out)
	}
	return expandChain(x, c, e, by, nav)
}

// expandChain follows a single-valued navigation as often as $levels says (B-3.30). An
// entity that the chain has shown ends it: somebody who is their own manager is shown once.
func expandChain(x *op.Op, c *workload.Call, e *workload.Entity, by *eval.Expansion, nav *edm.Navigation) (workload.Expanded, bool, error) {
	levels := max(by.Levels, 1)
	if by.Levels == odata.MaxLevels {
		levels = maxLevels
	}
	var chain []*workload.Entity
	seen := map[store.Ref]bool{}
	for at := &e.Node; len(chain) < levels; {
		node, err := x.Core.Single(c, at, nav)
		if err != nil && len(chain) == 0 {
			return workload.Expanded{}, false, err
		}
		if err != nil || !node.Exists || seen[node.Ref] || by.Cast != nil && !node.Type.Is(by.Cast.Name) {
			break
		}
		if node.Ref != workload.NoRef {
			seen[node.Ref] = true
		}
		one, err := shownIn(x, c, node, by.Select)
		if err != nil {
			return workload.Expanded{}, false, err
		}
		chain = append(chain, &one)
		at = &one.Node
	}
	out := workload.Expanded{By: by, Count: -1}
	for i := len(chain) - 1; i >= 0; i-- {
		if out.One != nil {
			chain[i].Expanded = append(chain[i].Expanded, out)
		}
		out.One = chain[i]
	}
	return out, out.One != nil, nil
}

// expandMany answers a page of a collection inside its owner, as a list of it would be
// answered, with the token of the next one (B-3.33). The directory shows so many members
// and does not go on (B-3.28).
func expandMany(x *op.Op, c *workload.Call, e *workload.Entity, by *eval.Expansion, nav *edm.Navigation, out *workload.Expanded) error {
	inner, r, sub := *x, *x.Request, *c
	rest := *by.Options // the token knows what was skipped
	rest.Skip, rest.Pairs = nil, nil
	out.Query = rest.String()
	r.Query, r.Text, r.PageToken, r.MaxPageSize = by.Options, out.Query, "", 0
	sub.Request, sub.Self, sub.Nav, sub.Cast, sub.Verb = &r.Request, e.Node, nav, by.Cast, bind.List
	inner.Request, inner.Call, sub.System = &r, &sub, write.SystemOf(&inner)
	if x.Call.Writes() && provision.Pending(&inner, &sub, &e.Node, nav) {
		if err := provision.Collection(&inner, &sub, &sub.Self, nav); err != nil {
			return err
		}
	}
	p := &Plan{Compiled: nothing, Size: maxExpanded}
	simple := x.Core.Types.Of(e.Type).Traits.SimpleExpand
	if !simple {
		var err error
		if p, err = plan(&inner, &sub); err != nil {
			return err
		}
		if by.Options.Top == nil {
			p.Size = max(p.Size, defaultPage)
		}
	}
	p.Of = inner.Core.Collection(&sub, &sub.Self, nav)
	if by.CountOnly || by.Options.Count != nil && *by.Options.Count {
		out.Count = total(&inner, &sub, p)
	}
	if by.CountOnly {
		return nil
	}
	found, more := page(&inner, &sub, p)
	for i := range found {
		one, err := shownIn(&inner, &sub, found[i].Node, by.Select)
		if err != nil {
			return err
		}
		out.List = append(out.List, one)
	}
	if simple || !more || len(found) == 0 {
		return nil
	}
	var err error
	out.Next, err = token(&inner, p, found[len(found)-1].At, p.skip+len(found))
	return err
}

// shownIn is what a read of a node answers, with what a selection expands.
func shownIn(x *op.Op, c *workload.Call, n workload.Node, sel *eval.Selection) (workload.Entity, error) {
	if !x.Budget.Expand(n.Object.Size()) {
		return workload.Entity{}, x.Budget.Err()
	}
	one, err := x.Core.Show(c, n)
	if err != nil {
		return one, err
	}
	return one, expand(x, c, &one, sel)
}

// ExpandAll adds to an answer what $expand asks for, and what it holds without being asked.
func ExpandAll(x *op.Op, res *workload.Result) error {
	res.Selection = x.Selection
	if res.IsRef {
		return nil
	}
	for _, sel := range [...]*eval.Selection{x.Selection, inline(x)} {
		if sel == nil || len(sel.Expand) == 0 {
			continue
		}
		if res.One != nil {
			if err := expand(x, x.Call, res.One, sel); err != nil {
				return err
			}
			continue
		}
		for i := range res.List {
			if res.List[i].Gone {
				continue
			}
			if err := expand(x, x.Call, &res.List[i], sel); err != nil {
				return err
			}
		}
	}
	return nil
}

// inline is what an answer of the request holds without being asked; nil: nothing. $select
// leaves it out, and what $expand names is not shown twice.
func inline(x *op.Op) *eval.Selection {
	switch x.Request.Verb {
	case bind.Read, bind.List, bind.Create, bind.Update:
	default:
		return nil
	}
	t := x.Request.Target.Type
	if t == nil || t.Kind != edm.Entity || x.Selection != nil && !x.Selection.Star {
		return nil
	}
	sel := x.Core.Types.Of(t).Inline
	if sel == nil || x.Selection == nil {
		return sel
	}
	for _, by := range sel.Expand {
		for _, asked := range x.Selection.Expand {
			if asked.Name == by.Name {
				return nil
			}
		}
	}
	return sel
}
