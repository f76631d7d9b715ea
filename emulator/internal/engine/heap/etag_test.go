package heap

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
)

// A header names a version when one of its tags does, weak or strong.
func TestMatchTag(t *testing.T) {
	const seq = 41
	k := &typeinfo.Info{}
	tag, other := Tag(k, seq), Tag(k, seq+1)
	strong := strings.TrimPrefix(tag, "W/")
	if tag == other || tag == strong {
		t.Fatalf("tags %s and %s", tag, other)
	}
	for header, want := range map[string]bool{
		tag: true, strong: true, "*": true, other: false, "": false,
		other + ", " + tag: true, other + "," + strong: true, other + ", *": true,
		strings.Trim(strong, `"`): false, // a tag is quoted
		"w/" + strong:             false, // and its mark is a capital
		tag + "x":                 false,
	} {
		if got := MatchTag(k, header, seq); got != want {
			t.Errorf("%s: %v, want %v", header, got, want)
		}
	}
}

func TestStreamName(t *testing.T) {
	for want, path := range map[string][]string{"$value": nil, "photo": {"photo"}, "a/b": {"a", "b"}} {
		if got := StreamName(path); got != want {
			t.Errorf("%v: %s, want %s", path, got, want)
		}
	}
}
