package derive

import (
	"bytes"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// finish settles what needs every type: the list of derived types, and that a
// type repeats nothing its base says already.
func (d *draft) finish() {
	kids := map[string][]string{}
	for _, t := range d.sorted() {
		if t.base == "" {
			continue
		}
		b := d.find(t.base)
		if b == nil || b == t {
			d.ledger.add(d.version, "base type is not defined", t.name+" from "+t.base)
			t.base = ""
			if t.kind == kindEntity && len(t.key) == 0 && d.find(entityID) != nil {
				t.base = entityID
				b = d.find(entityID)
			}
		}
		if b != nil && b != t {
			kids[fold(b.name)] = append(kids[fold(b.name)], t.name)
		}
	}
	for _, t := range d.sorted() {
		d.lead(t)
		list := slices.Clone(t.derived)
		for _, k := range kids[fold(t.name)] {
			list = append(list, refTo(t.name, k))
		}
		slices.Sort(list)
		if list = slices.Compact(list); !slices.Equal(list, t.derived) {
			t.derived, t.touched = list, true
		}
		for _, b := range d.up(t)[1:] {
			t.restates(b)
			t.open = t.open && !b.open
			t.stream = t.stream && !b.stream
			if slices.Equal(t.key, b.key) {
				t.key = nil
			}
		}
	}
}

// lead makes a property whose type turned out to be an entity a navigation: a
// declaration alone does not tell them apart.
func (d *draft) lead(t *typ) {
	for k, p := range t.props {
		if p.origin == fromCSDL || p.origin == fromPatch || !d.isEntity(string(edm.ParseRef(p.typ).Name)) {
			continue
		}
		t.navs[k] = &nav{name: p.name, typ: p.typ, origin: p.origin, nullable: p.nullable, contains: true}
		delete(t.props, k)
		t.touched = true
	}
}

// restates drops what a page or declaration repeats from a base type.
func (t *typ) restates(b *typ) {
	for k, p := range t.props {
		if p.origin != fromCSDL && p.origin != fromPatch && (b.props[k] != nil || b.navs[k] != nil) {
			delete(t.props, k)
		}
	}
}

// files renders the types that this run touched and that differ from the file
// beneath, if there is one.
func (d *draft) files(beneath func(name string) []byte) Files {
	out := Files{}
	for _, t := range d.sorted() {
		if !t.touched {
			continue
		}
		if b := d.render(t); !bytes.Equal(beneath(t.name), b) {
			out[fileOf(t.name)] = b
		}
	}
	return out
}

// dangling notes members whose type no layer defines; they are written as
// values of any kind.
func (d *draft) dangling() {
	unknown := func(name string) bool {
		item, _ := many(name)
		if _, ok := primitive[item]; ok || item == "Edm.Untyped" || item == "" {
			return false
		}
		return d.find(item) == nil
	}
	for _, t := range d.sorted() {
		for _, p := range sortedByFold(t.props) {
			if unknown(p.typ) {
				d.ledger.add(d.version, "type of a property is not defined", t.name+"/"+p.name+": "+p.typ)
			}
		}
		for k, n := range t.navs {
			if unknown(n.typ) {
				d.ledger.add(d.version, "type of a navigation is not defined; it is left out", t.name+"/"+n.name+": "+n.typ)
				delete(t.navs, k)
			}
		}
		for _, o := range t.ops {
			for _, p := range o.params {
				if unknown(p.typ) {
					d.ledger.add(d.version, "type of a parameter is not defined", strings.Join([]string{t.name, o.name, p.name}, "/")+": "+p.typ)
				}
			}
			if unknown(o.returns) {
				d.ledger.add(d.version, "return type is not defined", t.name+"/"+o.name+": "+o.returns)
			}
		}
	}
}
