package tenantfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas"
)

func records(t *testing.T, text string) []fixtures.Record {
	t.Helper()
	out, err := fixtures.Records(fstest.MapFS{"tenant.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A mistake is told with its line, all mistakes at once, and the world stays as it was.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"users:\n  - {id: u1, displayName: Ida}\n", ""},
		{"usres:\n  - {id: u1}\n", "tenant.yaml:1:1: usres is no navigation of the service root in any version"},
		{"users:\n  - {id: u1, displayNam: Ida}\n", "tenant.yaml:2:14: The property 'displayNam'"},
		{"users:\n  - {id: u1}\n  - {id: u1}\n", "tenant.yaml:3:5: A user with the id 'u1' already exists."},
		{"users:\n  - {id: u1, manager: {$ref: /users/u2}}\n", "tenant.yaml:2:14: Resource 'u2'"},
		{"users: {id: u1}\n", "tenant.yaml:1:1: users holds a list of user"},
		{"users:\n  - {id: u1, messages: {id: m1}}\n", "tenant.yaml:2:14: messages holds a list of message"},
		{"users:\n  - text\n", "tenant.yaml:2:5: users holds user, and this is no mapping"},
		{"users:\n  - {id: u1, accountEnabled: perhaps}\n  - {id: u2, nope: 1}\n", "tenant.yaml:2:14: Property accountEnabled"},
	} {
		w := enginetest.New(t, op.Options{})
		err := tenantfile.Load(w.Core, w.World, records(t, tt.text), w.Model)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
		if n := len(w.Must("GET", "/users", "").List); (n == 0) != (err != nil) {
			t.Errorf("%s\nloads %d users with the error %v", tt.text, n, err)
		}
	}
}

// Several mistakes are all found.
func TestAllMistakes(t *testing.T) {
	w := enginetest.New(t, op.Options{})
	out, err := tenantfile.Refusals(w.Core, w.World, records(t, "users:\n  - {id: u1, nope: 1}\n  - {id: u2}\n  - {id: u3, displayName: [1]}\n"), w.Model)
	if err != nil || len(out) != 2 || out[0].Record.Line != 2 || out[1].Record.Line != 4 {
		t.Errorf("got %v, %v", out, err)
	}
	if n := len(w.Must("GET", "/users", "").List); n != 0 {
		t.Errorf("a trial leaves %d users", n)
	}
}

// A member that only the other version of Graph has is taken from there.
func TestVersions(t *testing.T) {
	w := enginetest.New(t, op.Options{})
	beta, err := schemas.Model("beta")
	if err != nil {
		t.Fatal(err)
	}
	const text = "users:\n  - {id: u1, displayName: Ida, informationProtection: {}}\n" // a navigation of beta
	if err := tenantfile.Load(w.Core, w.World, records(t, text), w.Model); err == nil {
		t.Error("v1.0 alone takes what only beta has")
	}
	w.Core.Models = append(w.Core.Models, beta)
	if err := tenantfile.Load(w.Core, w.World, records(t, text), w.Model, beta); err != nil {
		t.Error(err)
	}
	if got := w.Must("GET", "/users/u1", "").One.Text("displayName"); got != "Ida" {
		t.Errorf("the user is %q", got)
	}
}
