package odatajson

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// projection is the property set that entities of one type show, in its order,
// ready to be appended. It is made once for a type, or once for a request with
// $select, and compares a shape with its properties only once.
type projection struct {
	props  []shownProp
	etag   bool
	hidden []string // shown only when they are selected
	rest   bool     // members that no version declares of the type are shown as well (open types)
	kind   *typeinfo.Info
	shapes sync.Map // *value.Shape -> layout
}

type shownProp struct {
	name   string
	prefix string // "name":
	never  bool   // its value is not shown
	absent string // what stands for a property without a value (B-1.39); empty: nothing
	decl   *edm.Property
}

// layout is a projection worked out for one shape: what to copy, piece by piece.
type layout struct {
	pieces []piece
	forms  Form // that matter to the members of the shape
}

// piece is one of three: properties without a value, already written; a run of the
// shape's members as they are stored; or one member whose null shows as something else.
type piece struct {
	text     string
	from, to int    // slots of the run, both included
	null     string // what a null in slot from shows as; empty: it is a run
}

// Projections caches those without $select, and of those with it the first that
// clients ask for: programs select with few words, and the same ones.
type Projections struct {
	m      sync.Map // *typeinfo.Info -> *projection
	picked sync.Map // pick -> *projection
	picks  atomic.Int32
}

type pick struct {
	kind  *typeinfo.Info
	names string
	star  bool
}

const maxPicks = 256

func (c *Projections) selected(k *typeinfo.Info, names []string, star bool) *projection {
	by := pick{k, strings.Join(names, ","), star}
	if p, ok := c.picked.Load(by); ok {
		return p.(*projection)
	}
	p := selected(k, names, star)
	if c.picks.Load() < maxPicks {
		c.picks.Add(1)
		c.picked.Store(by, p)
	}
	return p
}

func (c *Projections) of(k *typeinfo.Info) *projection {
	if p, ok := c.m.Load(k); ok {
		return p.(*projection)
	}
	p, _ := c.m.LoadOrStore(k, newProjection(k))
	return p.(*projection)
}

func newProjection(k *typeinfo.Info) *projection {
	p := &projection{kind: k, rest: k.Traits.DefaultSelect == nil && !k.Declares(), etag: k.Traits.Etag,
		hidden: slices.Concat(k.Traits.OnSelect, k.Traits.OneOnly)}
	if names := k.Traits.DefaultSelect; names != nil {
		for _, n := range names {
			p.add(k, n)
		}
		return p
	}
	for _, prop := range k.Type.Properties() {
		if !slices.Contains(p.hidden, prop.Name) {
			p.add(k, prop.Name)
		}
	}
	return p
}

// selected makes the projection of a $select; star adds what is shown by default.
func selected(k *typeinfo.Info, names []string, star bool) *projection {
	p := &projection{etag: k.Traits.Etag, kind: k}
	if star {
		p = newProjection(k)
	}
	for _, n := range names {
		if !slices.ContainsFunc(p.props, func(s shownProp) bool { return s.name == n }) {
			p.add(k, n)
		}
	}
	return p
}

func (p *projection) add(k *typeinfo.Info, name string) {
	s := shownProp{name: name, prefix: string(value.AppendString(nil, name)) + ":"}
	if prop, ok := k.Type.Property(name); ok {
		if prop.Type.Name == "Edm.Stream" {
			return // content is read on its own
		}
		s.absent, s.decl = absent(prop), prop
	}
	if empty, ok := k.Traits.Empty.Get(name); ok {
		s.absent = string(empty)
	}
	s.never = slices.Contains(k.Traits.WriteOnly, name)
	p.props = append(p.props, s)
}

// absent is what a declared property without a value shows: null, [] for a
// collection, and nothing where null is not allowed and no value is neutral.
func absent(p *edm.Property) string {
	switch {
	case p.Type.Many:
		return "[]"
	case p.Nullable || p.Type.Name == "":
		return "null"
	}
	switch p.Type.Name {
	case "Edm.Boolean":
		return "false"
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte", "Edm.Double", "Edm.Single", "Edm.Decimal":
		return "0"
	}
	return ""
}

func (p *projection) layout(sh *value.Shape) layout {
	if sh.ID() < 0 { // of one entity alone
		return p.newLayout(sh)
	}
	if l, ok := p.shapes.Load(sh); ok {
		return l.(layout)
	}
	v, _ := p.shapes.LoadOrStore(sh, p.newLayout(sh))
	return v.(layout)
}

func (p *projection) newLayout(sh *value.Shape) layout {
	var l layout
	names := sh.Names()
	used := make([]bool, len(names))
	for i := range p.props {
		prop := &p.props[i]
		at := sh.Slot(prop.name)
		if at >= 0 && prop.decl != nil {
			l.forms |= formsOf(prop.decl.Type, prop.decl.Def())
		}
		switch {
		case at < 0 || prop.never:
			l.without(string(appendAbsent(nil, prop)))
			if at >= 0 {
				used[at] = true
			}
			continue
		case prop.absent != "null" && prop.absent != "":
			l.pieces = append(l.pieces, piece{from: at, to: at, null: prop.absent})
		default:
			l.run(at)
		}
		used[at] = true
	}
	if p.rest {
		for i, u := range used {
			if !u && p.undeclared(names[i]) {
				l.run(i)
			}
		}
	}
	return l
}

// undeclared reports whether a stored member that is not in props is shown.
func (p *projection) undeclared(name string) bool {
	return !strings.HasPrefix(name, "@") && !slices.Contains(p.hidden, name) && !p.kind.Foreign(name)
}

func (l *layout) without(text string) {
	if n := len(l.pieces) - 1; n >= 0 && l.pieces[n].text != "" {
		l.pieces[n].text += text
	} else if text != "" {
		l.pieces = append(l.pieces, piece{text: text})
	}
}

func (l *layout) run(at int) {
	if n := len(l.pieces) - 1; n >= 0 && l.pieces[n].text == "" && l.pieces[n].null == "" && l.pieces[n].to+1 == at {
		l.pieces[n].to = at
		return
	}
	l.pieces = append(l.pieces, piece{from: at, to: at})
}

// formatted is an entity with its values in the forms that the request asks for.
func (x *Encoder) formatted(p *projection, e *workload.Entity) *workload.Entity {
	f := &x.Formatting
	if x.Immutable && e.Ref > 0 && slices.Contains(x.Types.Of(e.Type).Traits.Prefers, workload.IDType) {
		named := *e
		named.Show(value.Member{Name: "id", Value: value.String(workload.ImmutableID(e.Ref))})
		e = &named
	}
	if e.Gone || f.Forms == 0 || e.Members == nil && f.Forms&AsText == 0 &&
		(e.Object.Shape() == nil || p.layout(e.Object.Shape()).forms&f.Forms == 0) {
		return e
	}
	told := *e
	if told.Members == nil {
		told.Members = e.Object.Members()
	}
	told.Members = f.Members(e.Type, told.Members)
	if f.Forms&AsText == 0 || e.Exact {
		return &told
	}
	for i := range p.props {
		if s := &p.props[i]; s.absent == "0" && formsOf(s.decl.Type, nil) == AsText {
			if _, ok := told.Members.Get(s.name); !ok {
				told.Members = append(told.Members.Clone(), value.Member{Name: s.name, Value: `"0"`})
			}
		}
	}
	return &told
}

// masked is an entity without the members of complex values that only a read of one entity
// shows, where $select names the property.
func (x *Encoder) masked(p *projection, e *workload.Entity, sel *eval.Selection) *workload.Entity {
	for _, path := range p.kind.Traits.SelectedParts {
		name, part, _ := strings.Cut(path, "/")
		if sel != nil && x.Request.Target.Shape == bind.IsEntity && sel.Selects(name) {
			continue
		}
		raw, _ := e.Members.Get(name)
		if e.Members == nil {
			raw, _ = e.Object.Get(name)
		}
		if raw.Kind() != value.KindArray || !strings.Contains(string(raw), `"`+part+`":"`) {
			continue
		}
		var elements []value.Raw
		for el := range raw.Elements() {
			m := el.Members()
			m.Set(part, value.Null)
			elements = append(elements, m.Object())
		}
		masked := *e
		masked.Show(value.Member{Name: name, Value: value.Array(elements...)})
		e = &masked
	}
	return e
}

// append writes the members of an entity, each followed by a comma.
func (p *projection) append(dst []byte, e *workload.Entity) []byte {
	if e.Members != nil {
		return p.appendMembers(dst, e)
	}
	o := e.Object
	sh := o.Shape()
	if sh == nil {
		for i := range p.props {
			dst = appendAbsent(dst, &p.props[i])
		}
		return dst
	}
	for _, c := range p.layout(sh).pieces {
		switch {
		case c.text != "":
			dst = append(dst, c.text...)
		case c.null != "" && o.At(c.from) == value.Null:
			dst = append(append(append(dst, sh.Key(c.from)...), c.null...), ',')
		default:
			dst = append(o.AppendRun(dst, c.from, c.to), ',')
		}
	}
	return dst
}

func appendAbsent(dst []byte, p *shownProp) []byte {
	if p.absent == "" {
		return dst
	}
	return append(append(append(dst, p.prefix...), p.absent...), ',')
}

// appendExact writes members as they are.
func appendExact(dst []byte, members value.Members) []byte {
	for _, m := range members {
		if m.Value == "" {
			continue
		}
		dst = value.AppendString(dst, m.Name)
		dst = append(append(append(dst, ':'), m.Value...), ',')
	}
	return dst
}

// appendMembers writes an entity whose members a rule made.
func (p *projection) appendMembers(dst []byte, e *workload.Entity) []byte {
	shown := make(map[string]bool, len(p.props))
	for i := range p.props {
		shown[p.props[i].name] = true
		raw, ok := e.Members.Get(p.props[i].name)
		switch {
		case !ok || p.props[i].never:
			dst = appendAbsent(dst, &p.props[i])
			continue
		case raw == "":
			continue
		}
		dst = append(append(append(dst, p.props[i].prefix...), raw...), ',')
	}
	if p.rest {
		for _, m := range e.Members {
			if !shown[m.Name] && m.Value != "" && p.undeclared(m.Name) {
				dst = value.AppendString(dst, m.Name)
				dst = append(append(append(dst, ':'), m.Value...), ',')
			}
		}
	}
	return dst
}
