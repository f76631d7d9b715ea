package graphtest

import (
	"net/http"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Stub adds stubs in front of all others. One that has answered nothing when the test ends
// fails it: what was to be tested did not happen. Reset removes them.
func (s *Server) Stub(stubs ...emulator.Stub) {
	s.t.Helper()
	s.expect(s.Emulator.Stubs().Add(stubs...))
}

// StubFunc is Stub for a function. pattern is a method and a path, "GET /me/messages"; see
// emulator.Stub.
func (s *Server) StubFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	s.t.Helper()
	s.Stub(emulator.StubFunc(pattern, f))
}

// StubText is Stub for a conversation in YAML or JSON, one exchange or a list; stub: true
// goes without saying.
func (s *Server) StubText(text string) {
	s.t.Helper()
	s.expect(s.Emulator.Stubs().AddText([]byte(text)))
}

// expect fails the test at its end where stubs have answered nothing.
func (s *Server) expect(ids []string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	s.t.Cleanup(func() {
		for _, st := range s.Emulator.Stubs().List() {
			if st.Hit == 0 && slices.Contains(ids, st.ID) && !s.t.Failed() {
				s.t.Errorf("graphtest: no request was answered by the stub %s", st.Request)
			}
		}
	})
}
