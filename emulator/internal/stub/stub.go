package stub

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
)

// Stub is an exchange that answers requests.
type Stub struct {
	Place   string // file and line, or the id of one that was added
	Status  int
	Delay   time.Duration
	Through bool
	Fault   *fault.Rule // nil: it answers
	Handler any         // what answers in Go, of a type that the server of HTTP knows; nil: the texts of the stub

	line    string // of the request
	method  string // empty: any
	version string // empty: each
	path    []segment
	query   []option
	headers []conversation.Header
	body    *conversation.Exchange // whose answer is what the body has to hold; nil: any will do
	skip    int
	times   int // 0: without end

	answer       *conversation.Template
	answerType   string // of the content; empty: there is none
	answerHeader []header
	usesBody     bool
}

type option struct{ name, value string }

type header struct {
	name  string
	value *conversation.Template // nil: the answer goes without
}

// Compile makes stubs of the exchanges of a file. Its errors are of type
// *conversation.Error.
func Compile(f *conversation.File) ([]*Stub, error) {
	var out []*Stub
	for _, x := range f.Exchanges {
		s := &Stub{Place: f.Name + ":" + strconv.Itoa(x.Line), line: x.Request, Status: x.Status, Delay: x.How.Delay, Through: x.How.Through, skip: x.How.Skip, times: x.How.Times}
		line, err := s.compile(x)
		if err != nil {
			if line == 0 {
				line = x.Line
			}
			return nil, &conversation.Error{File: f.Name, Line: line, Err: err}
		}
		out = append(out, s)
	}
	return out, nil
}

// New makes a stub that handler answers. request is a method, or * for any, and a path, as
// in a conversation. times zero is without end.
func New(request string, skip, times int, handler any) (*Stub, error) {
	if skip < 0 || times < 0 {
		return nil, fmt.Errorf("skip %d and times %d: neither is below zero", skip, times)
	}
	s := &Stub{line: request, skip: skip, times: times, Handler: handler}
	if err := s.compileRequest(request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	return s, nil
}

// Matches reports whether a stub is for a request, whatever its body. It counts nothing.
func (s *Stub) Matches(r *Request) bool {
	h, err := s.match(r)
	return h != nil && err == nil
}

// compile gives the line of an error where it is not that of the exchange.
func (s *Stub) compile(x *conversation.Exchange) (line int, err error) {
	switch {
	case !x.Stub:
		return 0, errors.New("an exchange among fixtures is a stub: stub: true is missing; learn makes fixtures of a recording")
	case x.As != "":
		return 0, errors.New("as: is of tests, and this is a stub")
	}
	if err := s.compileRequest(x.Request); err != nil {
		return 0, fmt.Errorf("request: %w", err)
	}
	s.headers = x.Headers
	if x.Body.Form != conversation.None {
		s.body = &conversation.Exchange{Answer: x.Body, Partial: true}
		s.usesBody = true
	}
	if x.How.Fault.Form != conversation.None {
		return s.compileFault(&x.How.Fault)
	}
	return 0, s.compileAnswer(x)
}

func (s *Stub) compileRequest(line string) error {
	method, target, _ := strings.Cut(line, " ")
	if s.method = strings.ToUpper(method); method == "*" {
		s.method = ""
	}
	if _, rest, whole := strings.Cut(target, "://"); whole {
		_, path, _ := strings.Cut(rest, "/")
		target = "/" + path
	}
	path, query, _ := strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") {
		return fmt.Errorf("%q is not a path", target)
	}
	var err error
	if s.version, s.path, err = compilePath(path); err != nil {
		return err
	}
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		s.query = append(s.query, option{unescaped(name), unescaped(value)})
	}
	return nil
}

// unescaped decodes a part of a query; what is no escape stands for itself.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func (s *Stub) compileFault(b *conversation.Body) (line int, err error) {
	text, err := b.Source()
	if err != nil {
		return 0, err
	}
	var r fault.Rule
	if err := json.Unmarshal(text, &r); err != nil {
		return b.Line(), fmt.Errorf("fault: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	for _, name := range []string{"id", "method", "path", "app", "user", "attempts", "skip", "every", "times", "window", "delay"} {
		if has(text, name) {
			return b.Line(), fmt.Errorf("fault: %s is said by the stub itself, or not at all", name)
		}
	}
	var known map[string]json.RawMessage
	if err := json.Unmarshal(text, &known); err != nil { // unreachable: it was a rule
		return b.Line(), err
	}
	for name := range known {
		if !faultMembers[name] {
			return b.Line(), fmt.Errorf("fault: %s: no such member", name)
		}
	}
	if _, err := new(fault.Set).Add(r); err != nil {
		return b.Line(), fmt.Errorf("fault: %w", err)
	}
	if r.Challenge {
		r.Status = 401
	}
	r.ID = s.Place
	s.Fault = &r
	return 0, nil
}

var faultMembers = map[string]bool{"status": true, "code": true, "message": true, "retryAfter": true, "headers": true, "body": true, "drop": true, "challenge": true}

func has(object []byte, name string) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal(object, &m) != nil {
		return false
	}
	_, ok := m[name]
	return ok
}

func (s *Stub) compileAnswer(x *conversation.Exchange) (err error) {
	if s.answer, err = x.Answer.Template(); err != nil {
		return err
	}
	switch x.Answer.Form {
	case conversation.JSON:
		s.answerType = "application/json"
	case conversation.Text:
		s.answerType = "text/plain"
	case conversation.Base64, conversation.SideFile:
		s.answerType = "application/octet-stream"
	}
	known, err := s.captures()
	if err != nil {
		return err
	}
	check := func(t *conversation.Template) error {
		for _, name := range t.Names() {
			if strings.HasPrefix(name, "request.body") {
				s.usesBody = true
			}
			if !known[name] && !s.knows(name) {
				return fmt.Errorf("${%s}: a stub's answer knows request.path.NAME of a {NAME} in its path, request.query.NAME, request.header.NAME, "+
					"request.body and a JSON pointer, request.path, request.method, url, guid, time, and what the request keeps", name)
			}
		}
		return nil
	}
	if err := check(s.answer); err != nil {
		return err
	}
	for _, h := range x.AnswerHeaders {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		if h.None || h.Value == "${absent}" {
			s.answerHeader = append(s.answerHeader, header{name: name})
			continue
		}
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			return fmt.Errorf("answerHeaders: %s cannot be sent", h.Name)
		}
		t := conversation.NewTemplate(h.Value)
		if err := check(t); err != nil {
			return fmt.Errorf("answerHeaders: %s: %w", h.Name, err)
		}
		s.answerHeader = append(s.answerHeader, header{name, t})
	}
	return nil
}

// captures are what markers of the request keep, ${name=any}.
func (s *Stub) captures() (map[string]bool, error) {
	out := map[string]bool{}
	note := func(text string) {
		for _, name := range conversation.NewTemplate(text).Names() {
			if name, _, keeps := strings.Cut(name, "="); keeps {
				out[name] = true
			}
		}
	}
	for _, o := range s.query {
		note(o.value)
	}
	for _, h := range s.headers {
		note(h.Value)
	}
	if s.body != nil {
		text, err := s.body.Answer.Source()
		if err != nil {
			return nil, err
		}
		note(string(text))
	}
	return out, nil
}

// knows reports whether a marker means something in the answer.
func (s *Stub) knows(name string) bool {
	switch name {
	case "url", "guid", "time", "request.path", "request.method", "request.body":
		return true
	}
	if key, ok := strings.CutPrefix(name, "request.path."); ok {
		for _, seg := range s.path {
			if seg.name == key {
				return true
			}
		}
		return false
	}
	if pointer, ok := strings.CutPrefix(name, "request.body."); ok {
		return strings.HasPrefix(pointer, "/")
	}
	return strings.HasPrefix(name, "request.query.") && name != "request.query." || strings.HasPrefix(name, "request.header.") && name != "request.header."
}

// PutIn says in which folder the place of a stub is.
func (s *Stub) PutIn(folder string) {
	s.Place = folder + s.Place
	if s.Fault != nil {
		s.Fault.ID = s.Place
	}
}
