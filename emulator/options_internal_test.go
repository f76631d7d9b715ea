package emulator

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// TestConversationOptions: an option is honoured, or named with its line.
func TestConversationOptions(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"{strict: true, random-seed: 3, on-missing: synthesize, services-delay: 15m, fixtures: [testdata, '@northgale'], presence.upn: taken, forwarded-headers: false}", ""},
		{"{strict: perhaps}", "x.yaml:1: option strict does not take perhaps"},
		{"\n    shoes: 2\n", "x.yaml:2: option shoes does not take 2"},
		{"{services-delay: soon}", `x.yaml:1: option services-delay: "soon" is no time span`},
		{"{fixtures: nowhere}", "x.yaml:1: option fixtures: nowhere is not a folder"},
		{"{docs: ['@northgale']}", "x.yaml:1: option docs: @northgale is not a folder"},
		{"{catalog: mine}", "x.yaml:1: option catalog does not take mine"},
		{"{random-seed: -1}", "x.yaml:1: option random-seed does not take -1"},
	} {
		f, err := conversation.Parse("x.yaml", []byte("- options: "+tt.text+"\n- request: GET /\n  status: 200\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		out, err := OptionsOf(f)
		if tt.want == "" && (err != nil || len(out) != len(f.Options)) || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%q\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}
