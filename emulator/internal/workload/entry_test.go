package workload

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

func everything(edm.Name) bool { return true }

// What is wrong with traits is said by the line of their file, or by the type.
func TestBadTraits(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"a:\n  id: given\nb:\n\n  nope: 1\n", "traits.yaml: yaml: unmarshal errors:\n  line 5: field nope not found in type workload.yamlTraits"},
		{"a:\n  id: given\n# more\nb:\n  required: [x\n", "traits.yaml: yaml: line 4: did not find expected ',' or ']'"},
		{"a:\n  id: uuid\n", `traits.yaml: a: unknown id form "uuid"`},
		{"a:\n  partial: {upadte: nothing}\n", `traits.yaml: a: unknown verb "upadte"`},
		{"a:\n  typed: [invite]\n", `traits.yaml: a: unknown verb "invite"`},
		{"a:\n  mediaTypes: {send: [text/plain]}\n", `traits.yaml: a: unknown verb "send"`},
		{"a: {tag: some}\n", `traits.yaml: a: unknown tag "some"`},
		{"a:\n  default: [1]\n", "traits.yaml: a: default: line 2: not a mapping"},
		{"a:\n  delta: {removed: gone}\n", `traits.yaml: a: delta: unknown form of removal "gone"`},
		{"a:\n  id: given\nb:\na:\n", "traits.yaml: line 4: a is given twice"},
		{"\"*\":\n  etag: true\n\"*\":\n  etag: true\n", "traits.yaml: line 3: * is given twice"},
		{"a:\n- id: given\n", "traits.yaml: line 2: neither the name of a type nor indented below one"},
		{"a\n", "traits.yaml: line 1: neither the name of a type nor indented below one"},
	} {
		_, err := NewRegistry(everything, Workload{Name: "w", Traits: tt.text})
		if err == nil || err.Error() != "workload w: "+tt.want {
			t.Errorf("%s\n got %v\nwant workload w: %s", tt.text, err, tt.want)
		}
	}
}

// A type's traits are read when they are asked for, once for all who ask, and those of
// its neighbours are not.
func TestTraitsAreReadWhenAsked(t *testing.T) {
	r, err := NewRegistry(nil, Workload{Name: "w", Traits: `# a comment
"*":
  pageSize: 7
a:                                     # another
  alternateKeys: [k]
  indexed: [k, i]
b:
  unique: [u]
c:
  required: [u]
d:
  unique: [u]`})
	if err != nil {
		t.Fatal(err)
	}
	read := func() string {
		var out []string
		for _, n := range slices.Sorted(maps.Keys(r.traits)) {
			if r.traits[n].traits != nil {
				out = append(out, string(n))
			}
		}
		return strings.Join(out, "")
	}
	if got := read(); got != "" {
		t.Errorf("at the start %q are read", got)
	}
	if got, want := r.Indexes("a"), []store.Index{{Type: "a", Member: "k"}, {Type: "a", Member: "i"}}; !slices.Equal(got, want) {
		t.Errorf("indexes: got %v, want %v", got, want)
	}
	first := r.says("a")
	if r.says("a") != first || r.says("x") != nil || read() != "a" {
		t.Errorf("%q are read", read())
	}
	if got, want := r.Sharers("u"), []edm.Name{"b", "d"}; !slices.Equal(got, want) || !slices.Equal(r.Sharers("u"), want) {
		t.Errorf("sharers: got %v, want %v", got, want)
	}
}
