package edm

// unsaid marks a member whose file gives it no origin of its own: it has that of
// its type, which stands behind it in the file.
const unsaid Origin = 255

// settle gives such members the origin of their type.
func (t *Type) settle() {
	for _, p := range t.properties {
		if p.Origin == unsaid {
			p.Origin = t.Origin
		}
	}
	for _, n := range t.navigations {
		if n.Origin == unsaid {
			n.Origin = t.Origin
		}
	}
	for _, o := range t.operations {
		if o.Origin == unsaid {
			o.Origin = t.Origin
		}
	}
}

// property reads the schema of one structural property.
func (d *decoder) property(name string) {
	p := &Property{Name: name, Origin: unsaid, owner: d.t}
	s := d.schema(func(name []byte, s *schema) {
		switch string(name) {
		case "type":
			s.named = ParseRef(d.text())
		case "immutable":
			p.Immutable = d.bool()
		case "origin":
			p.Origin = d.origin()
		default:
			d.cap(name, &p.Caps)
		}
	})
	p.Type, p.Nullable, p.ReadOnly = s.edm(), s.nullable(), s.readOnly
	m := d.t.slot(name)
	if m.prop != nil {
		d.fail("property %s stands twice", name)
	}
	m.prop = p
	d.t.properties = append(d.t.properties, p)
}

func (d *decoder) navigation(name string) {
	n := &Navigation{Name: name, Nullable: true, Origin: unsaid, owner: d.t}
	d.object(func(name []byte) {
		switch string(name) {
		case "type":
			n.Type.Name = d.ref()
		case "many":
			n.Type.Many = d.bool()
		case "contains":
			n.Contains = d.bool()
		case "set":
			n.Set = d.bool()
		case "only":
			// Microsoft's lists name types they have not published: no d.ref.
			d.array(func() { n.Only = append(n.Only, refName(d.dir, d.text())) })
		case "binding":
			n.Binding = d.text()
		case "nullable":
			n.Nullable = d.bool()
		case "computed":
			n.Computed = d.bool()
		case "origin":
			n.Origin = d.origin()
		default:
			d.cap(name, &n.Caps)
		}
	})
	m := d.t.slot(name)
	switch {
	case m.nav != nil:
		d.fail("navigation %s stands twice", name)
	case n.Type.Name == "":
		d.fail("navigation %s has no type", name)
	}
	m.nav = n
	d.t.navigations = append(d.t.navigations, n)
}

func (d *decoder) operation() {
	o := &Operation{Namespace: namespace, Origin: unsaid, owner: d.t, index: len(d.t.operations)}
	d.object(func(name []byte) {
		switch string(name) {
		case "name":
			o.Name = d.text()
		case "namespace":
			o.Namespace = d.text()
		case "action":
			o.Action = d.bool()
		case "on":
			o.Many = d.text() == "collection"
		case "composable":
			o.Composable = d.bool()
		case "parameters":
			d.array(func() { o.Parameters = append(o.Parameters, d.parameter()) })
		case "returns":
			d.returns(o)
		case "entitySetPath":
			o.EntitySetPath = d.text()
		case "origin":
			o.Origin = d.origin()
		default:
			d.unknown(name)
		}
	})
	if o.Name == "" {
		d.fail("operation %d has no name", o.index)
		return
	}
	m := d.t.slot(o.Name)
	if o.Many {
		m.many = append(m.many, o)
	} else {
		m.one = append(m.one, o)
	}
	d.t.operations = append(d.t.operations, o)
}

func (d *decoder) parameter() (p Parameter) {
	var s schema
	said := false
	d.object(func(name []byte) {
		switch string(name) {
		case "name":
			p.Name = d.text()
		case "schema":
			s = d.schema(nil)
		case "type":
			p.Type = ParseRef(d.text())
		case "nullable":
			p.Nullable, said = d.bool(), true
		case "optional":
			p.Optional = d.bool()
		default:
			d.unknown(name)
		}
	})
	if p.Type == (Ref{}) {
		p.Type = s.edm()
	}
	if !said {
		p.Nullable = s.nullable()
	}
	return p
}

func (d *decoder) returns(o *Operation) {
	o.ReturnsNullable = true
	var s schema
	many := false
	d.object(func(name []byte) {
		switch string(name) {
		case "type":
			o.Returns = ParseRef(d.text())
		case "schema":
			s = d.schema(nil)
		case "many":
			many = d.bool()
		case "nullable":
			o.ReturnsNullable = d.bool()
		default:
			d.unknown(name)
		}
	})
	if o.Returns == (Ref{}) {
		o.Returns = s.edm()
	}
	o.Returns.Many = o.Returns.Many || many
}

// schema is what the model wants to know of a property's schema.
type schema struct {
	types    [8]bool // by jsonType
	typed    bool
	format   string
	named    Ref // said by x-graph
	ref      Name
	items    *schema
	readOnly bool
}

// jsonTypes are JSON Schema's words, in the order of schema.types.
var jsonTypes = [...]string{"null", "boolean", "string", "integer", "number", "array", "object"}

const (
	isNull = iota
	isBoolean
	isString
	isInteger
	isNumber
	isArray
)

// schema reads a property's schema. The facts of its x-graph go to fact, or
// where that is nil only "type" counts.
func (d *decoder) schema(fact func(name []byte, s *schema)) (s schema) {
	d.object(func(name []byte) {
		switch string(name) {
		case "type":
			s.typed = true
			if d.peek() == '[' {
				d.array(func() { d.jsonType(&s) })
			} else {
				d.jsonType(&s)
			}
		case "format":
			s.format = d.text()
		case "$ref":
			s.ref = d.schemaRef()
		case "items":
			inner := d.schema(nil)
			s.items = &inner
		case "readOnly":
			s.readOnly = d.bool()
		case "x-graph":
			d.object(func(name []byte) {
				if fact != nil {
					fact(name, &s)
				} else if string(name) == "type" {
					s.named = ParseRef(d.text())
				} else {
					d.unknown(name)
				}
			})
		default:
			d.skip()
		}
	})
	return s
}

// schemaRef reads the reference of a property. A part of the same file, which
// an overlay written by hand may refer to, says nothing about the type.
func (d *decoder) schemaRef() Name {
	if d.peek() == '"' && d.i+1 < len(d.b) && d.b[d.i+1] == '#' {
		d.skip()
		return ""
	}
	return d.ref()
}

func (d *decoder) jsonType(s *schema) {
	word := d.span()
	for i, name := range jsonTypes {
		if string(word) == name {
			s.types[i] = true
			return
		}
	}
	d.fail("JSON type %q", word)
}

// nullable: a file accepts null, and a use of it which does not says so.
func (s *schema) nullable() bool { return !s.typed || s.types[isNull] }

// formats gives the primitive type of a JSON type with a format.
var formats = map[string]Name{
	"int16": "Edm.Int16", "int32": "Edm.Int32", "int64": "Edm.Int64", "uint8": "Edm.Byte", "int8": "Edm.SByte",
	"double": "Edm.Double", "float": "Edm.Single", "decimal": "Edm.Decimal",
	"date-time": "Edm.DateTimeOffset", "date": "Edm.Date", "time": "Edm.TimeOfDay", "duration": "Edm.Duration",
	"uuid": "Edm.Guid", "base64url": "Edm.Binary",
}

// edm reads the type back from the schema.
func (s *schema) edm() Ref {
	switch {
	case s.named.Name != "":
		return s.named
	case s.ref != "":
		return Ref{Name: s.ref}
	case s.items != nil:
		return Ref{Name: s.items.edm().Name, Many: true}
	case s.types[isArray]:
		return Ref{Name: "Edm.Untyped", Many: true}
	}
	if n, ok := formats[s.format]; ok {
		return Ref{Name: n}
	}
	switch {
	case s.types[isInteger]:
		return Ref{Name: "Edm.Int64"}
	case s.types[isNumber]:
		return Ref{Name: "Edm.Number"}
	case s.types[isString]:
		return Ref{Name: "Edm.String"}
	case s.types[isBoolean]:
		return Ref{Name: "Edm.Boolean"}
	}
	return Ref{Name: "Edm.Untyped"}
}
