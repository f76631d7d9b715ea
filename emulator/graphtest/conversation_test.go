package graphtest

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

func TestConversations(t *testing.T) { Conversations(t, "testdata/*.yaml") }

// TestOptionErrors: an option that no emulator has is named with its line.
func TestOptionErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"- options: {strict: perhaps}\n", "x.yaml:1: option strict does not take perhaps"},
		{"- options:\n    shoes: 2\n", "x.yaml:2: option shoes does not take 2"},
	} {
		f, err := conversation.Parse("x.yaml", []byte(tt.text+"- request: GET /\n  status: 200\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = optionsOf(f); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}
