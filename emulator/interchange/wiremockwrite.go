package interchange

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

func writeWireMock(f *conversation.File) (any, []Note, error) {
	var notes []Note
	out := []mapping{}
	for _, x := range f.Exchanges {
		m, why := mappingOf(x)
		if why != "" {
			notes = append(notes, Note{Line: x.Line, Reason: "WireMock cannot say " + why})
			continue
		}
		m.Priority = len(out) + 1 // the first that matches answers
		out = append(out, chain(x, m, len(out)+1)...)
	}
	return map[string]any{"mappings": out}, notes, nil
}

// chain repeats a mapping that answers so many times, in states that follow each other;
// behind the last the next mapping answers.
func chain(x *conversation.Exchange, m mapping, number int) []mapping {
	if x.How.Times == 0 {
		return []mapping{m}
	}
	var out []mapping
	m.Scenario = fmt.Sprintf("stub %d", number)
	state := "Started"
	for i := range x.How.Times {
		m.Required, m.Next = state, fmt.Sprintf("answered %d", i+1)
		state = m.Next
		out = append(out, m)
	}
	return out
}

// maxChain is how many states a scenario may have before it is no longer readable.
const maxChain = 100

func mappingOf(x *conversation.Exchange) (m mapping, why string) {
	switch {
	case x.Partial:
		return m, "an answer of which only members are known"
	case x.How.Through:
		return m, "through"
	case x.How.Skip > 0:
		return m, "skip"
	case x.How.Times > maxChain:
		return m, "so many times"
	}
	m.Request, m.Response = &wireRequest{}, &wireAnswer{Status: x.Status, Delay: int(x.How.Delay.Milliseconds())}
	if why := wireRequestOf(x, m.Request); why != "" {
		return m, why
	}
	if x.How.Fault.Form != conversation.None {
		return m, wireFault(&x.How.Fault, m.Response)
	}
	return m, wireAnswerOf(x, m.Response)
}

func wireRequestOf(x *conversation.Exchange, q *wireRequest) (why string) {
	method, target, _ := strings.Cut(x.Request, " ")
	if q.Method = method; method == "*" {
		q.Method = "ANY"
	}
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		target = "/" + rest
	}
	if !x.Stub {
		plain, err := conversation.Vars(nil).Fill(target)
		q.URL = plain
		return reasonOf(err)
	}
	route, query, _ := strings.Cut(target, "?")
	lower := strings.ToLower(route)
	versioned := strings.HasPrefix(lower, "/v1.0/") || strings.HasPrefix(lower, "/beta/")
	switch {
	case versioned && !strings.ContainsAny(route, "*{"):
		q.URLPath = route
	case versioned && !strings.Contains(route, "*"):
		q.URLPathTemplate = route
	default:
		q.URLPathPattern = patternOf(route, versioned)
	}
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		v, why := matcherOf(value)
		if why != "" {
			return why
		}
		if q.QueryParameters == nil {
			q.QueryParameters = map[string]matcher{}
		}
		q.QueryParameters[plainQuery(name)] = v
	}
	for _, h := range x.Headers {
		v, why := matcherOf(h.Value)
		if h.None {
			v, why = matcher{Absent: true}, ""
		}
		if why != "" {
			return why
		}
		if q.Headers == nil {
			q.Headers = map[string]matcher{}
		}
		q.Headers[h.Name] = v
	}
	return wireBodyOf(&x.Body, q)
}

func reasonOf(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

func patternOf(route string, versioned bool) string {
	var out strings.Builder
	if !versioned {
		out.WriteString(`/(v1\.0|beta)`)
	}
	for seg := range strings.SplitSeq(strings.Trim(route, "/"), "/") {
		switch {
		case seg == "**":
			out.WriteString(`(/.*)?`)
		case strings.HasPrefix(seg, "{"):
			out.WriteString(`/[^/]+`)
		default:
			out.WriteString("/" + strings.ReplaceAll(regexp.QuoteMeta(seg), `\*`, `[^/]*`))
		}
	}
	return out.String()
}

// matcherOf writes a text with markers as a matcher.
func matcherOf(text string) (m matcher, why string) {
	plain, err := conversation.Vars(nil).Fill(text)
	switch {
	case err == nil:
		return matcher{EqualTo: &plain}, ""
	case text == "${absent}":
		return matcher{Absent: true}, ""
	}
	re := regexOf(text)
	return matcher{Matches: &re}, ""
}

// regexes are the markers as regular expressions.
var regexes = map[string]string{"any": `.*`, "guid": `[0-9a-fA-F-]{36}`, "time": `\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)?`}

func regexOf(text string) string {
	var out strings.Builder
	t := conversation.NewTemplate(text)
	t.Each(func(part string, marker bool) {
		if !marker {
			out.WriteString(regexp.QuoteMeta(part))
			return
		}
		if _, kind, ok := strings.Cut(part, "="); ok {
			part = kind
		}
		out.WriteString(regexes[part])
	})
	return out.String()
}

func wireBodyOf(b *conversation.Body, q *wireRequest) (why string) {
	if b.Form == conversation.None {
		return ""
	}
	data, err := b.Source()
	if err != nil {
		return err.Error()
	}
	if b.Form == conversation.JSON {
		text := string(data)
		text = strings.ReplaceAll(text, `"${any}"`, `"$${json-unit.any-string}"`)
		if text, err = conversation.Vars(nil).Fill(text); err != nil {
			return "a body with markers within texts"
		}
		q.BodyPatterns = []matcher{{EqualToJSON: json.RawMessage(text), IgnoreExtraElements: true}}
		return ""
	}
	if b.Form != conversation.Text {
		return "a body of bytes"
	}
	m, why := matcherOf(string(data))
	q.BodyPatterns = []matcher{m}
	return why
}

func wireFault(b *conversation.Body, a *wireAnswer) (why string) {
	text, err := b.Source()
	if err != nil {
		return err.Error()
	}
	var r struct {
		Status     int             `json:"status"`
		Code       string          `json:"code"`
		Message    string          `json:"message"`
		RetryAfter json.Number     `json:"retryAfter"`
		Body       json.RawMessage `json:"body"`
		Drop       bool            `json:"drop"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return "this fault: " + err.Error()
	}
	if r.Drop {
		a.Status, a.Fault = 0, "CONNECTION_RESET_BY_PEER"
		return ""
	}
	if r.Status == 0 {
		return "this fault"
	}
	a.Status, a.JSONBody = r.Status, r.Body
	if r.Body == nil {
		body, err := json.Marshal(map[string]any{"error": map[string]string{"code": r.Code, "message": r.Message}})
		if err != nil { // unreachable: texts always encode
			return err.Error()
		}
		a.JSONBody = body
	}
	a.Headers = map[string]json.RawMessage{"Content-Type": json.RawMessage(`"application/json"`)}
	if s := r.RetryAfter.String(); s != "" {
		a.Headers["Retry-After"] = json.RawMessage(`"` + s + `"`)
	}
	return ""
}

func wireAnswerOf(x *conversation.Exchange, a *wireAnswer) (why string) {
	values := map[string][]string{}
	for _, h := range x.AnswerHeaders {
		v, why := a.fill(h.Value, x.Stub)
		if why != "" {
			return why
		}
		if !h.None && h.Value != "${absent}" {
			values[h.Name] = append(values[h.Name], v)
		}
	}
	for name, list := range values {
		var v any = list
		if len(list) == 1 {
			v = list[0]
		}
		raw, err := json.Marshal(v)
		if err != nil { // unreachable: texts always encode
			return err.Error()
		}
		if a.Headers == nil {
			a.Headers = map[string]json.RawMessage{}
		}
		a.Headers[name] = raw
	}
	if x.Answer.Form == conversation.None {
		return ""
	}
	data, err := x.Answer.Source()
	if err != nil {
		return err.Error()
	}
	if x.Answer.Form != conversation.JSON && x.Answer.Form != conversation.Text {
		a.Base64Body = data
		return ""
	}
	text, why := a.fill(string(data), x.Stub)
	switch {
	case why != "":
		return why
	case x.Answer.Form == conversation.JSON && json.Valid([]byte(text)):
		a.JSONBody = json.RawMessage(text)
		if a.Headers["Content-Type"] == nil {
			if a.Headers == nil {
				a.Headers = map[string]json.RawMessage{}
			}
			a.Headers["Content-Type"] = json.RawMessage(`"application/json"`)
		}
	default:
		a.Body = &text
	}
	return ""
}

// fill writes markers as templates, and says what has none.
func (a *wireAnswer) fill(text string, stub bool) (out, why string) {
	if plain, err := conversation.Vars(nil).Fill(text); err == nil {
		return plain, ""
	} else if !stub {
		return "", err.Error()
	}
	var b strings.Builder
	conversation.NewTemplate(text).Each(func(part string, marker bool) {
		if !marker {
			b.WriteString(part)
			return
		}
		t := templateOf(part)
		if t == "" && why == "" {
			why = "${" + part + "}"
		}
		b.WriteString(t)
	})
	a.Transformers = []string{"response-template"}
	return b.String(), why
}

func templateOf(name string) string {
	switch name {
	case "request.path", "request.method", "request.body":
		return "{{" + name + "}}"
	case "guid":
		return "{{randomValue type='UUID'}}"
	case "time":
		return "{{now}}"
	}
	if s, ok := strings.CutPrefix(name, "request.body./"); ok {
		return "{{jsonPath request.body '$." + strings.ReplaceAll(s, "/", ".") + "'}}"
	}
	if s, ok := strings.CutPrefix(name, "request.header."); ok {
		return "{{request.headers.[" + s + "]}}"
	}
	if s, ok := strings.CutPrefix(name, "request.query."); ok {
		return "{{request.query.[" + s + "]}}"
	}
	if strings.HasPrefix(name, "request.path.") {
		return "{{" + name + "}}"
	}
	return ""
}
