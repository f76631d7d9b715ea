package emulator_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// TestConversations: what holds for every workload.
func TestConversations(t *testing.T) { graphtest.Conversations(t, "testdata/conversations/*.yaml") }
