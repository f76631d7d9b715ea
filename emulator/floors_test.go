package emulator_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/graph-emulator/graph-emulator/"

// floors is the order of the packages: one may import only lower floors. A new
// package is entered here, and in docs/ARCHITECTURE.md.
var floors = map[string]float64{
	"examples/presence": 11, "examples/replay": 11, "examples/sendmail": 11,
	"cmd/graph-emulator": 10, "cmd/graph-derive": 10, "cmd/graph-storm": 10, "cmd/graph-bench": 10, "cmd/graph-trace": 10, "emulator/graphtest": 10,
	"internal/converse": 9, "internal/options": 8, "emulator/catalog": 6,
	"emulator/internal/emulatortest": 7.5, "emulator": 7,
	"emulator/internal/odatajson": 4.5, "emulator/internal/metadata": 4.5, "emulator/internal/ticket": 4, "emulator/internal/origin": 4,
	"emulator/internal/wire": 5, "emulator/internal/control": 5, "emulator/internal/authority": 5,
	"emulator/internal/workloads": 5, "emulator/internal/batch": 5, "emulator/internal/port": 5,
	"emulator/internal/engine/enginetest": 4.1, "emulator/internal/engine": 4, "emulator/internal/learn": 4, "schemas/derive/generate": 4, "schemas/derive/observe": 4.1, "schemas/observed": 1,
	"emulator/internal/workloads/compliance": 4, "emulator/internal/workloads/connectors": 4, "emulator/internal/workloads/directory": 4, "emulator/internal/workloads/excel": 4, "emulator/internal/workloads/files": 4,
	"emulator/internal/workloads/governance": 4, "emulator/internal/workloads/identityprotection": 4, "emulator/internal/workloads/intune": 4,
	"emulator/internal/workloads/onenote": 4, "emulator/internal/workloads/outlook": 4, "emulator/internal/workloads/planner": 4, "emulator/internal/workloads/printing": 4,
	"emulator/internal/workloads/presence": 4, "emulator/internal/workloads/reports": 4, "emulator/internal/workloads/security": 4,
	"emulator/internal/workloads/subscriptions": 4, "emulator/internal/workloads/teams": 4,
	"emulator/internal/engine/tenantfile": 3.9, "emulator/internal/engine/jobs": 3.9, "emulator/internal/engine/delta": 3.9, "emulator/internal/engine/query": 3.8,
	"emulator/internal/engine/write": 3.7, "emulator/internal/engine/resolve": 3.6, "emulator/internal/engine/uploads": 3.65, "emulator/internal/engine/synth": 3.5, "emulator/internal/engine/provision": 3.4,
	"emulator/internal/engine/op": 3.3, "emulator/internal/engine/heap": 3.2, "emulator/internal/engine/payload": 3.2, "emulator/internal/engine/typeinfo": 3.1, "emulator/internal/engine/replica": 3.1,
	"emulator/internal/sharepoint": 3.5, "emulator/internal/workloads/sites": 4,
	"emulator/internal/workload": 3, "schemas/derive": 3, "emulator/internal/sts": 3,
	"emulator/internal/bind": 2, "emulator/internal/eval": 2, "emulator/internal/store": 2,
	"emulator/conversation/shape": 2,
	"schemas/validate":            2, "schemas/derive/csdl": 2, "schemas/derive/decl": 2,
	"schemas": 1, "emulator/internal/zone": 1, "emulator/conversation/verify": 1, "emulator/interchange": 1, "emulator/internal/stub": 1, "emulator/cassette": 1,
	"emulator/internal/clock": 0, "emulator/fault": 0, "emulator/conversation": 0, "emulator/scrub": 0,
	"emulator/internal/grapherr": 0, "emulator/internal/value": 0, "emulator/internal/odata": 0, "emulator/internal/jose": 0,
	"internal/clouds": -1, "internal/admin": -1, "internal/bare": -1, "emulator/internal/ca": 0, "emulator/internal/quickxor": 0, "emulator/internal/flock": 0, "emulator/internal/password": 0, "emulator/internal/keep": 1,
	"schemas/edm": 0, "schemas/derive/page": 0, "fixtures": 0, "fixtures/pack": -1, "internal/nearest": -1, "internal/rulebook": -1,
}

// TestFaultA20DirectRequirements: go.mod does not mark a module that the code imports as indirect.
func TestFaultA20DirectRequirements(t *testing.T) {
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, version, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "require "), " v")
		if !ok {
			continue
		}
		if homes[name] != nil && strings.Contains(version, "// indirect") {
			t.Errorf("%s is imported directly", name)
		}
	}
}

// homes says where a module of others, or a package with a price, may be imported.
var homes = map[string][]string{
	"github.com/gorilla/mux":                   {"emulator"},
	"github.com/santhosh-tekuri/jsonschema/v5": {"schemas/validate"},
	"gopkg.in/yaml.v3":                         {"fixtures", "emulator/internal/workload", "cmd/graph-emulator", "emulator/conversation", "emulator/interchange"},
	"github.com/tidwall/btree":                 {"emulator/internal/store"},
	"github.com/urfave/cli/v3":                 {"cmd/graph-emulator"},
	"testing":                                  {"emulator/graphtest", "emulator/internal/emulatortest", "emulator/internal/engine/enginetest"},
	"net/http": {"internal/bare", "emulator/conversation", "emulator/cassette", "emulator/conversation/verify", "emulator/conversation/shape", "emulator/internal/wire", "emulator/internal/origin", "emulator/internal/odatajson", "emulator/internal/batch", "emulator/internal/control", "emulator/internal/authority", "emulator/internal/port", "emulator", "emulator/graphtest", "emulator/internal/emulatortest", "cmd/graph-emulator", "cmd/graph-storm", "cmd/graph-bench",
		"examples/presence", "examples/replay", "examples/sendmail"},
	"unsafe": {},
}

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// Importing upward lets HTTP leak into meaning, and neighbors that import each
// other become one package; move the shared part down instead.
func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		floor, ok := floors[name]
		if !ok {
			t.Errorf("%s has no floor: enter it in floors_test.go and docs/ARCHITECTURE.md", name)
			continue
		}
		seen[name] = true
		for _, imp := range p.Imports {
			dep, ours := strings.CutPrefix(imp, module)
			if below, ok := floors[dep]; ours && ok && below >= floor {
				t.Errorf("%s (floor %v) imports %s (floor %v)", name, floor, dep, below)
			}
			if allowed, ok := homes[imp]; ok && !slices.Contains(allowed, name) {
				t.Errorf("%s imports %s, whose home is %s", name, imp, strings.Join(allowed, ", "))
			}
			if !ours && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && homes[imp] == nil {
				t.Errorf("%s imports %s, which has no home: a module of others is entered in floors_test.go", name, imp)
			}
		}
	}
	for name := range floors {
		if !seen[name] {
			t.Errorf("floors_test.go names %s, which does not exist", name)
		}
	}
}

// testHelpers start things for tests of any floor.
var testHelpers = []string{"emulator/graphtest", "emulator/internal/emulatortest", "emulator/internal/engine/enginetest"}

// handedOut are packages whose types the helpers take or return.
var handedOut = []string{"emulator/catalog", "emulator/fault", "emulator/internal/engine/op"}

// checkedBy are packages with which external tests check what their own package makes.
var checkedBy = map[string][]string{
	"emulator/cassette":          {"emulator/conversation/verify"},
	"emulator/internal/grapherr": {"schemas/observed"},
	"schemas":                    {"schemas/validate"},
	"schemas/observed":           {"schemas"},
}

// A test imports its own package, lower floors and helpers of tests: what reaches into
// higher floors tests those. Only an external test (package x_test), which nothing can
// import, may also import the emulator, and name what that and the helpers hand out.
func TestFloorsOfTests(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		check := func(kind string, imports []string, also ...string) {
			for _, imp := range imports {
				dep, ours := strings.CutPrefix(imp, module)
				if below, known := floors[dep]; !ours || dep == name || known && below < floors[name] || slices.Contains(also, dep) {
					continue
				}
				t.Errorf("%s of %s (floor %v) import %s (floor %v)", kind, name, floors[name], dep, floors[dep])
			}
		}
		check("internal tests", p.TestImports, testHelpers...)
		check("external tests", p.XTestImports, slices.Concat([]string{"emulator"}, testHelpers, handedOut, checkedBy[name])...)
	}
}

// A workload meets another in the store and never in an import, and the engine through
// workload.Call: what the engine writes with is out of its reach.
func TestWorkloadsAreApart(t *testing.T) {
	const dir = "emulator/internal/workloads/"
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if strings.HasPrefix(name, dir) && (strings.HasPrefix(imp, module+dir) || strings.HasPrefix(imp, module+"emulator/internal/engine")) {
				t.Errorf("%s imports %s", name, strings.TrimPrefix(imp, module))
			}
		}
	}
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = filepath.Join("..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}
