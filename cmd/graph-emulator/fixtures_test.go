package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

const ida = "c26302f8-02f8-c263-f802-63c2f80263c2"

// TestFaultD4AllMistakes: validate lists every mistake of every file with its place: those
// of reading, of types, of links; several of one entity; none that follows from another.
func TestFaultD4AllMistakes(t *testing.T) {
	t.Chdir(folder(t,
		"own/a.yaml", "usrs: []\nusers:\n  - {id: a, userPrincipalName: a@northgale.test, displayNme: A, acountEnabled: true, mailNickname: a}\n  - {id: b, accountEnabled: soon}\n",
		"own/b.yaml", "groups:\n  - displayName: Crew\n    mailEnabled: soon\n    mailNickname: crew\n    securityEnabled: true\n    members:\n      - {$ref: /users/a}\n      - {$ref: /users/nobody@northgale.test}\n",
		"broken/a.yaml", "users:\n  - {id: a, displayName: $none, manager: {$rf: /users/b}}\n  - {id: a, id: b}\n",
		"broken/b.yaml", "usrs: []\n",
		"broken/c.yaml", "users: [\n",
		"two/tenants/x/users.yaml", "usrs: []\n",
		"two/tenants/y/users.yaml", "grops: []\n"))
	for _, tt := range []struct {
		dir   string
		want  []string
		count int
	}{
		{"own", []string{`own/a.yaml:1:1: usrs is no navigation`, "Did you mean 'users'?", "own/a.yaml:3:", "'displayNme'", "Did you mean 'displayName'?", "'acountEnabled'", "own/a.yaml:4:", "own/b.yaml:3:"}, 5},
		{"broken", []string{"broken/a.yaml:2:", "$rf", "broken/a.yaml:3:", "broken/b.yaml:1:1: usrs", "broken/c.yaml:"}, 4},
		{"two", []string{"two/tenants/x/users.yaml:1:1: usrs", "two/tenants/y/users.yaml:1:1: grops"}, 2},
	} {
		code, _, stderr := call(t, variables(), "validate", "--fixtures", tt.dir)
		for _, want := range tt.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s lacks %q", tt.dir, want)
			}
		}
		if n := strings.Count(stderr, "\n"); code != exitUsage || n != tt.count {
			t.Errorf("%s: exit %d, %d lines, want %d:\n%s", tt.dir, code, n, tt.count, stderr)
		}
	}
}

// TestFaultD4Links: a link that leads nowhere is listed beside other mistakes, and one to
// an entity that was refused is not.
func TestFaultD4Links(t *testing.T) {
	t.Chdir(folder(t, "own/a.yaml", `users:
  - {id: a, userPrincipalName: a@northgale.test, displayName: A, accountEnabled: true, mailNickname: a, manager: {$ref: /users/nobody}}
  - {id: b, userPrincipalName: b@northgale.test, displayName: B, accountEnabled: true, mailNickname: b, manager: {$ref: /users/c}}
  - {id: c, userPrincipalName: c@northgale.test, displayName: C, acountEnabled: true, mailNickname: c}
`))
	code, _, stderr := call(t, variables(), "validate", "--fixtures", "own")
	if code != exitUsage || !strings.Contains(stderr, "own/a.yaml:2:") || !strings.Contains(stderr, "own/a.yaml:4:") || strings.Contains(stderr, "own/a.yaml:3:") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

// TestFaultD5Merge: a small file in front of the built-in tenant adds to what is there, by
// id, by name or by path, whatever the names of the files.
func TestFaultD5Merge(t *testing.T) {
	for _, name := range []string{"a.yaml", "zz.yaml"} {
		t.Chdir(folder(t, "own/"+name, `/users/ida@northgale.test/messages:
  - {id: m2, subject: By path}
users:
  - id: `+ida+`
    city: Bergen
    drive: {id: d1, items: [{id: i1, name: a.txt, file: {}}]}
    messages:
      - {id: m1, subject: Hello}
  - userPrincipalName: ida@northgale.test
    jobTitle: Pilot
`))
		r := serving(t, "--fixtures", "own", "--fixtures", "@northgale")
		for path, want := range map[string]string{
			"/v1.0/users/" + ida + "?$select=displayName,city,jobTitle": `"displayName":"Ida Berg","city":"Bergen","jobTitle":"Pilot"`,
			"/v1.0/users/" + ida + "/messages/m1?$select=subject":       `"subject":"Hello"`,
			"/v1.0/users/" + ida + "/messages/m2?$select=subject":       `"subject":"By path"`,
			"/v1.0/users/" + ida + "/drive?$select=id":                  `"id":"d1"`,
			"/v1.0/me?$select=displayName":                              `"displayName":"Ida Berg"`,
		} {
			if body := fetched(t, r.url+path); !strings.Contains(body, want) {
				t.Errorf("%s: GET %s: %s", name, path, body)
			}
		}
		r.end(t)
	}
}

func fetched(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, body, err := read(resp, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestFaultD5Layers: an error says which layer a file comes from, what hides what, and
// where a name was first.
func TestFaultD5Layers(t *testing.T) {
	t.Chdir(folder(t,
		"hiding/users.yaml", "users:\n  - {id: "+ida+", city: Bergen}\n",
		"twice/a.yaml", "users:\n  - {id: a, userPrincipalName: a@northgale.test, displayName: A, accountEnabled: true, mailNickname: a}\n  - {id: a, userPrincipalName: b@northgale.test, displayName: A, accountEnabled: true, mailNickname: b}\n",
		"without/domains.yaml", ""))
	for _, tt := range []struct {
		dir  string
		want []string
	}{
		{"hiding", []string{"@northgale/groups.yaml:", "note: hiding/users.yaml replaces @northgale/users.yaml; a file of another name adds to it"}},
		{"twice", []string{"twice/a.yaml:3:", "first in line 2"}},
	} {
		code, _, stderr := call(t, variables(), "validate", "--fixtures", tt.dir, "--fixtures", "@northgale")
		for _, want := range tt.want {
			if code != exitUsage || !strings.Contains(stderr, want) {
				t.Errorf("%s: exit %d, lacks %q:\n%s", tt.dir, code, want, stderr)
			}
		}
	}
}

// TestFaultD5Schema: the JSON Schema of tenant files takes what validate takes.
func TestFaultD5Schema(t *testing.T) {
	code, text, stderr := call(t, variables(), "fixtures", "schema")
	if code != exitOK {
		t.Fatal(stderr)
	}
	schema, err := jsonschema.CompileString("tenant.schema.json", text)
	if err != nil {
		t.Fatal(err)
	}
	for content, ok := range map[string]bool{
		`{"users":[{"displayName":"A","accountEnabled":true,"city":"Bergen"}]}`: true,
		`{"users":[{"displayNme":"A"}]}`:                                        false,
		`{"users":[{"accountEnabled":"soon"}]}`:                                 false,
		`{"users":{"displayName":"A"}}`:                                         false,
		`{"users":[{"manager":{"$ref":"/users/b"},"messages":[{"subject":"Hi","body":{"contentType":"text"}}]}]}`:              true,
		`{"users":[{"messages":[{"attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","contentBytes":"AA=="}]}]}]}`: true,
		`{"users":[{"photo":{"$content":{"$file":"ida.jpg"}}}]}`:                                                               true,
		`{"/users/ida@northgale.test":{"city":"Bergen"}}`:                                                                      true,
		`{"usrs":[]}`:    false,
		`{"users":null}`: true,
		`{"users":[{"displayName":"${env.NAME}"}],"directoryRoles":[{"$gone":"62e90394"}]}`: true,
	} {
		var v any
		if err := json.Unmarshal([]byte(content), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != ok {
			t.Errorf("%s: %v", content, err)
		}
	}
}
