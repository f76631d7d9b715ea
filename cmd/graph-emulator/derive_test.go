package main

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// TestDerive: the arguments reach the compiler as they are.
func TestDerive(t *testing.T) {
	if code, _, stderr := call(t, variables(), "derive", "--help"); code != exitOK || !strings.Contains(stderr, "-permissions") {
		t.Errorf("--help: exit %d\n%s", code, stderr)
	}
	if code, _, stderr := call(t, variables("CI=true"), "derive", "here"); code == exitOK || !strings.Contains(stderr, `"here"`) {
		t.Errorf("an argument: exit %d\n%s", code, stderr)
	}
}

func TestHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	_, all, _ := call(t, variables(), "--help")
	for _, command := range []string{"serve", "validate", "health", "version"} {
		code, stdout, stderr := call(t, variables(), command, "--help")
		if code != exitOK || stderr != "" || !strings.Contains(stdout, "Examples:\n") || !strings.Contains(stdout, "graph-emulator "+command) {
			t.Errorf("%s --help: exit %d\n%s%s", command, code, stdout, stderr)
		}
		if !strings.Contains(all, "   "+command+" ") {
			t.Errorf("--help does not list %s:\n%s", command, all)
		}
	}
	_, serve, _ := call(t, variables(), "serve", "--help")
	for _, o := range options.Table() {
		if !strings.Contains(serve, "--"+o.Name) || !strings.Contains(serve, options.Variable(o.Name)) || !strings.Contains(serve, o.Usage) {
			t.Errorf("serve --help does not tell all of --%s:\n%s", o.Name, serve)
		}
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, _ := call(t, variables(), "version"); code != exitOK || !strings.HasPrefix(stdout, "graph-emulator "+emulator.Version()+" go1.") {
		t.Errorf("exit %d %q", code, stdout)
	}
}
