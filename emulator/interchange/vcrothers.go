package interchange

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// The members of cassettes of VCR.py and of Ruby's VCR, which differ in where the body of
// an answer lies.
type (
	otherInteraction struct {
		Request  *otherRequest
		Response *struct {
			Status  struct{ Code int }
			Headers map[string]texts
			Body    otherBody
		}
	}
	otherRequest struct {
		Method  string
		URI     string
		Headers map[string]texts
		Body    otherBody
	}
	// texts are one text or several.
	texts []string
	// otherBody is a text, bytes in base64, or a mapping that holds either.
	otherBody []byte
)

// pythonic tells a cassette of VCR.py from one of go-vcr: its requests have a uri.
var pythonic = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\s{,]uri:\s`) })

func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(t))
	}
	*t = texts{n.Value}
	return nil
}

func (b *otherBody) UnmarshalYAML(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.MappingNode:
		if packed := member(n, "base64_string"); packed != nil {
			return b.unpack(packed.Value)
		}
		if text := member(n, "string"); text != nil {
			return b.UnmarshalYAML(text)
		}
		return nil
	case n.Kind != yaml.ScalarNode:
		return errors.New("the body is neither a text nor a mapping with one")
	case n.ShortTag() == "!!binary":
		return b.unpack(n.Value)
	case n.ShortTag() != "!!null":
		*b = otherBody(n.Value)
	}
	return nil
}

func (b *otherBody) unpack(text string) (err error) {
	*b, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	return err
}

func (r *reader) vcrPy() error   { return r.otherVCR("VCR.py", "interactions") }
func (r *reader) vcrRuby() error { return r.otherVCR("Ruby's VCR", "http_interactions") }

func (r *reader) otherVCR(tool, list string) (err error) {
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
		return fmt.Errorf("a cassette of %s is a mapping with %s", tool, list)
	}
	interactions := member(doc.Content[0], list)
	if interactions == nil || interactions.Kind != yaml.SequenceNode {
		return at(doc.Content[0].Line, "%s: a list is expected", list)
	}
	for _, n := range interactions.Content {
		var o otherInteraction
		if err := n.Decode(&o); err != nil {
			return at(n.Line, "%w", err)
		}
		if o.Request == nil || o.Response == nil || o.Response.Status.Code == 0 {
			return at(n.Line, "this is no interaction of %s: a request and a response with a status are expected", tool)
		}
		v := vcrInteraction{
			&vcrRequest{Body: string(o.Request.Body), Headers: lists(o.Request.Headers), URL: o.Request.URI, Method: o.Request.Method},
			&vcrAnswer{Body: string(o.Response.Body), Headers: lists(o.Response.Headers), Code: o.Response.Status.Code},
		}
		if err := r.interaction(n.Line, &v); err != nil {
			return at(n.Line, "%w", err)
		}
	}
	r.recorded()
	return nil
}

func lists(headers map[string]texts) map[string][]string {
	out := map[string][]string{}
	for name, v := range headers {
		out[name] = v
	}
	return out
}
