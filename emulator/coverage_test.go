package emulator_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

var updateCoverage = flag.Bool("update-coverage", false, "write docs/COVERAGE.md")

func coverage(t *testing.T) (*emulator.Server, *emulator.Coverage) {
	t.Helper()
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := emu.Coverage()
	if err != nil {
		t.Fatal(err)
	}
	return emu, c
}

// TestCoveragePage: docs/COVERAGE.md says what the catalogue and the registry say.
func TestCoveragePage(t *testing.T) {
	_, c := coverage(t)
	want := coveragePage(c)
	path := filepath.Join("..", "docs", "COVERAGE.md")
	if *updateCoverage {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/COVERAGE.md is not current (%v); run go generate ./emulator", err)
	}
}

func TestCoverage(t *testing.T) {
	emu, c := coverage(t)
	for _, v := range c.Versions {
		var sum emulator.Tally
		for _, w := range v.Workloads {
			if w.Operations != w.Modelled+w.Stateful+w.Generic+w.None || w.Operations == 0 {
				t.Errorf("%s %s does not add up: %+v", v.Version, w.Workload, w.Tally)
			}
			sum.Operations += w.Operations
			sum.Modelled += w.Modelled
			sum.Stateful += w.Stateful
			sum.Generic += w.Generic
			sum.None += w.None
		}
		if sum != v.Tally || len(v.Refused) != v.None {
			t.Errorf("%s: workloads sum up to %+v, the whole is %+v, %d are refused", v.Version, sum, v.Tally, len(v.Refused))
		}
		// A documented line that the walk does not understand is a mistake; one in a hundred is
		// the most there may be.
		if v.Operations < 3000 || v.None*100 > v.Operations {
			t.Errorf("%s: %d operations, %d of them refused", v.Version, v.Operations, v.None)
		}
	}
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest(http.MethodGet, emulator.AdminPrefix+"/coverage", nil))
	var got emulator.Coverage
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || !reflect.DeepEqual(&got, c) {
		t.Errorf("/_emulator/coverage differs from Coverage (%v)", err)
	}
	w = httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest(http.MethodPost, emulator.AdminPrefix+"/coverage", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /_emulator/coverage answers %d", w.Code)
	}
}

// What Operation foretells is what a request meets.
func TestOperation(t *testing.T) {
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/users", "GET /users list microsoft.graph.user modelled Users documented"},
		{"get", "/USERS/ida@northgale.test/Messages", "GET /users/{}/messages list microsoft.graph.message stateful Mail documented"},
		{"POST", "/communications/presences", "POST /communications/presences create microsoft.graph.presence modelled Presence documented"},
		{"GET", "/me/presence/activity", "GET /me/presence/activity readValue Edm.String stateful Presence"},
		{"GET", "/me/drive/root:/a/b.txt:/content", "GET /me/drive/root:/{path}:/content download Edm.Stream stateful Files documented"},
		{"PUT", "/users", "405 MethodNotAllowed"},
		{"GET", "/usres", "400 BadRequest"},
	} {
		op, err := emu.Operation("v1.0", tt.method, tt.path)
		var got string
		if err != nil {
			got, _, _ = strings.Cut(err.Error(), ":")
		} else {
			got = strings.Join([]string{op.Method, op.Template, op.Verb, op.Type, op.Fidelity, op.Workload}, " ")
			if op.Documented != nil {
				got += " documented"
			}
			w := httptest.NewRecorder()
			emu.ServeHTTP(w, httptest.NewRequest(op.Method, "/v1.0"+tt.path, nil))
			if f := w.Header().Get("X-Emulator-Fidelity"); f != "" && f != op.Fidelity {
				t.Errorf("%s %s is answered with fidelity %s, foretold was %s", tt.method, tt.path, f, op.Fidelity)
			}
		}
		if got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.method, tt.path, got, tt.want)
		}
	}
	if _, err := emu.Operation("v3", "GET", "/me"); err == nil {
		t.Error("there is no v3")
	}
	for _, err := range emu.Operations("v3") {
		if err == nil {
			t.Error("there is no v3")
		}
	}
}

// coveragePage is docs/COVERAGE.md.
func coveragePage(c *emulator.Coverage) []byte {
	var b bytes.Buffer
	b.WriteString(`<!-- Derived from the catalogue of operations and the list of workloads by go generate ./emulator; do not edit. -->
# Coverage

Every operation that Microsoft's reference documents, and what stands behind the emulator's answer to it. An answer says so itself in
` + "`X-Emulator-Fidelity`" + `; ` + "`--min-fidelity`" + ` turns what is below a level into 501.

| Level | Means |
|---|---|
| modelled | a workload states the type's or the operation's own behaviour |
| stateful | a generic verb on stored entities: what is written can be read, listed, queried, deleted |
| generic | an action or function without behaviour: its parameters are checked, its answer has the declared type, nothing changes |
| none | refused |

` + "`graph-emulator catalog list`" + ` prints the level of each operation, ` + "`catalog show METHOD PATH`" + ` all about one of them, and
` + "`GET /_emulator/coverage`" + ` these figures as JSON.

## By version

| Version | Operations | Modelled | Stateful | Generic | None | Differ by road |
|---|--:|--:|--:|--:|--:|--:|
`)
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n", v.Version, v.Operations, v.Modelled, v.Stateful, v.Generic, v.None, v.ByRoad)
	}
	b.WriteString(`
Behaviour belongs to types, so that every road to an entity behaves alike. The last column counts the operations that look at the road.

`)
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "## Workloads of %s\n\n| Workload | Operations | Modelled | Stateful | Generic | None |\n|---|--:|--:|--:|--:|--:|\n", v.Version)
		for _, w := range v.Workloads {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", w.Workload, w.Operations, w.Modelled, w.Stateful, w.Generic, w.None)
		}
		b.WriteString("\n")
	}
	b.WriteString(`## Modelled types

Derived types included. Traits count for every verb, the others for what they name.

| Type | Traits | Verbs | Computed navigations |
|---|---|---|---|
`)
	for _, m := range c.Modelled {
		traits := ""
		if m.Traits {
			traits = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Type, traits, strings.Join(m.Verbs, ", "), strings.Join(m.Navigations, ", "))
	}
	b.WriteString("\n## Refused\n\nDocumented, and not understood.\n")
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "\n%s: %d\n\n", v.Version, len(v.Refused))
		for _, op := range v.Refused {
			fmt.Fprintf(&b, "- `%s`\n", op)
		}
	}
	return b.Bytes()
}
