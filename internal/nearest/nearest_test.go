package nearest

import "testing"

func TestAmong(t *testing.T) {
	for _, tt := range []struct {
		word, want string
		names      []string
	}{
		{"mesages", "messages", []string{"mailFolders", "messages", "manager"}},
		{"displayNme", "displayName", []string{"display", "displayName"}},
		{"$selct", "$select", []string{"$filter", "$expand", "$select"}},
		{"srve", "serve", []string{"verify", "serve"}},
		{"usres", "users", []string{"users", "uses"}},
		{"USERS", "users", []string{"user", "users"}},
		{"lighthouses", "", []string{"users", "groups"}},
		{"me", "", []string{"users", "go"}},
		{"", "", []string{"a"}},
		{"a", "", []string{"b", ""}},
	} {
		if got := Among(tt.word, tt.names...); got != tt.want {
			t.Errorf("%q among %v: %q, want %q", tt.word, tt.names, got, tt.want)
		}
	}
}

// TestLongWords: a word of a request may have any length.
func TestLongWords(t *testing.T) {
	long := string(make([]byte, 1<<20))
	if got := Among(long, long, "a"); got != "" {
		t.Errorf("found %d bytes", len(got))
	}
	if got := Among("a", long); got != "" {
		t.Errorf("found %d bytes", len(got))
	}
}
