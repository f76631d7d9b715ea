package emulator

import (
	"errors"
	"io/fs"
	"net/http"
	"path"

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

// Stub is a stub with what has become of it.
type Stub struct {
	ID      string `json:"id"`               // file and line; of one that was added, a name; below the folder of its tenant
	Tenant  string `json:"tenant,omitempty"` // whose it is, by the name of its folder; empty: the first
	Request string `json:"request"`          // as it is written
	Skip    int    `json:"skip,omitempty"`
	Times   int    `json:"times,omitempty"` // 0: without end
	Matched int    `json:"matched"`         // requests that it was for, those that passed it among them
	Hit     int    `json:"hit"`             // those that it answered
	Spent   bool   `json:"spent"`           // it answers no more
}

// Stubs lists the stubs of all tenants, each in the order in which they are tried.
func (s *Server) Stubs() []Stub {
	out := []Stub{}
	for r := range s.realms() {
		for _, st := range r.stubs.List() {
			out = append(out, Stub{st.ID, r.name, st.Request, st.Skip, st.Times, st.Matched, st.Hit, st.Spent})
		}
	}
	return out
}

// AddStubs puts stubs in front of all others of the first tenant, and gives their ids. The
// text is a conversation in YAML or JSON, one exchange or a list, without files beside it;
// stub: true goes without saying. A reset takes them away, and so do other fixtures.
func (s *Server) AddStubs(text []byte) (ids []string, err error) { return s.realm.addStubs(text) }

// AddStubs is Server.AddStubs for this tenant.
func (t Tenant) AddStubs(text []byte) (ids []string, err error) { return t.r.addStubs(text) }

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

// RemoveStub takes a stub away, until a reset if it is of the fixtures; false when there
// is none of that id.
func (s *Server) RemoveStub(id string) bool {
	for r := range s.realms() {
		if r.stubs.Remove(id) {
			return true
		}
	}
	return false
}

func (s *Server) stubControl() control.Stubs {
	add := func(r *http.Request, text []byte) ([]string, error) { return s.realmFor(s.tenantOf(r)).addStubs(text) }
	return control.Stubs{List: func() any { return s.Stubs() }, Add: add, Remove: s.RemoveStub, Clear: func() {
		for r := range s.realms() {
			r.stubs.Clear()
		}
	}}
}
