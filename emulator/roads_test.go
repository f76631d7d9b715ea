package emulator_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// A rule that looks at the road says so with ByRoad, because the coverage page
// counts it. The road is what Call.Target has beside the type it denotes.
func TestRoadsAreCounted(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("internal", "workloads", "*", "*.go"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no workloads found: %v", err)
	}
	looks, says := map[string]string{}, map[string]bool{}
	for _, name := range dirs {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(name)
		for node := range ast.Preorder(file) {
			switch n := node.(type) {
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "ByRoad" {
					says[dir] = true
				}
			case *ast.SelectorExpr:
				if of, ok := n.X.(*ast.SelectorExpr); ok && of.Sel.Name == "Target" && road[n.Sel.Name] {
					looks[dir] = fset.Position(n.Pos()).String()
				}
			}
		}
	}
	for dir, where := range looks {
		if !says[dir] {
			t.Errorf("%s looks at the road and no rule of %s says ByRoad", where, filepath.Base(dir))
		}
	}
	for dir := range says {
		if looks[dir] == "" {
			t.Errorf("%s says ByRoad and looks at no road", filepath.Base(dir))
		}
	}
}

// road lists what of a bind.Target depends on the path and not only on what it denotes.
var road = map[string]bool{"Steps": true, "Template": true, "Last": true, "Navigation": true, "Bound": true, "Owning": true}
