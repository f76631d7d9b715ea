package learn

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Files writes down what has been learnt, as a tree of fixtures: one file for each
// navigation of the service root, and contents in files of their own.
func (l *Learner) Files() map[string][]byte {
	w := &writer{l: l, out: map[string][]byte{}}
	if me := l.me; me.same == nil && me.told() {
		if nav, ok := l.models[0].Model.Root().Navigation("users"); ok { // nobody said who it is
			user := l.root.member(nav, other+"me")
			user.typ = workload.User
			me.merge(user)
		}
	}
	for _, b := range l.root.below {
		b.unite()
	}
	l.domains()
	for _, b := range l.root.sortedBelow() {
		if b.nav.Name == "users" {
			me := l.me.is() // the first user is the one who is signed in
			slices.SortStableFunc(b.nodes, func(x, y *node) int { return rank(x, me) - rank(y, me) })
		}
		v := w.below(b)
		if v == "" {
			continue
		}
		text := value.Members{{Name: b.nav.Name, Value: v}}.Object()
		w.out[b.nav.Name+".yaml"] = conversation.AppendYAML(nil, []byte(strings.ReplaceAll(string(text), "${", "$${")))
	}
	return w.out
}

func rank(n, first *node) int {
	if n.is() == first {
		return 0
	}
	return 1
}

// told reports whether there is anything to say of a node: what only a path has named
// counts if something lies below it.
func (n *node) told() bool {
	if n.gone || n.left || n.same != nil {
		return false
	}
	if n.seen || len(n.streams) > 0 {
		return true
	}
	return slices.ContainsFunc(n.below, func(b *below) bool {
		return len(b.links) > 0 || slices.ContainsFunc(b.nodes, (*node).told)
	})
}

type writer struct {
	l     *Learner
	out   map[string][]byte
	files int
}

// below writes a navigation; empty: there is nothing in it.
func (w *writer) below(b *below) value.Raw {
	var list []value.Raw
	b.written = nil
	for _, n := range b.nodes {
		if n.told() {
			list = append(list, w.node(n))
			b.written = append(b.written, entry{n, false})
		}
	}
	for _, to := range b.links {
		to = to.is()
		if id := to.id(); !to.gone && !to.left && (id != "" || to.nav != nil && !to.nav.Type.Many) {
			list = append(list, value.Members{{Name: "$ref", Value: value.String(to.path())}}.Object())
			b.written = append(b.written, entry{to, true})
		}
	}
	switch {
	case len(list) == 0:
		return ""
	case b.nav.Type.Many:
		return value.Array(list...)
	}
	return list[len(list)-1]
}

// node writes an entity with what lies below it.
func (w *writer) node(n *node) value.Raw {
	var out value.Members
	if n.typ != n.declared && n.declared != "" {
		out.Set("@odata.type", value.String("#"+string(n.typ)))
	}
	if name, v := n.alternate(); name != "" && v != "" {
		out.Set(name, value.String(v))
	} else if id := n.id(); id != "" && n.text("id") == "" {
		out.Set("id", value.String(id))
	}
	for _, m := range n.members {
		out.Set(m.Name, m.Value)
	}
	for _, s := range n.streams {
		w.stream(s, &out)
	}
	for _, b := range n.sortedBelow() {
		if v := w.below(b); v != "" {
			out.Set(b.nav.Name, v)
		}
	}
	return out.Object()
}

// endings are those of files by media type, for who looks at them.
var endings = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "text/plain": ".txt", "text/html": ".html",
	"application/pdf": ".pdf", "application/json": ".json"}

func (w *writer) stream(s stream, out *value.Members) {
	w.files++
	media, _, _ := strings.Cut(s.media, ";")
	ending := endings[strings.ToLower(strings.TrimSpace(media))]
	if ending == "" {
		ending = ".bin"
	}
	name := path.Join("content", fmt.Sprintf("%d%s", w.files, ending))
	w.out[name] = s.data
	content := value.Members{{Name: "$content", Value: value.Members{{Name: "$file", Value: value.String(name)}}.Object()}, {Name: "$type", Value: value.String(s.media)}}
	if s.name != "$value" {
		out.Set(s.name, content.Object())
		return
	}
	for _, m := range content {
		out.Set(m.Name, m.Value)
	}
}
