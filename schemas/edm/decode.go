package edm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// decoder reads one type file into t.
type decoder struct {
	*reader
	t      *Type
	dir    string    // of the file, for references
	strict *findings // of Check; nil when a request reads
}

// findings are what Check reports of a file that could be decoded.
type findings struct {
	known func(Name) bool // whether a type has a file
	list  []string
}

func decodeType(t *Type, text []byte, dir string, strict *findings) error {
	d := decoder{&reader{b: text}, t, dir, strict}
	if strict != nil {
		if err := strictJSON(text); err != nil {
			return err
		}
	}
	t.index = map[string]*member{}
	kind := false
	d.object(func(name []byte) {
		switch string(name) {
		case "title":
			d.title(d.text())
		case "allOf":
			d.array(func() { d.allOf() })
		case "required":
			t.Required = d.texts()
		case "properties":
			d.object(func(name []byte) { d.property(string(name)) })
		case "x-graph":
			kind = true
			d.object(d.fact)
		default:
			d.skip()
		}
	})
	if err := d.end(); err != nil {
		return err
	}
	t.settle()
	if !kind {
		d.note("no x-graph, which says the kind of the type")
	}
	return nil
}

// title settles the spelling of the name: a file system may find a file whose
// name differs in case.
func (d *decoder) title(s string) {
	switch {
	case s == string(d.t.Name):
	case folded(s) == folded(string(d.t.Name)):
		d.t.Name = Name(s)
	default:
		d.fail("title %q in the file of %s", s, d.t.Name)
	}
}

func (d *decoder) allOf() {
	d.object(func(name []byte) {
		if string(name) == "$ref" && d.t.parent == "" {
			d.t.parent = d.ref()
			return
		}
		d.skip()
	})
}

// ref reads a file reference.
func (d *decoder) ref() Name {
	s := d.text()
	n := refName(d.dir, s)
	switch {
	case d.err != nil:
	case n == "":
		d.fail("%q refers to no type file", s)
	case d.strict != nil && !d.strict.known(n):
		d.note("no type %s", n)
	}
	return n
}

// fact reads one member of the type's x-graph.
func (d *decoder) fact(name []byte) {
	t := d.t
	switch string(name) {
	case "kind":
		t.Kind = d.kind()
	case "key":
		t.Key = d.texts()
	case "alternateKeys":
		d.array(func() { t.AlternateKeys = append(t.AlternateKeys, d.texts()) })
	case "abstract":
		t.Abstract = d.bool()
	case "open":
		t.Open = d.bool()
	case "stream":
		t.Stream = d.bool()
	case "origin":
		t.Origin = d.origin()
	case "derived":
		t.derivedRaw = bytes.Clone(d.raw())
	case "members":
		t.Members = d.texts()
	case "values":
		d.array(func() { t.Values = append(t.Values, d.int()) })
	case "flags":
		t.Flags = d.bool()
	case "capabilities":
		d.object(func(name []byte) { d.cap(name, &t.Caps) })
	case "navigation":
		d.object(func(name []byte) { d.navigation(string(name)) })
	case "operations":
		d.array(d.operation)
	default:
		d.unknown(name)
	}
}

func (d *decoder) kind() Kind {
	s := d.text()
	for k, name := range kindNames {
		if s == name {
			return Kind(k)
		}
	}
	d.fail("kind %q", s)
	return 0
}

func (d *decoder) origin() Origin {
	s := d.text()
	for o, name := range originNames {
		if s == name {
			return Origin(o)
		}
	}
	d.fail("origin %q", s)
	return 0
}

// caps maps the capability facts to what their unusual value means.
var caps = map[string]Caps{
	"countable": NoCount, "expandable": NoExpand, "skip": NoSkip, "top": NoTop, "search": NoSearch,
	"filterable": NoFilter, "sortable": NoSort, "selectable": NoSelect, "readable": NoRead,
	"indexable": NoIndex, "referenceable": NoReference,
	"insertable": NoInsert, "updatable": NoUpdate, "deletable": NoDelete, "upsertable": Upsert, "put": Put,
}

// cap reads a capability fact into c; other facts are unknown.
func (d *decoder) cap(name []byte, c *Caps) {
	bit, ok := caps[string(name)]
	if !ok {
		d.unknown(name)
		return
	}
	if d.bool() == (bit&(Upsert|Put) != 0) {
		*c |= bit
	}
}

// unknown skips a fact of x-graph that has no meaning here. A misspelt fact
// would have no effect, so Check refuses it.
func (d *decoder) unknown(name []byte) {
	d.note("unknown x-graph member %q", name)
	d.skip()
}

// note adds a finding when Check reads.
func (d *decoder) note(format string, args ...any) {
	if d.strict != nil {
		d.strict.list = append(d.strict.list, fmt.Sprintf("line %d: ", d.line())+fmt.Sprintf(format, args...))
	}
}

func derivedNames(t *Type) (names []Name) {
	if t.derivedRaw == nil {
		return nil
	}
	r := &reader{b: t.derivedRaw}
	dir := dirOf(t.Name.Path())
	r.array(func() { names = append(names, refName(dir, r.text())) })
	return names
}

func strictJSON(text []byte) error {
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	var v any
	return json.Unmarshal(text, &v)
}
