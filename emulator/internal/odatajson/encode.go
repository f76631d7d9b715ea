package odatajson

import (
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// lookEvery is how many bytes are written between two looks at whether the client is there.
const lookEvery = 64 << 10

// clientGone reports whether the client has gone. What has been written then is not sent.
func (x *Encoder) clientGone(dst []byte) bool {
	if x.Gone || len(dst) < x.lookAt {
		return x.Gone
	}
	x.lookAt = len(dst) + lookEvery
	select {
	case <-x.Request.Done:
		x.Gone = true
	default:
	}
	return x.Gone
}

// Encode appends the JSON answer.
func (x *Encoder) Encode(dst []byte, a *engine.Answer) []byte {
	dst = append(dst, '{')
	if x.Level != NoMetadata {
		dst = append(dst, `"@odata.context":"`...)
		dst = append(x.AppendBase(dst), "/$metadata#"...)
		dst = append(x.appendContext(dst, a), `",`...)
	}
	switch {
	case a.IsRef && a.One != nil:
		dst = append(dst, `"@odata.id":`...)
		dst = value.AppendString(dst, x.reference(&a.One.Node))
		if id := a.One.Text("id"); id != "" && x.selects("id") { // C-3.5
			dst = value.AppendString(append(dst, `,"id":`...), id)
		}
		return append(dst, '}')
	case a.IsList:
		return x.list(dst, a)
	case a.One != nil:
		dst = x.entity(dst, a.One, x.declared(), a.Selection)
		return append(TrimComma(dst), '}')
	}
	if a.HasOf {
		def, _ := x.Request.Model.Type(a.Of.Name)
		a.Value = x.Types.Settled(def, x.Formatting.Value(a.Of, def, a.Value))
	}
	switch {
	case a.Value.Kind() == value.KindObject:
		dst = append(dst, a.Value[1:len(a.Value)-1]...)
		return append(TrimComma(dst), '}')
	}
	dst = append(dst, `"value":`...)
	if a.Value == "" {
		a.Value = value.Null
	}
	return append(append(dst, a.Value...), '}')
}

// appendCount writes the number of members, a 64-bit integer (B-1.38).
func (x *Encoder) appendCount(dst []byte, n int) []byte {
	if x.Texts == 0 {
		return strconv.AppendInt(dst, int64(n), 10)
	}
	return append(strconv.AppendInt(append(dst, '"'), int64(n), 10), '"')
}

// selects reports whether $select names a member.
func (x *Encoder) selects(name string) bool {
	text, _ := x.Request.Query.Raw("$select")
	for part := range strings.SplitSeq(text, ",") {
		if strings.EqualFold(strings.TrimSpace(part), name) {
			return true
		}
	}
	return false
}

func TrimComma(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		return dst[:len(dst)-1]
	}
	return dst
}

// list appends the members of a collection in the order of B-1.25.
func (x *Encoder) list(dst []byte, a *engine.Answer) []byte {
	if a.Total >= 0 {
		dst = append(dst, `"@odata.count":`...)
		dst = append(x.appendCount(dst, a.Total), ',')
	}
	if a.Feed != nil {
		dst = x.feed(dst, a.Feed)
	}
	if a.Next != "" {
		dst = append(dst, `"@odata.nextLink":`...)
		dst = append(value.AppendString(dst, x.nextLink(a)), ',')
	}
	dst = append(dst, `"value":[`...)
	declared := x.declared()
	for i := range a.List {
		if x.clientGone(dst) {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if a.IsRef {
			dst = append(dst, `"@odata.id":`...)
			dst = value.AppendString(dst, x.reference(&a.List[i].Node))
		} else {
			dst = x.entity(dst, &a.List[i], declared, a.Selection)
			if a.Selection == nil && x.Level == MinimalMetadata {
				dst = x.linked(dst, a.List[i].Linked)
			}
			dst = TrimComma(dst)
		}
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}

// entity appends the members of one entity, each followed by a comma. @odata.type
// stands where the runtime type is not the declared one (B-1.32).
func (x *Encoder) entity(dst []byte, e *workload.Entity, declared *edm.Type, sel *eval.Selection) []byte {
	switch {
	case x.Level == FullMetadata && !e.Gone:
		dst = x.annotate(dst, e)
	case x.Level == NoMetadata:
	case declared != nil && (e.Type != declared || x.typed(e)):
		dst = append(dst, `"@odata.type":"#`...)
		dst = append(append(dst, e.Type.Name...), `",`...)
	}
	shown := x.projection(e.Type, sel)
	if shown.etag && !e.Gone && x.Level != NoMetadata { // B-1.34
		if tag := heap.TagOf(shown.kind, e); tag != "" {
			dst = append(dst, `"@odata.etag":`...)
			dst = append(value.AppendString(dst, tag), ',')
		}
	}
	if m := e.Media; m != nil && x.Level != NoMetadata {
		dst = append(value.AppendString(append(dst, `"@odata.mediaContentType":`...), m.Type), ',')
		dst = append(value.AppendString(append(dst, `"@odata.mediaEtag":`...), m.Tag), ',')
	}
	if e.Content != "" && sel == nil && x.Contents != nil {
		dst = append(value.AppendString(append(dst, `"@microsoft.graph.downloadUrl":`...), x.Contents.ContentURL(e.Content)), ',')
	}
	e = x.masked(shown, x.formatted(shown, e), sel)
	if e.Exact {
		dst = shown.appendExact(dst, openly(e, sel), !e.Gone)
	} else if sel == nil {
		dst = shown.append(dst, e)
	} else {
		dst = x.selected(dst, e, sel)
	}
	for i := range e.Expanded {
		dst = x.expanded(dst, e, &e.Expanded[i])
	}
	return dst
}

// openly are the exact members of an entity that $select leaves.
func openly(e *workload.Entity, sel *eval.Selection) value.Members {
	names, _ := sel.Names()
	if sel == nil || sel.Star || !e.Narrowed {
		return e.Members
	}
	var out value.Members
	for _, m := range e.Members {
		if strings.HasPrefix(m.Name, "@") || slices.Contains(names, m.Name) {
			out = append(out, m)
		}
	}
	return out
}

// typed reports whether answers to this verb show the type of an entity in any case.
func (x *Encoder) typed(e *workload.Entity) bool {
	verbs := x.Types.Of(e.Type).Traits.Typed
	return len(verbs) > 0 && !e.Gone && slices.Contains(verbs, x.Request.Verb)
}

// linked appends the addresses of navigations.
func (x *Encoder) linked(dst []byte, to []workload.Linked) []byte {
	for _, l := range to {
		at := x.Base() + l.Path
		dst = append(append(dst, '"'), l.Nav...)
		dst = append(append(dst, `@odata.associationLink":`...), value.AppendString(nil, at+"/$ref")...)
		dst = append(append(dst, `,"`...), l.Nav...)
		dst = append(append(dst, `@odata.navigationLink":`...), value.AppendString(nil, at)...)
		dst = append(dst, ',')
	}
	return dst
}

// selected appends of an entity what $select names.
func (x *Encoder) selected(dst []byte, e *workload.Entity, sel *eval.Selection) []byte {
	if _, flat := sel.Names(); flat {
		return x.projection(e.Type, sel).append(dst, e)
	}
	part := *e // members of complex values are selected
	if part.Members == nil {
		part.Members = e.Object.Members()
	}
	part.Members = sel.Members(part.Members)
	return x.projection(e.Type, sel).append(dst, &part)
}

// declared is the type that the path promises for its entities.
func (x *Encoder) declared() *edm.Type {
	t := x.Request.Target
	if n := t.Last(); n.Kind == edm.Cast {
		return n.Type
	}
	return t.Type
}

// reference is the canonical URL of an entity.
func (x *Encoder) reference(n *workload.Node) string {
	set := x.Types.Of(n.Type).Traits.References
	if set == "" {
		set = setOf(x.Request.Model, n.Type.Name)
	}
	key := n.Text("id")
	if key == "" {
		key = n.Home.Key
	}
	return x.Base() + "/" + set + "/" + EscapeKey(key)
}
