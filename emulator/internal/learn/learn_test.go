package learn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// taught is a learner that has heard a recording.
func taught(t *testing.T, recording string) *Learner {
	t.Helper()
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	reg, err := workload.NewRegistry(func(n edm.Name) bool { _, ok := m.Type(n); return ok },
		workload.Workload{Name: "w", Views: []workload.View{{Type: m.Root().Name, Nav: "directoryObjects", Computed: true}},
			Traits: "microsoft.graph.directoryObject: {references: directoryObjects}"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := conversation.Parse("s.yaml", []byte(recording), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := New(reg, []Version{{Name: "v1.0", Model: m}})
	if err := l.Add(f); err != nil {
		t.Fatal(err)
	}
	return l
}

// told is all that a learner says: its files, each behind its name, and its notes.
func told(l *Learner) string {
	var b strings.Builder
	files := l.Files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s\n%s\n", name, strings.TrimSpace(string(files[name])))
	}
	for _, n := range l.Notes() {
		fmt.Fprintln(&b, n)
	}
	return b.String()
}

// One recording gives one fixture: the state that it leaves behind.
func TestFiles(t *testing.T) {
	for _, tt := range []struct{ what, recording, want string }{
		{"a list", `
- request: GET /v1.0/users
  status: 200
  answer: {"@odata.context": "x", value: [{id: A, displayName: Ida}, {id: B, displayName: Ola}]}
`, `users.yaml
users:
  - id: A
    displayName: Ida
  - id: B
    displayName: Ola
`},
		{"the last answer wins", `
- request: GET /v1.0/users/A
  status: 200
  answer: {id: A, displayName: Ida, jobTitle: Pilot}
- request: GET https://graph.microsoft.com/v1.0/users/a?$select=displayName
  status: 200
  answer: {displayName: Ida Berg}
`, `users.yaml
users:
  - id: A
    displayName: Ida Berg
    jobTitle: Pilot
`},
		{"what is created, changed and deleted", `
- request: POST /v1.0/groups
  body: {displayName: x}
  status: 201
  answer: {id: G, displayName: Watch}
- request: PATCH /v1.0/groups/G
  body: {description: night}
  status: 204
- request: POST /v1.0/groups
  status: 201
  answer: {id: H}
- request: DELETE /v1.0/groups/H
  status: 204
`, `groups.yaml
groups:
  - id: G
    displayName: Watch
    description: night
`},
		{"what is there again after it was deleted", `
- request: DELETE /v1.0/groups/G
  status: 204
- request: GET /v1.0/groups
  status: 200
  answer: {value: [{id: G, displayName: Watch}]}
`, `groups.yaml
groups:
  - id: G
    displayName: Watch
`},
		{"what is contained, and what is referred to", `
- request: GET /v1.0/users/A/messages
  status: 200
  answer: {value: [{id: M, subject: Fog}]}
- request: GET /v1.0/groups/G/members
  status: 200
  answer: {value: [{"@odata.type": "#microsoft.graph.user", id: A, displayName: Ida}]}
`, `groups.yaml
groups:
  - id: G
    members:
      - $ref: /users/A
users.yaml
users:
  - id: A
    displayName: Ida
    messages:
      - id: M
        subject: Fog
`},
		{"the one who is signed in comes first", `
- request: GET /v1.0/users
  status: 200
  answer: {value: [{id: A}, {id: B}]}
- request: GET /v1.0/me
  status: 200
  answer: {id: B, displayName: Ola}
`, `users.yaml
users:
  - id: B
    displayName: Ola
  - id: A
`},
		{"links that are made and taken away", `
- request: GET /v1.0/users
  status: 200
  answer: {value: [{id: A}, {id: B}]}
- request: POST /v1.0/groups/G/members/$ref
  body: {"@odata.id": "https://graph.microsoft.com/v1.0/users/A"}
  status: 204
- request: POST /v1.0/groups/G/members/$ref
  body: {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/B"}
  status: 204
- request: DELETE /v1.0/groups/G/members/A/$ref
  status: 204
`, `groups.yaml
groups:
  - id: G
    members:
      - $ref: /users/B
users.yaml
users:
  - id: A
  - id: B
`},
		{"a derived type, and a property by itself", `
- request: GET /v1.0/users/A/messages/M/attachments
  status: 200
  answer: {value: [{"@odata.type": "#microsoft.graph.fileAttachment", id: F, name: a.txt}]}
- request: GET /v1.0/users/A/displayName
  status: 200
  answer: {value: Ida}
`, `users.yaml
users:
  - id: A
    displayName: Ida
    messages:
      - id: M
        attachments:
          - "@odata.type": "#microsoft.graph.fileAttachment"
            id: F
            name: a.txt
`},
		{"content in a file of its own", `
- request: GET /v1.0/users/A/photo/$value
  status: 200
  answerHeaders: {Content-Type: image/png}
  answerBase64: aGlnaA==
`, `content/1.png
high
users.yaml
users:
  - id: A
    photo:
      $content:
        $file: content/1.png
      $type: image/png
`},
		{"the parts of a batch", `
- request: POST /v1.0/$batch
  body: {requests: [{id: "1", method: get, url: /users/A}, {id: "2", method: GET, url: /users/B}]}
  status: 200
  answer: {responses: [{id: "2", status: 404, body: {error: {}}}, {id: "1", status: 200, body: {id: A, displayName: Ida}}]}
`, `users.yaml
users:
  - id: A
    displayName: Ida
`},
		{"the domain that somebody signs in with", `
- request: GET /v1.0/users/A
  status: 200
  answer: {id: A, userPrincipalName: ida@fjord.test}
`, `domains.yaml
domains:
  - id: fjord.test
    isVerified: true
users.yaml
users:
  - id: A
    userPrincipalName: ida@fjord.test
`},
		{"text that looks like a marker", `
- request: GET /v1.0/users/A
  status: 200
  answer: {id: A, displayName: "$${x}"}
`, `users.yaml
users:
  - id: A
    displayName: $${x}
`},
		{"what teaches nothing", `
- request: GET /v1.0/users/A
  status: 404
  answer: {error: {}}
- request: GET /v1.0/users/A
  stub: true
  status: 200
  answer: {id: A}
- request: POST https://login.microsoftonline.com/common/oauth2/v2.0/token
  status: 200
  answer: {access_token: x}
- request: GET /v1.0/$metadata
  status: 200
`, ``},
		{"notes", `
- request: GET /v1.0/nonsense
  status: 200
  answer: {value: []}
- request: GET /v1.0/me
  status: 200
  expect: {displayName: Ida}
- request: GET /v1.0/users/A
  status: 200
  answer: {id: A, mood: good}
- request: GET /v1.0/groups/G/members
  status: 200
  answer: {value: [{id: Z}]}
- request: GET /v1.0/users/A/messages
  status: 200
  answer: {value: [{subject: Fog}]}
`, `users.yaml
users:
  - id: A
s.yaml:2: GET /v1.0/nonsense: the path means nothing: BadRequest: Resource not found for the segment 'nonsense'.
s.yaml:5: GET /v1.0/me: expect: is not a whole answer
s.yaml:8: GET /v1.0/users/A: user has no member "mood"
s.yaml:11: GET /v1.0/groups/G/members: nothing says what the member "Z" of members is
s.yaml:14: GET /v1.0/users/A/messages: a member of messages has no id
`},
	} {
		if got := told(taught(t, tt.recording)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.what, got, tt.want)
		}
	}
}

// What is left out of the files is said, and the rest stays.
func TestOmit(t *testing.T) {
	const recording = `
- request: GET /v1.0/users
  status: 200
  answer: {value: [{id: A, displayName: Ida, jobTitle: Pilot}, {id: B, displayName: Ola}]}
- request: POST /v1.0/groups/G/members/$ref
  body: {"@odata.id": "https://graph.microsoft.com/v1.0/users/A"}
  status: 204
`
	const line = "s.yaml:2: GET /v1.0/users: "
	for _, tt := range []struct{ place, gone, note string }{
		{"users/0/jobTitle", "    jobTitle: Pilot\n", line + `jobTitle of user "Ida" (A) is left out: why`},
		{"users/1", "  - id: B\n    displayName: Ola\n", line + `user "Ola" (B) is left out: why`},
		{"users/1/id", "  - id: B\n    displayName: Ola\n", line + `user "Ola" (B) is left out: why`},
		{"groups/0/members/0", "groups.yaml\ngroups:\n  - id: G\n    members:\n      - $ref: /users/A\n",
			line + `the link of group "G" to user "Ida" (A) in members is left out: why`},
		{"users/2", "", ""},
		{"users/x", "", ""},
	} {
		l := taught(t, recording)
		before := told(l)
		done := l.Omit(strings.Split(tt.place, "/"), "why")
		want := strings.Replace(before, tt.gone, "", 1)
		if tt.note != "" {
			want += tt.note + "\n"
		}
		if got := told(l); got != want || done != (tt.note != "") {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", tt.place, done, got, want)
		}
	}
}
