package graphtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// memory holds what answers gave, by name.
type memory map[string]string

// kinds are the matchers that stand for part of a text.
var kinds = map[string]string{
	"guid": `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`,
	"time": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?`,
	"any":  `(?s:.*)`,
}

var marker = regexp.MustCompile(`\$\{([^{}]*)\}`)

// fill puts what is known in the place of ${name}.
func (m memory) fill(s string) (string, error) {
	var err error
	out := marker.ReplaceAllStringFunc(s, func(found string) string {
		name := found[2 : len(found)-1]
		v, ok := m[name]
		if !ok {
			err = fmt.Errorf("nothing is kept as ${%s}", name)
		}
		return v
	})
	return out, err
}

// pattern makes a regular expression of an expected text. keeps names what its
// groups keep.
func (m memory) pattern(want string) (re *regexp.Regexp, keeps []string, err error) {
	var b strings.Builder
	b.WriteString("^")
	rest := 0
	for _, at := range marker.FindAllStringSubmatchIndex(want, -1) {
		b.WriteString(regexp.QuoteMeta(want[rest:at[0]]))
		rest = at[1]
		inner := want[at[2]:at[3]]
		name, kind, keep := strings.Cut(inner, "=")
		switch {
		case keep && kinds[kind] != "":
			keeps = append(keeps, name)
			b.WriteString("(" + kinds[kind] + ")")
		case keep:
			return nil, nil, fmt.Errorf("${%s}: %q is not guid, time or any", inner, kind)
		case kinds[inner] != "":
			b.WriteString("(?:" + kinds[inner] + ")")
		default:
			v, ok := m[inner]
			if !ok {
				return nil, nil, fmt.Errorf("nothing is kept as ${%s}", inner)
			}
			b.WriteString(regexp.QuoteMeta(v))
		}
	}
	b.WriteString(regexp.QuoteMeta(want[rest:]) + "$")
	re, err = regexp.Compile(b.String())
	return re, keeps, err
}

// text compares a text and keeps what it is told to.
func (m memory) text(at, want, got string) []string {
	if !strings.Contains(want, "${") {
		if want == got {
			return nil
		}
		return differ(at, got, want)
	}
	re, keeps, err := m.pattern(want)
	if err != nil {
		return []string{place(at) + err.Error()}
	}
	found := re.FindStringSubmatch(got)
	if found == nil {
		return differ(at, got, want)
	}
	for i, name := range keeps {
		m[name] = found[i+1]
	}
	return nil
}

func place(at string) string {
	if at == "" {
		return "body: "
	}
	return at + ": "
}

func differ(at, got, want string) []string {
	return []string{fmt.Sprintf("%sgot %s, want %s", place(at), got, want)}
}

// header compares one header of an answer.
func (m memory) header(h header, got http.Header) []string {
	values := got.Values(h.name)
	switch {
	case h.value == "${absent}" && len(values) > 0:
		return differ(h.name, strings.Join(values, ", "), "none")
	case h.value == "${absent}":
		return nil
	case len(values) == 0:
		return differ(h.name, "none", h.value)
	}
	return m.text(h.name, h.value, strings.Join(values, ", "))
}

// compare compares a JSON value with what is expected of it. there is false for
// a member that the answer does not have.
func (m memory) compare(at string, want *yaml.Node, got any, there, exact bool) []string {
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
		return m.members(at, want, got, exact)
	case yaml.SequenceNode:
		return m.elements(at, want, got, exact)
	}
	return m.scalar(at, want, got)
}

func (m memory) members(at string, want *yaml.Node, got any, exact bool) (out []string) {
	object, ok := got.(map[string]any)
	if !ok {
		return differ(at, shown(got), expected(want))
	}
	known := make(map[string]bool, len(want.Content)/2)
	for i := 0; i < len(want.Content); i += 2 {
		name, err := m.fill(want.Content[i].Value)
		if err != nil {
			return []string{place(at) + err.Error()}
		}
		known[name] = true
		v, there := object[name]
		out = append(out, m.compare(at+"/"+name, want.Content[i+1], v, there, exact)...)
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

func (m memory) elements(at string, want *yaml.Node, got any, exact bool) (out []string) {
	list, ok := got.([]any)
	if !ok {
		return differ(at, shown(got), expected(want))
	}
	if len(list) != len(want.Content) {
		return []string{fmt.Sprintf("%sgot %d elements, want %d", place(at), len(list), len(want.Content))}
	}
	for i, n := range want.Content {
		out = append(out, m.compare(at+"/"+strconv.Itoa(i), n, list[i], true, exact)...)
	}
	return out
}

func (m memory) scalar(at string, want *yaml.Node, got any) []string {
	v, err := plain(want)
	if err != nil {
		return []string{place(at) + err.Error()}
	}
	pattern, text := v.(string)
	if !text {
		if a, b := shown(v), shown(got); a != b && !equalNumbers(a, b) {
			return differ(at, b, a)
		}
		return nil
	}
	if s, ok := got.(string); ok {
		return m.text(at, pattern, s)
	}
	if whole := marker.FindString(pattern); whole == pattern && strings.HasSuffix(pattern, "any}") {
		return m.text(at, pattern, shown(got))
	}
	return differ(at, shown(got), expected(want))
}

func equalNumbers(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// shown is a value as JSON.
func shown(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // unreachable but for what YAML has and JSON has not
		return fmt.Sprint(v)
	}
	return string(b)
}

// expected prints what is expected, its markers as they stand.
func expected(n *yaml.Node) string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	flow := *n
	flow.Style = yaml.FlowStyle
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	if err := e.Encode(&flow); err != nil { // unreachable: it was decoded from YAML
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
