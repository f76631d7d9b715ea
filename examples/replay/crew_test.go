package replay_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/examples/replay"
)

// TestCrew is answered from testdata/session.yaml. What is recorded here is an emulator; of
// the service it is a transport that sends a token.
func TestCrew(t *testing.T) {
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()

	tape := graphtest.Cassette(t, "testdata/session.yaml")
	client := &http.Client{Transport: tape.Transport(emu.Transport())}
	names, err := replay.Crew(t.Context(), client, "https://graph.microsoft.com/v1.0")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 4 || !slices.IsSorted(names) || !slices.Contains(names, "Ida Berg") {
		t.Errorf("the crew is %q", names)
	}
	if left := tape.Unused(); len(left) > 0 {
		t.Errorf("recorded and not asked for: %q", left)
	}
}
