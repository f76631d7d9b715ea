package derive_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas"
)

// TestModelsAreWhole reads every derived file strictly.
func TestModelsAreWhole(t *testing.T) {
	for _, v := range schemas.Versions() {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			lines := strings.Split(err.Error(), "\n")
			t.Errorf("%s: %d findings, first: %s", v, len(lines), strings.Join(lines[:min(5, len(lines))], "\n"))
		}
	}
}

// TestOperationsAreWhole decodes every documented operation.
func TestOperationsAreWhole(t *testing.T) {
	for _, v := range schemas.Versions() {
		n := 0
		for op, err := range fixtures.Operations(v).All() {
			if err != nil {
				t.Fatal(err)
			}
			if op.Template == "" || op.Page == "" {
				t.Fatalf("%s: operation without template or page: %+v", v, op)
			}
			n++
		}
		if n < 2500 {
			t.Errorf("%s: %d operations", v, n)
		}
	}
}

// TestSchemasCompile compiles every file with a conforming validator. Types
// refer to each other, so one compiler sees all of a version.
func TestSchemasCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles 12,000 schemas")
	}
	for _, v := range schemas.Versions() {
		files := schemas.Files(v)
		c := jsonschema.NewCompiler()
		c.Draft = jsonschema.Draft2020
		var paths []string
		err := fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			f, err := files.Open(p)
			if err != nil {
				return err
			}
			defer f.Close()
			paths = append(paths, p)
			return c.AddResource("https://schemas.test/"+v+"/"+p, f)
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(paths)
		for _, p := range paths {
			if _, err := c.Compile("https://schemas.test/" + v + "/" + p); err != nil {
				t.Fatalf("%s/%s: %v", v, p, err)
			}
		}
	}
}
