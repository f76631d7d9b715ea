package scrub_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// TestPublicIDs: the ids of built-in roles and permissions that the directory knows are
// no names of anybody's, and scrubbing leaves them.
func TestPublicIDs(t *testing.T) {
	s, err := scrub.New()
	if err != nil {
		t.Fatal(err)
	}
	ids := regexp.MustCompile(`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	for _, name := range []string{"roles.txt", "permissions.txt"} {
		text, err := os.ReadFile(filepath.Join("..", "internal", "workloads", "directory", name))
		if err != nil {
			t.Fatal(err)
		}
		found := ids.FindAllString(string(text), -1)
		if len(found) < 20 {
			t.Fatalf("%s: only %d ids are found", name, len(found))
		}
		for _, id := range found {
			if got := s.Text(id); got != id {
				t.Errorf("%s: %s becomes %s", name, id, got)
			}
		}
	}
}
