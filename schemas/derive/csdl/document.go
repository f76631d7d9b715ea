package csdl

// Document is what one or more CSDL schemas declare. Type names are full:
// aliases are resolved, collections are written Collection(x).
type Document struct {
	Types      []Type
	Operations []Operation
	Container  string       // full name of the entity container, empty when there is none
	Sets       []Navigation // its entity sets (Collection) and singletons
	Notes      []Note
}

// Kind says what a Type is.
type Kind string

// The kinds of types.
const (
	Entity  Kind = "entity"
	Complex Kind = "complex"
	Enum    Kind = "enum"
)

// Facts are capabilities by name: countable, expandable, filterable and so on.
// Only what the document states is there.
type Facts map[string]bool

// Type is an entity, complex or enumeration type.
type Type struct {
	Name          string
	Kind          Kind
	Base          string // empty at the top
	Abstract      bool
	Open          bool
	Stream        bool // the entity is a media entity
	Key           []string
	AlternateKeys [][]string
	Properties    []Property
	Navigations   []Navigation
	Members       []Member // of an enumeration
	Flags         bool
	Facts         Facts
}

// Property is a structural property.
type Property struct {
	Name, Type string
	Nullable   bool
	Computed   bool // the service sets it
	Immutable  bool
	Facts      Facts
}

// Navigation is a navigation property, an entity set or a singleton.
type Navigation struct {
	Name, Type string
	Nullable   bool
	Contains   bool
	Computed   bool
	Derived    []string // when not empty, the only types that may stand here
	Bindings   []Binding
	Facts      Facts
}

// Binding says where the entities of a navigation property live.
type Binding struct{ Path, Target string }

// Member is one value of an enumeration.
type Member struct {
	Name  string
	Value int64
}

// Operation is an action or a function. The binding parameter of a bound one
// is Binding and not among Parameters.
type Operation struct {
	Name, Namespace string
	Action          bool
	Binding         string // type it is bound to, empty when unbound
	Composable      bool
	EntitySetPath   string
	Explicit        bool // bound only where an annotation says so
	Parameters      []Parameter
	Returns         string // empty when it returns nothing
	ReturnsNullable bool
}

// Parameter is one argument of an operation.
type Parameter struct {
	Name, Type string
	Nullable   bool
	Optional   bool
}

// Note is something the reader met and did not turn into a fact. Reason groups
// notes of one kind; Detail names the place.
type Note struct{ Reason, Detail string }
