package main

import (
	"os"
	"strings"
	"testing"
)

// TestLearn: a recording becomes a tenant that can be served and that the recording holds
// with.
func TestLearn(t *testing.T) {
	good := `recording: {format: 1, upstream: "https://graph.microsoft.com"}
---
request: GET /v1.0/me?$select=id,displayName
status: 200
answer:
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(id,displayName)/$entity"
  id: 7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11
  displayName: Ragna Holm
took: 12ms
---
request: GET /v1.0/me/nonsense
status: 200
answer: {}
took: 12ms
`
	t.Chdir(folder(t, "session.yaml", good, "empty.yaml", "- request: GET /v1.0/users/x\n  status: 404\n", "there/users.yaml", "", "foreign.yaml", "{\"log\": {}}\n",
		"options.yaml", "- options: {strict: true}\n- request: GET /v1.0/me\n  status: 200\n"))
	for _, tt := range []struct {
		args                   string
		code                   int
		wantStdout, wantStderr string
	}{
		{"session.yaml --to tenant", exitOK, "1 file written to tenant; 1 note\n", "session.yaml:11: GET /v1.0/me/nonsense: the path means nothing"},
		{"session.yaml --to tenant", exitUsage, "", "users.yaml is there already; --force writes over it"},
		{"session.yaml --to tenant --force", exitOK, "1 file written", ""},
		{"session.yaml --to other --strict", exitFailure, "", "--strict: 1 note"},
		{"session.yaml --to there", exitUsage, "", "is there already"},
		{"session.yaml", exitUsage, "", `"to" not set`},
		{"empty.yaml --to other", exitFailure, "", "the conversations tell nothing of a tenant"},
		{"foreign.yaml --to other", exitUsage, "", "foreign.yaml:1: log: no such member"},
		{"options.yaml --to other", exitUsage, "", "options.yaml:1: options are of tests and of verify"},
		{"--to other", exitUsage, "", "no file given"},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"learn"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.HasPrefix(stdout, tt.wantStdout) || !strings.Contains(stderr, tt.wantStderr) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, code, stdout, stderr)
		}
	}
	if _, err := os.Stat("other"); err == nil {
		t.Error("a folder was made for nothing")
	}
	if code, stdout, stderr := call(t, variables(), "verify", "--fixtures", "tenant", "--ignore", "/error/*", "session.yaml"); code != exitFailure || strings.Count(stdout, "session.yaml:") != 1 {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr) // the nonsense alone differs
	}
}
