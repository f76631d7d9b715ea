package odatajson

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// expanded appends a navigation inside its owner, with what was asked of its members and
// where the rest of them is (B-3.33).
func (x *Encoder) expanded(dst []byte, owner *workload.Entity, e *workload.Expanded) []byte {
	name := string(value.AppendString(nil, e.By.Name))
	bare := name[1 : len(name)-1]
	if e.Count >= 0 {
		dst = append(append(append(dst, '"'), bare...), `@odata.count":`...)
		dst = append(x.appendCount(dst, e.Count), ',')
	}
	if e.By.CountOnly {
		return dst
	}
	if (e.By.Inline || x.placed(owner, e)) && x.Level != NoMetadata { // R-C6, R-C7
		var b strings.Builder
		b.WriteString(x.Base() + "/$metadata#")
		x.placeInContext(&b, &owner.Node)
		b.WriteString("/" + e.By.Name)
		if e.One != nil {
			b.Write(entitySuffix)
		}
		dst = append(append(append(dst, '"'), bare...), `@odata.context":`...)
		dst = append(value.AppendString(dst, b.String()), ',')
	}
	if e.Next != "" {
		dst = append(append(append(dst, '"'), bare...), `@odata.nextLink":`...)
		dst = append(value.AppendString(dst, x.restOf(owner, e)), ',')
	}
	dst = append(append(dst, name...), ':')
	if e.One != nil {
		dst = append(dst, '{')
		return append(TrimComma(x.inner(dst, e.One, e)), "},"...)
	}
	dst = append(dst, '[')
	for i := range e.List {
		if x.clientGone(dst) {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		dst = append(TrimComma(x.inner(dst, &e.List[i], e)), '}')
	}
	return append(dst, "],"...)
}

// placed reports whether expanded members say where they are: those that their owner contains,
// and sets whose members lie elsewhere, where the service says it of them.
func (x *Encoder) placed(owner *workload.Entity, e *workload.Expanded) bool {
	if e.By.Nav == nil || len(e.By.Via) > 0 {
		return false
	}
	return e.By.Nav.Contains || e.By.Nav.Type.Many && x.Types.Of(owner.Type).Backend.Placed
}

// restOf is where an expanded collection goes on: at the collection itself.
func (x *Encoder) restOf(owner *workload.Entity, e *workload.Expanded) string {
	var b strings.Builder
	b.WriteString(x.Base())
	x.place(&b, &owner.Node)
	for _, name := range e.By.Via {
		b.WriteString("/" + name)
	}
	b.WriteString("/" + e.By.Name)
	if e.By.Cast != nil {
		b.WriteString("/" + string(e.By.Cast.Name))
	}
	b.WriteByte('?')
	if e.Query != "" {
		b.WriteString(e.Query + "&")
	}
	b.WriteString("$skiptoken=" + e.Next)
	return b.String()
}

// place writes the path of an entity, along the collections that it lies in.
func (x *Encoder) place(b *strings.Builder, n *workload.Node) {
	h := n.Home
	if h.Nav == nil {
		return
	}
	if h.Owner != nil {
		x.place(b, h.Owner)
	}
	b.WriteString("/" + h.Nav.Name)
	if !h.Nav.Type.Many {
		return
	}
	key := h.Key
	if h.Named || key == "" {
		key = n.Text("id")
	}
	b.WriteString("/" + EscapeKey(key))
}

// placeInContext writes the path of an entity as a context does: without the first slash, and
// with keys in parentheses.
func (x *Encoder) placeInContext(b *strings.Builder, n *workload.Node) {
	h := n.Home
	if h.Nav == nil {
		return
	}
	if h.Owner != nil {
		x.placeInContext(b, h.Owner)
	}
	if b.Len() > 0 && !strings.HasSuffix(b.String(), "#") {
		b.WriteByte('/')
	}
	b.WriteString(h.Nav.Name)
	if !h.Nav.Type.Many {
		return
	}
	key := h.Key
	if h.Named || key == "" {
		key = n.Text("id")
	}
	b.WriteString("('" + quoteKey(key) + "')")
}

// inner appends the members of an entity inside another.
func (x *Encoder) inner(dst []byte, e *workload.Entity, by *workload.Expanded) []byte {
	if by.By.Ref {
		dst = append(dst, `"@odata.id":`...)
		return append(value.AppendString(dst, x.reference(&e.Node)), ',')
	}
	return x.entity(dst, e, by.By.Type, by.By.Select)
}
