package stub

import (
	"fmt"
	"testing"
)

// TestPaths: which paths a stub is for, and what it keeps of them.
func TestPaths(t *testing.T) {
	for _, tt := range []struct{ pattern, path, want string }{
		{"/users/{id}", "users/ida", "map[id:ida]"},
		{"/users/{id}", "/Users('ida')", "map[id:ida]"},
		{"/users('{id}')/messages", "users/ida%40northgale.test/messages", "map[id:ida@northgale.test]"},
		{"/users/{id}", "users/ida/messages", "no"},
		{"/users/{id}", "users", "no"},
		{"/users/id*", "users/IDA", "map[]"},
		{"/users/**", "users", "map[]"},
		{"/users/**", "users/a/b/c", "map[]"},
		{"/users/{id}/**/{last}", "users/a/b/c/d", "map[id:a last:d]"},
		{"/users/**/x/**/{last}", "users/x/b/x/c/d", "map[last:d]"},
		{"/a/**/{x}/b/**/{y}/c", "a/1/2/b/3/b/4/c", "map[x:2 y:4]"},
		{"/**/**/**/**/**/**/**/**/**/**/y", "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/x", "no"},
		{"/users/delta()", "users/microsoft.graph.delta", "map[]"},
		{"/applications(appId='x')", "applications(appId='x')", "map[]"},
	} {
		_, want, err := compilePath(tt.pattern)
		got := "no"
		if err != nil {
			got = err.Error()
		} else if kept, ok := fit(want, split(tt.path)); ok {
			got = fmt.Sprint(kept)
		}
		if got != tt.want {
			t.Errorf("%s for %s: got %s, want %s", tt.pattern, tt.path, got, tt.want)
		}
	}
}
