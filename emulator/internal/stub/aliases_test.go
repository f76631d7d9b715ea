package stub_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// An alias that stands for much is refused, in stubs as in fixtures.
func TestFaultA12Aliases(t *testing.T) {
	emu := emulatortest.New(t)
	bomb := "    a: &a \"" + strings.Repeat("x", 20000) + "\"\n    b: [" + strings.TrimSuffix(strings.Repeat("*a,", 10000), ",") + "]\n"
	_, err := emu.Stubs().AddText([]byte("- request: GET /bomb\n  stub: true\n  status: 200\n  answer:\n" + bomb))
	if err == nil || !strings.Contains(err.Error(), "aliases") {
		t.Errorf("the stub: %v", err)
	}
	if _, err := emu.Stubs().AddText([]byte("- request: GET /ok\n  status: 200\n  answer: {a: &a [1], b: [*a, *a]}\n")); err != nil {
		t.Errorf("aliases that stand for little: %v", err)
	}
	var last error
	text := []byte("- request: GET /big\n  status: 200\n  answer: {a: " + strings.Repeat("x", 8<<20) + "}\n")
	for range 10 {
		if _, last = emu.Stubs().AddText(text); last != nil {
			break
		}
	}
	if last == nil || !strings.Contains(last.Error(), "remove some") {
		t.Errorf("80 MiB of stubs: %v", last)
	}
}
