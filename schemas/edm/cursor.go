package edm

import "strings"

// StepKind says what a segment denotes.
type StepKind uint8

// The kinds of steps.
const (
	Skip StepKind = iota // an empty segment, or "myorganization" or a tenant's id at the root
	Nav
	Key
	Cast
	Prop
	Func
	Action
	ColonPath
	Value    // $value
	RefLinks // $ref
	Count    // $count
)

// Segment is one segment of a path, decoded once.
type Segment struct {
	Text   string // without parentheses
	Parens bool
	Args   string // the text inside the parentheses
	Colon  bool   // the text between "root:" and ":"
	Key    bool   // a placeholder of the documentation, which is always a key
}

// Step is what a segment denotes and where it leads. Type is nil where it leads
// to primitives (Prim says which), to untyped content, or to nothing.
type Step struct {
	Kind  StepKind
	Type  *Type
	Many  bool
	Prim  Name
	Nav   *Navigation // the navigation whose members the step denotes; nil for values and answers
	Prop  *Property   // of a Prop step; nil when an open type takes a property nobody declared
	Op    *Operation  // of a Func or Action step: the overload its arguments fit best
	Ops   []*Operation
	Keyed bool  // a Nav or Cast step carries a key in parentheses: it denotes one member
	Via   *Type // the derived type whose member it is, when the path leaves out the cast
}

// Dynamic reports whether the step is a property that no type declares.
func (s Step) Dynamic() bool { return s.Kind == Prop && s.Prop == nil }

// state is the sort of thing a cursor stands on.
type state uint8

const (
	onEntity  state = iota // members of the service root, an entity or a navigation
	onValue                // a property or an answer with a structured type
	onPrim                 // a primitive value or an enumeration
	onUntyped              // content without a type: members of any name
	onEnd                  // nothing may follow
)

// Cursor walks a model along a path. It is a value: a copy walks on alone. A
// failed step leaves it where it is.
type Cursor struct {
	model *Model
	t     *Type
	nav   *Navigation
	prim  Name
	index int
	state state
	many  bool
}

// Start returns a cursor on the service root.
func (m *Model) Start() Cursor { return Cursor{model: m, t: m.Root()} }

// At returns a cursor on an instance of t, or a collection when many: the
// place from which a relative path is read.
func (m *Model) At(t *Type, many bool) Cursor {
	c := Cursor{model: m, t: t, many: many}
	if t.Kind != Entity && t.Kind != Root {
		c.state = onValue
	}
	return c
}

// Walk steps through all of segs. On error the steps before it are returned.
func (m *Model) Walk(segs ...Segment) ([]Step, error) {
	c := m.Start()
	steps := make([]Step, 0, len(segs))
	for _, seg := range segs {
		s, err := c.Step(seg)
		if err != nil {
			return steps, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// Step walks one segment on. A segment that leads nowhere is a *WalkError.
func (c *Cursor) Step(seg Segment) (s Step, err error) {
	if why := c.step(&seg, &s); why != "" {
		return Step{}, &WalkError{Index: c.index, Segment: seg.Text, Type: c.typeName(), Many: c.many, Reason: why}
	}
	c.index++
	return s, nil
}

// step decides by what the cursor stands on. It returns why it cannot. A Step is large:
// all below write to the one that the caller has.
func (c *Cursor) step(seg *Segment, s *Step) string {
	switch {
	case seg.Colon:
		return c.colon(s)
	case seg.Text == "" && !seg.Parens && !seg.Key:
		return c.stay(Skip, s)
	case strings.HasPrefix(seg.Text, "$") && !seg.Key:
		return c.system(seg, s)
	case c.state == onEnd:
		return whyEnd
	case c.state == onUntyped && !seg.Parens:
		return c.dynamic(s)
	case c.state == onPrim && c.prim == "Edm.Stream" && is(seg.Text, "content") && !seg.Parens:
		return c.stay(Skip, s) // the content of content, as reports are asked for it
	case c.state == onPrim || c.t == nil:
		return whyPrimitive
	case c.many:
		return c.collection(seg, s)
	case seg.Key:
		return whyNoKey
	}
	return c.single(seg, s)
}

// system takes the segments that begin with a dollar sign.
func (c *Cursor) system(seg *Segment, s *Step) string {
	switch {
	case seg.Parens || c.state == onEnd:
	case is(seg.Text, "$count") && c.many && c.state <= onPrim:
		return c.end(Count, "Edm.Int32", s)
	case is(seg.Text, "$entity") && c.many && c.state == onEntity: // the member that is posted, as pages write it
		return c.stay(Skip, s)
	case is(seg.Text, "$ref") && c.state == onEntity && c.nav != nil:
		return c.end(RefLinks, "", s)
	case is(seg.Text, "$value") && !c.many && (c.t == nil || c.t.Kind != Root):
		return c.end(Value, c.prim, s)
	}
	return whySystem
}

// collection walks on from members: to an operation bound to the collection, to
// the members of a derived type, or to one member by its key.
func (c *Cursor) collection(seg *Segment, s *Step) string {
	if !seg.Key && seg.Text != "" {
		if ops := c.t.Operation(seg.Text, true); ops != nil {
			return c.call(ops, seg, nil, s)
		}
		if t := c.cast(seg.Text); t != nil {
			return c.castTo(t, seg, s)
		}
		if isWord(seg.Text) {
			if via, ops := c.t.DerivedOperation(seg.Text, true); ops != nil {
				return c.call(ops, seg, via, s)
			}
		}
	}
	switch {
	case c.state != onEntity || c.t.Kind != Entity:
		return whyNoKey
	case seg.Parens && seg.Text != "" && !seg.Key:
		return whyUnknown
	}
	c.many = false
	return c.stay(Key, s)
}

// single walks on from one entity or structured value.
func (c *Cursor) single(seg *Segment, s *Step) string {
	if c.t.Kind == Root && !seg.Parens && (is(seg.Text, "myorganization") || IsGUID(seg.Text)) {
		return c.stay(Skip, s)
	}
	if m := c.t.member(seg.Text, fitsSingle(seg)); m != nil {
		return c.follow(m, seg, nil, s)
	}
	if ops := c.t.Operation(seg.Text, false); ops != nil { // a qualified name
		return c.call(ops, seg, nil, s)
	}
	if t := c.cast(seg.Text); t != nil && !seg.Parens {
		return c.castTo(t, seg, s)
	}
	if m, ok := c.t.below(seg.Text, fitsSingle(seg)); ok {
		return c.follow(m.member, seg, m.owner, s)
	}
	if !seg.Parens && !isQualified(seg.Text) && c.t.Takes(seg.Text) {
		return c.dynamic(s)
	}
	return whyUnknown
}

// fitsSingle says which members a segment can name: parentheses belong to
// functions and to the keys of collections.
func fitsSingle(seg *Segment) func(*member) bool {
	if seg.Parens {
		return func(m *member) bool { return m.one != nil || m.nav != nil && m.nav.Type.Many }
	}
	return func(m *member) bool { return m.nav != nil || m.prop != nil || m.one != nil }
}

// follow walks to a member found by name.
func (c *Cursor) follow(m *member, seg *Segment, via *Type, s *Step) string {
	switch {
	case m.nav != nil && (!seg.Parens || m.nav.Type.Many):
		return c.navigate(m.nav, seg, via, s)
	case m.one != nil && (seg.Parens || m.prop == nil):
		return c.call(m.one, seg, via, s)
	}
	return c.property(m.prop, via, s)
}

func (c *Cursor) navigate(n *Navigation, seg *Segment, via *Type, s *Step) string {
	target := n.Target()
	if target == nil {
		return whyNoType
	}
	keyed := seg.Parens && seg.Args != ""
	c.t, c.nav, c.prim, c.state, c.many = target, n, "", onEntity, n.Type.Many && !keyed
	s.Keyed, s.Via = keyed, via
	return c.stay(Nav, s)
}

func (c *Cursor) property(p *Property, via *Type, s *Step) string {
	c.land(p.Def(), p.Type)
	s.Prop, s.Via = p, via
	return c.stay(Prop, s)
}

// dynamic walks into content that has no type.
func (c *Cursor) dynamic(s *Step) string {
	c.t, c.nav, c.prim, c.many, c.state = nil, nil, "", false, onUntyped
	return c.stay(Prop, s)
}

// call walks to the answer of an operation; of a function one may walk on.
func (c *Cursor) call(ops []*Operation, seg *Segment, via *Type, s *Step) string {
	o := fitting(ops, seg)
	c.land(o.Def(), o.Returns)
	kind := Func
	if o.Action {
		kind, c.state = Action, onEnd
	} else if o.Returns == (Ref{}) {
		c.state = onEnd
	}
	s.Op, s.Ops, s.Via = o, ops, via
	return c.stay(kind, s)
}

// land puts the cursor on a value of type r, whose definition is t.
func (c *Cursor) land(t *Type, r Ref) {
	c.t, c.nav, c.many, c.prim, c.state = t, nil, r.Many, "", onValue
	switch {
	case t == nil && (r.Name == "Edm.Untyped" || !r.Name.Primitive()):
		c.prim, c.state = r.Name, onUntyped
	case t == nil:
		c.prim, c.state = r.Name, onPrim
	case t.Kind == Enum:
		c.state = onPrim
	case t.Kind == Entity:
		c.state = onEntity // what a function answers may be asked for its members
	}
}

// castTo walks to the members that are a t.
func (c *Cursor) castTo(t *Type, seg *Segment, s *Step) string {
	keyed := c.many && seg.Parens && seg.Args != ""
	c.t = t
	c.many = c.many && !keyed
	s.Keyed = keyed
	return c.stay(Cast, s)
}

// colon walks along a path of names below a drive item or a site, which leads
// to another of its kind.
func (c *Cursor) colon(s *Step) string {
	if c.state != onEntity || c.many || c.t.Kind != Entity {
		return whyNoPath
	}
	if _, ok := c.t.Navigation("children"); !ok && !c.t.Is(siteName) {
		return whyNoPath
	}
	return c.stay(ColonPath, s)
}

const siteName Name = namespace + ".site"

// cast finds the type a segment names: qualified, or by the short name of a
// type below the present one. It is nil when there is none, or no relation.
func (c *Cursor) cast(text string) *Type {
	if isQualified(text) {
		if t, ok := c.model.Type(Name(text)); ok && (t.Is(c.t.Name) || c.t.Is(t.Name)) {
			return t
		}
		return nil
	}
	if !isWord(text) {
		return nil // a key such as a GUID: spare the reading of the family
	}
	t, _ := c.t.DerivedType(text)
	return t
}

// stay describes where the cursor stands. Like end it has no reason not to.
func (c *Cursor) stay(k StepKind, s *Step) string {
	s.Kind, s.Type, s.Many, s.Prim, s.Nav = k, c.t, c.many, c.prim, c.nav
	return ""
}

// end describes a last step and lets nothing follow. $value and $ref keep the
// type they are asked of.
func (c *Cursor) end(k StepKind, prim Name, s *Step) string {
	c.stay(k, s)
	s.Prim = prim
	if k == Count {
		s.Type, s.Many = nil, false
	}
	c.state = onEnd
	return ""
}

func (c *Cursor) typeName() Name {
	if c.t == nil {
		return c.prim
	}
	return c.t.Name
}

// IsGUID reports whether a text has the form of an Edm.Guid.
func IsGUID(text string) bool {
	for i, c := range []byte(text) {
		switch {
		case i == 8, i == 13, i == 18, i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return len(text) == 36
}
