package eval

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// kind is what a value is to an operator.
type kind uint8

const (
	kNull kind = iota
	kBool
	kInt
	kFloat
	kString
	kGUID
	kDate
	kDateTime
	kTime
	kDuration
	kBinary
	kEnum
	kComplex
	kEntity
	kUntyped // known only when it is read
)

// typ is the static type of an expression. The zero typ is that of null.
type typ struct {
	kind kind
	many bool
	name edm.Name  // as the service prints it
	def  *edm.Type // of kEnum, kComplex, kEntity; an enumeration may have none
}

func (t typ) String() string {
	switch {
	case t.kind == kNull:
		return "<null>"
	case t.many:
		return "Collection(" + string(t.name) + ")"
	}
	return string(t.name)
}

func (t typ) one() typ { t.many = false; return t }

func (t typ) number() bool { return t.kind == kInt || t.kind == kFloat }

func (t typ) moment() bool { return t.kind == kDate || t.kind == kDateTime }

var primitives = map[edm.Name]kind{
	"Edm.Boolean": kBool, "Edm.String": kString, "Edm.Guid": kGUID, "Edm.Binary": kBinary,
	"Edm.Byte": kInt, "Edm.SByte": kInt, "Edm.Int16": kInt, "Edm.Int32": kInt, "Edm.Int64": kInt,
	"Edm.Double": kFloat, "Edm.Single": kFloat, "Edm.Decimal": kFloat, "Edm.Number": kFloat,
	"Edm.Date": kDate, "Edm.DateTimeOffset": kDateTime, "Edm.TimeOfDay": kTime, "Edm.Duration": kDuration,
}

// typeOf is the type of a property.
func typeOf(ref edm.Ref, def *edm.Type) typ {
	t := typ{kind: kUntyped, many: ref.Many, name: ref.Name, def: def}
	switch {
	case def == nil:
		if k, ok := primitives[ref.Name]; ok {
			t.kind = k
		}
	case def.Kind == edm.Enum:
		t.kind = kEnum
	case def.Kind == edm.Entity:
		t.kind = kEntity
	default:
		t.kind = kComplex
	}
	return t
}

var untyped = typ{kind: kUntyped, name: "Edm.Untyped"}

func primitive(name edm.Name) typ { return typ{kind: primitives[name], name: name} }

// literalType is the type of a literal that is not an enumeration's.
func literalType(l odata.Literal) typ {
	if l.Kind == odata.Null {
		return typ{}
	}
	return primitive(edm.Name(l.EdmType()))
}

// TypeName folds the alias away: graph.user is microsoft.graph.user (B-3.7).
func TypeName(name string) edm.Name {
	name = strings.TrimPrefix(name, "#")
	if len(name) > 6 && strings.EqualFold(name[:6], "graph.") {
		name = "microsoft." + name
	}
	return edm.Name(name)
}

// findType resolves a qualified name, or a bare one in microsoft.graph.
func findType(m *edm.Model, name string) (*edm.Type, bool) {
	if !strings.Contains(name, ".") {
		name = "microsoft.graph." + name
	}
	return m.Type(TypeName(name))
}
