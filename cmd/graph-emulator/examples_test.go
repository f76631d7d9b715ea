package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestExamples runs the scripts of examples/ as their first lines say.
func TestExamples(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the scripts are for sh")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "graph-emulator"), []byte("#!/bin/sh\n"+childMark+"=program exec '"+self+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, variable := range []string{"CI", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"} {
		t.Setenv(variable, "") // of whoever runs the tests
	}
	for _, tt := range []struct {
		name, needs, command string
		want                 string
	}{
		{"curl", "curl", "sh curl/session.sh", "groups: 3\ncreated: 201\ngroups: 4\nreset: 204\ngroups: 3\n"},
		{"fetch", "node", "graph-emulator exec --report none -- node fetch/crew.mjs", "group Night Watch\nusers Aoife"},
		{"replay", "curl", "sh replay/session.sh", "Ida Berg was recorded\nIda Berg was replayed\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exec.LookPath(tt.needs); err != nil {
				t.Skipf("needs %s, which is not here", tt.needs)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, "sh", "-c", tt.command)
			cmd.Dir = filepath.Join("..", "..", "examples")
			var errs strings.Builder
			cmd.Stderr = &errs
			out, err := cmd.Output()
			if err != nil || !strings.HasPrefix(string(out), tt.want) {
				t.Errorf("%v\n%s%s", err, out, &errs)
			}
		})
	}
}
