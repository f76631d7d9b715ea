package odatajson

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// AppendBase writes the origin with the version.
func (x *Encoder) AppendBase(dst []byte) []byte {
	return append(append(x.Origin.Append(dst, x.HTTP), '/'), x.VersionName...)
}

func (x *Encoder) Base() string { return string(x.AppendBase(make([]byte, 0, 64))) }

// fragment builds the part of @odata.context behind the # (B-1.24 to B-1.31),
// without $entity and the selected names.
type fragment struct {
	dst   []byte
	start int    // where the fragment begins in dst
	key   string // counts only when something contained follows
	keyed bool   // there is such a key
}

// forms are how a service writes contexts. The zero value is the rule.
type forms struct {
	me    string // the id of the user that /me stands for
	short bool   // lists of entities that an operation gives have the name of their type without its namespace
	// follows reports whether contexts name a navigation as the path does, although the
	// metadata does not call it contained; nil: none.
	follows func(*edm.Navigation) bool
}

// appendContextOf writes the fragment for what the target denotes.
func appendContextOf(dst []byte, t *bind.Target, how forms) []byte {
	f := fragment{dst: dst, start: len(dst)}
	for i := range t.Steps {
		s := &t.Steps[i]
		switch s.Kind {
		case edm.Nav:
			f.nav(s.Nav, t.Model, how.me, s.Nav.Contains || how.follows != nil && how.follows(s.Nav))
		case edm.Key:
			f.key, f.keyed = s.Key(), true
		case edm.Cast:
			if s.Type != nil && s.Type.Kind == edm.Entity && s.Many {
				f.reset(setOf(t.Model, s.Type.Name))
			}
		case edm.Prop:
			if t.Shape == bind.IsStream && i == len(t.Steps)-1 { // the answer to an upload shows what has the content (B-14.35)
				if t.Named() {
					f.dst = append(bytes.TrimSuffix(f.dst, []byte("/root")), "/items"...)
				}
				continue
			}
			f.below(quoteKey(s.Seg.Text)) // of an open type it may be any text
		case edm.Func, edm.Action:
			if of := s.Op.Returns; of.Many && how.short && entityOf(t.Model, of.Name) { // R-C5
				f.reset("Collection(" + of.Name.Short() + ")")
			} else if of.Many || of.Name == "" || of.Name.Primitive() {
				f.reset(of.String())
			} else { // B-4.29
				f.reset(setOf(t.Model, of.Name))
			}
		}
		if s.Keyed && s.Kind != edm.Func {
			f.key, f.keyed = s.Key(), true
		}
	}
	return f.dst
}

func (f *fragment) reset(to string) {
	f.dst, f.keyed = append(f.dst[:f.start], to...), false
}

func (f *fragment) below(name string) {
	if f.keyed {
		f.dst = append(append(append(f.dst, "('"...), quoteKey(f.key)...), "')"...)
		f.keyed = false
	}
	f.dst = append(append(f.dst, '/'), name...)
}

// followed is forms.follows by the back end of the navigation's members.
func (x *Encoder) followed(n *edm.Navigation) bool {
	t := n.Target()
	return t != nil && t.Kind == edm.Entity && !n.Set && x.Types.Of(t).Backend.PathContexts
}

func (f *fragment) nav(n *edm.Navigation, m *edm.Model, me string, below bool) {
	switch {
	case n.Set && !n.Type.Many && n.Name == "me": // shows as a member of the set of its type
		f.reset(setOf(m, n.Type.Name))
		f.key, f.keyed = me, true
	case n.Set:
		f.reset(n.Name)
	case below:
		f.below(n.Name)
	default:
		f.reset(setOf(m, n.Type.Name))
	}
}

func (x *Encoder) forms() forms {
	how := forms{me: x.Request.Caller.User}
	if b := x.Types.Of(x.Request.Target.Owning()).Backend; b.ShortNames || b.PathContexts {
		how.short, how.follows = b.ShortNames, x.followed
	}
	return how
}

// entityOf reports whether a name is that of an entity type.
func entityOf(m *edm.Model, name edm.Name) bool {
	t, ok := m.Type(name)
	return ok && t.Kind == edm.Entity
}

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

// quoteKey writes a key into a context: everything but letters, digits and a few signs
// is percent-encoded (B-1.28, R-C1).
func quoteKey(key string) string { return keySigns.Replace(url.QueryEscape(key)) }

var keySigns = strings.NewReplacer("+", "%20", "%2C", ",", "%21", "!")

// EscapeKey writes a key as a path segment.
func EscapeKey(key string) string { return url.PathEscape(key) }

// appendContext writes the fragment of @odata.context for an answer.
func (x *Encoder) appendContext(dst []byte, a *engine.Answer) []byte {
	switch {
	case a.IsRef && a.One != nil:
		return append(dst, "$ref"...)
	case a.IsRef:
		return append(dst, "Collection($ref)"...)
	case a.Feed != nil:
		return appendFeedContext(dst, x.Request.Model, x.declared(), a.Feed)
	}
	start := len(dst)
	if dst = appendContextOf(dst, x.Request.Target, x.forms()); len(dst) == start {
		dst = append(dst, "Edm.Untyped"...)
	}
	dst = append(dst, a.Selection.Context()...)
	if a.One != nil && a.One.Type.Kind == edm.Entity && !singleton(x.Request.Target) && !bytes.HasSuffix(dst[start:], entitySuffix) && !x.bareType(dst[start:]) {
		dst = append(dst, entitySuffix...)
	}
	return dst
}

// bareType reports whether a context is the name of what an action of the back end answers, which
// then stands alone (R-C5).
func (x *Encoder) bareType(context []byte) bool {
	t := x.Request.Target
	return t.Shape == bind.IsAction && x.Types.Of(t.Owning()).Backend.ShortNames && t.Type != nil && string(context) == string(t.Type.Name)
}

// singleton reports whether a target is a single entity of the service root, whose name alone
// is the context (I3 of the recorded facts). /me shows as a member of the users.
func singleton(t *bind.Target) bool {
	if len(t.Steps) != 1 || t.Steps[0].Kind != edm.Nav {
		return false
	}
	n := t.Steps[0].Nav
	return n.Set && !n.Type.Many && n.Name != "me"
}

var entitySuffix = []byte("/$entity")

// projection is what entities of a type show under a selection.
func (x *Encoder) projection(t *edm.Type, sel *eval.Selection) *projection {
	by := chosen{t, sel}
	if x.last == by { // members of a list are mostly of one type
		return x.shown
	}
	p, ok := x.chosen[by]
	names, _ := sel.Names()
	switch {
	case ok:
	case sel == nil || sel.Star && len(names) == 0:
		p = x.Projections.of(x.Types.Of(t))
	default:
		p = x.Projections.selected(x.Types.Of(t), names, sel.Star)
		if x.chosen == nil {
			x.chosen = map[chosen]*projection{}
		}
		x.chosen[by] = p
	}
	x.last, x.shown = by, p
	return p
}

// chosen is what a projection made for one request depends on.
type chosen struct {
	t   *edm.Type
	sel *eval.Selection
}

// nextLink is the URL of the next page: the request with another token (B-3.66).
func (x *Encoder) nextLink(a *engine.Answer) string {
	var b strings.Builder
	b.WriteString(x.Base())
	b.WriteByte('/')
	b.WriteString(x.Path)
	sep, dollar := byte('?'), "$"
	if a.SkipLinks {
		dollar = "%24" // B-3.72
	}
	for _, part := range strings.Split(x.Request.Text, "&") {
		name, _, _ := strings.Cut(part, "=")
		name, _ = url.QueryUnescape(name)
		if part == "" || strings.EqualFold(strings.TrimPrefix(name, "$"), "skip") {
			continue
		}
		b.WriteByte(sep)
		if strings.HasPrefix(part, "$") {
			b.WriteString(dollar)
			part = part[1:]
		}
		b.WriteString(part)
		sep = '&'
	}
	if a.SkipLinks {
		b.WriteByte(sep)
		b.WriteString(dollar + "skip=" + strconv.Itoa(a.Given))
		sep = '&'
	}
	b.WriteByte(sep)
	b.WriteString(dollar + "skiptoken=")
	b.WriteString(a.Next)
	return b.String()
}
