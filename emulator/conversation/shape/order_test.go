package shape

import (
	"slices"
	"testing"
)

// TestKept: two members that no recording has together keep their place, and do not hide a third
// that a recording contradicts.
func TestKept(t *testing.T) {
	of := func(names ...string) *object {
		o := &object{month: "2022-05", names: names, state: map[string]state{}}
		for _, name := range names {
			o.state[name] = state{}
		}
		return o
	}
	real := []*object{of("id", "places", "organizer"), of("id", "recurrence", "organizer")}
	for _, tt := range []struct {
		ours  *object
		moved []string
	}{
		{of("id", "places", "recurrence", "organizer"), nil},
		{of("id", "recurrence", "places", "organizer"), nil},
		{of("places", "recurrence", "organizer", "id"), []string{"id"}},
	} {
		keeps, known := sequenceOf(real).kept(tt.ours)
		var moved []string
		for i, name := range tt.ours.names {
			if known[i] && !keeps[i] {
				moved = append(moved, name)
			}
		}
		if !slices.Equal(moved, tt.moved) {
			t.Errorf("%v: moved %v, want %v", tt.ours.names, moved, tt.moved)
		}
	}
}
