package emulator

import (
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// A start takes for granted that what workloads say is about types that there are, and
// that their traits can be read.
func TestWorkloadsFitTheModels(t *testing.T) {
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	known := func(n edm.Name) bool {
		return slices.ContainsFunc(c.models(), func(m *edm.Model) bool { _, path := m.File(n); return path != "" })
	}
	if _, err := workload.NewRegistry(known, workloads.All()...); err != nil {
		t.Error(err)
	}
}

// An index is found by the bases that the first version names. Where another version
// gave a type a base with an index that the first does not know of, entities would be
// missed in silence.
func TestIndexesHoldInAllVersions(t *testing.T) {
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, v := range c.versions {
		for _, name := range v.Model.Names() {
			for _, x := range c.registry.Indexes(name) {
				found++
				typ, ok := v.Model.Type(name)
				if !ok {
					t.Fatalf("%s: no %s", v.Name, name)
				}
				if _, ok := typ.Property(x.Member); !ok && v.Name == "beta" {
					t.Errorf("%s: %s has no such property", v.Name, x.Name())
				}
				for _, d := range family(typ) {
					if !slices.Contains(c.bases(string(d.Name)), x.Type) {
						t.Errorf("%s: %s is not in the index %s", v.Name, d.Name, x.Name())
					}
				}
			}
		}
	}
	if found == 0 {
		t.Fatal("no index")
	}
}

// family is a type with all that derive from it.
func family(t *edm.Type) []*edm.Type {
	out := []*edm.Type{t}
	for _, d := range t.Derived() {
		out = append(out, family(d)...)
	}
	return out
}
