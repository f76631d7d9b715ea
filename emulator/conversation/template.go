package conversation

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Template is a body or a text whose markers are filled in again and again.
type Template struct {
	pieces []piece
	whole  []bool // this marker is all of a text in JSON
	json   bool
}

// Template takes the body apart. One of form None has an empty one.
func (b *Body) Template() (*Template, error) {
	source, err := b.Source()
	if err != nil {
		return nil, err
	}
	if b.Form != JSON && b.Form != Text {
		return &Template{pieces: []piece{{text: string(source)}}, whole: []bool{false}}, nil
	}
	t := NewTemplate(string(source))
	t.json = b.Form == JSON
	for i := 1; i+1 < len(t.pieces) && t.json; i += 2 {
		before, after := t.pieces[i-1].text, t.pieces[i+1].text
		if strings.HasSuffix(before, `"`) && !strings.HasSuffix(before, `\"`) && strings.HasPrefix(after, `"`) {
			t.whole[i] = true
			t.pieces[i-1].text, t.pieces[i+1].text = before[:len(before)-1], after[1:]
		}
	}
	return t, nil
}

// NewTemplate is that of a text.
func NewTemplate(s string) *Template {
	t := &Template{pieces: pieces(s)}
	t.whole = make([]bool, len(t.pieces))
	return t
}

// Names are the markers of the template.
func (t *Template) Names() (out []string) {
	for _, p := range t.pieces {
		if p.marker {
			out = append(out, p.text)
		}
	}
	return out
}

// Append appends the template with what value gives for its markers: JSON; nil for
// what is not there. In a body that is JSON a marker that is all of a text gives way to
// the value, whatever it is, or null; within a text it is that text, or the JSON of what is
// none.
func (t *Template) Append(dst []byte, value func(name string) []byte) []byte {
	for i, p := range t.pieces {
		if !p.marker {
			dst = append(dst, p.text...)
			continue
		}
		v := bytes.TrimSpace(value(p.text))
		switch {
		case t.whole[i] && v == nil:
			dst = append(dst, "null"...)
		case t.whole[i]:
			dst = append(dst, v...)
		case t.json && len(v) > 1 && v[0] == '"':
			dst = append(dst, v[1:len(v)-1]...)
		case t.json:
			inner := appendString(nil, string(v))
			dst = append(dst, inner[1:len(inner)-1]...)
		default:
			dst = append(dst, Plain(v)...)
		}
	}
	return dst
}

// Plain is the text of a JSON text, and the JSON of any other value.
func Plain(v []byte) string {
	var s string
	if len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// Each gives the parts of the template in their order: texts as they are, and the names
// of markers.
func (t *Template) Each(part func(text string, marker bool)) {
	for _, p := range t.pieces {
		if p.text != "" {
			part(p.text, p.marker)
		}
	}
}
