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
	asked  bool     // by $select
	rest   bool     // members that no version declares of the type are shown as well (open types)
	kind   *typeinfo.Info
	shapes sync.Map // *value.Shape -> layout
}

type shownProp struct {
	name   string
	prefix string // "name":
	never  bool   // its value is not shown
	absent string // what stands for a property without a value (B-1.39); empty: nothing
	bare   bool   // a stored null shows nothing either
	decl   *edm.Property
	place  typeinfo.Place
}

// layout is a projection worked out for one shape: what to copy, piece by piece.
type layout struct {
	pieces []piece
	forms  Form // that matter to the members of the shape
}

// piece is one of three: properties without a value, already written; a run of the
// shape's members as they are stored; or one member whose value has to be seen first: its
// null shows as something else, or its place depends on it.
type piece struct {
	text     string
	from, to int    // slots of the run, both included
	null     string // what a null in slot from shows as; empty: as null
	bare     bool   // a null in slot from is not shown
	half     half   // where it is shown
}

// half is a part of an entity's members (B-1.25): the primitive ones and the nulls, behind
// them those with members of their own.
type half uint8

const (
	either half = iota
	flat
	nested
)

var halves = [...]half{flat, nested}

// half is where a property with this value is shown.
func (s *shownProp) half(raw value.Raw) half {
	if s.place.Nests(raw) {
		return nested
	}
	return flat
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
	for _, prop := range k.Properties() {
		if !slices.Contains(p.hidden, prop.Name) {
			p.add(k, prop.Name)
		}
	}
	return p
}

// selected makes the projection of a $select; star adds what is shown by default. The order
// is that of a whole entity, whatever that of $select (B-1.25).
func selected(k *typeinfo.Info, names []string, star bool) *projection {
	p := &projection{etag: k.Traits.Etag, kind: k}
	if star {
		p = newProjection(k)
	}
	p.asked = true
	for _, n := range names {
		if !slices.ContainsFunc(p.props, func(s shownProp) bool { return s.name == n }) {
			p.add(k, n)
		}
	}
	if !k.Traits.AsSelected {
		slices.SortStableFunc(p.props, func(a, b shownProp) int { return k.Rank(a.name) - k.Rank(b.name) })
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
		if text, ok := k.Unset(prop); ok && (text != "" || !p.asked) { // what is asked for is never left out
			s.absent, s.bare = text, text == ""
		}
	}
	s.place = k.Place(s.decl)
	if k.Traits.Sparse {
		s.absent, s.bare = "", true
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
		if at := sh.Slot(p.props[i].name); at >= 0 {
			used[at] = true
			if decl := p.props[i].decl; decl != nil {
				l.forms |= formsOf(decl.Type, decl.Def())
			}
		}
	}
	for _, h := range halves {
		for i := range p.props {
			l.prop(sh, &p.props[i], h)
		}
		for i, u := range used {
			if p.rest && !u && p.undeclared(names[i]) {
				l.pieces = append(l.pieces, piece{from: i, to: i, half: h})
			}
		}
	}
	return l
}

// prop lays out what a half shows of a property.
func (l *layout) prop(sh *value.Shape, s *shownProp, h half) {
	at := sh.Slot(s.name)
	if at < 0 || s.never {
		if s.half(value.Raw(s.absent)) == h {
			l.without(string(appendAbsent(nil, s)))
		}
		return
	}
	c := piece{from: at, to: at}
	if s.absent != "null" {
		c.null = s.absent
	}
	c.bare = s.bare
	switch s.place {
	case typeinfo.ByValue:
		c.half = h
	case typeinfo.First:
		if h != flat {
			return
		}
	case typeinfo.Last, typeinfo.Behind:
		if h != nested {
			return
		}
	}
	if c.half == either && c.null == "" && !c.bare {
		l.run(at)
		return
	}
	l.pieces = append(l.pieces, c)
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
	if n := len(l.pieces) - 1; n >= 0 && l.pieces[n].isRun() && l.pieces[n].to+1 == at {
		l.pieces[n].to = at
		return
	}
	l.pieces = append(l.pieces, piece{from: at, to: at})
}

// isRun reports whether members are copied as they are.
func (c *piece) isRun() bool { return c.text == "" && c.null == "" && !c.bare && c.half == either }

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
	o := e.Object
	sh := o.Shape()
	if e.Members != nil || sh == nil || e.Ref == workload.NoRef {
		return p.appendMembers(dst, e)
	}
	pieces := p.layout(sh).pieces
	for i := range pieces {
		c := &pieces[i]
		switch {
		case c.text != "":
			dst = append(dst, c.text...)
		case c.isRun():
			dst = append(o.AppendRun(dst, c.from, c.to), ',')
		default:
			dst = c.append(dst, o, sh)
		}
	}
	return dst
}

// append writes the one member of a piece, if this is its place.
func (c *piece) append(dst []byte, o value.Object, sh *value.Shape) []byte {
	shown := o.At(c.from)
	if c.bare && shown == value.Null {
		return dst
	}
	if c.null != "" && shown == value.Null {
		shown = value.Raw(c.null)
	}
	if c.half != either && typeinfo.ByValue.Nests(shown) != (c.half == nested) {
		return dst
	}
	return append(append(append(dst, sh.Key(c.from)...), shown...), ',')
}

func appendAbsent(dst []byte, p *shownProp) []byte {
	if p.absent == "" {
		return dst
	}
	return append(append(append(dst, p.prefix...), p.absent...), ',')
}

// appendExact writes members as they are, in the order of B-1.25. Control information stands
// where it is. settled says that the values are put in order, too.
func (p *projection) appendExact(dst []byte, members value.Members, settled bool) []byte {
	for _, h := range halves {
		for _, m := range members {
			if m.Value == "" {
				continue
			}
			decl, _ := p.kind.Type.Property(m.Name)
			s := shownProp{place: p.kind.Place(decl)}
			if strings.HasPrefix(m.Name, "@") {
				s.place = typeinfo.First
			}
			if !settled {
				decl = nil
			}
			if s.half(m.Value) == h {
				dst = p.appendMember(dst, m, decl)
			}
		}
	}
	return dst
}

func (p *projection) appendMember(dst []byte, m value.Member, decl *edm.Property) []byte {
	dst = append(value.AppendString(dst, m.Name), ':')
	return append(append(dst, p.settled(decl, m.Value)...), ',')
}

// settled is a value that a rule made, in the order of B-1.25; what is stored is in order.
func (p *projection) settled(decl *edm.Property, raw value.Raw) value.Raw {
	if kind := raw.Kind(); decl == nil || kind != value.KindObject && kind != value.KindArray {
		return raw
	}
	return p.kind.Settled(decl.Def(), raw)
}

// appendMembers writes an entity whose members a rule made.
func (p *projection) appendMembers(dst []byte, e *workload.Entity) []byte {
	members := e.Members
	if members == nil {
		members = e.Object.Members()
	}
	values := make([]value.Raw, len(p.props)) // in the order of props; empty: not shown
	shown := make(map[string]bool, len(p.props))
	for i := range p.props {
		s := &p.props[i]
		shown[s.name] = true
		raw, ok := members.Get(s.name)
		if !ok || s.never || raw == value.Null && (s.bare || s.absent != "") { // as the layout of a stored entity does
			raw = value.Raw(s.absent)
		}
		values[i] = p.settled(s.decl, raw)
	}
	for _, h := range halves {
		for i, raw := range values {
			if s := &p.props[i]; raw != "" && s.half(raw) == h {
				dst = append(append(append(dst, s.prefix...), raw...), ',')
			}
		}
		if !p.rest {
			continue
		}
		for _, m := range members {
			if !shown[m.Name] && m.Value != "" && p.undeclared(m.Name) && typeinfo.ByValue.Nests(m.Value) == (h == nested) {
				dst = p.appendMember(dst, m, nil)
			}
		}
	}
	return dst
}
