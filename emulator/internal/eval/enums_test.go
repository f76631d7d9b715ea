package eval_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// TestFaultF11QuotedEnumMembers compiles a filter by every enumeration of every entity of
// both versions with a member in plain quotes, as SDKs and the security pages write it.
func TestFaultF11QuotedEnumMembers(t *testing.T) {
	for _, version := range schemas.Versions() {
		m, err := schemas.Model(version)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		err = fs.WalkDir(schemas.Files(version), ".", func(path string, _ fs.DirEntry, err error) error {
			if name, ok := strings.CutSuffix(path, ".json"); ok {
				names = append(names, "microsoft.graph."+strings.ReplaceAll(name, "/", "."))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, name := range names {
			of, ok := m.Type(edm.Name(name))
			if !ok || of.Kind != edm.Entity {
				continue
			}
			for _, p := range of.Properties() {
				if p.Def() == nil || p.Def().Kind != edm.Enum || len(p.Def().Members) == 0 {
					continue
				}
				checked++
				first := p.Def().Members[0]
				texts := []string{p.Name + " eq '" + first + "'", p.Name + " ne '" + strings.ToUpper(first) + "'", p.Name + " in ('" + first + "')"}
				if p.Type.Many {
					texts = []string{p.Name + "/any(x:x eq '" + first + "')"}
				}
				for _, text := range texts {
					e, err := odata.ParseFilter(text)
					if err == nil {
						_, err = eval.CompileFilter(of, e, eval.Options{})
					}
					if err != nil {
						t.Errorf("%s %s: %s: %v", version, of.Name, text, err)
					}
				}
			}
		}
		if checked < 100 {
			t.Errorf("%s: only %d properties were checked", version, checked)
		}
	}
}
