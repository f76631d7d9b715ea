package graphtest

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
)

// Cassette opens a cassette that belongs to a test, in the default mode: the first run
// records it and later runs answer from it; where the variable CI is set, it must exist. A
// request that is not recorded fails the test and names the nearest recorded ones. What
// cannot be recorded fails it too.
func Cassette(t testing.TB, path string, opts ...cassette.Option) *cassette.Cassette {
	t.Helper()
	return CassetteIn(t, path, cassette.Default, opts...)
}

// CassetteIn is Cassette in another mode.
func CassetteIn(t testing.TB, path string, mode cassette.Mode, opts ...cassette.Option) *cassette.Cassette {
	t.Helper()
	opts = append([]cassette.Option{cassette.WithMiss(func(m *cassette.Miss) { t.Errorf("%s: %s", t.Name(), m) })}, opts...)
	c, err := cassette.Open(path, mode, opts...)
	if err != nil {
		t.Fatalf("graphtest: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("graphtest: %v", err)
		}
	})
	return c
}
