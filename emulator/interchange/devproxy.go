package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// The members of a mock of Dev Proxy.
type (
	mock struct {
		Request  *mockRequest `json:"request"`
		Response *mockAnswer  `json:"response"`
	}
	mockRequest struct {
		URL          string `json:"url"`
		ExampleURL   string `json:"exampleUrl,omitempty"` // for people
		Method       string `json:"method,omitempty"`
		Nth          int    `json:"nth,omitempty"`
		BodyFragment string `json:"bodyFragment,omitempty"`
	}
	mockAnswer struct {
		StatusCode int             `json:"statusCode,omitempty"`
		Headers    []harPair       `json:"headers,omitempty"`
		Body       json.RawMessage `json:"body,omitempty"`
	}
)

func (r *reader) devProxy() error {
	list, err := elements(r.text, "mocks")
	if err != nil {
		return err
	}
	for i := range list {
		var m mock
		if err := r.lenient(&list[i], &m); err != nil {
			return err
		}
		if err := r.mock(&m, list[i].line); err != nil {
			return at(list[i].line, "%w", err)
		}
	}
	return nil
}

func (r *reader) mock(m *mock, line int) error {
	switch {
	case m.Request == nil || m.Request.URL == "":
		return errors.New("the mock has no request with a url")
	case m.Response == nil:
		return errors.New("the mock has no response")
	case m.Request.Nth < 0:
		return errors.New("nth is below zero")
	}
	origin := originOf("GET " + m.Request.URL)
	if ok, err := path.Match(strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")), "graph.microsoft.com"); origin == "" || !ok || err != nil {
		r.note(line, "%s is not Graph, and stubs are", m.Request.URL)
		return nil
	}
	x := &conversation.Exchange{Line: line, Stub: true, Status: m.Response.StatusCode}
	if x.Status == 0 {
		x.Status = 200
	}
	method := m.Request.Method
	if method == "" {
		method = "GET"
	}
	var err error
	if x.Request, err = target(method, "/"); err != nil {
		return err
	}
	x.Request = strings.TrimSuffix(x.Request, "/") + starred(strings.TrimPrefix(m.Request.URL, origin))
	if n := m.Request.Nth; n > 0 {
		x.How.Skip, x.How.Times = n-1, 1
	}
	if f := m.Request.BodyFragment; f != "" {
		x.Body = conversation.Body{Form: conversation.Text, Data: []byte("${any}" + conversation.Escape(f) + "${any}")}
	}
	for _, h := range m.Response.Headers {
		if !passes(h.Name) {
			x.AnswerHeaders = append(x.AnswerHeaders, conversation.Header{Name: h.Name, Value: conversation.Escape(h.Value)})
		}
	}
	if x.Answer, err = r.mockBody(m.Response.Body); err != nil {
		return err
	}
	r.file.Exchanges = append(r.file.Exchanges, x)
	return nil
}

// starred writes a path in which * is any text as that of a stub.
func starred(url string) string {
	route, query, _ := strings.Cut(url, "?")
	segments := strings.Split(route, "/")
	for i, s := range segments {
		if s == "*" {
			segments[i] = "**"
		}
	}
	out := strings.Join(segments, "/")
	if !strings.HasPrefix(out, "/") {
		out = "/" + out
	}
	if query != "" && query != "*" {
		parts := strings.Split(query, "*")
		for i := range parts {
			parts[i] = conversation.Escape(parts[i])
		}
		out += "?" + strings.Join(parts, "${any}")
	}
	return strings.ReplaceAll(out, " ", "%20")
}

// mirrored is what Dev Proxy fills in from the body of a request.
var mirrored = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"@request\.body\.([A-Za-z0-9_.$@-]+)"`) })

func (r *reader) mockBody(raw json.RawMessage) (conversation.Body, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil && len(raw) > 0 && raw[0] == '"' {
		name, file := strings.CutPrefix(text, "@")
		switch {
		case file && strings.HasPrefix(name, "request.body."):
			return conversation.Body{Form: conversation.Text, Data: []byte("${request.body./" + strings.ReplaceAll(strings.TrimPrefix(name, "request.body."), ".", "/") + "}")}, nil
		case file:
			return r.sideFile(name)
		}
		return conversation.Literal([]byte(text)), nil
	}
	if len(raw) == 0 || string(raw) == "null" {
		return conversation.Body{}, nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil { // unreachable: it was decoded
		return conversation.Body{}, err
	}
	if !mirrored().Match(raw) {
		return conversation.Literal(compact.Bytes()), nil
	}
	data := mirrored().ReplaceAllStringFunc(conversation.Escape(compact.String()), func(m string) string {
		return `"${request.body./` + strings.ReplaceAll(mirrored().FindStringSubmatch(m)[1], ".", "/") + `}"`
	})
	return conversation.Body{Form: conversation.JSON, Data: []byte(data)}, nil
}

// sideFile is the content of a file that has to be there.
func (r *reader) sideFile(name string) (conversation.Body, error) {
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if r.beside == nil || !fs.ValidPath(name) {
		return conversation.Body{}, fmt.Errorf("the file %q is not beside this one", name)
	}
	data, err := fs.ReadFile(r.beside, name)
	if err != nil {
		return conversation.Body{}, err
	}
	return conversation.Literal(data), nil
}

func writeDevProxy(f *conversation.File) (any, []Note, error) {
	var notes []Note
	mocks := []mock{}
	for _, x := range f.Exchanges {
		m, why := mockOf(f, x)
		if why != "" {
			notes = append(notes, Note{Line: x.Line, Reason: "Dev Proxy cannot say " + why})
			continue
		}
		mocks = append(mocks, m)
	}
	return map[string]any{"mocks": mocks}, notes, nil
}

// mockOf makes a mock; why is what a mock cannot say.
func mockOf(f *conversation.File, x *conversation.Exchange) (m mock, why string) {
	h := &x.How
	nth := 0
	switch {
	case x.Partial:
		return m, "an answer of which only members are known"
	case h.Fault.Form != conversation.None || h.Through || h.Delay != 0:
		return m, "fault, through and delay"
	case h.Times == 1:
		nth = h.Skip + 1
	case h.Times != 0 || h.Skip != 0:
		return m, "times and skip but for one call"
	case len(x.Headers) > 0 && x.Stub:
		return m, "which headers a request has"
	}
	method, target, _ := strings.Cut(x.Request, " ")
	if method == "*" {
		return m, "any method"
	}
	fragment := ""
	if x.Stub && x.Body.Form == conversation.Text {
		text := string(x.Body.Data)
		inner, before := strings.CutPrefix(text, "${any}")
		inner, behind := strings.CutSuffix(inner, "${any}")
		plain, err := conversation.Vars(nil).Fill(inner)
		if !before || !behind || err != nil {
			return m, "a body other than by a fragment"
		}
		fragment = plain
	} else if x.Stub && x.Body.Form != conversation.None {
		return m, "a body other than by a fragment"
	}
	if target, why = starsOf(f, x, target); why != "" {
		return m, why
	}
	m = mock{&mockRequest{URL: target, Method: method, Nth: nth, BodyFragment: fragment}, &mockAnswer{StatusCode: x.Status}}
	var err error
	if m.Response.Headers, err = pairs(x.AnswerHeaders); err != nil {
		return m, "headers with values of the request"
	}
	m.Response.Body, why = mockBodyOf(&x.Answer)
	return m, why
}

// marks are the names in paths and the markers in queries.
var marks = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{[^{}/]*\}`) })

// starsOf is a target with stars for all that may be anything.
func starsOf(f *conversation.File, x *conversation.Exchange, target string) (string, string) {
	if x.Stub {
		target = strings.ReplaceAll(target, "${", "{")
		target = marks().ReplaceAllString(target, "*")
		target = strings.ReplaceAll(target, "**", "*")
	} else if plain, err := conversation.Vars(nil).Fill(target); err == nil {
		target = plain
	} else {
		return "", err.Error()
	}
	if !strings.HasPrefix(target, "/") {
		return target, ""
	}
	lower := strings.ToLower(target)
	if x.Stub && !strings.HasPrefix(lower, "/v1.0/") && !strings.HasPrefix(lower, "/beta/") && !strings.HasPrefix(lower, "/*") {
		target = "/*" + target
	}
	upstream := "https://graph.microsoft.com"
	if f.Recording != nil && f.Recording.Upstream != "" {
		upstream = f.Recording.Upstream
	}
	return upstream + target, ""
}

var ours = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"\$\{request\.body\./([A-Za-z0-9_/$@-]+)\}"`) })

func mockBodyOf(b *conversation.Body) (json.RawMessage, string) {
	if b.Form == conversation.None {
		return nil, ""
	}
	data, err := b.Source()
	if err != nil {
		return nil, err.Error()
	}
	text := string(data)
	if b.Form == conversation.JSON {
		text = ours().ReplaceAllStringFunc(text, func(m string) string {
			return `"@request.body.` + strings.ReplaceAll(ours().FindStringSubmatch(m)[1], "/", ".") + `"`
		})
	}
	if b.Form == conversation.JSON || b.Form == conversation.Text {
		if text, err = conversation.Vars(nil).Fill(text); err != nil {
			return nil, "an answer with these values of the request: " + err.Error()
		}
	}
	if json.Valid([]byte(text)) && b.Form == conversation.JSON {
		return json.RawMessage(text), ""
	}
	if _, encoding := packed([]byte(text)); encoding != "" {
		return nil, "bytes but in a file"
	}
	out, err := json.Marshal(text)
	if err != nil || strings.HasPrefix(text, "@") {
		return nil, "a text that begins with @"
	}
	return out, ""
}
