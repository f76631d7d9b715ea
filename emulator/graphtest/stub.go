package graphtest

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Stub adds stubs in front of all others. text is a conversation in YAML or JSON, one
// exchange or a list; stub: true goes without saying. One that has answered nothing when
// the test ends fails it: what was to be tested did not happen. Reset takes them away.
func (s *Server) Stub(text string) {
	s.t.Helper()
	s.StubIn(s.Emulator.Tenants()[0], text)
}

// StubIn is Stub for another tenant than the first.
func (s *Server) StubIn(tenant emulator.Tenant, text string) {
	s.t.Helper()
	ids, err := tenant.AddStubs([]byte(text))
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	s.t.Cleanup(func() {
		for _, st := range s.Emulator.Stubs() {
			if st.Hit == 0 && slices.Contains(ids, st.ID) && !s.t.Failed() {
				s.t.Errorf("graphtest: no request was answered by the stub %s", st.Request)
			}
		}
	})
}
