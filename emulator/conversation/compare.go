package conversation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Difference is one thing in which an answer is not what an exchange says.
type Difference struct {
	At        string // "status", the name of a header, a JSON pointer into the body; "": the body
	Got, Want string // as they are shown: JSON, texts, "nothing"
	Reason    string // what is wrong with the expectation itself; Got and Want are empty then
}

// String is the difference on one line.
func (d Difference) String() string {
	at := d.At
	if at == "" {
		at = "body"
	}
	if d.Reason != "" {
		return at + ": " + d.Reason
	}
	return fmt.Sprintf("%s: got %s, want %s", at, d.Got, d.Want)
}

// Differences compares an answer with what the exchange says of it, and keeps in vars
// what it is told to: first from the body, then from headers, which are compared with
// what the body gave.
func (x *Exchange) Differences(status int, header http.Header, body []byte, vars Vars) (out []Difference) {
	if status != x.Status {
		out = differ("status", strconv.Itoa(status), strconv.Itoa(x.Status))
	}
	out = append(out, x.compareBody(body, vars)...)
	for i, h := range x.AnswerHeaders {
		if slices.ContainsFunc(x.AnswerHeaders[:i], func(o Header) bool { return strings.EqualFold(o.Name, h.Name) }) {
			continue // compared with the first of its name
		}
		out = append(out, x.compareHeader(h.Name, header.Values(h.Name), vars)...)
	}
	return out
}

func (x *Exchange) compareBody(body []byte, vars Vars) []Difference {
	switch x.Answer.Form {
	case None:
		return nil
	case JSON:
		want, err := x.Answer.node()
		if err != nil {
			return problem("", err)
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var got any
		if err := d.Decode(&got); err != nil {
			return []Difference{{Reason: "the answer is no JSON: " + err.Error()}}
		}
		return vars.compare("", want, got, true, !x.Partial)
	case Text:
		return vars.text("", string(x.Answer.Data), string(body))
	}
	want, err := x.Answer.Bytes(vars)
	if err != nil {
		return problem("", err)
	}
	if !bytes.Equal(want, body) {
		return differ("", fmt.Sprintf("%d bytes", len(body)), fmt.Sprintf("%d others", len(want)))
	}
	return nil
}

func (x *Exchange) compareHeader(name string, got []string, vars Vars) []Difference {
	var want []string
	for _, h := range x.AnswerHeaders {
		if strings.EqualFold(h.Name, name) {
			want = append(want, h.Value)
		}
	}
	text := strings.Join(want, ", ")
	switch {
	case text == "${absent}" && len(got) > 0:
		return differ(name, strings.Join(got, ", "), "none")
	case text == "${absent}":
		return nil
	case len(got) == 0:
		return differ(name, "none", text)
	}
	return vars.text(name, text, strings.Join(got, ", "))
}

func differ(at, got, want string) []Difference { return []Difference{{At: at, Got: got, Want: want}} }

func problem(at string, err error) []Difference { return []Difference{{At: at, Reason: err.Error()}} }

func (v Vars) text(at, want, got string) []Difference {
	ok, err := v.Match(want, got)
	switch {
	case err != nil:
		return problem(at, err)
	case !ok:
		return differ(at, got, want)
	}
	return nil
}

// compare compares a JSON value with what is expected of it. there is false for
// a member that the answer does not have.
func (v Vars) compare(at string, want *yaml.Node, got any, there, exact bool) []Difference {
	if want.Kind == yaml.AliasNode {
		want = want.Alias
	}
	if want.Kind == yaml.ScalarNode && want.Value == "${absent}" {
		if there {
			return differ(at, shown(got), "nothing")
		}
		return nil
	}
	if !there {
		return differ(at, "nothing", expected(want))
	}
	switch want.Kind {
	case yaml.MappingNode:
		return v.members(at, want, got, exact)
	case yaml.SequenceNode:
		return v.elements(at, want, got, exact)
	}
	return v.scalar(at, want, got)
}

func (v Vars) members(at string, want *yaml.Node, got any, exact bool) (out []Difference) {
	object, ok := got.(map[string]any)
	if !ok {
		return differ(at, shown(got), expected(want))
	}
	known := make(map[string]bool, len(want.Content)/2)
	for i := 0; i < len(want.Content); i += 2 {
		name, err := v.Fill(want.Content[i].Value)
		if err != nil {
			return problem(at, err)
		}
		known[name] = true
		member, there := object[name]
		out = append(out, v.compare(at+"/"+name, want.Content[i+1], member, there, exact)...)
	}
	if !exact {
		return out
	}
	var more []string
	for name := range object {
		if !known[name] {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	for _, name := range more {
		out = append(out, differ(at+"/"+name, shown(object[name]), "nothing")...)
	}
	return out
}

func (v Vars) elements(at string, want *yaml.Node, got any, exact bool) (out []Difference) {
	list, ok := got.([]any)
	if !ok {
		return differ(at, shown(got), expected(want))
	}
	if len(list) != len(want.Content) {
		return differ(at, fmt.Sprintf("%d elements", len(list)), strconv.Itoa(len(want.Content)))
	}
	for i, n := range want.Content {
		out = append(out, v.compare(at+"/"+strconv.Itoa(i), n, list[i], true, exact)...)
	}
	return out
}

func (v Vars) scalar(at string, want *yaml.Node, got any) []Difference {
	value, err := plain(want)
	if err != nil {
		return problem(at, err)
	}
	pattern, text := value.(string)
	if !text {
		if n, ok := value.(number); ok {
			if g, ok := got.(json.Number); ok && equalNumbers(string(n), string(g)) {
				return nil
			}
		} else if value == got {
			return nil
		}
		return differ(at, shown(got), want.Value)
	}
	if s, ok := got.(string); ok {
		return v.text(at, pattern, s)
	}
	if whole := marker().FindString(pattern); whole == pattern && strings.HasSuffix(pattern, "any}") {
		return v.text(at, pattern, shown(got))
	}
	return differ(at, shown(got), expected(want))
}

// equalNumbers compares whole numbers digit by digit, and others as floats.
func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(a, ".eE") && !strings.ContainsAny(b, ".eE") {
		return false
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// shown is a value as JSON.
func shown(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // unreachable: it was decoded from JSON
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// expected prints what is expected, its markers as they stand.
func expected(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	flow := *n
	flow.Style = yaml.FlowStyle
	if err := e.Encode(&flow); err != nil { // unreachable: it was decoded from YAML
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
