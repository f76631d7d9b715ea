package main

import (
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"
)

// session is a recording of the built-in tenant, with a wrong name in it.
const session = `recording: {format: 1, upstream: "https://graph.microsoft.com", made: 2026-05-01T08:00:00Z}
---
request: GET /v1.0/me?$select=displayName
status: 200
answer:
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(displayName)/$entity"
  displayName: Ida Berg
took: 12ms
---
request: POST /v1.0/groups
body: {displayName: Night Watch, mailNickname: night, mailEnabled: false, securityEnabled: true}
status: 201
took: 12ms
---
request: GET /v1.0/users/tomas@northgale.test?$select=displayName
status: 200
answer:
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(displayName)/$entity"
  displayName: Tomas Lund
took: 12ms
`

// elsewhere is of two hosts that the emulator does not stand for: one that was recorded besides,
// and one that all was asked of.
const elsewhere = `recording: {format: 1, upstream: "https://graph.microsoft.com"}
---
request: GET /v1.0/users/ida@northgale.test/displayName/$value
status: 200
answerText: Ida Berg
took: 1ms
---
request: GET https://northgale-my.sharepoint.com/personal/tides.txt
status: 200
answerText: high
took: 1ms
`

// TestVerify: in each form, with an emulator and with a server.
func TestVerify(t *testing.T) {
	t.Chdir(folder(t, "bad.yaml", session, "good.yaml", strings.Replace(session, "Lund", "Lind", 1), "torn.yaml", strings.TrimSuffix(session, "took: 12ms\n"),
		"key.yaml", strings.ReplaceAll(session, "tomas@northgale.test", "userf6df0e7cfd6777@d66d24c659c0f1a.example"), "options.yaml", "- options: {auth: enforce, fixtures: '@northgale'}\n- request: GET /v1.0/me\n  status: 200\n- request: GET /v1.0/users\n  as: app\n  status: 403\n",
		"stubs.yaml", "- {request: GET /v1.0/me, stub: true, status: 200}\n", "hosts.yaml", elsewhere, "other.yaml", strings.Replace(elsewhere, "https://graph.microsoft.com", "https://graph.northgale.test", 1),
		"shoes.yaml", "- options:\n    shoes: 2\n- request: GET /v1.0/me\n  status: 200\n"))
	r := serving(t)
	defer r.end(t)
	for _, tt := range []struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		{"good.yaml", exitOK, "ok: 3 exchanges, no difference\n", ""},
		{"good.yaml --url " + r.url, exitOK, "ok: 3 exchanges, no difference\n", ""},
		{"good.yaml --output json", exitOK, "[\n  {\n    \"file\": \"good.yaml\",", ""},
		{"bad.yaml", exitFailure, "bad.yaml:15: GET /v1.0/users/tomas@northgale.test?$select=displayName\n\tvalue /displayName: got \"Tomas Lind\", want \"Tomas Lund\"\n", "1 of 3 exchanges differ"},
		{"bad.yaml good.yaml --output json", exitFailure, "[\n  {\n    \"file\": \"bad.yaml\",", "1 of 6 exchanges differ"},
		{"bad.yaml --ignore /displayName", exitOK, "ok: 3 exchanges, no difference\n", ""},
		{"good.yaml --fixtures @empty", exitFailure, "good.yaml:3: GET /v1.0/me", "2 of 3 exchanges differ"},
		{"key.yaml --ignore /displayName", exitOK, "ok: 3 exchanges, no difference\n", ""},
		{"key.yaml --pseudonym-key hush --ignore /*", exitFailure, "key.yaml:15: GET /v1.0/users/userf6df0e7cfd6777@d66d24c659c0f1a.example?$select=displayName\n" +
			"\tstatus: got 404, want 200\nrequests name 1 stand-in of nothing in this tenant", "1 of 3 exchanges differ"},
		{"stubs.yaml", exitUsage, "not held: 1 stub\n", "no exchange was held"},
		{"stubs.yaml good.yaml", exitOK, "ok: 3 exchanges, no difference\nnot held: 1 stub", ""},
		{"hosts.yaml", exitOK, "ok: 1 exchange, no difference\nnot held: 1 exchange with northgale-my.sharepoint.com, which the emulator does not stand for\n", ""},
		{"hosts.yaml --tls-name northgale-my.sharepoint.com", exitFailure, "hosts.yaml:8: GET https://northgale-my.sharepoint.com/personal/tides.txt\n\tstatus: got 404, want 200", "1 of 2 exchanges differ"},
		{"hosts.yaml --url " + r.url, exitFailure, "hosts.yaml:8: GET https://northgale-my.sharepoint.com/personal/tides.txt\n\tstatus: got 404, want 200", "1 of 2 exchanges differ"},
		{"hosts.yaml --output junit", exitOK, "<?xml", ""},
		{"hosts.yaml --output json", exitOK, "[\n  {\n    \"file\": \"hosts.yaml\",\n    \"exchanges\": [\n      {\n        \"line\": 3,\n        \"request\": \"GET /v1.0/users/ida@northgale.test/displayName/$value\"\n      },\n      {\n" +
			"        \"line\": 8,\n        \"request\": \"GET https://northgale-my.sharepoint.com/personal/tides.txt\",\n        \"skipped\": true,\n        \"host\": \"northgale-my.sharepoint.com\"", ""},
		{"other.yaml", exitFailure, "other.yaml:3: GET /v1.0/users/ida@northgale.test/displayName/$value\n\trequest: graph-emulator: this transport", "1 of 1 exchanges differ"},
		{"good.yaml torn.yaml", exitUsage, "", "torn.yaml:20: the recording ends in the middle of an exchange"},
		{"options.yaml", exitOK, "ok: 2 exchanges, no difference\n", ""},
		{"options.yaml --auth open", exitUsage, "", "options.yaml:1: option auth: --auth says whom"},
		{"options.yaml --url " + r.url, exitUsage, "", "options.yaml:1: option auth: --url says whom"},
		{"shoes.yaml", exitUsage, "", "shoes.yaml:2: option shoes does not take 2"},
		{"", exitUsage, "", "no file given"},
		{"nobody.yaml", exitUsage, "", "nobody.yaml"},
		{"good.yaml --output xml", exitUsage, "", `"xml" is not one of text, json, junit`},
		{"good.yaml --ignore [", exitUsage, "", `--ignore: "[" is no pattern`},
		{"good.yaml --url graph", exitUsage, "", "--url"},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"verify"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.HasPrefix(stdout, tt.stdout) || tt.stdout == "" && stdout != "" || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, code, stdout, stderr)
		}
	}
}

// TestVerifyJUnit: what reads such reports finds the failure.
func TestVerifyJUnit(t *testing.T) {
	name := filepath.Join(folder(t, "bad.yaml", session), "bad.yaml")
	_, stdout, _ := call(t, variables(), "verify", "--output", "junit", name)
	var report struct {
		Suites []struct {
			Name     string `xml:"name,attr"`
			Tests    int    `xml:"tests,attr"`
			Failures int    `xml:"failures,attr"`
			Cases    []struct {
				Name    string `xml:"name,attr"`
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	s := report.Suites[0]
	if s.Name != name || s.Tests != 3 || s.Failures != 1 || s.Cases[2].Name != "3 GET /v1.0/users/tomas@northgale.test?$select=displayName" ||
		s.Cases[2].Failure != name+":15: value /displayName: got \"Tomas Lind\", want \"Tomas Lund\"\n" || s.Cases[0].Failure != "" {
		t.Errorf("%+v", report)
	}
}
