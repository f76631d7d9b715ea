package interchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// The members of a mapping of WireMock. Those that nothing depends on are read and
// passed over.
type (
	mapping struct {
		ID         string       `json:"id,omitempty"`
		UUID       string       `json:"uuid,omitempty"`
		Name       string       `json:"name,omitempty"`
		Priority   int          `json:"priority,omitempty"`
		Persistent *bool        `json:"persistent,omitempty"`
		Scenario   string       `json:"scenarioName,omitempty"`
		Required   string       `json:"requiredScenarioState,omitempty"`
		Next       string       `json:"newScenarioState,omitempty"`
		Metadata   any          `json:"metadata,omitempty"`
		Insertion  int          `json:"insertionIndex,omitempty"`
		Request    *wireRequest `json:"request"`
		Response   *wireAnswer  `json:"response"`
	}
	wireRequest struct {
		Method          string             `json:"method,omitempty"`
		URL             string             `json:"url,omitempty"`
		URLPath         string             `json:"urlPath,omitempty"`
		URLPattern      string             `json:"urlPattern,omitempty"`
		URLPathPattern  string             `json:"urlPathPattern,omitempty"`
		URLPathTemplate string             `json:"urlPathTemplate,omitempty"`
		QueryParameters map[string]matcher `json:"queryParameters,omitempty"`
		Headers         map[string]matcher `json:"headers,omitempty"`
		BodyPatterns    []matcher          `json:"bodyPatterns,omitempty"`
	}
	matcher struct {
		EqualTo             *string         `json:"equalTo,omitempty"`
		Contains            *string         `json:"contains,omitempty"`
		Absent              bool            `json:"absent,omitempty"`
		Matches             *string         `json:"matches,omitempty"`
		CaseInsensitive     bool            `json:"caseInsensitive,omitempty"`
		EqualToJSON         json.RawMessage `json:"equalToJson,omitempty"`
		IgnoreArrayOrder    bool            `json:"ignoreArrayOrder,omitempty"`
		IgnoreExtraElements bool            `json:"ignoreExtraElements,omitempty"`
	}
	wireAnswer struct {
		Status       int                        `json:"status,omitempty"`
		StatusText   string                     `json:"statusMessage,omitempty"`
		Headers      map[string]json.RawMessage `json:"headers,omitempty"`
		Body         *string                    `json:"body,omitempty"`
		JSONBody     json.RawMessage            `json:"jsonBody,omitempty"`
		Base64Body   []byte                     `json:"base64Body,omitempty"`
		File         string                     `json:"bodyFileName,omitempty"`
		Delay        int                        `json:"fixedDelayMilliseconds,omitempty"`
		Fault        string                     `json:"fault,omitempty"`
		Proxy        string                     `json:"proxyBaseUrl,omitempty"`
		Transformers []string                   `json:"transformers,omitempty"`
	}
)

// usual is the priority of a mapping that says none.
const usual = 5

func (r *reader) wireMock() error {
	list, err := elements(r.text, "mappings")
	if err != nil { // a file may also be one mapping
		var one struct{ Request, Response json.RawMessage }
		if json.Unmarshal(r.text, &one) != nil || one.Request == nil {
			return err
		}
		list = []element{{json.RawMessage(r.text), 1}}
	}
	type placed struct {
		m    mapping
		line int
	}
	var all []placed
	for i := range list {
		p := placed{line: list[i].line}
		if err := list[i].decode(&p.m, true); err != nil { // a condition that is not known would widen the stub
			r.note(list[i].line, "%v", unplaced(err))
			continue
		}
		if p.m.Priority == 0 {
			p.m.Priority = usual
		}
		all = append(all, p)
	}
	if !slices.ContainsFunc(all, func(p placed) bool { return p.m.Scenario != "" }) {
		slices.Reverse(all) // of equals, WireMock prefers the one that came last
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.m.Priority, b.m.Priority) })
	for i := range all {
		if q := all[i].m.Request; q != nil && signsIn(q.URL+q.URLPath+q.URLPattern+q.URLPathPattern+q.URLPathTemplate) {
			r.note(all[i].line, "it answers the sign-in service, and stubs answer Graph: the emulator signs in itself")
			continue
		}
		remarks := len(r.notes)
		x, err := r.mapping(&all[i].m, all[i].line)
		if err != nil {
			r.notes = r.notes[:remarks]
			r.note(all[i].line, "%v", unplaced(err))
			continue
		}
		x.Line = all[i].line
		r.file.Exchanges = append(r.file.Exchanges, x)
	}
	return nil
}

// signsIn reports whether a path or pattern is one of the sign-in service.
func signsIn(path string) bool {
	path = strings.ToLower(strings.ReplaceAll(path, `\`, ""))
	return strings.Contains(path, "/oauth2/") || strings.Contains(path, "/.well-known/") || strings.Contains(path, "/discovery/")
}

// unplaced is an error without the line, which a note has.
func unplaced(err error) error {
	if e, ok := errors.AsType[*conversation.Error](err); ok {
		return e.Err
	}
	return err
}

func (r *reader) mapping(m *mapping, line int) (*conversation.Exchange, error) {
	switch {
	case m.Request == nil:
		return nil, errors.New("the mapping has no request")
	case m.Response == nil:
		return nil, errors.New("the mapping has no response")
	}
	x := &conversation.Exchange{Stub: true}
	if err := wireTarget(x, m.Request); err != nil {
		return nil, err
	}
	for _, name := range sortedNames(m.Request.Headers) {
		v := m.Request.Headers[name]
		text, err := v.text()
		if err != nil {
			return nil, fmt.Errorf("headers: %s: %w", name, err)
		}
		x.Headers = append(x.Headers, conversation.Header{Name: name, Value: text})
	}
	if err := wireBody(x, m.Request.BodyPatterns); err != nil {
		return nil, fmt.Errorf("bodyPatterns: %w", err)
	}
	if m.Scenario != "" { // a chain: each state but the last answers once
		if m.Next != "" && m.Next != m.Required {
			x.How.Times = 1
		}
	}
	if err := r.wireAnswer(x, m.Response); err != nil {
		return nil, err
	}
	if a := m.Response; !slices.Contains(a.Transformers, "response-template") {
		text := string(a.JSONBody)
		if a.Body != nil {
			text += *a.Body
		}
		if found := braces().FindString(text); found != "" {
			r.remark(line, "the template %s is kept as a text, because the mapping does not name the transformer response-template", found)
		}
	}
	return x, nil
}

func sortedNames[T any](m map[string]T) (out []string) {
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func wireTarget(x *conversation.Exchange, q *wireRequest) error {
	method := q.Method
	if method == "" || strings.EqualFold(method, "ANY") {
		method = "*"
	}
	route, query := "", ""
	n := 0
	for _, s := range []string{q.URL, q.URLPath, q.URLPattern, q.URLPathPattern, q.URLPathTemplate} {
		if s != "" {
			n++
		}
	}
	if n > 1 {
		return errors.New("more than one of url, urlPath, urlPattern, urlPathPattern and urlPathTemplate")
	}
	switch {
	case q.URL != "":
		route, query, _ = strings.Cut(conversation.Escape(q.URL), "?")
	case q.URLPath != "":
		route = q.URLPath
	case q.URLPathTemplate != "":
		route = q.URLPathTemplate
	case q.URLPattern != "" || q.URLPathPattern != "":
		var err error
		if route, err = globbed(q.URLPattern + q.URLPathPattern); err != nil {
			return err
		}
	default:
		route = "/**"
	}
	var parts []string
	if query != "" {
		parts = strings.Split(query, "&")
	}
	for _, name := range sortedNames(q.QueryParameters) {
		v := q.QueryParameters[name]
		text, err := v.text()
		if err != nil {
			return fmt.Errorf("queryParameters: %s: %w", name, err)
		}
		parts = append(parts, name+"="+strings.NewReplacer("&", "%26", "+", "%2B", "#", "%23", " ", "%20").Replace(text))
	}
	request, err := target(method, "/")
	if err != nil {
		return err
	}
	x.Request = strings.TrimSuffix(request, "/") + route
	if len(parts) > 0 {
		x.Request += "?" + strings.Join(parts, "&")
	}
	return nil
}

// globbed writes the regular expressions that people write for paths as patterns of ours.
func globbed(re string) (string, error) {
	out := strings.TrimSuffix(strings.TrimPrefix(re, "^"), "$")
	out = strings.TrimSuffix(strings.TrimSuffix(out, `(\?.*)?`), `(\\?.*)?`)
	for _, p := range [...][2]string{{`(/.*)?`, "/**"}, {`([^/]+)`, "*"}, {`[^/]+`, "*"}, {`[^/]*`, "*"}, {`/(.*)`, "/**"}, {`/.*`, "/**"}, {`/.+`, "/**"}, {`\.`, "."}, {`\$`, "$"}, {`\(`, "("}, {`\)`, ")"}, {`\-`, "-"}} {
		out = strings.ReplaceAll(out, p[0], strings.ReplaceAll(p[1], "(", "\x01"))
	}
	out = strings.ReplaceAll(out, "\x01", "(")
	if strings.ContainsAny(out, `\[]+?|^{}`) || strings.Contains(out, ".*") || !strings.HasPrefix(out, "/") {
		return "", fmt.Errorf("the pattern %q cannot be written with * and **", re)
	}
	return out, nil
}

// text is a matcher as a text with markers.
func (m *matcher) text() (string, error) {
	switch {
	case m.Absent:
		return "${absent}", nil
	case m.CaseInsensitive:
		return "", errors.New("caseInsensitive has no counterpart")
	case m.EqualTo != nil:
		return conversation.Escape(*m.EqualTo), nil
	case m.Contains != nil:
		return "${any}" + conversation.Escape(*m.Contains) + "${any}", nil
	case m.Matches != nil:
		parts := strings.Split(*m.Matches, ".*")
		for i, p := range parts {
			if regexp.QuoteMeta(p) != p {
				return "", fmt.Errorf("the pattern %q has no counterpart", *m.Matches)
			}
			parts[i] = conversation.Escape(p)
		}
		return strings.Join(parts, "${any}"), nil
	}
	return "", errors.New("it is none of equalTo, contains, matches and absent")
}

func wireBody(x *conversation.Exchange, list []matcher) error {
	for i := range list {
		m := &list[i]
		if i > 0 {
			return errors.New("more than one has no counterpart")
		}
		if m.EqualToJSON == nil {
			text, err := m.text()
			if err != nil {
				return err
			}
			x.Body = conversation.Body{Form: conversation.Text, Data: []byte(text)}
			continue
		}
		raw := []byte(m.EqualToJSON)
		var inside string
		if json.Unmarshal(raw, &inside) == nil {
			raw = []byte(inside)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			return fmt.Errorf("equalToJson: %w", err)
		}
		x.Body = conversation.Literal(compact.Bytes())
		for from, to := range jsonUnit {
			x.Body.Data = bytes.ReplaceAll(x.Body.Data, []byte(conversation.Escape(from)), []byte(to))
		}
		x.Body = conversation.Body{Form: x.Body.Form, Data: x.Body.Data}
	}
	return nil
}

// jsonUnit are the placeholders of what WireMock compares JSON with.
var jsonUnit = map[string]string{"${json-unit.any-string}": "${any}", "${json-unit.ignore}": "${any}", "${json-unit.any-number}": "${any}", "${json-unit.any-boolean}": "${any}"}

func (r *reader) wireAnswer(x *conversation.Exchange, a *wireAnswer) (err error) {
	x.How.Delay = time.Duration(a.Delay) * time.Millisecond
	if a.Delay < 0 {
		return errors.New("fixedDelayMilliseconds is below zero")
	}
	if a.Fault != "" {
		x.How.Fault = conversation.Body{Form: conversation.JSON, Data: []byte(`{"drop":true}`)}
		return nil
	}
	filled := slices.Contains(a.Transformers, "response-template")
	for _, name := range sortedNames(a.Headers) {
		var values []string
		var one string
		if json.Unmarshal(a.Headers[name], &one) == nil {
			values = []string{one}
		} else if err := json.Unmarshal(a.Headers[name], &values); err != nil {
			return fmt.Errorf("headers: %s is neither a text nor a list of texts", name)
		}
		for _, v := range values {
			if v, err = handlebars(v, filled); err != nil {
				return fmt.Errorf("headers: %s: %w", name, err)
			}
			if !passes(name) {
				x.AnswerHeaders = append(x.AnswerHeaders, conversation.Header{Name: name, Value: v})
			}
		}
	}
	if a.Proxy != "" {
		x.How.Through = true
		return nil
	}
	if x.Status = a.Status; x.Status == 0 {
		x.Status = 200
	}
	switch {
	case a.JSONBody != nil:
		var compact bytes.Buffer
		if err := json.Compact(&compact, a.JSONBody); err != nil { // unreachable: it was decoded
			return err
		}
		return answered(x, compact.Bytes(), filled)
	case a.Body != nil:
		return answered(x, []byte(*a.Body), filled)
	case a.Base64Body != nil:
		x.Answer = conversation.Literal(a.Base64Body)
	case a.File != "":
		x.Answer, err = r.sideFile("__files/" + a.File)
	}
	return err
}

// answered sets the answer of a stub.
func answered(x *conversation.Exchange, data []byte, filled bool) error {
	x.Answer = conversation.Literal(data)
	if !filled {
		return nil
	}
	text, err := handlebars(string(data), true)
	if err != nil {
		return err
	}
	form := conversation.Text
	if json.Valid(data) && len(data) > 0 && (data[0] == '{' || data[0] == '[') {
		form = conversation.JSON
	}
	x.Answer = conversation.Body{Form: form, Data: []byte(text)}
	return nil
}

var braces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{\{?([^{}]*)\}?\}\}`) })

// helper is one of WireMock's with the marker that means the same.
type helper struct {
	re   *regexp.Regexp
	name string
}

// helpers are compiled when the first template is read.
var helpers = sync.OnceValue(func() (out []helper) {
	for _, h := range [...][2]string{
		{`^request\.path\.([A-Za-z]\w*)$`, "request.path.$1"},
		{`^request\.path$`, "request.path"},
		{`^request\.method$`, "request.method"},
		{`^request\.body$`, "request.body"},
		{`^request\.query\.\[?([^\[\]\s]+)\]?$`, "request.query.$1"},
		{`^request\.headers\.\[?([^\[\]\s]+)\]?$`, "request.header.$1"},
		{`^jsonPath request\.body '\$\.([\w.]+)'$`, "request.body./$1"},
		{`^now( .*)?$`, "time"},
		{`^randomValue type='UUID'$`, "guid"},
	} {
		out = append(out, helper{regexp.MustCompile(h[0]), h[1]})
	}
	return out
})

// handlebars writes templates of WireMock as markers.
func handlebars(text string, filled bool) (string, error) {
	text = conversation.Escape(text)
	if !filled {
		return text, nil
	}
	var err error
	out := braces().ReplaceAllStringFunc(text, func(m string) string {
		inner := strings.TrimSpace(strings.ReplaceAll(braces().FindStringSubmatch(m)[1], `\"`, `'`))
		for _, h := range helpers() {
			if h.re.MatchString(inner) {
				name := h.re.ReplaceAllString(inner, h.name)
				if body, ok := strings.CutPrefix(name, "request.body./"); ok {
					name = "request.body./" + strings.ReplaceAll(body, ".", "/")
				}
				return "${" + name + "}"
			}
		}
		err = fmt.Errorf("the template %s has no counterpart", m)
		return m
	})
	return out, err
}
