package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
)

// TestImport: the files of others become conversations that can be used.
func TestImport(t *testing.T) {
	examples, err := filepath.Abs(filepath.Join("..", "..", "emulator", "interchange", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder(t, "torn.har", `{"log": {"entries": [`, "spec.json", `{"openapi": "3.1"}`, "there.yaml", "",
		"secret.har", `{"log": {"entries": [{"request": {"method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "headers": [{"name": "Authorization", "value": "Bearer swordfish-and-more"}]},
			"response": {"status": 200, "headers": [], "content": {"size": 2, "text": "{\"mail\":\"ragna@harbourmaster.example\"}"}}}]}}`))
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"session.har --to session.yaml --pseudonyms=false", exitOK, "session.yaml: 3 exchanges written\n", "session.har:30: left out: GET https://graph.microsoft.com/v1.0/users was never answered"},
		{"cassette.yaml --to cassette.yaml", exitOK, "cassette.yaml: 2 exchanges written\n", ""},
		{"mocks.json --to tenant/stubs.yaml", exitOK, "6 exchanges written\n", "mocks.json:12: left out: https://tides.example/today is not Graph"},
		{"mocks.json mappings.json --to tenant/stubs.yaml --force", exitOK, "11 exchanges written\n", ""},
		{"secret.har --to secret.yaml", exitOK, "1 exchange written\n", ""},
		{"session.har --to there.yaml", exitUsage, "", "there.yaml is there already"},
		{"torn.har --to x.yaml", exitUsage, "", "torn.har:1: the file ends in the middle"},
		{"spec.json --to x.yaml", exitUsage, "", "spec.json: this JSON is neither"},
		{"session.har mocks.json --to x.yaml", exitUsage, "", "import them one by one"},
		{"session.har --format wiremock --to x.yaml", exitUsage, "", "session.har:46: mappings is missing"},
		{"session.har --format pact --to x.yaml", exitUsage, "", `"pact" is none of`},
		{"--to x.yaml", exitUsage, "", "no file given"},
		{"session.yaml --to x.yaml", exitUsage, "", "session.yaml: this is a conversation already"},
	} {
		args := strings.Fields(tt.args)
		for i, a := range args {
			if _, err := os.Stat(a); err != nil && filepath.Ext(a) != "" && (i == 0 || args[i-1] != "--to") {
				args[i] = filepath.Join(examples, a)
			}
		}
		code, stdout, stderr := call(t, variables(), append([]string{"import"}, args...)...)
		if code != tt.code || !strings.HasSuffix(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, code, stdout, stderr)
		}
	}
	if _, err := os.Stat("x.yaml"); err == nil {
		t.Error("a file was written although it was refused")
	}
	if text, err := os.ReadFile("secret.yaml"); err != nil || strings.Contains(string(text), "swordfish") || strings.Contains(string(text), "ragna@") {
		t.Errorf("%v: not scrubbed:\n%s", err, text)
	}
	if code, stdout, stderr := call(t, variables(), "validate", "--fixtures", "tenant"); code != exitOK {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	c, err := cassette.Open("session.yaml", cassette.None)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	resp, err := (&http.Client{Transport: c.Transport(nil)}).Get("https://graph.microsoft.com/v1.0/me?$select=displayName")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != `{"displayName":"Ragna ${Holm} Ærø"}` {
		t.Errorf("%v %s", err, got)
	}
}

// TestForeign: where a conversation is wanted, a file of others is sent to import.
func TestForeign(t *testing.T) {
	t.Chdir(folder(t, "x.har", `{"log": {"entries": []}}`))
	for _, args := range [][]string{{"verify", "x.har"}, {"learn", "x.har", "--to", "y"}, {"replay", "x.har"}, {"scrub", "x.har"}, {"validate", "x.har"}, {"export", "x.har", "--format", "har", "--to", "y"},
		{"record", "--to", "x.har", "--", "true"}} {
		if code, _, stderr := call(t, variables(), args...); code != exitUsage || stderr != "graph-emulator: x.har:1: log: no such member of an exchange; this is a file of har, and import makes a conversation of it\n" {
			t.Errorf("%q: exit %d %s", args, code, stderr)
		}
	}
}

// TestImportedStubs: a mock that was made for Dev Proxy answers here as it did there.
func TestImportedStubs(t *testing.T) {
	mocks, err := filepath.Abs(filepath.Join("..", "..", "emulator", "interchange", "testdata", "mocks.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if code, _, stderr := call(t, variables(), "import", mocks, "--to", "stubs/mocks.yaml"); code != exitOK {
		t.Fatal(stderr)
	}
	r := serving(t, "--fixtures", "stubs")
	defer r.end(t)
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/v1.0/me", "", "200 OK\n{\"displayName\":\"Ragna Holm\",\"note\":\"${x}\"}"},
		{"GET", "/v1.0/external/connections/a/operations/b", "", "404 "},
		{"GET", "/v1.0/external/connections/a/operations/b", "", "200 OK\n{\"status\":\"completed\"}"},
		{"POST", "/beta/users", `{"displayName":"Night Watch","address":{"city":"Vardø"}}`, "201 Created\n{\"displayName\":\"Night Watch\",\"city\":\"Vardø\"}"},
		{"GET", "/v1.0/users?$filter=startswith(displayName,'Ida')", "", "200 OK\na text"},
		{"GET", "/v1.0/users/ida@northgale.test/photo/$value", "", "200 OK\n\x89PNG\r\n\x1a\n"},
		{"GET", "/v1.0/me/photo", "", "404 Not Found\n"},
		{"GET", "/v1.0/users/tomas@northgale.test?$select=displayName", "", "200 OK\n{\"@odata.context\""},
	} {
		if got := ask(t, r, tt.method, tt.path, tt.body); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s %s\n got %q\nwant %q", tt.method, tt.path, got, tt.want)
		}
	}
}

// TestExport: what has been written can be imported again.
func TestExport(t *testing.T) {
	t.Chdir(folder(t, "session.yaml", session, "stubs.yaml", "- {request: \"GET /v1.0/users/{id}\", stub: true, status: 200, answer: {id: \"${request.path.id}\"}}\n- {request: GET /v1.0/me, stub: true, through: true}\n"))
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"session.yaml --format har --to session.har", exitOK, "session.har: 3 exchanges written\n", ""},
		{"session.yaml --format har --to session.har", exitUsage, "", "session.har is there already"},
		{"stubs.yaml --format wiremock --to mappings/graph.json", exitOK, "1 exchange written\n", "stubs.yaml:2: left out: WireMock cannot say through"},
		{"stubs.yaml --format dev-proxy --to mocks.json", exitFailure, "", "stubs.yaml:1: left out: Dev Proxy cannot say an answer with these values of the request"},
		{"stubs.yaml --format har --to stubs.har", exitFailure, "", "nothing is left to export"},
		{"session.yaml --format pact --to x", exitUsage, "", `"pact" is none of har, dev-proxy, wiremock`},
		{"session.yaml stubs.yaml --format har --to x", exitUsage, "", "one file at a time"},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"export"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.HasSuffix(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, code, stdout, stderr)
		}
	}
	if code, stdout, stderr := call(t, variables(), "import", "session.har", "--to", "again.yaml", "--pseudonyms=false"); code != exitOK {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := call(t, variables(), "verify", "again.yaml", "--ignore", "/displayName"); code != exitOK {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
