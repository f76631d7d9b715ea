package sts

import (
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// TestCheckSecret: a credential keeps its secret, the hash of it, or only its first
// characters; and it has its time.
func TestCheckSecret(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		kept, presented string
		want            Standing
	}{
		{`{"secretText":"right"}`, "right", Right},
		{`{"secretText":"right"}`, "wrong", Wrong},
		{`{"secretText":"right"}`, "righ", Wrong},
		{`{"secretText":"right"}`, "", Wrong},
		{`{"secretText":"` + HashSecret("right") + `"}`, "right", Right},
		{`{"secretText":"` + HashSecret("right") + `"}`, "wrong", Wrong},
		{`{"secretText":"` + HashSecret("right") + `"}`, HashSecret("right"), Wrong}, // the hash is no secret
		{`{"secretText":null,"hint":"rig"}`, "right", Right},
		{`{"secretText":null,"hint":"rig"}`, "wrong", Wrong},
		{`{"secretText":null,"hint":"rig"}`, "ri", Wrong},
		{`{"hint":"rig","secretText":"right"}`, "rigged", Wrong}, // a hint counts only where nothing better is kept
		{`{"displayName":"x"}`, "right", Wrong},
		{`{}`, "", Wrong},
		{`{"secretText":"right","endDateTime":"2026-11-22T09:00:01Z"}`, "right", Right},
		{`{"secretText":"right","endDateTime":"2026-11-22T09:00:00Z"}`, "right", Expired},
		{`{"secretText":"right","startDateTime":"2026-11-22T09:00:01Z"}`, "right", Expired},
		{`{"secretText":"right","endDateTime":"2020-01-01T00:00:00Z"}`, "wrong", Wrong},
	} {
		if got := CheckSecret(value.Raw(tt.kept), tt.presented, now); got != tt.want {
			t.Errorf("%s, %q: got %d, want %d", tt.kept, tt.presented, got, tt.want)
		}
	}
}

// TestSecretOfAddPassword: the text beside the list decides, not the three characters of the hint.
func TestSecretOfAddPassword(t *testing.T) {
	object := value.NewShapes().Object("microsoft.graph.application",
		value.Raw(`{"passwordCredentials":[{"keyId":"a","hint":"rig","secretText":null}],"@secrets":{"A":"right"}}`).Members())
	list := secretsOf(object)
	if got := CheckSecret(list[0], "right", time.Time{}); got != Right {
		t.Errorf("the right secret: got %d", got)
	}
	if got := CheckSecret(list[0], "rigged", time.Time{}); got != Wrong {
		t.Errorf("a secret with the same first characters: got %d", got)
	}
}

// TestSpentIsBounded: a code counts as spent until four thousand others were.
func TestSpentIsBounded(t *testing.T) {
	var s spent
	name := func(i int) string { return time.Duration(i).String() }
	for i := range maxSpent + 1 {
		if !s.take(name(i)) {
			t.Fatalf("%d is spent already", i)
		}
	}
	if s.take(name(1)) || s.take(name(maxSpent)) {
		t.Error("a code is good twice")
	}
	if !s.take(name(0)) || len(s.codes) != maxSpent || len(s.order) != maxSpent {
		t.Errorf("%d codes are remembered", len(s.codes))
	}
}

// TestErrorTexts: no form has a gap that stays open.
func TestErrorTexts(t *testing.T) {
	for number := range forms {
		e := Fail(number, "a", "b")
		if e.Status < 400 || e.Code == "" || e.Text == "" || !Known(number) || gaps(e.Text) != 0 {
			t.Errorf("%d: %+v", number, e)
		}
		if short := Fail(number); gaps(short.Text) != 0 {
			t.Errorf("%d without arguments: %s", number, short.Text)
		}
	}
	if e := Fail(1); e.Status != 400 || e.Number != 1 || Known(1) {
		t.Errorf("a number that is none: %+v", e)
	}
}
