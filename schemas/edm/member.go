package edm

import "sync/atomic"

// Caps are the documented deviations from what every property and navigation
// can do. The zero value is the rule: everything but upsert and put.
type Caps uint32

// What a member cannot do, and in Upsert and Put what it can.
const (
	NoCount Caps = 1 << iota
	NoExpand
	NoSkip
	NoTop
	NoSearch
	NoFilter
	NoSort
	NoSelect
	NoRead
	NoInsert
	NoUpdate
	NoDelete
	NoIndex     // its members are not addressed by key
	NoReference // no $ref
	Upsert      // a PATCH or PUT of an absent member creates it
	Put         // a PUT replaces it
)

// Has reports whether all of x are set.
func (c Caps) Has(x Caps) bool { return c&x == x }

// Property is a structural property.
type Property struct {
	Name      string
	Type      Ref
	Nullable  bool
	ReadOnly  bool
	Immutable bool
	Caps      Caps
	Origin    Origin

	owner *Type
	def   atomic.Pointer[Type]
}

// Owner returns the type that declares p.
func (p *Property) Owner() *Type { return p.owner }

// Def returns the complex type or enumeration p holds, and nil when it holds
// primitives or a type without a file.
func (p *Property) Def() *Type { return p.owner.model.cached(&p.def, p.Type.Name) }

// Navigation is a navigation property, or an entity set or singleton of the
// service root.
type Navigation struct {
	Name     string
	Type     Ref
	Contains bool // its members live and die with their owner
	Set      bool // an entity set or singleton, or bound to one
	Nullable bool
	Computed bool
	Binding  string // path of the entity set its members are in, or empty
	Only     []Name // the derived types its members are limited to; empty: no limit
	Caps     Caps
	Origin   Origin

	owner  *Type
	target atomic.Pointer[Type]
}

// Owner returns the type that declares n.
func (n *Navigation) Owner() *Type { return n.owner }

// Target returns the type of n's members. It is nil only when a broken model
// names a type that has no file.
func (n *Navigation) Target() *Type { return n.owner.model.cached(&n.target, n.Type.Name) }

// Parameter is a parameter of an operation; the binding parameter is not listed.
type Parameter struct {
	Name     string
	Type     Ref
	Nullable bool
	Optional bool
}

// Operation is one overload of an action or a function. It is bound to the
// type that owns it, or unbound when that is the service root.
type Operation struct {
	Name            string
	Namespace       string
	Action          bool
	Many            bool // bound to a collection of its type
	Composable      bool
	Parameters      []Parameter
	Returns         Ref // zero when it answers nothing
	ReturnsNullable bool
	EntitySetPath   string
	Origin          Origin

	owner *Type
	index int
	def   atomic.Pointer[Type]
}

// Owner returns the type o is bound to.
func (o *Operation) Owner() *Type { return o.owner }

// Index is the place of o among the operations of its owner's file.
func (o *Operation) Index() int { return o.index }

// FullName returns the name with its namespace.
func (o *Operation) FullName() Name { return Name(o.Namespace + "." + o.Name) }

// Def returns the structured type or enumeration o answers; nil when it answers
// nothing or primitives.
func (o *Operation) Def() *Type { return o.owner.model.cached(&o.def, o.Returns.Name) }

// Parameter returns the parameter of that name, compared without regard to case.
func (o *Operation) Parameter(name string) (*Parameter, bool) {
	var a, b foldBuf
	want := a.fold(name)
	for i := range o.Parameters {
		if string(b.fold(o.Parameters[i].Name)) == string(want) {
			return &o.Parameters[i], true
		}
	}
	return nil, false
}
