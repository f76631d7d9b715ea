package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCatalogRules: what is printed of the rules, or why nothing is.
func TestCatalogRules(t *testing.T) {
	for _, tt := range []struct {
		args   string
		code   int
		stdout string // a part of it
		stderr string
	}{
		{"", exitOK, "  presence\n", ""},
		{"presence --status proven", exitOK, "B-11.23   proven  ", ""},
		{"Writes", exitOK, "/docs/behavior/04-writes.md#b-4.36\n", ""},
		{"b-4.36", exitOK, "  proof   emulator/internal/workloads/directory/testdata/references.yaml\n", ""},
		{"B-3.84", exitOK, "  reason  Tenants of consumers", ""},
		{"B-11.8", exitOK, "  option  presence.upn\n", ""},
		{"--status open presence --json", exitOK, `"rule": "B-11.44"`, ""},
		{"lighthouse", exitFailure, "", "no rule is like that"},
		{"--status kept", exitUsage, "", `"kept" is none of proven, choice and open`},
		{"presence writes", exitUsage, "", "want one AREA or RULE"},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"catalog", "rules"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || (stderr == "") != (code == exitOK) {
			t.Errorf("catalog rules %s: exit %d, want %d\n%s%s", tt.args, code, tt.code, stdout, stderr)
		}
	}
	_, stdout, _ := call(t, variables(), "catalog", "rules", "--json")
	var all []ruleFact
	if err := json.Unmarshal([]byte(stdout), &all); err != nil || len(all) < 1300 {
		t.Errorf("%d rules: %v", len(all), err)
	}
}
