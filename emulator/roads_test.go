package emulator_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Rules are about types, so that every path to an entity behaves alike: no workload reads
// what Call.Target has beside the type that it denotes.
func TestRulesReadNoPath(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("internal", "workloads", "*", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workloads found: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for node := range ast.Preorder(file) {
			if n, ok := node.(*ast.SelectorExpr); ok {
				if of, ok := n.X.(*ast.SelectorExpr); ok && of.Sel.Name == "Target" && pathFacts[n.Sel.Name] {
					t.Errorf("%s: Target.%s depends on the path", fset.Position(n.Pos()), n.Sel.Name)
				}
			}
		}
	}
}

// pathFacts lists what of a bind.Target depends on the path and not only on what it denotes.
var pathFacts = map[string]bool{"Steps": true, "Template": true, "Last": true, "Navigation": true, "Bound": true, "Owning": true}
