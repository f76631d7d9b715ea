package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCatalog: what each command prints, or why it ends.
func TestCatalog(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		args   string
		code   int
		stdout string // a part of it
		stderr string
	}{
		{"", exitUsage, "", "no command given"},
		{"nope", exitUsage, "", `unknown command "nope"`},
		{"list --prefix /communications/presences --version beta --method post", exitOK, "beta  POST    modelled  /communications/presences\n", ""},
		{"list --prefix Users/{}/Messages --version v1.0 --method GET", exitOK, "  /users/{}/messages\n", ""},
		{"list --prefix /subscribedSkus --version v1.0 --json", exitOK, `"template": "/subscribedSkus/{}"`, ""},
		{"list --prefix /lighthouses", exitFailure, "", "no documented operation"},
		{"list --version v3", exitUsage, "", `"v3" is not one of v1.0, beta`},
		{"list --method FETCH", exitUsage, "", `--method: "FETCH"`},
		{"list /users", exitUsage, "", `unexpected argument "/users"`},
		{"show GET /users/ida@northgale.test/messages?$top=1", exitOK, "GET /users/{}/messages\n", ""},
		{"show get /BETA/Me/Presence", exitOK, "  version      beta\n", ""},
		{"show PATCH https://graph.microsoft.com/beta/communications/presences", exitOK, "  verb         update\n", ""},
		{"show GET /me/presence/activity --version beta", exitOK, "none; it is answered like its kind\n", ""},
		{"show GET /subscribedSkus", exitOK, "  personal     not supported\n", ""},
		{"show GET /teams/x", exitOK, "  type observed  in 6 real objects (2021-2023)\n", ""},
		{"show GET /v1.0/me --json", exitOK, `"template": "/me"`, ""},
		{"show GET /v1.0/me --version beta", exitUsage, "", "--version is beta, but the path begins with v1.0"},
		{"show GET /lighthouses", exitFailure, "", "400 BadRequest: Resource not found for the segment 'lighthouses'."},
		{"show PUT /users/ida", exitFailure, "", "405 MethodNotAllowed"},
		{"show FETCH /me", exitUsage, "", `METHOD: "FETCH"`},
		{"show GET", exitUsage, "", "want METHOD PATH"},
		{"schema Presence", exitOK, `"title": "microsoft.graph.presence"`, ""},
		{"schema microsoft.graph.security.alert", exitOK, `"title": "microsoft.graph.security.alert"`, ""},
		{"schema lighthouse", exitFailure, "", `v1.0 has no type "lighthouse"`},
		{"schema", exitUsage, "", "want TYPE"},
		{"coverage nope", exitUsage, "", `unexpected argument "nope"`},
		{"coverage --schemas nowhere", exitUsage, "", "nowhere"},
		{"coverage --catalog none", exitOK, "0         0         0        0     0         0  all\n", ""},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"catalog"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || (stderr == "") != (code == exitOK) {
			t.Errorf("catalog %s: exit %d, want %d\n%s%s", tt.args, code, tt.code, stdout, stderr)
		}
	}
}

// TestCatalogSchema: the file is printed as it stands, that of --schemas in front.
func TestCatalogSchema(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("..", "..", "schemas", "beta", "presence.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, stdout, _ := call(t, variables(), "catalog", "schema", "presence", "--version", "beta"); stdout != string(want) {
		t.Errorf("printed:\n%s", stdout)
	}
	mine := `{"title":"microsoft.graph.lamp","type":["object","null"],"x-graph":{"kind":"complex"}}`
	dir := folder(t, "beta/lamp.json", mine)
	if code, stdout, stderr := call(t, variables("GRAPH_EMULATOR_SCHEMAS="+dir), "catalog", "schema", "lamp", "--version", "beta"); code != exitOK || stdout != mine {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

// TestCatalogCoverage: the table and the JSON have the same figures.
func TestCatalogCoverage(t *testing.T) {
	code, table, stderr := call(t, variables(), "catalog", "coverage")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	_, text, _ := call(t, variables(), "catalog", "coverage", "--json")
	var c struct {
		Versions []struct {
			Operations, Modelled, Stateful, Generic, None, Observed int
			Workloads                                               []struct{ Workload string }
		}
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil || len(c.Versions) != 2 {
		t.Fatalf("%v:\n%s", err, text)
	}
	for _, v := range c.Versions {
		all, _ := json.Marshal([]int{v.Operations, v.Modelled, v.Stateful, v.Generic, v.None, v.Observed})
		found := false
		for line := range strings.Lines(table) {
			fields := strings.Fields(line)
			if len(fields) == 7 && fields[6] == "all" && "["+strings.Join(fields[:6], ",")+"]" == string(all) {
				found = true
			}
		}
		if !found {
			t.Errorf("the table has no line with %s:\n%s", all, table)
		}
		for _, w := range v.Workloads {
			if !strings.Contains(table, "  "+w.Workload+"\n") {
				t.Errorf("the table has no line for %s", w.Workload)
			}
		}
	}
}

func TestCatalogHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, command := range []string{"", "list", "show", "schema", "coverage", "rules"} {
		args := append([]string{"catalog"}, strings.Fields(command+" --help")...)
		code, stdout, stderr := call(t, variables(), args...)
		if code != exitOK || stderr != "" || !strings.Contains(stdout, "Examples:\n") || !strings.Contains(stdout, "graph-emulator catalog "+command) {
			t.Errorf("catalog %s --help: exit %d\n%s%s", command, code, stdout, stderr)
		}
	}
	if _, all, _ := call(t, variables(), "--help"); !strings.Contains(all, "   catalog ") {
		t.Errorf("--help does not list catalog:\n%s", all)
	}
}
