package converse

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// TestOptions: an option is honored, or named with its line.
func TestOptions(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"{strict: true, random-seed: 3, on-missing: synthesize, services-delay: 15m, fixtures: [., '@northgale'], presence.upn: taken, forwarded-headers: false, body-limit: 8MiB}", ""},
		{"{strict: perhaps}", `x.yaml:1: option strict: "perhaps" is neither true nor false`},
		{"\n    shoes: 2\n", "x.yaml:2: option shoes does not take 2"},
		{"{services-delay: soon}", `x.yaml:1: option services-delay: "soon" is not a time`},
		{"{fixtures: nowhere}", "x.yaml:1: option fixtures: fixtures: stat nowhere"},
		{"{docs: ['@northgale']}", "x.yaml:1: option docs: docs: stat @northgale"},
		{"{catalog: mine}", `x.yaml:1: option catalog: "mine" is not one of builtin, none`},
		{"{random-seed: -1}", `x.yaml:1: option random-seed: "-1" is not a number`},
		{"{listen: '127.0.0.1:0'}", "x.yaml:1: option listen is of a program"},
		{"{watch: true}", "x.yaml:1: option watch is of a program"},
		{"{strict: [a]}", `x.yaml:1: option strict: "a" is neither`},
		{"{strict: {}}", "x.yaml:1: option strict does not take map[]"},
	} {
		f, err := conversation.Parse("x.yaml", []byte("- options: "+tt.text+"\n- request: GET /\n  status: 200\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Options(f)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%q\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}
