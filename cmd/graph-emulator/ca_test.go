package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestCAExport: from a folder and from a running server.
func TestCAExport(t *testing.T) {
	t.Attr("rules", "C-1.3")
	t.Chdir(t.TempDir())
	code, kept, stderr := call(t, variables("GRAPH_EMULATOR_CA_DIR=kept"), "ca", "export")
	if code != exitOK || !strings.HasPrefix(kept, "-----BEGIN CERTIFICATE-----") || strings.Contains(kept, "PRIVATE") {
		t.Fatalf("exit %d %s%s", code, kept, stderr)
	}
	if info, err := os.Stat(filepath.Join("kept", "ca.key")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
	r := serving(t, "--ca-dir", "kept")
	for _, args := range [][]string{{"--url", r.url}, {"--ca-dir", "kept"}, {"--ca-dir", "elsewhere", "--url", r.url}} {
		if code, stdout, stderr := call(t, variables(), append([]string{"ca", "export"}, args...)...); code != exitOK || stdout != kept {
			t.Errorf("%q: exit %d %s%s", args, code, stdout, stderr)
		}
	}
	if exists("elsewhere") {
		t.Error("a CA was made where none was needed")
	}
	code, stdout, stderr := call(t, variables(), "ca", "export", "--url", r.url, "--out", filepath.Join("new", "bundle.pem"), "--bundle")
	text, err := os.ReadFile(filepath.Join("new", "bundle.pem"))
	if code != exitOK || stdout != "" || err != nil || !strings.HasSuffix(string(text), kept) {
		t.Errorf("--out: exit %d %s%s%v", code, stdout, stderr, err)
	}
	r.end(t)
	if code, stdout, stderr := call(t, variables(), "ca", "export", "--url", r.url); code != exitFailure || stdout != "" || stderr == "" {
		t.Errorf("without a server: exit %d %s%s", code, stdout, stderr)
	}
	if code, _, stderr := call(t, variables(), "validate", "--ca-dir", "kept", "--tls-name", "other.test"); code != exitUsage || !strings.Contains(stderr, "other.test") {
		t.Errorf("a name the CA was not made for: exit %d %s", code, stderr)
	}
}

// TestNoKeyUnlessAsked: a server writes nothing of its CA anywhere.
func TestNoKeyUnlessAsked(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	r := serving(t)
	if code, _, stderr := call(t, variables(), "ca", "export", "--url", r.url); code != exitOK {
		t.Error(stderr)
	}
	r.end(t)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
