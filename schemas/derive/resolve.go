package derive

import (
	"slices"
	"strings"
)

// names finds types by what pages call them: a full name in any case, a short
// name, a name with the wrong namespace.
type names struct {
	draft   *draft
	byShort map[string][]string // folded short name -> full names, sorted
}

func (d *draft) names() *names {
	n := &names{draft: d, byShort: map[string][]string{}}
	for _, t := range d.sorted() {
		n.add(t.name)
	}
	return n
}

func (n *names) add(full string) {
	key := fold(short(full))
	if !slices.Contains(n.byShort[key], full) {
		n.byShort[key] = append(n.byShort[key], full)
	}
}

// resolve returns the full name of the type a page near owner means, or "".
func (n *names) resolve(text, owner string) string {
	if text == "" {
		return ""
	}
	if strings.HasPrefix(text, "Edm.") {
		return text
	}
	if t := n.draft.find(text); t != nil {
		return t.name
	}
	name := short(text)
	if t := n.draft.find(space(owner) + "." + name); t != nil {
		return t.name
	}
	if t := n.draft.find(graphNS + "." + name); t != nil {
		return t.name
	}
	if all := n.byShort[fold(name)]; len(all) == 1 {
		return all[0]
	}
	return ""
}
