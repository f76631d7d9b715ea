package conversation

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Literal is a body that has the given bytes, in the form that is read best: JSON
// where that gives the same bytes again, a text where they are one, else base64.
// Nil is no body; data is kept and must not change.
func Literal(data []byte) Body {
	if data == nil {
		return Body{}
	}
	text := escapeBytes(data)
	if _, ok := appendBlocks(make([]byte, 0, len(text)*5/4+64), text); ok {
		return Body{Form: JSON, Data: text}
	}
	return unblocked(data, text)
}

// Written is a Raw body that is written down already, for who writes the same one again. It is
// good for nothing else; data may change.
func Written(data []byte) (Body, error) {
	text := escapeBytes(data)
	if lines, ok := appendBlocks(nil, text); ok {
		return Body{Form: JSON, lines: lines}, nil
	}
	other := unblocked(data, text)
	lines, err := other.append(nil, [SideFile + 1]string{})
	if err != nil {
		return Body{}, err
	}
	return Body{Form: other.Form, lines: lines[len(":"):]}, nil
}

// unblocked is a body that YAML has no blocks for.
func unblocked(data, text []byte) Body {
	if legible(data) {
		return Body{Form: Text, Data: text}
	}
	return Body{Form: Base64, Data: data}
}

// escapeBytes is Escape for a body.
func escapeBytes(data []byte) []byte {
	if bytes.Contains(data, []byte("${")) {
		return []byte(Escape(string(data)))
	}
	return data
}

// appendBlocks appends JSON that is no single word, if it has a form in blocks.
func appendBlocks(dst, text []byte) ([]byte, bool) {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return dst, false
	}
	return appendValue(dst, text, 2)
}

var errNoText = errors.New("a text body is not UTF-8")

// legible reports whether data is a text that one would want to read.
func legible(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	for _, c := range data {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// Beside is a body whose bytes are those of a file in the folder of the conversation.
func Beside(path string) Body { return Body{Form: SideFile, Path: path} }

// node is JSON as it would be if it had been read.
func (b *Body) node() (*yaml.Node, error) {
	if b.parsed != nil {
		return b.parsed, nil
	}
	text, ok := appendValue([]byte("x:"), b.Data, 2)
	if !ok {
		text = append([]byte("x: "), b.Data...) // JSON is YAML, more or less
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	return doc.Content[0].Content[1], nil
}

// Append appends the file as text: what heads it, and a document for each exchange.
// Reading that gives the same file, but for lines and comments.
func (f *File) Append(dst []byte) ([]byte, error) {
	if f.Recording != nil {
		dst = f.Recording.append(dst)
	}
	if len(f.Options) > 0 {
		if f.Recording != nil {
			dst = append(dst, "---\n"...)
		}
		values := yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for _, o := range f.Options {
			var v yaml.Node
			if err := v.Encode(o.Value); err != nil {
				return dst, err
			}
			values.Content = append(values.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: o.Name}, &v)
		}
		text, err := yaml.Marshal(map[string]any{"options": &values})
		if err != nil {
			return dst, err
		}
		dst = append(dst, text...)
	}
	for _, x := range f.Exchanges {
		var err error
		if dst, err = x.Append(dst, f.Recording != nil); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (r *Recording) append(dst []byte) []byte {
	dst = append(dst, stateHead...)
	if r.Open {
		dst = append(dst, Open...)
	} else {
		dst = append(dst, Done...)
	}
	if r.Upstream != "" {
		dst = strconv.AppendQuote(append(dst, ", upstream: "...), r.Upstream)
	}
	if !r.Made.IsZero() {
		dst = r.Made.UTC().AppendFormat(append(dst, ", made: "...), time.RFC3339)
	}
	return append(dst, "}\n"...)
}

// Append appends the exchange as a document of its own. recorded is true for one of a
// recording, which ends with how long it took.
func (x *Exchange) Append(dst []byte, recorded bool) (_ []byte, err error) {
	dst = append(dst, "---\nrequest: "...)
	dst = append(appendInline(dst, x.Request), '\n')
	if len(x.Rules) > 0 {
		dst = append(append(append(dst, "rules: ["...), strings.Join(x.Rules, ", ")...), "]\n"...)
	}
	if x.As != "" {
		dst = append(appendInline(append(dst, "as: "...), x.As), '\n')
	}
	dst = appendHeaders(dst, "headers", x.Headers)
	if dst, err = x.Body.append(dst, [...]string{JSON: "body", Text: "text", Base64: "base64", SideFile: "file"}); err != nil {
		return dst, err
	}
	if x.Status != 0 {
		dst = append(strconv.AppendInt(append(dst, "status: "...), int64(x.Status), 10), '\n')
	}
	dst = appendHeaders(dst, "answerHeaders", x.AnswerHeaders)
	names := [...]string{JSON: "answer", Text: "answerText", Base64: "answerBase64", SideFile: "answerFile"}
	if x.Partial {
		names[JSON] = "expect"
	}
	if dst, err = x.Answer.append(dst, names); err != nil {
		return dst, err
	}
	if x.Stub {
		if dst, err = x.How.append(append(dst, "stub: true\n"...)); err != nil {
			return dst, err
		}
	}
	if recorded || x.Took > 0 {
		dst = append(append(append(dst, "took: "...), x.Took.String()...), '\n')
	}
	return dst, nil
}

func (s *Stub) append(dst []byte) ([]byte, error) {
	for _, n := range [...]struct {
		name string
		n    int
	}{{"skip: ", s.Skip}, {"times: ", s.Times}} {
		if n.n != 0 {
			dst = append(strconv.AppendInt(append(dst, n.name...), int64(n.n), 10), '\n')
		}
	}
	if s.Delay != 0 {
		dst = append(append(append(dst, "delay: "...), s.Delay.String()...), '\n')
	}
	if s.Through {
		dst = append(dst, "through: true\n"...)
	}
	return s.Fault.append(dst, [...]string{JSON: "fault", SideFile: ""})
}

func appendHeaders(dst []byte, name string, list []Header) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = append(append(dst, name...), ":\n"...)
	for i, h := range list {
		same := func(o Header) bool { return len(o.Name) == len(h.Name) && strings.EqualFold(o.Name, h.Name) }
		if slices.ContainsFunc(list[:i], same) {
			continue // written with the first of its name
		}
		dst = append(appendInline(append(dst, "  "...), h.Name), ':')
		switch {
		case slices.ContainsFunc(list[i+1:], same):
			for _, v := range list[i:] {
				if same(v) {
					dst = appendInline(append(dst, "\n    - "...), v.Value)
				}
			}
		case h.None:
			dst = append(dst, " null"...)
		default:
			dst = appendInline(append(dst, ' '), h.Value)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// append writes a body as the member that its form is named.
func (b *Body) append(dst []byte, names [SideFile + 1]string) ([]byte, error) {
	switch b.Form {
	case None:
		return dst, nil
	case Raw:
		return b.appendRaw(dst, names)
	}
	dst = append(append(dst, names[b.Form]...), ':')
	if b.lines != nil {
		return append(dst, b.lines...), nil
	}
	switch b.Form {
	case JSON:
		return b.appendJSON(dst)
	case Text:
		if !utf8.Valid(b.Data) {
			return dst, errNoText
		}
		dst = appendScalar(append(dst, ' '), string(b.Data), 2)
	case Base64:
		dst = append(dst, ' ', '"')
		dst = append(base64.StdEncoding.AppendEncode(dst, b.Data), '"')
	case SideFile:
		dst = appendInline(append(dst, ' '), b.Path)
	}
	return append(dst, '\n'), nil
}

// appendRaw is Literal and append in one pass: a recorder does this for every answer.
func (b *Body) appendRaw(dst []byte, names [SideFile + 1]string) ([]byte, error) {
	text := escapeBytes(b.Data)
	if out, ok := appendBlocks(append(append(dst, names[JSON]...), ':'), text); ok {
		return out, nil
	}
	other := unblocked(b.Data, text)
	return other.append(dst, names)
}

// appendJSON writes JSON that was read, or that is not as Literal makes it.
func (b *Body) appendJSON(dst []byte) ([]byte, error) {
	source, err := b.Source()
	if err != nil {
		return dst, err
	}
	if out, ok := appendValue(dst, source, 2); ok {
		return out, nil
	}
	n, err := b.node()
	if err != nil {
		return dst, err
	}
	flow := *spelled(n)
	flow.Style |= yaml.FlowStyle
	text, err := yaml.Marshal(&flow)
	return append(append(dst, ' '), text...), err
}

// spelled is a node in which null stands as a word: yaml.v3 writes an empty one as an empty
// text.
func spelled(n *yaml.Node) *yaml.Node {
	out := *n
	if n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == "!!null" {
		out.Value = "null"
	}
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		out.Content[i] = spelled(c)
	}
	return &out
}
