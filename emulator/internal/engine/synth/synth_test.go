package synth_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
)

// What is made up is kept, the same in every world, and does not come back after a delete.
func TestEntities(t *testing.T) {
	var first string
	for range 2 {
		w := enginetest.New(t, op.Options{Missing: op.Synthesize})
		got := string(w.Must("GET", "/users/ida", "").One.Object.Members().Object())
		if first == "" {
			first = got
		}
		if got != first || w.Must("GET", "/users/ida", "").One.Text("id") != "ida" {
			t.Errorf("the user is %s, and was %s", got, first)
		}
		w.Must("PATCH", "/users/ida", `{"displayName":"Ida"}`)
		if name := w.Must("GET", "/users/ida", "").One.Text("displayName"); name != "Ida" {
			t.Errorf("a write is lost: %s", name)
		}
		w.Must("DELETE", "/users/ida", "")
		if _, err := w.Do("GET", "/users/ida", ""); err == nil {
			t.Error("a deleted user is made up again")
		}
	}
	plain := enginetest.New(t, op.Options{})
	if _, err := plain.Do("GET", "/users/ida", ""); err == nil {
		t.Error("a user is made up without being asked for")
	}
}
