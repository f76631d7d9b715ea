package payload

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/validate"
)

// Body is a request body after the check: what is to be stored, what is to be
// created below it and what is to be linked.
type Body struct {
	Type    *edm.Type     // the runtime type: @odata.type, else the declared one
	Members value.Members // structural properties, canonical names and values
	Sent    value.Members // the same as the client wrote them, control information included
	Deep    []Deep        // nested entities (deep insert)
	Binds   []Bind        // x@odata.bind
	Warn    []string
}

// Deep is a navigation given by value in a body.
type Deep struct {
	Nav    *edm.Navigation
	Bodies []*Body
}

// Bind is a navigation given by reference in a body.
type Bind struct {
	Nav  *edm.Navigation
	URLs []string
}

// bodyCheck checks one body. Names are corrected before the schema sees them,
// because a schema is exact and the service is not (C-4.9).
type bodyCheck struct {
	e      *Checker
	model  *edm.Model
	kind   *typeinfo.Info // of the runtime type
	strict bool
	create bool
	load   bool // a fixture: read-only properties are taken
	page   Page
	body   *Body

	members, sent value.Builder // of the body
	budget        *eval.Budget  // of the request; nil: no limit
}

// The notes on a body that an answer carries at most.
const (
	maxWarnings = 50
	maxDetails  = 50
)

// warn adds warnings to the answer.
func (c *bodyCheck) warn(texts ...string) {
	c.body.Warn = append(c.body.Warn, texts[:min(len(texts), maxWarnings-len(c.body.Warn))]...)
}

// Checker checks bodies against the types of any model.
type Checker struct {
	Types      *typeinfo.Cache
	Models     []*edm.Model
	Strict     bool
	Proven     bool     // see Options.Proven
	validators sync.Map // *edm.Model -> *validate.Validator
}

func (e *Checker) validator(m *edm.Model) *validate.Validator {
	if v, ok := e.validators.Load(m); ok {
		return v.(*validate.Validator)
	}
	v, _ := e.validators.LoadOrStore(m, validate.New(m))
	return v.(*validate.Validator)
}

// Check reads members as an entity of type t. On a create, what the type and the
// operation's page require has to be there.
func (e *Checker) Check(m *edm.Model, t *edm.Type, members value.Members, create, load bool, p Page) (*Body, error) {
	return e.CheckWithin(nil, m, t, members, create, load, p)
}

// CheckWithin is check for a request with a budget.
func (e *Checker) CheckWithin(b *eval.Budget, m *edm.Model, t *edm.Type, members value.Members, create, load bool, p Page) (*Body, error) {
	c := &bodyCheck{e: e, model: m, strict: e.Strict, create: create, load: load, page: p, budget: b, body: &Body{Type: t},
		members: value.NewBuilder(len(members) + 4), sent: value.NewBuilder(len(members))}
	rt, err := c.runtimeType(t, members, "")
	if err != nil {
		return nil, err
	}
	c.body.Type, c.kind = rt, e.Types.Of(rt)
	tree := make(map[string]any, len(members))
	for _, mem := range members {
		if !b.Step() {
			return nil, b.Err()
		}
		if err := c.member(rt, mem, tree); err != nil {
			return nil, err
		}
	}
	c.body.Members, c.body.Sent = c.members.Members(), c.sent.Members()
	if err := c.schema(rt, tree, create); err != nil {
		return nil, err
	}
	if load {
		return c.body, nil
	}
	return c.body, c.terms(p.required)
}

func (c *bodyCheck) given(name string) bool {
	if v, ok := c.body.Members.Get(name); ok {
		return !v.IsNull()
	}
	for _, d := range c.body.Deep {
		if d.Nav.Name == name {
			return true
		}
	}
	for _, b := range c.body.Binds {
		if b.Nav.Name == name {
			return true
		}
	}
	return false
}

// runtimeType reads the @odata.type of an object, with or without # (B-1.33, B-2.28).
// A wrong one that the page shows means the declared type.
func (c *bodyCheck) runtimeType(declared *edm.Type, m value.Members, at string) (*edm.Type, error) {
	raw, ok := m.Get("@odata.type")
	if !ok {
		if kinds := declared.Derived(); declared.Abstract && c.create && at == "" && len(kinds) == 1 && !kinds[0].Abstract {
			return kinds[0], nil // there is only one kind of it
		}
		return declared, nil
	}
	name, ok := raw.Text()
	if !ok {
		return nil, grapherr.WrongValue("@odata.type", "Expected a string.")
	}
	name = strings.TrimPrefix(name, "#")
	if rest, ok := strings.CutPrefix(name, "graph."); ok {
		name = "microsoft.graph." + rest // the alias of the namespace, in every version
	}
	t, ok := c.model.Type(edm.Name(name))
	if !ok && !c.strict {
		t, ok = c.relative(name, declared)
	}
	if !ok {
		if !declared.Known() || c.page.has(at+"@odata.type") {
			return declared, nil
		}
		return nil, grapherr.NoType(name)
	}
	if t != declared && !c.strict && declared.Is(t.Name) {
		return declared, nil // a base type says less and nothing wrong
	}
	if t != declared && !t.Is(declared.Name) {
		if !declared.Known() || c.page.has(at+"@odata.type") {
			return declared, nil
		}
		return nil, grapherr.NoType(name).Because(fmt.Sprintf("It is not a %s.", declared.Name), "")
	}
	return t, nil
}

// relative finds a type that a client names in the namespace of the service behind
// Graph (Microsoft.OutlookServices.X) or without one: the type of that short name,
// where it fits what is declared.
func (c *bodyCheck) relative(name string, declared *edm.Type) (*edm.Type, bool) {
	short := edm.Name(name).Short()
	for _, space := range [...]string{declared.Name.Namespace(), "microsoft.graph"} {
		if t, ok := c.model.Type(edm.Name(space + "." + short)); ok && t.Is(declared.Name) {
			return t, true
		}
	}
	return declared.DerivedType(short)
}

// member sorts one member of the body: property, navigation, link, control
// information, or unknown.
func (c *bodyCheck) member(t *edm.Type, m value.Member, tree map[string]any) error {
	if at := strings.IndexByte(m.Name, '@'); at >= 0 {
		return c.annotation(t, m, at)
	}
	p, ok := c.property(t, m.Name)
	if ok {
		return c.put(t, p, m, tree)
	}
	if n, ok := c.navigation(t, m.Name); ok {
		c.sent.Set(n.Name, m.Value)
		return c.deep(n, m.Value)
	}
	if t.Takes(m.Name) || slices.Contains(c.e.Types.Of(t).Traits.Takes, m.Name) {
		c.sent.Set(m.Name, m.Value)
		c.members.Set(m.Name, m.Value)
		return nil
	}
	if err := c.unknown(t, m.Name, m.Name); err != nil {
		return err
	}
	c.sent.Set(m.Name, m.Value)
	c.members.Set(m.Name, m.Value)
	return nil
}

// property finds a property by name, without regard to case and among derived
// types unless the mode is strict.
func (c *bodyCheck) property(t *edm.Type, name string) (*edm.Property, bool) {
	p, ok := t.Property(name)
	if ok && (p.Name == name || !c.strict) {
		return p, true
	}
	if c.strict {
		return nil, false
	}
	if _, p, _, ok := t.DerivedMember(name); ok && p != nil {
		return p, true
	}
	return nil, false
}

func (c *bodyCheck) navigation(t *edm.Type, name string) (*edm.Navigation, bool) {
	n, ok := t.Navigation(name)
	if ok && (n.Name == name || !c.strict) {
		return n, true
	}
	if c.strict {
		return nil, false
	}
	if _, _, n, ok := t.DerivedMember(name); ok && n != nil {
		return n, true
	}
	return nil, false
}

// unknown refuses a property that is not in the type where the type is fully
// known, and warns where it was read from pages only (C-4.9). What the operation's own
// page shows is taken. No type has a property without a name.
func (c *bodyCheck) unknown(t *edm.Type, name, pointer string) error {
	if c.load && c.e.holds(t.Name, name) || c.page.has(pointer) {
		return nil
	}
	if t.Known() || c.strict || name == "" {
		last := pointer[strings.LastIndexByte(pointer, '/')+1:]
		return grapherr.NoProperty(t.Name.Short(), string(t.Name), pointer).Because("", nearest.Cure(last, t.Names()))
	}
	c.warn(fmt.Sprintf("property '%s' is not documented on %s", pointer, t.Name))
	return nil
}

func (c *bodyCheck) put(t *edm.Type, p *edm.Property, m value.Member, tree map[string]any) error {
	if !c.load && c.made(p.Name) {
		if c.strict {
			return grapherr.ReadOnly(t.Name.Short(), p.Name)
		}
		c.warn("'" + p.Name + "' is read-only and was ignored")
		return nil // B-4.16
	}
	raw := m.Value
	if !c.e.Proven {
		fixed, node, err := c.propertyValue(p, m.Value, p.Name)
		if err != nil {
			return err
		}
		if node != nil || c.strict {
			tree[p.Name] = node
		}
		raw = fixed
	}
	c.members.Set(p.Name, raw)
	c.sent.Set(p.Name, m.Value)
	return nil
}

// annotation handles control information: it means something in @odata.type
// and x@odata.bind and nothing elsewhere (B-4.17, C-4.6).
func (c *bodyCheck) annotation(t *edm.Type, m value.Member, at int) error {
	c.sent.Set(m.Name, m.Value)
	name, suffix := m.Name[:at], m.Name[at:]
	if name == "" || !strings.EqualFold(suffix, "@odata.bind") {
		return nil
	}
	n, ok := c.navigation(t, name)
	if !ok {
		return c.unknown(t, name, m.Name)
	}
	var urls []string
	switch kind := m.Value.Kind(); {
	case n.Type.Many != (kind == value.KindArray) && kind != value.KindNull:
		return grapherr.WrongValue(m.Name, map[bool]string{true: "Expected a list of URLs.", false: "Expected a URL."}[n.Type.Many])
	case kind == value.KindString:
		s, _ := m.Value.Text()
		urls = append(urls, s)
	case kind == value.KindArray:
		for el := range m.Value.Elements() {
			s, ok := el.Text()
			if !ok {
				return grapherr.WrongValue(m.Name, "Expected a list of URLs.")
			}
			urls = append(urls, s)
		}
	case kind != value.KindNull:
		return grapherr.WrongValue(m.Name, "Expected a URL.")
	}
	if len(urls) > maxBinds {
		return grapherr.WrongValue(m.Name, fmt.Sprintf("At most %d references can be added in a request.", maxBinds))
	}
	c.body.Binds = append(c.body.Binds, Bind{n, urls})
	return nil
}

// deep checks the entities that a body holds by value. A reference may stand in
// place of one: {"@odata.id": "…"}.
func (c *bodyCheck) deep(n *edm.Navigation, raw value.Raw) error {
	if raw.IsNull() {
		return nil
	}
	want, got := value.KindObject, raw.Kind()
	if n.Type.Many {
		want = value.KindArray
	}
	if got != want {
		return grapherr.WrongValue(n.Name, fmt.Sprintf("Expected an %s, got a %s.", want, got))
	}
	if !n.Type.Many {
		return c.nested(n, raw)
	}
	for el := range raw.Elements() {
		if el.Kind() != value.KindObject {
			return grapherr.WrongValue(n.Name, "Expected an array of objects.")
		}
		if err := c.nested(n, el); err != nil {
			return err
		}
	}
	return nil
}

func (c *bodyCheck) nested(n *edm.Navigation, raw value.Raw) error {
	members := raw.Members()
	if id, ok := members.Get("@odata.id"); ok {
		if url, ok := id.Text(); ok {
			c.body.Binds = append(c.body.Binds, Bind{n, []string{url}})
			return nil
		}
	}
	child, err := c.e.CheckWithin(c.budget, c.model, n.Target(), members, true, c.load, c.page.below(n.Name))
	if err != nil {
		return err
	}
	c.warn(child.Warn...)
	c.body.Deep = append(c.body.Deep, Deep{n, []*Body{child}})
	return nil
}

// schema runs the JSON Schema of the type over the corrected tree.
func (c *bodyCheck) schema(t *edm.Type, tree map[string]any, create bool) error {
	if c.e.Proven {
		return nil
	}
	violations := c.e.validator(c.model).Body(t, tree)
	var details []grapherr.Detail
	var first *grapherr.Error
	for _, v := range violations {
		err := c.violation(t, v, create)
		if err == nil {
			continue
		}
		if first == nil {
			first = err
		}
		if len(details) == maxDetails {
			break
		}
		details = append(details, grapherr.Detail{Code: v.Keyword, Message: err.Message, Target: v.Property})
	}
	if first == nil {
		return nil
	}
	if len(details) > 1 {
		first.Details = details
	}
	return first
}

func (c *bodyCheck) violation(t *edm.Type, v validate.Violation, create bool) *grapherr.Error {
	if c.tolerates(v) {
		return nil
	}
	if v.Keyword == "required" {
		if !create || c.load {
			return nil
		}
		return grapherr.Required(t.Name.Short(), strings.ReplaceAll(strings.TrimPrefix(v.Pointer, "/"), "/", "."))
	}
	e := grapherr.WrongValue(v.Property, v.Message)
	e.Target = strings.TrimPrefix(v.Pointer, "/")
	return e
}

// holds reports whether a type has a property in any version: what is stored of an entity
// is what all versions say of it.
func (e *Checker) holds(t edm.Name, name string) bool {
	for _, m := range e.Models {
		if t, ok := m.Type(t); ok {
			if _, ok := t.Property(name); ok {
				return true
			}
		}
	}
	return false
}

// maxBinds is how many references one request may add (B-4.38).
const maxBinds = 20
