package options

import "testing"

func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
	}{{"1", 1}, {"4KiB", 4096}, {"4MiB", 4 << 20}, {"2GiB", 2 << 30}, {"0", 0}, {"-1", 0}, {"+1", 0}, {"", 0}, {"KiB", 0}, {"4MB", 0}, {"9223372036854775807GiB", 0}} {
		got, err := ParseSize(tt.in)
		if got != tt.want || (err == nil) != (tt.want != 0) {
			t.Errorf("%q: got %d, %v", tt.in, got, err)
		}
		if again, err := ParseSize(sizeText(max(got, 1))); err != nil || again != max(got, 1) {
			t.Errorf("%q is written as %s", tt.in, sizeText(got))
		}
	}
}

// TestDefaults: a default can be given like any other value, and no name is used twice.
func TestDefaults(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Table() {
		if seen[o.Name] || o.Group == nil || o.Usage == "" {
			t.Errorf("%s: twice, without a group or without a usage", o.Name)
		}
		seen[o.Name] = true
		if o.Default == "" {
			continue
		}
		if err := new(Values).Set(&o, []string{o.Default}); err != nil {
			t.Errorf("%s: default: %v", o.Name, err)
		}
	}
}
