package odatajson

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// annotate appends what full metadata adds to an entity (B-1.36, C-4.5): its type,
// its address, the types that JSON does not tell, and a link for each navigation.
func (x *Encoder) annotate(dst []byte, e *workload.Entity) []byte {
	ref := x.reference(&e.Node)
	dst = append(append(append(dst, `"@odata.type":"#`...), e.Type.Name...), `",`...)
	quoted := value.AppendString(nil, ref)
	dst = append(append(append(dst, `"@odata.id":`...), quoted...), ',')
	dst = append(append(append(dst, `"@odata.editLink":`...), quoted...), ',')
	for _, p := range e.Type.Properties() {
		if said := notNative(p); said != "" && x.shows(e, p.Name) {
			dst = append(append(dst, '"'), p.Name...)
			dst = append(append(append(dst, `@odata.type":"#`...), said...), `",`...)
		}
	}
	for _, n := range e.Type.Navigations() {
		link := ref + "/" + n.Name
		dst = append(append(dst, '"'), n.Name...)
		dst = append(dst, `@odata.associationLink":`...)
		dst = append(value.AppendString(dst, link+"/$ref"), ',')
		dst = append(append(dst, '"'), n.Name...)
		dst = append(dst, `@odata.navigationLink":`...)
		dst = append(value.AppendString(dst, link), ',')
	}
	return dst
}

// shows reports whether an entity has a value for a property.
func (x *Encoder) shows(e *workload.Entity, name string) bool {
	raw, _ := e.Get(name)
	if e.Members != nil {
		raw, _ = e.Members.Get(name)
	}
	return !raw.IsNull()
}

// notNative is the type of a property as full metadata names it; empty where JSON
// tells it: strings, booleans, 32-bit and double numbers.
func notNative(p *edm.Property) string {
	name := string(p.Type.Name)
	switch name {
	case "Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Double", "":
		if !p.Type.Many {
			return ""
		}
	}
	name = strings.TrimPrefix(name, "Edm.")
	if p.Type.Many {
		return "Collection(" + name + ")"
	}
	return name
}
