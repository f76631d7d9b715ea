package rulebook

import (
	"reflect"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	in := []Rule{
		{Number: "B-4.36", Status: Proven, Page: "04-writes.md", Title: "Add: `POST`", Proofs: []string{"emulator TestX", "a/b.yaml"}, Option: "strict"},
		{Number: "C-1.1", Status: Open, Page: "clients.md", Title: "HTTPS", Reason: "why"},
	}
	out, err := Parse(Format(in))
	if err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%v\n got %+v\nwant %+v", err, out, in)
	}
	if a, b := in[0].Anchor(), in[0].Area(); a != "04-writes.md#b-4.36" || b != "writes" || in[1].Area() != "clients" {
		t.Errorf("%s, %s, %s", a, b, in[1].Area())
	}
	if n := Count(in); n != (Tally{Proven: 1, Open: 1}) || n.All() != 2 || n.Percent() != 50 {
		t.Errorf("counted %+v", n)
	}
	if _, err := Parse("B-1.1\tproven\n"); err == nil {
		t.Error("a line without its fields is read")
	}
}

// TestRules: what is built in can be read, and each rule is there once.
func TestRules(t *testing.T) {
	rules, err := Rules()
	if err != nil || len(rules) < 1300 {
		t.Fatalf("%d rules: %v", len(rules), err)
	}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.Number] || (r.Status == Proven) != (r.Proofs != nil) || r.Status == Choice && r.Option == "" {
			t.Errorf("%+v", r)
		}
		seen[r.Number] = true
	}
}
