package graphtest

import "testing"

func TestConversations(t *testing.T) { Conversations(t, "testdata/*.yaml") }
