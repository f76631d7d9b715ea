package replica

import "testing"

func TestParseConsistency(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"strong", "strong"},
		{"session", "session:5s"},
		{"eventual:3", "eventual:3"},
		{"eventual:1500ms", "eventual:1.5s"},
		{"eventual:24h", "eventual:24h0m0s"},
		{"", ""}, {"weak", ""}, {"strong:1s", ""}, {"eventual:", ""}, {"eventual:0", ""}, {"eventual:-1s", ""}, {"session:1001", ""}, {"session:25h", ""}, {"eventual:soon", ""},
	} {
		c, err := ParseConsistency(tt.text)
		if got := c.String(); (err != nil) != (tt.want == "") || err == nil && got != tt.want {
			t.Errorf("%q: got %s, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}
