package eval

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// CompileSearch compiles the directory's search: clauses over string
// properties, by tokens in displayName and description, by prefix elsewhere
// (B-3.79). Errors are *odata.Error.
func CompileSearch(t *edm.Type, e *odata.SearchExpr, o Options) (*Filter, error) {
	c := newCompiler("$search", t, o)
	return c.search(e, func(term *odata.SearchExpr) (func(*ctx) tri, error) {
		at, err := c.textPath(term.Property, term.Off)
		if err != nil {
			return nil, err
		}
		test := func(s string) bool { return startsText(s, term.Text, true) }
		if last := at.path[len(at.path)-1]; last == "displayName" || last == "description" {
			test = patternOf(term.Text, true).matches
		}
		return at.test(test), nil
	})
}

// Words says where a search in words looks (B-3.82, B-3.83). Paths lead from
// the row through complex values and collections of them
// ("toRecipients/emailAddress/address").
type Words struct {
	Default    []string            // paths of a word without a property
	Properties map[string][]string // paths of property:word, by lower-case name
	Unknown    []string            // lower-case names that the service knows and nothing here tells: they are refused
}

// CompileWords compiles a search in words: every word must start a word in one
// of its places. A property that is not listed is no property: the text is
// looked for as it stands. A nil search is a nil Filter. An error tells of a place
// of which the type has no path.
func CompileWords(t *edm.Type, e *odata.SearchExpr, w Words, o Options) (*Filter, error) {
	if e == nil {
		return nil, nil
	}
	c := newCompiler("$search", t, o)
	return c.search(e, func(term *odata.SearchExpr) (func(*ctx) tri, error) {
		paths, text := w.Default, term.Text
		if p, ok := w.Properties[strings.ToLower(term.Property)]; ok {
			paths = p
		} else if slices.Contains(w.Unknown, strings.ToLower(term.Property)) {
			return nil, odata.Refuse("$search", term.Off, "A search by '%s' is not emulated.", term.Property)
		} else if term.Property != "" {
			text = term.Property + " " + text
		}
		look := patternOf(text, false).matches
		var tests []func(*ctx) tri
		var missing error
		for _, path := range paths {
			at, err := c.textPath(path, term.Off)
			if err != nil { // versions differ: one of the paths will do
				missing = err
				continue
			}
			tests = append(tests, at.test(look))
		}
		if len(tests) == 0 && missing != nil {
			return nil, missing
		}
		return anyOf(tests), nil
	})
}

func anyOf(tests []func(*ctx) tri) func(*ctx) tri {
	return func(x *ctx) tri {
		for _, t := range tests {
			if t(x) == yes {
				return yes
			}
		}
		return no
	}
}

// search joins compiled terms as the expression says.
func (c *compiler) search(e *odata.SearchExpr, term func(*odata.SearchExpr) (func(*ctx) tri, error)) (*Filter, error) {
	test, err := c.searchNode(e, term)
	if err != nil {
		return nil, err
	}
	return &Filter{program: c.program, test: test}, nil
}

func (c *compiler) searchNode(e *odata.SearchExpr, term func(*odata.SearchExpr) (func(*ctx) tri, error)) (func(*ctx) tri, error) {
	if e.Op == odata.NoOp {
		return term(e)
	}
	var tests []func(*ctx) tri
	for _, a := range e.Args {
		t, err := c.searchNode(a, term)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	switch e.Op {
	case odata.Not:
		return func(x *ctx) tri { return truth(tests[0](x) != yes) }, nil
	case odata.Or:
		return anyOf(tests), nil
	}
	return func(x *ctx) tri {
		for _, t := range tests {
			if t(x) != yes {
				return no
			}
		}
		return yes
	}, nil
}

// textPath is a path to texts: its first member by slot, the rest by name.
type textPath struct {
	path []string
	raw  func(*ctx) value.Raw
}

// textPath checks a path and gives its names the model's spelling.
func (c *compiler) textPath(path string, off int) (textPath, error) {
	at := textPath{path: strings.Split(path, "/")}
	t := c.root
	for i, name := range at.path {
		if t == nil {
			return at, c.noProperty(off, name, "Edm.String", nil)
		}
		p, _, ok := c.find(t, name)
		switch {
		case ok && p != nil:
			at.path[i] = p.Name
			if t = p.Def(); t != nil && t.Kind == edm.Enum {
				t = nil
			}
			if last := i == len(at.path)-1; last && t != nil {
				return at, odata.Refuse(c.option, off, "The property '%s' of type '%s' holds no text to search.", p.Name, p.Owner().Name)
			}
		case !ok && c.dynamic(t, name):
			t = nil
		default:
			return at, c.noProperty(off, name, t.Name, t)
		}
	}
	at.raw = c.stored(at.path[0])
	return at, nil
}

func (at textPath) test(test func(string) bool) func(*ctx) tri {
	rest := slices.Clone(at.path[1:])
	return func(x *ctx) tri { return truth(anyText(at.raw(x), rest, test)) }
}

// anyText follows a path of names through objects and arrays to texts.
func anyText(raw value.Raw, path []string, test func(string) bool) bool {
	switch raw.Kind() {
	case value.KindArray:
		for el, at, ok := next(raw, 1); ok; el, at, ok = next(raw, at) {
			if anyText(el, path, test) {
				return true
			}
		}
	case value.KindObject:
		return len(path) > 0 && anyText(get(raw, path[0]), path[1:], test)
	case value.KindString:
		s, _ := raw.Text()
		return len(path) == 0 && test(s)
	case value.KindBool, value.KindNumber:
		return len(path) == 0 && test(string(raw))
	}
	return false
}
