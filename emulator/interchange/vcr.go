package interchange

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// The members of a cassette of go-vcr: format 1 is that of its versions 1 and 2, format 2
// that of 3 and 4.
type (
	vcrInteraction struct {
		Request  *vcrRequest
		Response *vcrAnswer
	}
	vcrRequest struct {
		Body    string
		Form    url.Values
		Headers map[string][]string
		URL     string
		Method  string
	}
	vcrAnswer struct {
		Body     string
		Headers  map[string][]string
		Code     int
		Duration string
	}
)

func (r *reader) vcr() (err error) {
	defer func() { // yaml.v3 has answered malformed text with a panic before
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(r.text, &doc); err != nil {
		return err
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return errors.New("a cassette of go-vcr is a mapping with version and interactions")
	}
	version, interactions := member(doc.Content[0], "version"), member(doc.Content[0], "interactions")
	switch {
	case version == nil || version.Value != "1" && version.Value != "2":
		return at(doc.Content[0].Line, "the version of the cassette is none of 1 and 2")
	case interactions == nil || interactions.Kind != yaml.SequenceNode:
		return at(doc.Content[0].Line, "interactions: a list is expected")
	}
	for i, n := range interactions.Content {
		var v vcrInteraction
		if err := n.Decode(&v); err != nil {
			return at(n.Line, "%w", err)
		}
		last := i == len(interactions.Content)-1
		if v.Request == nil || v.Response == nil || v.Response.Code == 0 || last && (v.Response.Duration == "" && version.Value == "2" || r.text[len(r.text)-1] != '\n') {
			return at(n.Line, "the cassette ends in the middle of this interaction, or it is none")
		}
		if err := r.interaction(n.Line, &v); err != nil {
			return at(n.Line, "%w", err)
		}
	}
	r.recorded()
	return nil
}

// member is a member of a YAML mapping; nil: it has none of that name.
func member(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func (r *reader) interaction(line int, v *vcrInteraction) (err error) {
	x := &conversation.Exchange{Line: line, Status: v.Response.Code}
	if x.Request, err = target(v.Request.Method, v.Request.URL); err != nil {
		return err
	}
	if v.Response.Code < 100 || v.Response.Code > 999 {
		return errors.New("the code of the answer is none")
	}
	if d, err := time.ParseDuration(v.Response.Duration); err == nil && d > 0 {
		x.Took = d.Round(time.Microsecond)
	}
	body := v.Request.Body
	if body == "" && strings.Contains(strings.Join(v.Request.Headers["Content-Type"], ""), "x-www-form-urlencoded") { // elsewhere the form is the query
		body = v.Request.Form.Encode()
	}
	if body != "" {
		x.Body = conversation.Literal([]byte(body))
	}
	answer, err := inflated([]byte(v.Response.Body), v.Response.Headers)
	if err != nil {
		return err
	}
	x.Answer = conversation.Literal(answer)
	x.Headers, x.AnswerHeaders = vcrHeaders(v.Request.Headers), vcrHeaders(v.Response.Headers)
	r.file.Exchanges = append(r.file.Exchanges, x)
	return nil
}

// inflated undoes gzip, where the answer was kept as it came.
func inflated(body []byte, headers map[string][]string) ([]byte, error) {
	zipped := false
	for name, v := range headers {
		zipped = zipped || strings.EqualFold(name, "Content-Encoding") && slices.Contains(v, "gzip")
	}
	if !zipped || !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, maxInflated))
}

// maxInflated bounds what little bytes may become.
const maxInflated = 256 << 20

func vcrHeaders(headers map[string][]string) (out []conversation.Header) {
	var names []string
	for name := range headers {
		if !passes(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range headers[name] {
			out = append(out, conversation.Header{Name: name, Value: conversation.Escape(v)})
		}
	}
	return out
}
