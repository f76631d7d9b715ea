package emulator_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The files of a workload that nobody has written: a rule, traits, and below the
// conversation that shows both.
var madeUp = map[string]string{
	"lighthouse.go": `// Package lighthouse is made up.
package lighthouse

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{Name: "lighthouse", Traits: traits, Rules: []workload.Rule{
		{Type: "microsoft.graph.agreementAcceptance", Verb: bind.Delete, Do: func(*workload.Call) (workload.Result, error) {
			return workload.Result{}, grapherr.BadRequest("A lighthouse stays.")
		}},
	}}
}
`,
	"traits.yaml": "microsoft.graph.agreementAcceptance:\n  required: [deviceDisplayName]\n",
}

// The conversation runs from the folder of the list: a test runs where its files are,
// and the folder of a made-up workload is not.
const madeUpTest = `package workloads_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

func TestLighthouse(t *testing.T) { graphtest.Conversations(t, "{folder}/stays.yaml") }
`

const madeUpTalk = `
- request: POST /v1.0/agreementAcceptances
  body: {userId: ida}
  status: 400
- request: POST /v1.0/agreementAcceptances
  body: {deviceDisplayName: North Light}
  status: 201
  expect: {id: "${id=any}"}
- request: DELETE /v1.0/agreementAcceptances/${id}
  status: 400
  expect: {error: {message: A lighthouse stays.}}
`

// A workload is one folder and one line: nothing else of the emulator changes for it.
// The compiler is shown a tree that has both, and the conversation of the folder runs.
func TestWorkloadIsAFolderAndALine(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the emulator anew")
	}
	dir := t.TempDir()
	replace := map[string]string{}
	lay := func(place, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.Base(place))
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		abs, err := filepath.Abs(filepath.FromSlash(place))
		if err != nil {
			t.Fatal(err)
		}
		replace[abs] = file
	}
	for name, text := range madeUp {
		lay("internal/workloads/lighthouse/"+name, text)
	}
	lay("internal/workloads/lighthouse_test.go", strings.ReplaceAll(madeUpTest, "{folder}", filepath.ToSlash(dir)))
	if err := os.WriteFile(filepath.Join(dir, "stays.yaml"), []byte(madeUpTalk), 0o644); err != nil {
		t.Fatal(err)
	}
	lay("internal/workloads/workloads.go", oneLineMore(t))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-overlay", file, "-run", "^TestLighthouse$", "./internal/workloads")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "ok") || strings.Contains(string(out), "no tests") {
		t.Errorf("%v\n%s", err, out)
	}
}

// oneLineMore is workloads.go with the import that the line needs, and the line.
func oneLineMore(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("internal", "workloads", "workloads.go"))
	if err != nil {
		t.Fatal(err)
	}
	const list, imports = "return []workload.Workload{\n", "import (\n"
	out := strings.Replace(string(text), list, list+"lighthouse.Workload(),\n", 1)
	out = strings.Replace(out, imports, imports+"\t\""+module+"emulator/internal/workloads/lighthouse\"\n", 1)
	if strings.Count(out, "lighthouse") != 2 {
		t.Fatal("workloads.go has no list to add a line to")
	}
	return out
}
