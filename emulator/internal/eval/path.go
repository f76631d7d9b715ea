package eval

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// place is where a path has come to: an entity (row), a collection of
// entities (rows), or a value, one or many (raw).
type place struct {
	typ  typ
	top  bool // the row itself, so that members have slots
	row  func(*ctx) Row
	rows func(*ctx) rowSeq
	size func(*ctx) int // of rows
	raw  func(*ctx) value.Raw
	slot int // 1 + the slot that raw reads, of a member of the row; else 0
}

func (c *compiler) path(e *odata.Expr) (operand, error) {
	at := c.origin(e.Var)
	for i, s := range e.Steps {
		if s.Kind == odata.Count {
			return c.count(e, s, at)
		}
		var err error
		if at, err = c.step(e, s, at, i); err != nil {
			return operand{}, err
		}
	}
	return at.operand(), nil
}

// origin is the row, or a range variable.
func (c *compiler) origin(name string) place {
	for i := len(c.scope) - 1; i >= 0; i-- {
		v := c.scope[i]
		if v.name != name {
			continue
		}
		if v.typ.kind == kEntity {
			return place{typ: v.typ, row: func(x *ctx) Row { return x.vars[i].row }}
		}
		return place{typ: v.typ, raw: func(x *ctx) value.Raw { return x.vars[i].raw }}
	}
	return place{typ: entity(c.root), top: true, row: (*ctx).self}
}

func entity(t *edm.Type) typ { return typ{kind: kEntity, name: t.Name, def: t} }

func (p place) operand() operand {
	t := p.typ
	out := operand{typ: t, raw: p.raw, slot: p.slot, row: p.row, rows: p.rows}
	switch {
	case p.row != nil:
		row := p.row
		out.val = func(x *ctx) val {
			if row(x) == nil {
				return val{}
			}
			return val{k: kEntity}
		}
	case p.raw != nil:
		raw := p.raw
		out.val = func(x *ctx) val { return decode(raw(x), t) }
	}
	return out
}

func (c *compiler) step(e *odata.Expr, s odata.Step, at place, i int) (place, error) {
	switch {
	case at.typ.many:
		return at, odata.Refuse(c.option, s.Off, "The parent value for a property access of a property '%s' is not a single value. Property access can only be applied to a single value.", s.Name)
	case at.typ.kind == kUntyped:
		return place{typ: untyped, raw: nested(at.raw, s.Name)}, nil
	case at.typ.def == nil || at.typ.kind == kEnum:
		return at, c.noProperty(s.Off, s.Name, at.typ.name, nil)
	case s.Kind == odata.Cast:
		return c.castStep(s, at)
	}
	if p, n, ok := c.find(at.typ.def, s.Name); ok {
		if n != nil && at.row != nil {
			return c.navigate(n, at), nil
		}
		if p != nil {
			return c.property(p.Name, typeOf(p.Type, p.Def()), at), nil
		}
	} else if c.dynamic(at.typ.def, s.Name) {
		return c.property(s.Name, untyped, at), nil
	}
	return at, c.noProperty(s.Off, s.Name, at.typ.def.Name, at.typ.def)
}

// noProperty is the service's sentence of B-2.24. def is nil where the type has no file.
func (c *compiler) noProperty(off int, name string, on edm.Name, def *edm.Type) error {
	e := odata.Refuse(c.option, off, "Could not find a property named '%s' on type '%s'.", name, on)
	if def != nil {
		e.Cure = nearest.Cure(name, def.Names())
	}
	return e
}

// find looks for a member of t, or else of a type derived from it: members of
// a group are directoryObjects, and clients filter them by displayName.
func (c *compiler) find(t *edm.Type, name string) (*edm.Property, *edm.Navigation, bool) {
	if p, ok := t.Property(name); ok {
		return p, nil, true
	}
	if n, ok := t.Navigation(name); ok {
		return nil, n, true
	}
	_, p, n, ok := t.DerivedMember(name)
	return p, n, ok
}

// dynamic reports whether a name that no type declares may be asked for.
func (o Options) dynamic(t *edm.Type, name string) bool {
	switch {
	case !t.Known():
		return true // what is not fully known may have more (C-4.9)
	case t.Open && o.Dynamic != nil:
		return o.Dynamic(t, name)
	}
	return t.Takes(name)
}

func (c *compiler) property(name string, t typ, at place) place {
	out := place{typ: t}
	switch {
	case at.top:
		out.raw, out.slot = c.stored(name), 1+c.slot(name)
	case at.row != nil:
		row := at.row
		out.raw = func(x *ctx) value.Raw { return member(row(x), name) }
	default:
		out.raw = nested(at.raw, name)
	}
	return out
}

// stored reads a member of the row through its slot.
func (c *compiler) stored(name string) func(*ctx) value.Raw {
	slot := c.slot(name)
	return func(x *ctx) value.Raw {
		if at := x.slots[slot]; at >= 0 {
			return x.obj.At(int(at))
		}
		return x.computed(name)
	}
}

func nested(raw func(*ctx) value.Raw, name string) func(*ctx) value.Raw {
	return func(x *ctx) value.Raw { return get(raw(x), name) }
}

func (c *compiler) navigate(n *edm.Navigation, at place) place {
	c.walks = true
	row, name := at.row, n.Name
	out := place{typ: typ{kind: kEntity, many: n.Type.Many, name: n.Type.Name, def: n.Target()}}
	rows := func(x *ctx) rowSeq {
		if r := row(x); r != nil {
			return r.Rows(name)
		}
		return func(func(Row) bool) {}
	}
	if n.Type.Many {
		out.rows = rows
		out.size = func(x *ctx) int {
			if r := row(x); r != nil {
				return r.Count(name)
			}
			return 0
		}
		return out
	}
	out.row = func(x *ctx) Row {
		for r := range rows(x) {
			return r
		}
		return nil
	}
	return out
}

// castStep keeps rows of a type; others are null behind it.
func (c *compiler) castStep(s odata.Step, at place) (place, error) {
	t, ok := c.root.Model().Type(TypeName(s.Name))
	if !ok {
		return at, c.noProperty(s.Off, s.Name, at.typ.def.Name, at.typ.def)
	}
	if !t.Is(at.typ.def.Name) && !at.typ.def.Is(t.Name) {
		return at, odata.Refuse(c.option, s.Off, "Encountered invalid type cast. '%s' is not assignable from '%s'.", t.Name, at.typ.def.Name)
	}
	out := place{typ: at.typ}
	out.typ.def, out.typ.name = t, t.Name
	if at.row != nil {
		row, is := at.row, instance(t)
		out.row = func(x *ctx) Row {
			if r := row(x); r != nil && is(r.Object().Type()) {
				return r
			}
			return nil
		}
		return out, nil
	}
	raw, is, declared := at.raw, instance(t), string(at.typ.def.Name)
	out.raw = func(x *ctx) value.Raw {
		if r := raw(x); is(complexType(r, declared)) {
			return r
		}
		return value.Null
	}
	return out, nil
}

// complexType is the runtime type of a complex value.
func complexType(raw value.Raw, declared string) string {
	if s, ok := get(raw, "@odata.type").Text(); ok {
		return string(TypeName(s))
	}
	return declared
}

// instance tests whether a runtime type is t. Most rows of a scan have the
// same type, named by the same string.
func instance(t *edm.Type) func(string) bool {
	want := string(t.Name)
	return func(name string) bool {
		if name == want {
			return true
		}
		d, ok := t.Model().Type(edm.Name(name))
		return ok && d.Is(t.Name)
	}
}

// count is the size of a collection, or of what a filter leaves of it.
func (c *compiler) count(e *odata.Expr, s odata.Step, at place) (operand, error) {
	if !at.typ.many && at.typ.kind != kUntyped {
		return operand{}, odata.Refuse(c.option, s.Off, "The $count segment of '%s' must follow a collection.", e)
	}
	size := at.size
	if s.Filter != nil {
		counted, err := c.counted(s.Filter, at)
		if err != nil {
			return operand{}, err
		}
		size = counted
	} else if size == nil {
		raw := at.raw
		size = func(x *ctx) int { return elements(raw(x)) }
	}
	return operand{typ: primitive("Edm.Int32"), val: func(x *ctx) val {
		return val{k: kInt, i: int64(size(x))}
	}}, nil
}
