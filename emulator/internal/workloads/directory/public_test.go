package directory

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// TestBuiltinsArePublic: the ids of what every tenant has are kept in recordings, where
// roles and permissions are known by them.
func TestBuiltinsArePublic(t *testing.T) {
	s, err := scrub.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [...]string{builtInRoles, permissionIDs} {
		for _, f := range words(list) {
			for _, word := range f {
				if strings.Count(word, "-") == 4 && s.Text(word) != word {
					t.Errorf("%s becomes %s", word, s.Text(word))
				}
			}
		}
	}
}
