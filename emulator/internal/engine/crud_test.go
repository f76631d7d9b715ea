package engine_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/schemas"
)

// TestEveryCollection shows for every collection that the model lets create, in
// both versions, that POST, GET, PATCH, list, DELETE and the 404 after it agree.
// The parents that a collection needs are made the same way.
func TestEveryCollection(t *testing.T) {
	for _, version := range schemas.Versions() {
		t.Run(version, func(t *testing.T) {
			m, err := schemas.Model(version)
			if err != nil {
				t.Fatal(err)
			}
			ways := collections(m)
			if testing.Short() {
				ways = sample(ways, 150)
			}
			t.Logf("%s: %d collections", version, len(ways))
			jobs := make(chan way)
			var workers sync.WaitGroup
			for range runtime.GOMAXPROCS(0) {
				emu := emulatortest.New(t, emulator.WithRandomSeed(1))
				workers.Go(func() {
					for r := range jobs {
						if err := emu.Reset(); err != nil {
							t.Error(err)
						}
						c := &crud{Client: emulatortest.NewClient(t, emu), t: t}
						c.Version = version
						if err := c.run(r); err != nil {
							t.Errorf("%s %s: %v", version, r, err)
						}
					}
				})
			}
			for _, r := range ways {
				jobs <- r
			}
			close(jobs)
			workers.Wait()
		})
	}
}

// sample takes every so-manieth.
func sample(ways []way, n int) (out []way) {
	for i := 0; i < len(ways); i += max(1, len(ways)/n) {
		out = append(out, ways[i])
	}
	return out
}
