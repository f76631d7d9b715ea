package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/control"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// read reads a tree: the tenant and the stubs in it.
func read(files fs.FS, reader fixtures.Reader) ([]fixtures.Record, []*stub.Stub, error) {
	var names []string
	reader.Conversation = func(name string) { names = append(names, name) }
	records, err := reader.Records(files)
	errs := []error{err}
	var out []*stub.Stub
	for _, name := range names {
		stubs, err := stubsOf(files, name)
		if e, ok := errors.AsType[*conversation.Error](err); ok {
			err = &fixtures.Error{File: name, Line: e.Line, Reason: e.Err.Error()}
		}
		errs = append(errs, err)
		out = append(out, stubs...)
	}
	return records, out, errors.Join(errs...)
}

func stubsOf(files fs.FS, name string) ([]*stub.Stub, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	beside, err := fs.Sub(files, path.Dir(name))
	if err != nil {
		return nil, err
	}
	f, err := conversation.Parse(name, text, beside)
	if err != nil {
		return nil, err
	}
	return compiled(f)
}

func compiled(f *conversation.File) ([]*stub.Stub, error) {
	if len(f.Options) > 0 {
		return nil, &conversation.Error{File: f.Name, Line: f.Options[0].Line, Err: errors.New("options belong to tests, and these are fixtures")}
	}
	return stub.Compile(f)
}

// Stub answers requests in place of the tenant. Stubs.Add takes it; StubFunc makes one
// of a function.
type Stub struct {
	Method string // empty: any
	// Path is a path of Graph with or without the version: "/me/messages?$top=5". A segment
	// {name} stands for any key, * for any text in a segment, ** for any segments. The
	// query options that are named have to be there.
	Path string

	Status int         // 0: 200
	Header http.Header // of the answer
	// Body is the body of the answer: a string or bytes as they are, anything else encoded
	// as JSON. Nil: there is none. Header may say its Content-Type.
	Body any
	// Handler answers in place of Status, Header and Body. It is called from many
	// goroutines; r.PathValue has the keys of Path.
	Handler http.Handler

	Skip  int           // so many matching requests pass first
	Times int           // so many are answered then; 0: all
	Delay time.Duration // before the answer, on the emulator's clock
}

// StubFunc returns a stub that f answers. pattern is a method and a path, "GET
// /me/messages", or a path for all methods. A nil f answers 200 without a body.
func StubFunc(pattern string, f func(http.ResponseWriter, *http.Request)) Stub {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "", pattern
	}
	s := Stub{Method: method, Path: path}
	if f != nil {
		s.Handler = http.HandlerFunc(f)
	}
	return s
}

// compile makes the stub that the machinery knows; size is what it holds in memory.
func (s *Stub) compile() (out *stub.Stub, size int, err error) {
	handler := s.Handler
	if handler == nil {
		fixed, err := s.fixed()
		if err != nil {
			return nil, 0, err
		}
		handler, size = fixed, len(fixed.body)
	}
	method := s.Method
	if method == "" {
		method = "*"
	}
	if out, err = stub.New(method+" "+s.Path, s.Skip, s.Times, handler); err != nil {
		return nil, 0, err
	}
	if out.Delay = s.Delay; s.Delay < 0 {
		return nil, 0, fmt.Errorf("delay %v is negative", s.Delay)
	}
	return out, size + len(s.Path), nil
}

// fixed is the answer that the fields of the stub describe.
func (s *Stub) fixed() (*literal, error) {
	a := &literal{status: s.Status, header: s.Header.Clone()}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.status < 200 || a.status > 599 {
		return nil, fmt.Errorf("status %d is not between 200 and 599", s.Status)
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	kind := "text/plain; charset=utf-8"
	switch b := s.Body.(type) {
	case nil:
		return a, nil
	case string:
		a.body = []byte(b)
	case []byte:
		a.body = slices.Clone(b)
	default:
		var err error
		if a.body, err = json.Marshal(b); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
	}
	if json.Valid(a.body) {
		kind = "application/json"
	}
	if a.header.Get("Content-Type") == "" {
		a.header.Set("Content-Type", kind)
	}
	return a, nil
}

type literal struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP implements http.Handler.
func (a *literal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	bodyless := a.status == http.StatusNoContent || a.status == http.StatusNotModified
	if !bodyless {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if !bodyless && r.Method != http.MethodHead {
		w.Write(a.body) // an error here is the client's going away
	}
}

// StubStatus is a stub and how often it has answered.
type StubStatus struct {
	ID      string `json:"id"`               // file and line; of one that was added, a name; below the folder of its tenant
	Tenant  string `json:"tenant,omitempty"` // whose it is, by the name of its folder; empty: the first
	Request string `json:"request"`          // as it is written
	Skip    int    `json:"skip,omitempty"`
	Times   int    `json:"times,omitempty"` // 0: without end
	Matched int    `json:"matched"`         // requests that it was for, those that passed it among them
	Hit     int    `json:"hit"`             // those that it answered
	Spent   bool   `json:"spent"`           // it answers no more
}

// Stubs are the stubs of an emulator, or of one of its tenants. They answer before the
// tenant is asked, the latest first.
type Stubs struct {
	s    *Server
	only *realm // nil: all tenants
}

// Stubs returns the stubs of all tenants. Add and AddText add to those of the first.
func (s *Server) Stubs() Stubs { return Stubs{s: s} }

// Stubs returns the stubs of the tenant.
func (t Tenant) Stubs() Stubs { return Stubs{t.s, t.r} }

func (u Stubs) realms() iter.Seq[*realm] {
	if u.only != nil {
		return func(yield func(*realm) bool) { yield(u.only) }
	}
	return u.s.realms()
}

func (u Stubs) to() *realm {
	if u.only != nil {
		return u.only
	}
	return u.s.realm
}

// List returns the stubs with what they have answered, in the order in which they are
// tried.
func (u Stubs) List() []StubStatus {
	out := []StubStatus{}
	for r := range u.realms() {
		for _, st := range r.stubs.List() {
			out = append(out, StubStatus{st.ID, r.name, st.Request, st.Skip, st.Times, st.Matched, st.Hit, st.Spent})
		}
	}
	return out
}

// Add puts stubs in front of all others, in their order, and returns their ids. Reset
// and LoadFixtures remove them. An error says which stub cannot be honored; none is added
// then. There are at most 10,000.
func (u Stubs) Add(stubs ...Stub) (ids []string, err error) {
	var list []*stub.Stub
	total := 0
	for i := range stubs {
		st, size, err := stubs[i].compile()
		if err != nil {
			return nil, fmt.Errorf("stub %s %s: %w", stubs[i].Method, stubs[i].Path, err)
		}
		list, total = append(list, st), total+size
	}
	return u.to().stubs.Add(list, total)
}

// AddText is Add for stubs that are written as a conversation in YAML or JSON, one
// exchange or a list, without files beside it; stub: true may be left out. The error names
// the line.
func (u Stubs) AddText(text []byte) (ids []string, err error) { return u.to().addStubs(text) }

// Remove removes a stub, until a reset if it is of the fixtures. It reports false when
// there is no stub of that id.
func (u Stubs) Remove(id string) bool {
	for r := range u.realms() {
		if r.stubs.Remove(id) {
			return true
		}
	}
	return false
}

// Clear removes all stubs, until a reset those of the fixtures.
func (u Stubs) Clear() {
	for r := range u.realms() {
		r.stubs.Clear()
	}
}

func (r *realm) addStubs(text []byte) (ids []string, err error) {
	f, err := conversation.ParseStubs("stub", text)
	if err != nil {
		return nil, err
	}
	stubs, err := compiled(f)
	if err != nil {
		return nil, err
	}
	return r.stubs.Add(stubs, len(text))
}

// folderOf is where the fixtures of a tenant are, which the ids of its stubs begin with.
func folderOf(tenant string) string {
	if tenant == "" {
		return ""
	}
	return "tenants/" + tenant + "/"
}

func (s *Server) stubControl() control.Stubs {
	all := s.Stubs()
	add := func(r *http.Request, text []byte) ([]string, error) { return s.of(r).addStubs(text) }
	return control.Stubs{List: func() any { return all.List() }, Add: add, Remove: all.Remove, Clear: all.Clear}
}
