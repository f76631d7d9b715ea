package wire

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"net/http"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// origin is what absolute URLs begin with: the scheme, host and port that the
// caller used (B-1.2, C-1.5), unless a public URL is configured.
func (g *Graph) origin(r *http.Request) string {
	if g.PublicURL != "" {
		return g.PublicURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// base is the origin with the version.
func (x *exchange) base() string { return x.g.origin(x.r) + "/" + x.version.Name }

// contextOf is the fragment of @odata.context for what the target denotes
// (B-1.24 to B-1.31), without $entity and the selected names.
func contextOf(t *bind.Target, me string) string {
	var b strings.Builder
	pending := "" // a key that counts only when something contained follows
	for i := range t.Steps {
		s := &t.Steps[i]
		switch s.Kind {
		case edm.Nav:
			contextNav(&b, s, t.Model, &pending, me)
		case edm.Key:
			pending = keyed(s.Key())
		case edm.Cast:
			if s.Type != nil && s.Type.Kind == edm.Entity && s.Many {
				reset(&b, setOf(t.Model, s.Type.Name), &pending)
			}
		case edm.Prop:
			b.WriteString(pending)
			pending = ""
			b.WriteByte('/')
			b.WriteString(s.Seg.Text)
		case edm.Func, edm.Action:
			reset(&b, s.Op.Returns.String(), &pending)
		}
		if s.Keyed && s.Kind != edm.Func {
			pending = keyed(s.Key())
		}
	}
	return b.String()
}

func reset(b *strings.Builder, to string, pending *string) {
	b.Reset()
	b.WriteString(to)
	*pending = ""
}

func contextNav(b *strings.Builder, s *bind.Step, m *edm.Model, pending *string, me string) {
	n := s.Nav
	switch {
	case n.Set && n.Type.Many:
		reset(b, n.Name, pending)
	case n.Set: // /me shows as a member of the set of its type, other singletons by name
		if set := setOf(m, n.Type.Name); n.Name == "me" {
			reset(b, set, pending)
			*pending = keyed(me)
		} else {
			reset(b, n.Name, pending)
		}
	case n.Contains:
		b.WriteString(*pending)
		*pending = ""
		b.WriteByte('/')
		b.WriteString(n.Name)
	default:
		reset(b, setOf(m, n.Type.Name), pending)
	}
}

func keyed(key string) string { return "('" + url.PathEscape(key) + "')" }

// setOf is the entity set whose members are of a type, or the type's name in
// parentheses' stead when there is none.
func setOf(m *edm.Model, name edm.Name) string {
	for _, n := range m.Root().Navigations() {
		if n.Set && n.Type.Many && n.Type.Name == name {
			return n.Name
		}
	}
	return string(name)
}

// escapeKey writes a key as a path segment.
func escapeKey(key string) string { return url.PathEscape(key) }

// context is the fragment of @odata.context for an answer.
func (x *exchange) context(a *engine.Answer) string {
	c := contextOf(x.req.Target, x.caller.User)
	if c == "" {
		c = "Edm.Untyped"
	}
	if a.IsRef {
		if a.One != nil {
			return "$ref"
		}
		return "Collection($ref)"
	}
	c += a.Selection.Context()
	if a.One != nil && !strings.HasSuffix(c, "/$entity") && a.One.Type.Kind == edm.Entity {
		c += "/$entity"
	}
	return c
}

// projection is what entities of a type show under a selection.
func (x *exchange) projection(t *edm.Type, sel *eval.Selection) *projection {
	k := x.g.Engine.Kind(t)
	if sel == nil || sel.Star {
		return x.g.projections.of(k)
	}
	by := chosen{t, sel}
	if p, ok := x.chosen[by]; ok {
		return p
	}
	names, _ := sel.Names()
	p := selected(k, names)
	if x.chosen == nil {
		x.chosen = map[chosen]*projection{}
	}
	x.chosen[by] = p
	return p
}

// chosen is what a projection made for one request depends on.
type chosen struct {
	t   *edm.Type
	sel *eval.Selection
}

// nextLink is the URL of the next page: the request with another token (B-3.66).
func (x *exchange) nextLink(token string) string {
	var b strings.Builder
	b.WriteString(x.base())
	b.WriteByte('/')
	b.WriteString(x.path)
	sep := byte('?')
	for _, part := range strings.Split(x.query, "&") {
		name, _, _ := strings.Cut(part, "=")
		name, _ = url.QueryUnescape(name)
		if part == "" || strings.EqualFold(strings.TrimPrefix(name, "$"), "skiptoken") || strings.EqualFold(strings.TrimPrefix(name, "$"), "skip") {
			continue
		}
		b.WriteByte(sep)
		b.WriteString(part)
		sep = '&'
	}
	b.WriteByte(sep)
	b.WriteString("$skiptoken=")
	b.WriteString(token)
	return b.String()
}
