package password

import (
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	const secret = "Hunter2-secret!"
	h := Hash(secret, "a")
	if !strings.HasPrefix(h, "pbkdf2-sha256$1000$") || strings.Contains(h, "Hunter2") || h == Hash(secret, "b") || h != Hash(h, "b") || h != Hash(secret, "a") {
		t.Errorf("%s", h)
	}
	for _, tt := range []struct {
		password, kept string
		want           bool
	}{
		{secret, h, true}, {"hunter2-secret!", h, false}, {"", h, false}, {h, h, false}, {secret, secret, true}, {"x", secret, false}, {"", "", true},
		{secret, h[:len(h)-1], false}, {secret, strings.Replace(h, "$1000$", "$999$", 1), false}, {secret, strings.Replace(h, "$1000$", "$1000000000$", 1), false},
		{"x", "sha256$2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", true}, {"y", "sha256$2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", false},
		{secret, "pbkdf2-sha256$0$$", false}, {"pbkdf2-sha256$1$x", "pbkdf2-sha256$1$x", true},
	} {
		if got := Is(tt.password, tt.kept); got != tt.want {
			t.Errorf("Is(%q, %q) = %v", tt.password, tt.kept, got)
		}
	}
}
