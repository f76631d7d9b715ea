package observed

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/fixtures/pack"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Type is what recorded answers show of the objects of one type.
type Type struct {
	Name string `json:"name"`
	// First and Last are the years of the oldest and the newest answer.
	First int `json:"first"`
	Last  int `json:"last"`
	// Read, List and Write count whole objects: those read one by one, members of
	// lists, and answers to writes. What $select cut does not count.
	Read    int      `json:"read,omitempty"`
	List    int      `json:"list,omitempty"`
	Write   int      `json:"write,omitempty"`
	Members []Member `json:"-"` // in the order of the answers

	version string
}

// Member is what recorded answers show of one member of an object.
type Member struct {
	Name string `json:"name"`
	// Read, List and Write count the objects that have the member.
	Read  int `json:"read,omitempty"`
	List  int `json:"list,omitempty"`
	Write int `json:"write,omitempty"`
	Null  int `json:"null,omitempty"`  // of those, how often it is null
	Empty int `json:"empty,omitempty"` // and how often an empty list or text
	// Neutral is how often it is what Neutral gives for the property.
	Neutral int `json:"neutral,omitempty"`
	// Since is the year of the oldest object that has the member, where older ones lack it,
	// and Of how many objects there are since then. 0: Type.First, and all.
	Since int `json:"since,omitempty"`
	Of    int `json:"of,omitempty"`
	// Last is the year of the newest object that has the member, where newer ones lack it;
	// 0: Type.Last.
	Last int `json:"last,omitempty"`
	// Forms are the forms of its texts and numbers, as Form names them: of those that were
	// read, or else of answers to writes. Empty: they have none.
	Forms []string `json:"forms,omitempty"`
}

// Seen is how many objects have the member.
func (m *Member) Seen() int { return m.Read + m.List + m.Write }

// Decimals is the most decimals of a second that times of the member have; -1: it holds
// none.
func (m *Member) Decimals() int {
	most := -1
	for _, f := range m.Forms {
		if text, ok := strings.CutPrefix(f, "time."); ok {
			n, _, _ := strings.Cut(text, " ")
			if d, err := strconv.Atoi(n); err == nil {
				most = max(most, d)
			}
		}
	}
	return most
}

// Answers is how many whole objects were seen.
func (t *Type) Answers() int { return t.Read + t.List + t.Write }

// Member finds a member by its name; nil: no answer has it.
func (t *Type) Member(name string) *Member {
	for i := range t.Members {
		if t.Members[i].Name == name {
			return &t.Members[i]
		}
	}
	return nil
}

// Current reports whether the newest answers have the member.
func (t *Type) Current(m *Member) bool { return m.Last == 0 || m.Last == t.Last }

// Neutral is the JSON value that services which know no null give to a property that
// nobody set; false where there is none.
func Neutral(p *edm.Property) (string, bool) {
	if p.Type.Many {
		return "", false
	}
	switch p.Type.Name {
	case "Edm.Boolean":
		return "false", true
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double", "Edm.Single", "Edm.Decimal":
		return "0", true
	case "Edm.DateTimeOffset":
		return `"0001-01-01T00:00:00Z"`, true
	case "Edm.Guid":
		return `"00000000-0000-0000-0000-000000000000"`, true
	}
	if d := p.Def(); d != nil && len(d.Members) > 0 {
		return strconv.Quote(d.Members[0]), true
	}
	return "", false
}

// Unset is the JSON text that stands for a property that an object of the type does not
// have a value for; empty: the property is left out. The second result is false where the
// recordings do not say.
func (t *Type) Unset(p *edm.Property) (string, bool) {
	m := t.Member(p.Name)
	if m == nil || !t.Current(m) {
		return "", true
	}
	neutral, ok := Neutral(p)
	switch {
	case m.Seen()*2 < t.of(m):
		return "", true
	case m.Null > 0 && !t.mostlyEmpty(p, m):
		return "null", true
	case m.Empty > 0 && p.Type.Many:
		return "[]", true
	case m.Empty > 0:
		return `""`, true
	case ok && (m.Neutral > 0 || p.Type.Name == "Edm.Boolean"):
		return neutral, true
	case m.Seen() < t.of(m):
		return "", true
	case m.Null > 0 || isComplex(p):
		if inner := TypeOf(t.version, string(p.Type.Name)); inner != nil && inner.canBeEmpty() {
			return inner.empty(p.Def()), true
		}
	}
	return "", false
}

// mostlyEmpty reports whether a complex value is seldom null, and its own members always
// are: what nobody set is then an object.
func (t *Type) mostlyEmpty(p *edm.Property, m *Member) bool {
	if !isComplex(p) || m.Null*2 > m.Seen() {
		return false
	}
	inner := TypeOf(t.version, string(p.Type.Name))
	if inner == nil {
		return false
	}
	for i := range inner.Members {
		if inner.Members[i].Null < inner.Members[i].Seen() {
			return false
		}
	}
	return true
}

// canBeEmpty reports whether each member that all objects have was seen unset.
func (t *Type) canBeEmpty() bool {
	for i := range t.Members {
		if m := &t.Members[i]; t.Always(m) && m.Null+m.Empty+m.Neutral == 0 {
			return false
		}
	}
	return true
}

func isComplex(p *edm.Property) bool {
	return !p.Type.Many && p.Def() != nil && p.Def().Kind == edm.Complex
}

// of is how many objects could have a member.
func (t *Type) of(m *Member) int {
	if m.Of > 0 {
		return m.Of
	}
	return t.Answers()
}

// Always reports whether all objects have a member, since the first that had it.
func (t *Type) Always(m *Member) bool { return t.Current(m) && m.Seen() == t.of(m) }

// empty is an object of the complex type whose properties nobody set.
func (t *Type) empty(def *edm.Type) string {
	out := []byte{'{'}
	for i := range t.Members {
		p, ok := def.Property(t.Members[i].Name)
		if !ok {
			continue
		}
		text, known := t.Unset(p)
		switch {
		case !known && p.Type.Many:
			text = "[]"
		case !known:
			text = "null"
		}
		if text == "" {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(strconv.AppendQuote(out, p.Name), ':'), text...)
	}
	return string(append(out, '}'))
}

// Operation is what recorded answers show of one operation.
type Operation struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // as the catalog of operations spells it
	First   int               `json:"first"`
	Last    int               `json:"last"`
	Answers int               `json:"answers"`
	Status  map[string]int    `json:"status"`            // how often each was answered
	Headers map[string]string `json:"headers,omitempty"` // of successful answers; ids and hosts are blanked
	Context string            `json:"context,omitempty"` // behind $metadata#, with {} for ids
	// PageSize is the largest number of members on a page that had a link to the next
	// one; 0: none had.
	PageSize int    `json:"pageSize,omitempty"`
	Next     string `json:"next,omitempty"` // form of the link to the next page
	// Counted says that the answers have @odata.count though the request did not ask.
	Counted bool `json:"counted,omitempty"`
}

// Error is one error body that was recorded. Ids, names and hosts in Message are {}.
type Error struct {
	Method  string   `json:"method"`
	Path    string   `json:"path"`
	Status  int      `json:"status"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Inner   []string `json:"inner,omitempty"` // members of innerError, in order
	First   int      `json:"first"`
	Last    int      `json:"last"`
	Answers int      `json:"answers"`
}

//go:embed facts.pack
var packed string

var files = sync.OnceValue(func() fs.FS { return pack.MustOpen(packed) })

// Files are the derived files, one folder a version.
func Files() fs.FS { return files() }

// Versions are the versions of Graph that recordings are of.
func Versions() []string { return []string{"v1.0", "beta"} }

// Types lists the types of one version that were seen, by name.
func Types(version string) []string {
	entries, err := fs.ReadDir(files(), version+"/types")
	if err != nil {
		return nil // nothing was seen of it
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json"))
	}
	return out
}

// DocumentedOrder returns the members of a type in the order of the examples of its
// reference pages; nil where recordings show the type, or the model has the same order.
func DocumentedOrder(version, name string) []string {
	text, err := fs.ReadFile(files(), version+"/documented/"+name+".txt")
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.IndexByte(text, '\n')+1:]))
}

type key struct{ version, name string }

var types sync.Map // key -> *Type

// TypeOf returns what was seen of a type of one version; nil: nothing was.
func TypeOf(version, name string) *Type {
	k := key{version, name}
	if t, ok := types.Load(k); ok {
		return t.(*Type)
	}
	var t *Type
	if text, err := fs.ReadFile(files(), version+"/types/"+name+".json"); err == nil {
		t = mustType(text)
		t.version = version
	}
	v, _ := types.LoadOrStore(k, t)
	return v.(*Type)
}

func mustType(text []byte) *Type {
	t, err := ParseType(text)
	if err != nil {
		panic("schemas/observed: " + err.Error()) // the files are part of the program
	}
	return t
}

// ParseType reads the file of a type.
func ParseType(text []byte) (*Type, error) {
	var f struct {
		Type
		Members []Member `json:"members"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	t := f.Type
	t.Members = f.Members
	return &t, nil
}

var operations sync.Map // version -> func() map[string]*Operation

// OperationOf returns what was seen of an operation of one version; nil: nothing was.
func OperationOf(version, method, path string) *Operation {
	v, ok := operations.Load(version)
	if !ok {
		v, _ = operations.LoadOrStore(version, sync.OnceValue(func() map[string]*Operation {
			out := map[string]*Operation{}
			for _, o := range must[Operation](version + "/operations.json") {
				out[o.Method+" "+o.Path] = &o
			}
			return out
		}))
	}
	return v.(func() map[string]*Operation)()[method+" "+path]
}

// Errors returns the error bodies that were seen of one version.
func Errors(version string) []Error { return must[Error](version + "/errors.json") }

// must reads a file that is a list; a version that has none has an empty one.
func must[T any](name string) []T {
	text, err := fs.ReadFile(files(), name)
	if err != nil {
		return nil
	}
	var f struct {
		Facts []T `json:"facts"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		panic("schemas/observed: " + err.Error())
	}
	return f.Facts
}

// Years prints the years of facts: 2021, 2021-2024.
func Years(first, last int) string {
	if first == last {
		return strconv.Itoa(first)
	}
	return strconv.Itoa(first) + "-" + strconv.Itoa(last)
}
