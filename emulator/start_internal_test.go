package emulator

import (
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// TestStartStoresNothing: a start and a reset store nothing beside the tenant's files. The
// built-in entities are provisioned when a request first reaches them.
func TestStartStoresNothing(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	files := s.baseline.Open(store.Options{}).Scan().Navs(0)
	for _, when := range [...]string{"start", "reset"} {
		if got := s.world.Store.Scan().Navs(0); !slices.Equal(got, files) {
			t.Errorf("after a %s the store has %v, and the files %v", when, got, files)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}
