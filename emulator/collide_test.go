package emulator_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestGeneratedIDs: ids that requests make are never those that the same seed gave
// to fixtures without one, nor, after a restart, those of what was exported; and
// without a seed each emulator makes its own.
func TestGeneratedIDs(t *testing.T) {
	const body = `{"availability":"Busy","activity":"Busy"}`
	post := func(s *emulator.Server) string {
		t.Helper()
		w := emulatortest.Do(s, "POST", presences, body)
		var got struct{ ID string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return got.ID
	}
	make := func(opts ...emulator.Option) *emulator.Server {
		t.Helper()
		s := emulatortest.New(t, opts...)
		return s
	}
	tree := fstest.MapFS{"presences.yaml": {Data: []byte("communications:\n  presences:\n    - {availability: Away, activity: Away}\n    - {availability: Away, activity: Away}\n")}}
	if a, b := post(make()), post(make()); a == b {
		t.Errorf("two emulators without a seed make the same id %s", a)
	}
	if a, b := post(make(emulator.WithRandomSeed(3))), post(make(emulator.WithRandomSeed(4))); a == b {
		t.Errorf("two seeds make the same id %s", a)
	}
	if a, b := post(make(emulator.WithRandomSeed(3))), post(make(emulator.WithRandomSeed(3))); a != b {
		t.Errorf("one seed makes %s and %s", a, b)
	}
	dir := t.TempDir()
	for range 3 { // as serve --data --random-seed does
		s := make(emulator.WithRandomSeed(3), emulator.WithFixtures(tree))
		if err := s.Import(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			post(s)
		}
		if err := s.Export(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
}
