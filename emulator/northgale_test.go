package emulator

import (
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// TestNorthgaleFitsItsSchemas loads the built-in tenant as if it were a user's,
// with the check that a start leaves out: it finds nothing, and corrects nothing.
func TestNorthgaleFitsItsSchemas(t *testing.T) {
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) }
	var loaded [2]string
	for i, proven := range []bool{false, true} {
		e := engine.New(c.registry, shapes(), op.Options{Stable: c.versions[0].Model, Proven: proven})
		tenant, err := load(e, c, store.Options{Seed: 1, Now: now}, fixtures.Northgale(), fixtures.Reader{})
		if err != nil {
			t.Fatal(err)
		}
		w := op.NewWorld(tenant.snapshot.Open(store.Options{Seed: 1, Now: now}), now)
		loaded[i] = string(tenantfile.JSON(e.Core, w, c.models()...))
	}
	if loaded[0] != loaded[1] || len(loaded[0]) < 10_000 {
		t.Errorf("checked it is\n%s\nand at a start\n%s", loaded[0], loaded[1])
	}
}
