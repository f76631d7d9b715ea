package learn

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Learner collects what conversations tell of a tenant.
type Learner struct {
	models []Version
	reg    *workload.Registry
	root   *node
	me     *node // the signed-in user, wherever it is
	notes  []Note
}

// Version is a version of Graph that requests may be of.
type Version struct {
	Name  string
	Model *edm.Model
}

// Note says why an exchange has taught nothing, or not all of it, or what of it no
// tenant takes.
type Note struct {
	File    string
	Line    int
	Request string
	Reason  string
}

func (n Note) String() string {
	if n.File == "" { // of no exchange in particular
		return n.Reason
	}
	return fmt.Sprintf("%s:%d: %s: %s", n.File, n.Line, n.Request, n.Reason)
}

// New makes a learner. The first version is that of what is not said.
func New(reg *workload.Registry, versions []Version) *Learner {
	l := &Learner{models: versions, reg: reg, root: &node{seen: true}}
	l.me = &node{owner: l.root}
	return l
}

// Notes are what could not be learnt, in the order of the exchanges.
func (l *Learner) Notes() []Note { return l.notes }

// Add learns from a conversation. Stubs and exchanges that failed teach nothing.
func (l *Learner) Add(f *conversation.File) error {
	for _, x := range f.Exchanges {
		if x.Stub {
			continue
		}
		e := &event{l: l, file: f.Name, line: x.Line, status: x.Status}
		request, err := conversation.Vars(nil).Fill(x.Request)
		if err != nil {
			request = x.Request // the path says that it means nothing
		}
		e.method, e.target, _ = strings.Cut(request, " ")
		if e.sent, err = x.Body.Bytes(nil); err != nil {
			return err
		}
		if e.got, err = x.Answer.Bytes(nil); err != nil {
			return err
		}
		if x.Partial {
			e.note("expect: is not a whole answer")
			continue
		}
		for _, h := range x.AnswerHeaders {
			if strings.EqualFold(h.Name, "Content-Type") {
				e.media = h.Value
			}
		}
		e.learn()
	}
	return nil
}

// event is an exchange, or a part of a batch.
type event struct {
	l              *Learner
	file           string
	line           int
	method, target string
	status         int
	sent, got      []byte
	media          string // of got

	model  *edm.Model
	t      *bind.Target
	place  *node
	coll   *edm.Navigation // an open collection of place
	cast   edm.Name
	prop   []string // a property path below place
	answer value.Members
}

func (e *event) note(format string, args ...any) {
	e.l.notes = append(e.l.notes, Note{e.file, e.line, e.method + " " + e.target, fmt.Sprintf(format, args...)})
}

// userIn finds the user whose things an answer's context says they are.
var userIn = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`#users\('([^']+)'\)`) })

func (e *event) learn() {
	version, path, ok := e.split()
	switch {
	case !ok:
		return // a sign-in, or another service
	case strings.EqualFold(strings.Trim(path, "/"), "$batch"):
		e.batch(version)
		return
	case e.status < 200 || e.status > 299 || strings.EqualFold(strings.Trim(path, "/"), "$metadata"):
		return
	}
	p, err := odata.ParsePath(path)
	if err == nil {
		e.t, err = bind.Resolve(e.model, p)
	}
	if err != nil {
		e.note("the path means nothing: %v", err)
		return
	}
	if len(e.got) > 0 && (strings.Contains(e.media, "json") || e.media == "") {
		if e.answer, err = value.ParseObject(e.got, value.Limits{}); err != nil && e.media != "" {
			e.note("the answer is no JSON: %v", err)
			return
		}
	}
	if context, ok := e.answer.Get("@odata.context"); ok && strings.HasPrefix(strings.ToLower(strings.TrimLeft(path, "/")), "me") {
		text, _ := context.Text()
		if m := userIn().FindStringSubmatch(text); m != nil {
			e.l.iAm(m[1], e.model)
		}
	}
	if reason := e.walk(); reason != "" {
		e.note("%s", reason)
		return
	}
	e.act()
}

// split finds the version of a request.
func (e *event) split() (version, path string, ok bool) {
	target := e.target
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		target = u.RequestURI()
	}
	target, _, _ = strings.Cut(target, "?")
	version, path, _ = strings.Cut(strings.TrimLeft(target, "/"), "/")
	for _, v := range e.l.models {
		if strings.EqualFold(v.Name, version) {
			e.model = v.Model
			return v.Name, path, true
		}
	}
	return "", "", false
}

// iAm says who is signed in.
func (l *Learner) iAm(id string, m *edm.Model) {
	nav, ok := m.Root().Navigation("users")
	if !ok {
		return
	}
	user := l.root.member(nav, id)
	if me := l.me.is(); me != user {
		me.merge(user)
	}
}

// batch learns from the parts of a batch.
func (e *event) batch(version string) {
	var sent struct {
		Requests []struct {
			ID, Method, URL string
			Body            json.RawMessage
		}
	}
	var got struct {
		Responses []struct {
			ID      string
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
	}
	if json.Unmarshal(e.sent, &sent) != nil || json.Unmarshal(e.got, &got) != nil {
		e.note("the batch is no batch")
		return
	}
	for _, q := range sent.Requests {
		for _, a := range got.Responses {
			if !strings.EqualFold(q.ID, a.ID) {
				continue
			}
			part := &event{l: e.l, file: e.file, line: e.line, method: strings.ToUpper(q.Method), status: a.Status, sent: q.Body, got: a.Body,
				target: "/" + version + "/" + strings.TrimLeft(q.URL, "/")}
			if strings.Contains(q.URL, "://") {
				part.target = q.URL
			}
			for name, v := range a.Headers {
				if strings.EqualFold(name, "Content-Type") {
					part.media = v
				}
			}
			part.learn()
		}
	}
}

// walk goes to the place that the path is about.
func (e *event) walk() (reason string) {
	e.place = e.l.root
	for i := range e.t.Steps {
		s := &e.t.Steps[i]
		last := i == len(e.t.Steps)-1
		switch s.Kind {
		case edm.Nav:
			if reason := e.follow(s.Nav); reason != "" {
				return reason
			}
			if s.Keyed {
				reason = e.key(s)
			}
		case edm.Key:
			reason = e.key(s)
		case edm.Cast:
			e.cast = s.Type.Name
			if s.Keyed {
				reason = e.key(s)
			}
		case edm.Prop:
			name := s.Seg.Text
			if s.Prop != nil {
				name = s.Prop.Name
			}
			e.prop = append(e.prop, name)
		case edm.ColonPath:
			for name := range strings.SplitSeq(s.Seg.Text, "/") {
				nav, ok := e.typeOf(e.place).Navigation("children")
				if name != "" && ok {
					e.place = e.place.named(nav, name)
				}
			}
		case edm.Func, edm.Action:
			if !last {
				return "what lies behind " + s.Seg.Full() + " has no place of its own"
			}
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

func (e *event) typeOf(n *node) *edm.Type {
	if n.owner == nil && n == e.l.root {
		return e.model.Root()
	}
	if t, ok := e.model.Type(n.typ); ok {
		return t
	}
	if n == e.l.me {
		t, _ := e.model.Type(workload.User)
		return t
	}
	return e.model.Root()
}

// follow goes along a navigation.
func (e *event) follow(nav *edm.Navigation) string {
	if len(e.prop) > 0 {
		return "navigations of complex values have no place in fixtures"
	}
	if e.place == e.l.root && nav.Name == "me" {
		e.place, e.coll = e.l.me.is(), nil
		if e.place == e.l.me {
			e.place.typ = nav.Type.Name
		}
		return ""
	}
	if nav.Type.Many {
		e.coll, e.cast = nav, ""
		return ""
	}
	e.coll = nil
	e.place = e.single(e.place, nav)
	return ""
}

// single is the one member of a navigation: below its owner, or, where it is shown from
// elsewhere, where it lies; that is known when its id is.
func (e *event) single(owner *node, nav *edm.Navigation) *node {
	if links := owner.at(nav).links; len(links) > 0 {
		return links[0].is()
	}
	return owner.member(nav, "")
}

// key goes to a member of the open collection.
func (e *event) key(s *bind.Step) string {
	if e.coll == nil {
		return "a key without a collection"
	}
	switch named := s.Named(); {
	case len(named) > 1:
		return "a key of several parts"
	case len(named) == 1 && !strings.EqualFold(named[0].Name, "id"):
		e.place = e.member(e.place, e.coll, other+named[0].Name+other+named[0].Value)
		if _, told := e.place.members.Get(named[0].Name); !told {
			e.place.members.Set(named[0].Name, value.String(named[0].Value))
		}
	case len(named) == 1:
		e.place = e.member(e.place, e.coll, named[0].Value)
	default:
		e.place = e.member(e.place, e.coll, s.Key())
	}
	if e.cast != "" {
		e.place.typ = e.cast
	}
	e.coll, e.cast = nil, ""
	return ""
}

// member is what key names in a navigation: one that it contains, or one that it refers
// to, or that lies elsewhere.
func (e *event) member(owner *node, nav *edm.Navigation, key string) *node {
	for _, l := range owner.at(nav).links {
		if strings.EqualFold(l.is().id(), key) {
			return l.is()
		}
	}
	if home, set := e.home(owner, nav, nav.Type.Name); home != owner || set != nav {
		if set != nil {
			return home.member(set, key)
		}
	}
	return owner.member(nav, key)
}

// home says where an entity lies that is found under a navigation; a nil set: nobody
// knows before its type is known.
func (e *event) home(owner *node, nav *edm.Navigation, t edm.Name) (*node, *edm.Navigation) {
	v, view := e.l.reg.View(e.typeOf(owner), nav.Name)
	if (nav.Contains || nav.Set || owner == e.l.root) && !view {
		return owner, nav
	}
	root := e.model.Root()
	typ, ok := e.model.Type(t)
	for b := typ; ok && b != nil; b = b.Base() {
		for _, set := range root.Navigations() {
			_, shown := e.l.reg.View(root, set.Name)
			if set.Set && set.Type.Many && set.Type.Name == b.Name && !shown {
				return e.l.root, set
			}
		}
	}
	for _, place := range root.Navigations() { // below a singleton, as presences are below communications
		if place.Type.Many || place.Target() == nil || place.Name == "me" || !ok {
			continue
		}
		for _, set := range place.Target().Navigations() {
			if set.Contains && set.Type.Many && set.Type.Name == t {
				return e.l.root.member(place, ""), set
			}
		}
	}
	if view && (v.Computed || owner == e.l.root) || typ == nil || e.l.reg.Traits(typ).References != "" {
		return nil, nil
	}
	return owner, nav
}

// links reads the URLs that references are written as, and gives what they refer to.
func (e *event) linked(raw value.Raw) *node {
	text, _ := raw.Text()
	q := &event{l: e.l, model: e.model, method: "GET", target: text}
	_, path, ok := q.split()
	if !ok {
		path = text
		if u, err := url.Parse(text); err == nil {
			path = u.EscapedPath()
		}
	}
	q.model = e.model
	p, err := odata.ParsePath(path)
	if err != nil {
		return nil
	}
	if q.t, err = bind.Resolve(q.model, p); err != nil || q.walk() != "" || q.coll != nil || q.place == e.l.root {
		return nil
	}
	if q.place.owner == e.l.root && q.place.nav != nil && q.place.nav.Name == "directoryObjects" {
		return e.object(q.place.key)
	}
	return q.place
}

// object is the directory object of an id that an answer has told of; nil: none has.
func (e *event) object(id string) *node {
	for _, b := range e.l.root.below {
		if n, ok := b.index[strings.ToLower(id)]; ok && b.nav.Name != "directoryObjects" && (n.is().seen || b.nav.Name == "users") {
			return n.is()
		}
	}
	return nil
}

// sortedBelow are the navigations of a node, by name.
func (n *node) sortedBelow() []*below {
	out := slices.Clone(n.below)
	slices.SortFunc(out, func(a, b *below) int { return strings.Compare(a.nav.Name, b.nav.Name) })
	return out
}

// quoted is a name for a note.
func quoted(s string) string { return strconv.Quote(s) }
