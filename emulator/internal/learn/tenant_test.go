package learn_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/verify"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// listener writes down what an emulator is asked and answers.
type listener struct {
	t    *testing.T
	emu  *emulator.Server
	file *conversation.File
}

func listen(t *testing.T, emu *emulator.Server) *listener {
	return &listener{t, emu, &conversation.File{Name: "session.yaml", Recording: &conversation.Recording{Upstream: "https://graph.microsoft.com", Made: time.Now()}}}
}

func (l *listener) ask(method, path, body string) string {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, "https://graph.microsoft.com"+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	x := &conversation.Exchange{Line: len(l.file.Exchanges) + 1, Request: method + " " + path}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		x.Body = conversation.Literal([]byte(body))
	}
	if strings.Contains(path, "$count=true") || strings.Contains(path, "$search") {
		req.Header.Set("ConsistencyLevel", "eventual")
		x.Headers = []conversation.Header{{Name: "ConsistencyLevel", Value: "eventual"}}
	}
	resp, err := l.emu.Transport().RoundTrip(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	x.Status, x.Answer = resp.StatusCode, conversation.Literal(got)
	x.AnswerHeaders = []conversation.Header{{Name: "Content-Type", Value: resp.Header.Get("Content-Type")}}
	l.file.Exchanges = append(l.file.Exchanges, x)
	return string(got)
}

// learnt is an emulator with the fixtures that a recording gives.
func learnt(t *testing.T, f *conversation.File) (*emulator.Server, *catalog.Learnt) {
	t.Helper()
	out, err := emulatortest.New(t).Catalog().Learn(f)
	for name, text := range out.Files {
		if err != nil || testing.Verbose() {
			t.Logf("%s\n%s", name, text)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for name, text := range out.Files {
		tree[name] = &fstest.MapFile{Data: text}
	}
	emu := emulatortest.New(t, emulator.WithFixtures(tree))
	t.Cleanup(func() { emu.Close() })
	return emu, out
}

// TestLearn: what was recorded of the built-in tenant becomes a tenant that answers the
// same reads.
func TestLearn(t *testing.T) {
	l := listen(t, emulatortest.New(t))
	const ida, harbour = "c26302f8-02f8-c263-f802-63c2f80263c2", "a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6"
	next := l.ask("GET", "/v1.0/users?$top=5&$select=id,displayName,userPrincipalName", "")
	for strings.Contains(next, "nextLink") {
		_, link, _ := strings.Cut(next, `"@odata.nextLink":"https://graph.microsoft.com`)
		link, _, _ = strings.Cut(link, `"`)
		next = l.ask("GET", link, "")
	}
	for _, path := range []string{
		"/v1.0/me", "/v1.0/users/tomas@northgale.test?$select=displayName,department,id", "/beta/me/presence", "/v1.0/users/" + ida + "?$expand=manager",
		"/v1.0/groups", "/v1.0/groups/" + harbour + "?$expand=members($select=id,displayName)", "/v1.0/groups/" + harbour + "/owners", "/v1.0/me/memberOf",
		"/v1.0/groups/6e1b94d7-c05a-4382-bf69-8d27e3f1a04c/members", "/v1.0/organization", "/v1.0/domains", "/v1.0/subscribedSkus", "/v1.0/applications",
		"/v1.0/me/photo/$value", "/v1.0/communications/presences/e94b7c20-83d1-4a56-b0f7-19c2d8e6a745", "/v1.0/me/mailboxSettings", "/v1.0/users/delta?$select=jobTitle",
		"/v1.0/groups/" + harbour + "/members/$ref", "/v1.0/users/nobody",
	} {
		l.ask("GET", path, "")
	}
	l.ask("POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/tomas@northgale.test?$select=id,mail"},{"id":"2","method":"GET","url":"/me/directReports"}]}`)
	emu, out := learnt(t, l.file)
	for _, n := range out.Notes {
		t.Error(n)
	}
	reads := &conversation.File{Name: "session.yaml", Recording: l.file.Recording}
	for _, x := range l.file.Exchanges {
		if !strings.Contains(x.Request, "skiptoken") && !strings.Contains(x.Request, "delta") {
			reads.Exchanges = append(reads.Exchanges, x)
		}
	}
	differ(t, emu, reads)
}

// differ fails for what an emulator answers otherwise than a recording.
func differ(t *testing.T, emu *emulator.Server, f *conversation.File) {
	t.Helper()
	results, err := (&verify.Verifier{Transport: emu.Transport()}).Run(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, d := range r.Differences {
			t.Errorf("%s: %s", r.Request, d)
		}
	}
}

// TestLearnWrites: what is told is the state in which a session has left the tenant, with
// what it made, changed, linked and deleted; ids may be known late, or never.
func TestLearnWrites(t *testing.T) {
	l := listen(t, emulatortest.New(t, emulator.WithFixtures(fstest.MapFS{"users.yaml": {Data: []byte(`users:
- {displayName: Ragna Holm, userPrincipalName: ragna@northgale.test, mailNickname: ragna, accountEnabled: true}
- {displayName: Per Holm, userPrincipalName: per@northgale.test, mailNickname: per, accountEnabled: true}
`)}})))
	id := func(text string) string {
		t.Helper()
		_, rest, ok := strings.Cut(text, `"id":"`)
		v, _, _ := strings.Cut(rest, `"`)
		if !ok {
			t.Fatalf("no id in %s", text)
		}
		return v
	}
	l.ask("GET", "/v1.0/me/messages", "") // its context says who it is
	message := id(l.ask("POST", "/v1.0/me/messages", `{"subject":"Tide table","toRecipients":[{"emailAddress":{"address":"per@northgale.test"}}]}`))
	l.ask("PATCH", "/v1.0/me/messages/"+message, `{"subject":"Tide table for May"}`)
	l.ask("POST", "/v1.0/me/messages/"+message+"/attachments", `{"@odata.type":"#microsoft.graph.fileAttachment","name":"a.txt","contentBytes":"aGlnaA=="}`)
	gone := id(l.ask("POST", "/v1.0/me/messages", `{"subject":"Spam"}`))
	l.ask("DELETE", "/v1.0/me/messages/"+gone, "")
	group := id(l.ask("POST", "/v1.0/groups", `{"displayName":"Watch ${x}","mailNickname":"watch","mailEnabled":false,"securityEnabled":true}`))
	per := id(l.ask("GET", "/v1.0/users/per@northgale.test?$select=id", ""))
	me := id(l.ask("GET", "/beta/me?$select=id", ""))
	l.ask("POST", "/v1.0/groups/"+group+"/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/`+per+`"}`)
	l.ask("POST", "/v1.0/groups/"+group+"/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/`+me+`"}`)
	l.ask("DELETE", "/v1.0/groups/"+group+"/members/"+me+"/$ref", "")
	l.ask("PUT", "/v1.0/users/per@northgale.test/manager/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/`+me+`"}`)
	l.ask("POST", "/v1.0/me/contacts", `{"givenName":"Ole"}`)
	l.ask("POST", "/beta/communications/presences", `{"id":"`+per+`","availability":"Busy","activity":"Busy"}`)
	writes := len(l.file.Exchanges)
	for _, path := range []string{
		"/v1.0/me", "/v1.0/me/messages", "/v1.0/me/messages/" + message + "?$expand=attachments", "/v1.0/groups/" + group + "/members", "/v1.0/groups/" + group,
		"/v1.0/users/per@northgale.test/manager?$select=displayName", "/v1.0/me/directReports?$select=id,displayName", "/v1.0/me/contacts", "/v1.0/users/per@northgale.test/presence",
		"/v1.0/me/messages/" + gone, "/v1.0/users/per@northgale.test/memberOf?$select=id,displayName",
	} {
		l.ask("GET", path, "")
	}
	emu, out := learnt(t, l.file)
	for _, n := range out.Notes {
		t.Error(n)
	}
	differ(t, emu, &conversation.File{Name: "reads", Recording: l.file.Recording, Exchanges: l.file.Exchanges[writes:]})
}

// TestLearnNotes: what could not be learnt is said, and the rest is.
func TestLearnNotes(t *testing.T) {
	f, err := conversation.Parse("session.yaml", []byte(`
- request: GET /v1.0/me/messages
  status: 200
  answer: {value: [{id: AAMkAG, subject: Tide table, mood: good}]}
- request: GET /v1.0/groups/7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11/members
  status: 200
  answer: {value: [{id: 0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7, displayName: Zoë}]}
- request: GET /v1.0/nonsense
  status: 200
  answer: {value: []}
- request: GET /v1.0/me
  status: 200
  expect: {displayName: Ida}
- request: GET /v1.0/users/x
  stub: true
  status: 200
  answer: {id: x}
- request: GET /v1.0/users/y
  status: 404
  answer: {error: {}}
- request: POST https://login.microsoftonline.com/common/oauth2/v2.0/token
  status: 200
  answer: {access_token: x}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	emu, out := learnt(t, f)
	got := strings.Join(out.Notes, "\n")
	for _, want := range []string{
		`session.yaml:2: GET /v1.0/me/messages: message has no member "mood"`,
		`session.yaml:5: GET /v1.0/groups/7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11/members: nothing says what the member "0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7" of members is`,
		`session.yaml:8: GET /v1.0/nonsense: the path means nothing`,
		`session.yaml:11: GET /v1.0/me: expect: is not a whole answer`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if len(out.Notes) != 4 {
		t.Error(got)
	}
	l := listen(t, emu)
	if got := l.ask("GET", "/v1.0/me/messages/AAMkAG", ""); !strings.Contains(got, "Tide table") {
		t.Error(got)
	}
}

// TestLearnRefused: what no tenant takes is left out with the exchange that told it and the
// reason; the rest loads. A domain that somebody signs in with is the tenant's.
func TestLearnRefused(t *testing.T) {
	f, err := conversation.Parse("session.yaml", []byte(`
- request: GET /v1.0/organization
  status: 200
  answer: {value: [{id: 3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10, displayName: Northgale, verifiedDomains: [{name: northgale.test, type: Managed, isDefault: true, isInitial: true}]}]}
- request: GET /v1.0/users
  status: 200
  answer:
    value:
      - {id: 0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7, displayName: Zoë, userPrincipalName: zoe@fjord.test, accountEnabled: often}
      - {id: 1d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7, displayName: Per, userPrincipalName: per@northgale.test}
      - {id: 2d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7, displayName: Per's shadow, userPrincipalName: per@northgale.test}
      - {id: 3d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7, displayName: Ole, userPrincipalName: Ole}
- request: GET /v1.0/groups/7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11?$expand=members
  status: 200
  answer: {id: 7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11, displayName: Watch, securityEnabled: true, members: [{"@odata.type": "#microsoft.graph.user", id: 1d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7}]}
- request: GET /v1.0/users/per@northgale.test/manager
  status: 200
  answer: {"@odata.type": "#microsoft.graph.user", id: 0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7}
- request: GET /v1.0/applications/5d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7/tokenIssuancePolicies
  status: 200
  answer: {value: [{"@odata.type": "#microsoft.graph.group", id: 7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11}]}
- request: GET /v1.0/directoryRoles/roleTemplateId=62e90394-69f5-4237-9190-012177145e10/members
  status: 200
  answer: {value: [{"@odata.type": "#microsoft.graph.user", id: 1d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7}]}
- request: GET /v1.0/users/per@northgale.test/messages
  status: 200
  answer: {value: [{id: AAMkAG, subject: Tide table, importance: vital}, {id: AAMkAH, subject: Fog}]}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	emu, out := learnt(t, f)
	want := []string{
		`session.yaml:5: GET /v1.0/users: accountEnabled of user "zoe@fjord.test" (0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7) is left out: Property accountEnabled in payload`,
		`session.yaml:25: GET /v1.0/users/per@northgale.test/messages: importance of message "Tide table" (AAMkAG) is left out: Property importance in payload`,
		`session.yaml:5: GET /v1.0/users: user "per@northgale.test" (2d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7) is left out: Another object with the same value`,
		`session.yaml:13: GET /v1.0/groups/7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11?$expand=members: the link of application "5d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7" to group`,
	}
	for i, note := range out.Notes {
		if i >= len(want) || !strings.HasPrefix(note, want[i]) {
			t.Errorf("note %d: %s", i, note)
		}
	}
	if len(out.Notes) != len(want) {
		t.Errorf("%d notes, want %d", len(out.Notes), len(want))
	}
	if users := string(out.Files["users.yaml"]); !strings.Contains(users, "$ref: /users/0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7\n") {
		t.Error(users)
	}
	l := listen(t, emu)
	for path, want := range map[string]string{
		"/v1.0/users?$select=id,displayName":                                                                      `"Zoë"},{"id":"1d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7","displayName":"Per"},{"id":"3d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7","displayName":"Ole"}]`,
		"/v1.0/groups/7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11/members?$select=displayName":                           `"displayName":"Per"`,
		"/v1.0/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members?$select=displayName": `"displayName":"Per"`,
		"/v1.0/domains?$select=id": `"value":[{"id":"fjord.test"}]`,
		"/v1.0/users/per@northgale.test/messages?$select=subject,importance": `"subject":"Tide table","importance":"normal"}`,
		"/v1.0/me?$select=displayName":                                       `Zoë`,
	} {
		if got := l.ask("GET", path, ""); !strings.Contains(got, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
}
