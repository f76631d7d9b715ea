package odatajson

import (
	"html"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Form is a set of ways to write a value otherwise than it is stored.
type Form uint8

const (
	AsText    Form = 1 << iota // 64-bit integers and decimals as texts (B-1.38)
	AsLater                    // enumerations: what came after the sentinel shows as the sentinel (B-1.44)
	AsZoned                    // dateTimeTimeZone in the zone that the client prefers (B-1.42)
	AsContent                  // itemBody in the content type that the client prefers
)

// The complex types of AsZoned and AsContent. They are Graph's own and no service's: events,
// tasks, posts and chat messages have them. Whether an answer honours the preference is a
// trait of the type that the request is about.
const (
	zonedTime edm.Name = "microsoft.graph.dateTimeTimeZone"
	itemBody  edm.Name = "microsoft.graph.itemBody"
)

const sentinel = "unknownFutureValue"

// formsOf says which forms matter to values of a type, complex ones looked through.
func formsOf(ref edm.Ref, def *edm.Type) Form { return formsWithin(ref, def, nil) }

func formsWithin(ref edm.Ref, def *edm.Type, above []*edm.Type) (f Form) {
	switch {
	case ref.Name == "Edm.Int64" || ref.Name == "Edm.Decimal":
		return AsText
	case def == nil || slices.Contains(above, def):
		return 0
	case def.Kind == edm.Enum:
		if i := slices.Index(def.Members, sentinel); i >= 0 && i+1 < len(def.Members) {
			return AsLater
		}
		return 0
	case def.Name == zonedTime:
		f = AsZoned
	case def.Name == itemBody:
		f = AsContent
	}
	above = append(above, def)
	for _, t := range append([]*edm.Type{def}, def.Derived()...) {
		for _, p := range t.Properties() {
			f |= formsWithin(p.Type, p.Def(), above)
		}
	}
	return f
}

// Formatting writes values in the forms that a request asks for.
type Formatting struct {
	Forms   Form
	Zone    *time.Location // of AsZoned
	Name    string         // of the zone, as the client wrote it
	Content string         // of AsContent: text or html
	Numbers bool           // of asText: texts become numbers, not numbers texts
	Model   *edm.Model
}

// Members gives the members of a structured value; m stays as it is.
func (f *Formatting) Members(t *edm.Type, m value.Members) value.Members {
	out := m
	for i := range m {
		var v value.Raw
		if p, ok := t.Property(m[i].Name); ok {
			v = f.Value(p.Type, p.Def(), m[i].Value)
		} else if n, ok := t.Navigation(m[i].Name); ok && f.Numbers { // by value in a body
			v = f.Value(n.Type, n.Target(), m[i].Value)
		} else {
			continue
		}
		if v != m[i].Value {
			if &out[0] == &m[0] {
				out = m.Clone()
			}
			out[i].Value = v
		}
	}
	return out
}

// Value gives one value, or each of a collection.
func (f *Formatting) Value(ref edm.Ref, def *edm.Type, raw value.Raw) value.Raw {
	if raw.Kind() != value.KindArray {
		return f.single(ref, def, raw)
	}
	var all []value.Raw
	changed := false
	for el := range raw.Elements() {
		v := f.single(ref, def, el)
		changed = changed || v != el
		all = append(all, v)
	}
	if !changed {
		return raw
	}
	return value.Array(all...)
}

func (f *Formatting) single(ref edm.Ref, def *edm.Type, raw value.Raw) value.Raw {
	kind := raw.Kind()
	switch {
	case ref.Name == "Edm.Int64" || ref.Name == "Edm.Decimal":
		return f.number(kind, raw)
	case def == nil:
		return raw
	case def.Kind == edm.Enum && kind == value.KindString && f.Forms&AsLater != 0:
		return early(def, raw)
	case def.Kind == edm.Enum || kind != value.KindObject:
		return raw
	}
	m := raw.Members()
	switch {
	case def.Name == zonedTime && f.Forms&AsZoned != 0:
		if at, bad := zone.Parse(raw); bad == "" {
			return zone.PrintIn(at, f.Zone, f.Name)
		}
	case def.Name == itemBody && f.Forms&AsContent != 0:
		return inContent(m, raw, f.Content)
	}
	if of, ok := m.Get("@odata.type"); ok {
		name, _ := of.Text()
		if t, ok := f.Model.Type(edm.Name(strings.TrimPrefix(name, "#"))); ok {
			def = t
		}
	}
	if out := f.Members(def, m); len(m) > 0 && &out[0] != &m[0] {
		return out.Object()
	}
	return raw
}

func (f *Formatting) number(kind value.Kind, raw value.Raw) value.Raw {
	switch {
	case f.Forms&AsText == 0:
	case !f.Numbers && kind == value.KindNumber:
		return value.Raw(`"` + string(raw) + `"`)
	case f.Numbers && kind == value.KindString:
		text, _ := raw.Text()
		if n := value.Raw(text); n.Kind() == value.KindNumber {
			if _, ok := n.Float(); ok {
				return n
			}
		}
	}
	return raw
}

// early shows members that were declared behind the sentinel as the sentinel.
func early(def *edm.Type, raw value.Raw) value.Raw {
	text, _ := raw.Text()
	later := def.Members[min(len(def.Members), slices.Index(def.Members, sentinel)+1):]
	if !slices.Contains(def.Members, sentinel) {
		return raw
	}
	parts := strings.Split(text, ",")
	changed := false
	for i, part := range parts {
		if slices.Contains(later, part) {
			parts[i], changed = sentinel, true
		}
	}
	if !changed {
		return raw
	}
	return value.String(strings.Join(slices.Compact(parts), ","))
}

// inContent gives an itemBody in a content type.
func inContent(m value.Members, raw value.Raw, want string) value.Raw {
	of, _ := m.Get("contentType")
	is, _ := of.Text()
	body, _ := m.Get("content")
	text, ok := body.Text()
	if !ok || strings.EqualFold(is, want) {
		return raw
	}
	if want == "text" {
		text = plainText(text)
	} else {
		text = "<html><body>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</body></html>"
	}
	out := m.Clone()
	out.Set("contentType", value.String(want))
	out.Set("content", value.String(text))
	return out.Object()
}

// plainText is what a reader of HTML sees, roughly: no tags, lines where they end.
func plainText(s string) string {
	var b strings.Builder
	silent := "" // an element whose text is not seen
	for len(s) > 0 {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			i = len(s)
		}
		if silent == "" {
			b.WriteString(html.UnescapeString(s[:i]))
		}
		if s = s[i:]; s == "" {
			break
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		tag := strings.ToLower(strings.TrimRight(s[1:end], " /"))
		s = s[end+1:]
		name, _, _ := strings.Cut(tag, " ")
		switch {
		case silent != "":
			if name == "/"+silent {
				silent = ""
			}
		case name == "style", name == "script", name == "head":
			silent = name
		case name == "br", name == "/p", name == "/div", name == "/tr", name == "/li":
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}
