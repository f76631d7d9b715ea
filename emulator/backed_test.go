package emulator_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// talk is one request of a conversation that succeeds, as what it means.
type talk struct {
	version string
	*catalog.Operation
}

// talks reads what the conversations of this repository ask for with success.
func talks(t *testing.T, emu *emulator.Server) (out []talk) {
	t.Helper()
	var files []string
	for _, glob := range []string{"internal/workloads/*/testdata/*.yaml", "testdata/conversations/*.yaml"} {
		found, err := filepath.Glob(glob)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no conversation (%v)", glob, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		for _, x := range spoken(t, file) {
			method, url, _ := strings.Cut(x.Request, " ")
			version, path, _ := strings.Cut(strings.TrimPrefix(url, "/"), "/")
			path, _, _ = strings.Cut(remembered.ReplaceAllString(path, "x"), "?")
			if x.Status < 200 || x.Status > 302 || !slices.Contains(emu.Catalog().Versions(), version) {
				continue
			}
			if op, err := emu.Catalog().Operation(version, method, "/"+path); err == nil {
				out = append(out, talk{version, op})
			}
		}
	}
	return out
}

// remembered is what stands for a text of an earlier answer.
var remembered = regexp.MustCompile(`\$\{[a-z]+\}`)

type utterance struct {
	Request string
	Status  int
}

func spoken(t *testing.T, file string) (out []utterance) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc yaml.Node
		if err := d.Decode(&doc); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var list []utterance
		if doc.Decode(&list) != nil {
			list = make([]utterance, 1)
			if err := doc.Decode(&list[0]); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		out = append(out, list...)
	}
}

// TestModelledIsBacked: "modelled" in docs/COVERAGE.md means that a conversation, or the
// table of page sizes, makes the request with success: the same verb on the type, or the
// navigation, for which a workload states the behavior.
func TestModelledIsBacked(t *testing.T) {
	emu, c := coverage(t)
	type behavior struct{ verb, basis string }
	shown := map[behavior]bool{}
	all := talks(t, emu)
	for _, k := range all {
		shown[behavior{k.Verb, k.Basis}] = true
	}
	for _, row := range pageSizes {
		op, err := emu.Catalog().Operation("v1.0", "GET", strings.ReplaceAll(row.list, "${id}", "x"))
		if err != nil {
			t.Fatal(err)
		}
		shown[behavior{op.Verb, op.Basis}] = true
	}
	for _, version := range emu.Catalog().Versions() {
		for doc, err := range emu.Catalog().Operations(version) {
			if err != nil {
				t.Fatal(err)
			}
			op, err := emu.Catalog().Operation(version, doc.Method, doc.Template)
			if err == nil && op.Fidelity == "modelled" && !shown[behavior{op.Verb, op.Basis}] {
				t.Errorf("%s %s %s is modelled by what is stated of %s, and no conversation shows %s of it", version, doc.Method, doc.Template, op.Basis, op.Verb)
			}
		}
	}
	is := func(k talk, name string) bool {
		m, err := schemas.Model(k.version)
		if err != nil {
			t.Fatal(err)
		}
		typ, ok := m.Type(edm.Name(k.Type))
		return ok && typ.Is(edm.Name(name))
	}
	for _, m := range c.Modelled {
		for _, verb := range m.Verbs {
			if !slices.ContainsFunc(all, func(k talk) bool {
				return k.Verb == verb && (strings.HasPrefix(verb, "invoke ") || is(k, m.Type) || k.Basis == m.Type)
			}) {
				t.Errorf("no conversation shows %s of %s, and there is a rule on it", verb, m.Type)
			}
		}
		for _, nav := range m.Navigations {
			if !slices.ContainsFunc(all, func(k talk) bool { return strings.Contains(k.Template+"/", "/"+nav+"/") }) {
				t.Errorf("no conversation follows %s of %s, and there is a view on it", nav, m.Type)
			}
		}
	}
}

// Every documented operation of presence is modelled, and a conversation shows it.
func TestPresenceIsBacked(t *testing.T) {
	emu, _ := coverage(t)
	shown := map[string]bool{}
	for _, k := range talks(t, emu) {
		shown[k.Method+" "+k.Template] = true
	}
	n := 0
	for _, version := range emu.Catalog().Versions() {
		for op, err := range emu.Catalog().Operations(version) {
			if err != nil {
				t.Fatal(err)
			}
			o, err := emu.Catalog().Operation(version, op.Method, op.Template)
			if err != nil || o.Workload != "Presence" {
				continue
			}
			n++
			if o.Fidelity != "modelled" {
				t.Errorf("%s %s %s is %s", version, op.Method, op.Template, o.Fidelity)
			}
			if !shown[op.Method+" "+o.Template] {
				t.Errorf("%s %s %s: no conversation shows it", version, op.Method, op.Template)
			}
		}
	}
	if n < 14 {
		t.Errorf("only %d operations of presence are documented", n)
	}
}
