package emulator

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/fixtures"
)

// TestNorthgaleFitsItsSchemas loads the built-in tenant as if it were a user's,
// with the check that a start leaves out.
func TestNorthgaleFitsItsSchemas(t *testing.T) {
	if _, err := New(WithFixtures(fixtures.Northgale())); err != nil {
		t.Fatal(err)
	}
}
