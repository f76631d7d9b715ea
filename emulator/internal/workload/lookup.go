package workload

import (
	"mime"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Rule finds the rule on a verb of a type, looking through the base types.
func (r *Registry) Rule(t *edm.Type, v bind.Verb) (Rule, bool) {
	for ; t != nil; t = t.Base() {
		if rule, ok := r.rules[ruleKey{t.Name, v}]; ok {
			return rule, true
		}
	}
	return Rule{}, false
}

// AfterRules lists the rules that run after a verb on a type.
func (r *Registry) AfterRules(t *edm.Type, v bind.Verb) []Rule {
	if len(r.after) == 0 {
		return nil
	}
	for ; t != nil; t = t.Base() {
		if rules, ok := r.after[ruleKey{t.Name, v}]; ok {
			return rules
		}
	}
	return nil
}

// Guard finds the guard of a type, looking through the base types.
func (r *Registry) Guard(t *edm.Type) (Guard, bool) {
	for ; t != nil && len(r.guards) > 0; t = t.Base() {
		if g, ok := r.guards[t.Name]; ok {
			return g, true
		}
	}
	return Guard{}, false
}

// Views lists the views on the navigations of a type by their names, those of base
// types included; nil when there are none.
func (r *Registry) Views(t *edm.Type) map[string]View {
	var out map[string]View
	for k := range r.views {
		if !t.Is(k.typ) {
			continue
		}
		if out == nil {
			out = map[string]View{}
		}
		out[k.nav], _ = r.View(t, k.nav) // the one of the nearest type
	}
	return out
}

// View finds the view on a navigation of a type, looking through the base types.
func (r *Registry) View(t *edm.Type, nav string) (View, bool) {
	for ; t != nil; t = t.Base() {
		if v, ok := r.views[viewKey{t.Name, nav}]; ok {
			return v, true
		}
	}
	return View{}, false
}

// Way finds how the names between colons lead from a type, looking through the base types.
func (r *Registry) Way(t *edm.Type) (Way, bool) {
	for ; t != nil && len(r.ways) > 0; t = t.Base() {
		if way, ok := r.ways[t.Name]; ok {
			return way, true
		}
	}
	return Way{}, false
}

// TakesMedia reports whether a verb takes a body of this Content-Type beside JSON.
func (r *Registry) TakesMedia(t *edm.Type, v bind.Verb, contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
	}
	media = strings.ToLower(strings.TrimSpace(media))
	for ; t != nil; t = t.Base() {
		if own := r.says(t.Name); own != nil && slices.Contains(own.MediaTypes[v], media) {
			return true
		}
	}
	return false
}

// QueryPolicy finds the query policy of a type, looking through the base types.
func (r *Registry) QueryPolicy(t *edm.Type) (QueryPolicy, bool) {
	for ; t != nil; t = t.Base() {
		if g, ok := r.policies[t.Name]; ok {
			return g, true
		}
	}
	return QueryPolicy{}, false
}

// Late is what the service of a type says of a user whom it does not know yet, nil where it
// knows every user at once, and whether it never has anything of that type for this user.
func (r *Registry) Late(s Scope, user *Node, t *edm.Type) (late *grapherr.Error, never bool) {
	w := r.dialect(t)
	if w == nil {
		return nil, false
	}
	late, lacks := w.Consistency.Late, w.Consistency.Lacks
	if !user.Type.Is(User) {
		return w.Consistency.Lates[user.Type.Name], false
	}
	return late, lacks != nil && lacks(s, user, t)
}

// Replicated reports whether the service of a type keeps copies that may lag behind.
func (r *Registry) Replicated(t *edm.Type) bool {
	w := r.dialect(t)
	return w != nil && w.Consistency.Replicated
}

// Order lists the properties that stand first in values of a type, as its traits or those of
// the nearest base type say; nil: they say nothing.
func (r *Registry) Order(t *edm.Type) []string {
	for ; t != nil; t = t.Base() {
		if own := r.says(t.Name); own != nil && own.Order != nil {
			return own.Order
		}
	}
	return nil
}

// Word puts a case into the words of the workload that t belongs to.
// t may be nil.
func (r *Registry) Word(t *edm.Type, e *grapherr.Error) *grapherr.Error {
	if e.Case == grapherr.Plain {
		return e
	}
	if w := r.dialect(t); w != nil {
		return w.Errors.Word(e, t.Name.Short())
	}
	return e
}

// dialect is the workload that a type or the nearest of its base types belongs to;
// nil: none.
func (r *Registry) dialect(t *edm.Type) *Workload {
	for ; t != nil; t = t.Base() {
		if w := r.workload(t); w != nil {
			return w
		}
	}
	return nil
}

// workload is the one whose dialect a type speaks; a name of its own comes before
// the longest name of a family.
func (r *Registry) workload(t *edm.Type) *Workload {
	if w, ok := r.owner[t.Name]; ok {
		return w
	}
	var best family
	for _, f := range r.family {
		if len(f.prefix) > len(best.prefix) && strings.HasPrefix(string(t.Name), f.prefix) {
			best = f
		}
	}
	return best.w
}

// Service names the workload that a type or the nearest of its base types belongs to;
// empty when none claims them.
func (r *Registry) Service(t *edm.Type) string {
	for ; t != nil; t = t.Base() {
		if w := r.workload(t); w != nil {
			return w.Name
		}
	}
	return ""
}
