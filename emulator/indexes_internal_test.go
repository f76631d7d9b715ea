package emulator

import (
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// An index is found by the bases that the first version names. Where another version
// gave a type a base with an index that the first does not know of, entities would be
// missed in silence.
func TestIndexesHoldInAllVersions(t *testing.T) {
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	indexes := c.registry.Indexes()
	if len(indexes) == 0 {
		t.Fatal("no index")
	}
	for _, x := range indexes {
		for _, v := range c.versions {
			typ, ok := v.Model.Type(edm.Name(x.Type))
			if !ok {
				continue
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

// family is a type with all that derive from it.
func family(t *edm.Type) []*edm.Type {
	out := []*edm.Type{t}
	for _, d := range t.Derived() {
		out = append(out, family(d)...)
	}
	return out
}
