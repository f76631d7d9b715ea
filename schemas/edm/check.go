package edm

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

var errNotUTF8 = errors.New("not UTF-8")

// Check reads every file of the top layer strictly and resolves what it refers
// to. The error joins all findings, each with file and place. It is meant for
// overlays at start, and for tests.
func (m *Model) Check() error {
	c := checker{m: m, known: map[Name]bool{}}
	if err := fs.WalkDir(m.files, ".", func(p string, e fs.DirEntry, err error) error { return err }); err != nil {
		return fmt.Errorf("type files: %w", err)
	}
	for _, n := range m.layerNames() {
		c.file(n)
	}
	return errors.Join(c.errs...)
}

type checker struct {
	m     *Model
	known map[Name]bool // which names have a file
	errs  []error
	at    Name
}

func (c *checker) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s", c.at.Path(), fmt.Sprintf(format, args...)))
}

func (c *checker) file(n Name) {
	c.at = n
	found := findings{known: c.hasFile}
	t, err := c.m.decode(n, &found)
	for _, f := range found.list {
		c.fail("%s", f)
	}
	if err != nil {
		c.fail("%v", err)
		return
	}
	if (t.Kind == Root) != (t.Name == RootName) {
		c.fail("kind %s is for %s, and only for it", Root, RootName.Path())
	}
	if len(t.Values) > 0 && len(t.Values) != len(t.Members) {
		c.fail("%d values for %d members", len(t.Values), len(t.Members))
	}
	c.bases(t)
	for _, o := range t.operations {
		c.operation(o)
	}
	for _, d := range derivedNames(t) {
		if !c.hasFile(d) {
			c.fail("derived: no type %s", d)
		}
	}
}

// bases follows the base types and looks whether the key is among the properties.
func (c *checker) bases(t *Type) {
	chain := []Name{t.Name}
	keys, props := t.Key, t.properties
	for parent := t.parent; parent != ""; {
		if slices.Contains(chain, parent) {
			c.fail("%s derives from itself", parent)
			return
		}
		base, err := c.m.decode(parent, nil)
		if err != nil {
			c.fail("base type %s: %v", parent, err)
			return
		}
		chain = append(chain, parent)
		if len(keys) == 0 {
			keys = base.Key
		}
		props = append(props, base.properties...)
		parent = base.parent
	}
	for _, k := range keys {
		if !slices.ContainsFunc(props, func(p *Property) bool { return p.Name == k }) {
			c.fail("key %s is no property", k)
		}
	}
}

func (c *checker) operation(o *Operation) {
	if n := o.Returns.Name; n != "" && !n.Primitive() && !c.hasFile(n) {
		c.fail("operation %s: no type %s", o.Name, n)
	}
	for _, p := range o.Parameters {
		if p.Name == "" {
			c.fail("operation %s: a parameter has no name", o.Name)
		}
	}
}

func (c *checker) hasFile(n Name) bool {
	known, asked := c.known[n]
	if !asked {
		_, p := c.m.File(n)
		known = p != ""
		c.known[n] = known
	}
	return known
}
