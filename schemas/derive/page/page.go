package page

// Kind says what sort of page it is: the doc_type of its front matter or,
// where that is missing or misspelt, what its sections show.
type Kind uint8

const (
	Other    Kind = iota // nothing known: neither doc_type nor known sections
	API                  // operations with their examples
	Resource             // one entity or complex type
	Enum                 // one or more enumerations
	Concept              // an overview; tables and blocks are read all the same
)

// Page is what one reference page states. Slices are nil when the page is
// silent; silence is not denial.
type Page struct {
	Name      string // as given to Read: the file name without folder and .md
	Kind      Kind
	Title     string // of the front matter, else of the first heading
	Namespace string // "microsoft.graph.security"; "" when the page has none
	Workload  string // ms.prod, folded to lower case; "" when empty or a TODO

	Operations  []Line
	Permissions []Permissions
	Body        []Row    // table of the request body: every property, not the required ones; Intune lists parameters of functions here too
	Headers     []Header // tables of the request headers
	Parameters  []Row    // function parameters
	Path        []Row    // path parameters, when the page has a table of them
	Query       Query
	Response    Response
	Examples    []Example

	Type  *Type         // what a resource page describes; nil on other pages
	Enums []Enumeration // of enum pages, and value lists on resource pages

	Unknown []Issue // what the reader did not understand, in page order
}

// Line is one documented operation.
type Line struct {
	Method   string    // upper case
	Text     string    // the path as documented, with its query, without trailing blanks
	Path     string    // normalised: one leading slash, no host, no version, no query
	Query    string    // behind the "?", as documented
	Segments []Segment // Path, split
	Version  string    // "v1.0" or "beta" when the line names one
	Variant  string    // the heading below "HTTP request" that the line stands under
	Number   int       // line in the file, from 1
}

// Segment is one step of a path, in the terms of the model's walk.
type Segment struct {
	Text   string // name, key or placeholder; path text of a colon segment
	Parens bool   // parentheses follow the name
	Args   string // raw text inside them
	Colon  bool   // the text between "root:" and ":", without the slash in front
	Key    bool   // the whole segment is a placeholder
	Depth  bool   // a segment of dots only: any number of steps may stand here
}

// Permissions is one table of permissions, least privileged first whatever
// the order of the page. nil means not supported or not stated.
type Permissions struct {
	Heading           string // the heading below "Permissions"; "" for the page's only table
	Number            int    // line of the table head
	DelegatedWork     []string
	DelegatedPersonal []string
	Application       []string
	Features          []Feature // the sub-rows of Intune pages, already folded into the lists
	Stated            bool      // false when every cell is a TODO: unknown, not unsupported
}

// Feature is one sub-row of a permissions table: what the scheme needs for
// one part of the service.
type Feature struct {
	Name   string
	Scheme Scheme
	Names  []string
}

// Scheme is the first column of a permissions table.
type Scheme uint8

const (
	NoScheme Scheme = iota
	DelegatedWork
	DelegatedPersonal
	Application
)

// Row is one row of a table of properties, parameters or relationships.
type Row struct {
	Name       string
	Text       string // the type as documented, without markup: "alert collection"; "" when it is a sentence
	Type       string // "Edm.String", "microsoft.graph.alert" (of the link or the word); "" unknown
	Link       string // name of the page the type links to, "" when it does not
	Collection bool
	Required   bool   // the explicit word Required, unconditional (docs-format 6)
	Optional   bool   // the explicit word Optional
	Inherited  string // the type it is inherited from: "entity"; "" when own or not said
	Number     int
}

// Header is one row of a table of request headers.
type Header struct {
	Name     string
	Value    string // when the cell holds one plain value such as application/json
	Required bool
	Number   int
}

// Query is what the page says about query options.
type Query struct {
	Options []string // "$filter", in page order; also custom ones in a table, without "$"
	All     bool     // the page allows OData options without naming any
	Stated  bool     // there is a section about them
}

// Response is what the sentence under "Response" says.
type Response struct {
	Statuses   []int    // of the sentence, in order; error codes included
	Links      []string // pages of the result types: "presence"
	Types      []string // link texts, as type names: "presence"
	Collection bool     // the sentence says collection (or list) of the first link
}

// Example is a request with its documented answers.
type Example struct {
	Heading   string // nearest heading that is not just "Request" or "Response"
	Name      string // of the annotation; not unique
	Request   Request
	Responses []Answer // nil when the page shows none; the first is the rule, others alternatives
}

// BodyKind says what a body is.
type BodyKind uint8

const (
	None BodyKind = iota
	JSON
	Media     // text, image or archive that the headers announce
	Multipart // MIME parts
	XML
	Prose  // words in place of content, such as "(binary contents)"
	Broken // meant as JSON, but beyond repair
)

// Field is one header field of a message, spelt as documented.
type Field struct{ Name, Value string }

// Fields are header fields in page order.
type Fields []Field

// Request is one documented request.
type Request struct {
	Method    string
	URL       string // as documented, trailing blanks cut
	Version   string // "v1.0" or "beta" from the URL, "" without one
	Foreign   bool   // another host: a message to the client or an upload URL, no operation
	Path      string // as Line.Path; "" when Foreign
	Query     string
	Header    Fields
	Body      []byte // JSON bodies are valid JSON, repaired if need be
	BodyKind  BodyKind
	Repairs   []string // what was repaired in the body; nil for strict JSON
	ODataType string   // @odata.type of the annotation, without "#" and Collection()
	Many      bool     // the annotation says Collection()
	Listed    bool     // the block is a list of operations and serves as example too
	Number    int      // line of the request line
}

// Answer is one documented response.
type Answer struct {
	Status       int
	Header       Fields
	Body         []byte
	BodyKind     BodyKind
	Repairs      []string
	ODataType    string // of the body, else of the annotation; without "#" and Collection()
	IsCollection bool   // the body has a "value" array; without a JSON body what the annotation says
	Truncated    bool   // properties may be missing
	ExpectError  bool
	Number       int // line of the status line
}

// Type is what a resource page says of its type.
type Type struct {
	Name          string // full: "microsoft.graph.presence"
	Base          string // full name or bare as documented; "" none stated
	Abstract      bool
	Open          bool
	Key           string // keyProperty
	Properties    []Row
	Relationships []Row
	Methods       []Method
	Sketch        []Member
	Repairs       []string // what was repaired in the sketch
}

// Method is one row of the table of methods.
type Method struct {
	Name       string // link text or cell
	Link       string // the API page it links to; "" without link
	Text       string // return type as documented
	Type       string // as Row.Type; "" for none
	Collection bool
	Number     int
}

// Member is one member of the JSON sketch.
type Member struct {
	Name       string
	Type       string // as Row.Type; "" when the sketch does not tell
	Collection bool
	Members    []Member // of a nested object without @odata.type
}

// Enumeration is one list of members.
type Enumeration struct {
	Name    string // the page's title or "x values" heading without its noise
	Members []EnumMember
	Number  int
}

// EnumMember is one member; Value is valid when HasValue.
type EnumMember struct {
	Name     string
	Value    int64
	HasValue bool
}

// Issue is one thing the reader did not understand or left out. Detail holds
// names, paths and counts only, never prose.
type Issue struct {
	Line   int
	Reason Reason
	Detail string
}

// Reason groups issues; the text is stable and names no page.
type Reason string
