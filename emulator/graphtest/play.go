package graphtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"gopkg.in/yaml.v3"
)

// play makes the request and tells what of the answer is not as expected. An
// error means that the exchange could not be made.
func (x *exchange) play(s *Server, vars memory) (differences []string, err error) {
	req, err := x.build(s, vars)
	if err != nil {
		return nil, err
	}
	resp, err := s.transport.RoundTrip(req) // not a client: redirects are answers
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer ends early: %w", err)
	}
	if resp.StatusCode != x.status {
		differences = append(differences, fmt.Sprintf("status: got %d, want %d", resp.StatusCode, x.status))
	}
	differences = append(differences, x.compare(body, vars)...) // first: Location is compared with the id
	for _, h := range x.expectHeaders {
		differences = append(differences, vars.header(h, resp.Header)...)
	}
	if len(differences) > 0 {
		differences = append(differences, "answer: "+string(body))
	}
	return differences, nil
}

// build makes the request with what earlier answers gave.
func (x *exchange) build(s *Server, vars memory) (*http.Request, error) {
	line, err := vars.fill(x.request)
	if err != nil {
		return nil, err
	}
	method, path, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("the request is not a method and a path: %q", line)
	}
	content, err := x.content(vars)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if content != nil {
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequest(method, s.URL+strings.ReplaceAll(path, " ", "%20"), body)
	if err != nil {
		return nil, err
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	token, ok := s.callers[x.as]
	if !ok {
		token = x.token(s)
		s.callers[x.as] = token
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range x.headers {
		if h.none {
			req.Header.Del(h.name)
			continue
		}
		v, err := vars.fill(h.value)
		if err != nil {
			return nil, err
		}
		req.Header.Set(h.name, v)
	}
	return req, nil
}

// token is that of the caller that as names, with the permissions behind the name.
func (x *exchange) token(s *Server) string {
	words := strings.Fields(x.as)
	if len(words) == 0 {
		return s.Token()
	}
	switch who, permissions := words[0], words[1:]; who {
	case "me":
		return s.Token(permissions...)
	case "app":
		return s.AppToken(permissions...)
	case "nobody":
		return ""
	default:
		return s.TokenOf(who, permissions...)
	}
}

func (x *exchange) content(vars memory) ([]byte, error) {
	switch {
	case x.text != nil:
		filled, err := vars.fill(*x.text)
		return []byte(filled), err
	case x.body != nil:
		var b bytes.Buffer
		err := appendJSON(&b, x.body, vars)
		return b.Bytes(), err
	}
	return nil, nil
}

// compare compares the body: a text with the whole, anything else as JSON.
func (x *exchange) compare(body []byte, vars memory) []string {
	if x.expect == nil {
		return nil
	}
	if x.expect.Kind == yaml.ScalarNode {
		return vars.text("", x.expect.Value, string(body))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var got any
	if err := d.Decode(&got); err != nil {
		return []string{"the answer is no JSON: " + err.Error()}
	}
	return vars.compare("", x.expect, got, true, x.exact)
}

// appendJSON writes a YAML value as JSON, its members in their order.
func appendJSON(b *bytes.Buffer, n *yaml.Node, vars memory) error {
	switch n.Kind {
	case yaml.AliasNode:
		return appendJSON(b, n.Alias, vars)
	case yaml.MappingNode:
		return appendMembers(b, '{', '}', n, vars)
	case yaml.SequenceNode:
		return appendMembers(b, '[', ']', n, vars)
	}
	v, err := plain(n)
	if err != nil {
		return err
	}
	if s, ok := v.(string); ok {
		if v, err = vars.fill(s); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
	}
	return appendValue(b, v)
}

func appendMembers(b *bytes.Buffer, open, end byte, n *yaml.Node, vars memory) error {
	b.WriteByte(open)
	for i, c := range n.Content {
		name := open == '{' && i%2 == 0
		if i > 0 && (name || open == '[') {
			b.WriteByte(',')
		}
		var err error
		if name {
			var filled string
			if filled, err = vars.fill(c.Value); err == nil {
				err = appendValue(b, filled)
			}
			b.WriteByte(':')
		} else {
			err = appendJSON(b, c, vars)
		}
		if err != nil {
			return err
		}
	}
	b.WriteByte(end)
	return nil
}

func appendValue(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the line break
	return nil
}

// plain is the value of a scalar. A date without quotes stays the text it is.
func plain(n *yaml.Node) (any, error) {
	if n.Tag == "!!timestamp" {
		return n.Value, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
