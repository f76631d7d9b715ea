package sites_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

func TestConversations(t *testing.T) { graphtest.Conversations(t, "testdata/*.yaml") }
