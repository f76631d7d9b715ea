package emulator_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

func newID(t *testing.T, emu http.Handler) string {
	t.Helper()
	w := emulatortest.Do(emu, "POST", "/v1.0/communications/presences", `{"availability":"Away","activity":"Away"}`)
	var got struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.ID == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return got.ID
}

// Ids repeat for a seed, and only for a seed.
func TestRandomSeed(t *testing.T) {
	one, same, other := emulatortest.New(t, emulator.WithRandomSeed(7)), emulatortest.New(t, emulator.WithRandomSeed(7)), emulatortest.New(t, emulator.WithRandomSeed(8))
	a, b := newID(t, one), newID(t, one)
	if a == b {
		t.Error("two ids of one emulator are equal")
	}
	if newID(t, same) != a || newID(t, same) != b {
		t.Error("the same seed gives other ids")
	}
	if newID(t, other) == a {
		t.Error("another seed gives the same id")
	}
	if c, d := newID(t, emulatortest.New(t)), newID(t, emulatortest.New(t)); c == d {
		t.Error("two emulators without a seed give the same id")
	}
}
