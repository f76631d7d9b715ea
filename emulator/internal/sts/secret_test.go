package sts

import (
	"testing"
	"time"

	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// TestCheckSecret: a credential keeps its secret or the hash of it, and has its time.
// A hint is no secret.
func TestCheckSecret(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	const plain = "sha256$27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9" // of right
	hash := passwords.Hash("right", "salt")
	for _, tt := range []struct {
		kept, presented string
		want            Standing
	}{
		{`{"secretText":"right"}`, "right", Right},
		{`{"secretText":"right"}`, "wrong", Wrong},
		{`{"secretText":"right"}`, "righ", Wrong},
		{`{"secretText":"right"}`, "", Wrong},
		{`{"secretText":"` + hash + `"}`, "right", Right},
		{`{"secretText":"` + hash + `"}`, "wrong", Wrong},
		{`{"secretText":"` + hash + `"}`, hash, Wrong}, // the hash is no secret
		{`{"secretText":"` + plain + `"}`, "right", Right},
		{`{"secretText":"` + plain + `"}`, plain, Wrong},
		{`{"secretText":null,"hint":"rig"}`, "right", Wrong},
		{`{"secretText":null,"hint":"rig"}`, "rig", Wrong},
		{`{"hint":"rig","secretText":"right"}`, "rigged", Wrong},
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
