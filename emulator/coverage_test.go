package emulator_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

var updateCoverage = flag.Bool("update-coverage", false, "write docs/COVERAGE.md")

func coverage(t *testing.T) (*emulator.Server, *catalog.Coverage) {
	t.Helper()
	emu := emulatortest.New(t)
	c, err := emu.Catalog().Coverage()
	if err != nil {
		t.Fatal(err)
	}
	return emu, c
}

// TestCoveragePage: docs/COVERAGE.md says what the catalog and the registry say.
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
		var sum catalog.Tally
		for _, w := range v.Workloads {
			if w.Operations != w.Modelled+w.Stateful+w.Generic+w.None || w.Operations == 0 {
				t.Errorf("%s %s does not add up: %+v", v.Version, w.Workload, w.Tally)
			}
			sum.Operations += w.Operations
			sum.Modelled += w.Modelled
			sum.Stateful += w.Stateful
			sum.Generic += w.Generic
			sum.None += w.None
			sum.Observed += w.Observed
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
	w := emulatortest.Do(emu, http.MethodGet, admin.Prefix+"/coverage", "")
	var got catalog.Coverage
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || !reflect.DeepEqual(&got, c) {
		t.Errorf("/_emulator/coverage differs from Coverage (%v)", err)
	}
	w = httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest(http.MethodPost, admin.Prefix+"/coverage", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /_emulator/coverage answers %d", w.Code)
	}
}

// What Operation foretells is what a request meets.
func TestOperation(t *testing.T) {
	emu := emulatortest.New(t)
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/users", "GET /users list microsoft.graph.user Users documented"},
		{"get", "/USERS/ida@northgale.test/Messages", "GET /users/{}/messages list microsoft.graph.message Mail documented"},
		{"POST", "/communications/presences", "POST /communications/presences create microsoft.graph.presence Presence documented"},
		{"GET", "/me/presence/activity", "GET /me/presence/activity readValue Edm.String Presence"},
		{"GET", "/me/drive/root:/a/b.txt:/content", "GET /me/drive/root:/{path}:/content download Edm.Stream Files documented"},
		{"PUT", "/users", "405 MethodNotAllowed"},
		{"GET", "/usres", "400 BadRequest"},
	} {
		op, err := emu.Catalog().Operation("v1.0", tt.method, tt.path)
		var got string
		if err != nil {
			got, _, _ = strings.Cut(err.Error(), ":")
		} else {
			got = strings.Join([]string{op.Method, op.Template, op.Verb, op.Type, op.Workload}, " ")
			if op.Documented != nil {
				got += " documented"
			}
			w := emulatortest.Do(emu, op.Method, "/v1.0"+tt.path, "")
			if f := w.Header().Get("X-Emulator-Fidelity"); f != "" && f != op.Fidelity {
				t.Errorf("%s %s is answered with fidelity %s, foretold was %s", tt.method, tt.path, f, op.Fidelity)
			}
		}
		if got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.method, tt.path, got, tt.want)
		}
	}
	if op, err := emu.Catalog().Operation("beta", "PATCH", "/communications/presences"); err != nil || op.Fidelity != "modelled" {
		t.Errorf("presence is %+v (%v)", op, err)
	}
	if _, err := emu.Catalog().Operation("v3", "GET", "/me"); err == nil {
		t.Error("there is no v3")
	}
	for _, err := range emu.Catalog().Operations("v3") {
		if err == nil {
			t.Error("there is no v3")
		}
	}
}
