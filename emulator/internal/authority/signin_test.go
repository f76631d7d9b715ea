package authority_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestSignedInUser: the option holds after an import and after a reset, and a
// tenant without the user is refused at the start only.
func TestSignedInUser(t *testing.T) {
	const name = "tomas@northgale.test"
	s := emulatortest.New(t, emulator.WithSignedInUser(name))
	is := func(when, want string) {
		t.Helper()
		if w := emulatortest.Do(s, "GET", "/v1.0/me", ""); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s", when, w.Body)
		}
	}
	is("at the start", name)
	dir := t.TempDir()
	if err := s.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	is("after an import", name)
	emulatortest.Do(s, "DELETE", "/v1.0/users/"+name, "")
	is("after the user is deleted", "Request_ResourceNotFound")
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	is("after a reset", name)
	if _, err := emulator.New(emulator.WithSignedInUser("nobody")); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("a user who is not there: %v", err)
	}
}
