package observe_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/derive/observe"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

func compile(t *testing.T, lines ...string) derive.Files {
	t.Helper()
	var all []observe.Exchange
	var err error
	for _, l := range lines {
		var x observe.Exchange
		if err := json.Unmarshal([]byte(l), &x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	models := map[string]*edm.Model{}
	for _, v := range schemas.Versions() {
		if models[v], err = schemas.Model(v); err != nil {
			t.Fatal(err)
		}
	}
	files, err := observe.Compile(all, nil, models)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func typeOf(t *testing.T, files derive.Files, name string) *observed.Type {
	t.Helper()
	text, err := files.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; there are %v", err, files.Paths())
	}
	out, err := observed.ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func line(when, method, path, status, body string) string {
	return `{"source":"a","when":"` + when + `","method":"` + method + `","url":"https://graph.microsoft.com/` + path + `","status":` + status +
		`,"headers":{"odata-version":"4.0"},"body":` + body + `}`
}

func TestMembers(t *testing.T) {
	files := compile(t,
		line("2021-05", "GET", "v1.0/teams/x", "200", `{"@odata.context":"c","id":"02bd9fd6-8f93-4758-87c3-1fb73740a315","summary":{"ownersCount":1},"displayName":null,"isArchived":false}`),
		line("2023-05", "GET", "v1.0/teams/x?$select=id,webUrl", "200", `{"id":"02bd9fd6-8f93-4758-87c3-1fb73740a315","webUrl":"https://a.example"}`),
		line("2023-05", "GET", "v1.0/teams/x", "200", `{"id":"02bd9fd6-8f93-4758-87c3-1fb73740a315","displayName":"A","createdDateTime":"2023-01-01T00:00:00.123Z","isArchived":true}`),
		line("2023-06", "GET", "v1.0/teams/y", "200", `{"id":"02bd9fd6-8f93-4758-87c3-1fb73740a316","displayName":"B","isArchived":true}`),
		line("2023-06", "GET", "v1.0/teams/z", "200", `{"id":"02bd9fd6-8f93-4758-87c3-1fb73740a317","displayName":"C","isArchived":true}`),
	)
	team := typeOf(t, files, "v1.0/types/microsoft.graph.team.json")
	if team.Read != 4 || team.First != 2021 || team.Last != 2023 {
		t.Errorf("the selected answer counts, or another does not: %+v", team)
	}
	if m := team.Member("webUrl"); m != nil {
		t.Errorf("a member that only $select gave counts: %+v", m)
	}
	if m := team.Member("summary"); m == nil || team.Current(m) {
		t.Errorf("a member of 2021 that no answer of 2023 has is current: %+v", m)
	}
	if m := team.Member("createdDateTime"); m == nil || !team.Current(m) || strings.Join(m.Forms, " ") != "time.3 Z" {
		t.Errorf("createdDateTime: %+v", m)
	}
	model, _ := schemas.Model("v1.0")
	def, _ := model.Type("microsoft.graph.team")
	for name, want := range map[string]string{"displayName": "null", "isArchived": "false", "createdDateTime": "", "summary": "", "webUrl": ""} {
		p, _ := def.Property(name)
		if got, ok := team.Unset(p); !ok || got != want {
			t.Errorf("an unset %s shows %q (%v), want %q", name, got, ok, want)
		}
	}
}

// The answer to a create is one object, although the path leads to a collection.
func TestCreates(t *testing.T) {
	files := compile(t, line("2023-01", "POST", "v1.0/teams/x/channels", "201", `{"id":"19:a@thread.tacv2","displayName":"Pilots","email":""}`))
	c := typeOf(t, files, "v1.0/types/microsoft.graph.channel.json")
	if m := c.Member("email"); c.Write != 1 || c.List != 0 || m == nil || m.Write != 1 || m.Empty != 1 {
		t.Errorf("%+v", c)
	}
}

// What is stored has the forms that reads show. An answer to a create can show others:
// a new channel has its time to the tick, a stored one to the millisecond.
func TestForms(t *testing.T) {
	made := line("2023-01", "POST", "v1.0/teams/x/channels", "201", `{"id":"19:a@thread.tacv2","createdDateTime":"2023-01-01T00:00:00.1234567Z"}`)
	seen := line("2023-01", "GET", "v1.0/teams/x/channels/y", "200", `{"id":"19:a@thread.tacv2","createdDateTime":"2023-01-01T00:00:00.123Z"}`)
	for _, c := range []struct {
		lines []string
		want  string
	}{{[]string{made}, "time.7 Z"}, {[]string{made, seen}, "time.3 Z"}} {
		m := typeOf(t, compile(t, c.lines...), "v1.0/types/microsoft.graph.channel.json").Member("createdDateTime")
		if m == nil || strings.Join(m.Forms, " ") != c.want {
			t.Errorf("%d answers: %+v, want %s", len(c.lines), m, c.want)
		}
	}
}

// What says nothing is in the ledger, with the reason.
func TestLedger(t *testing.T) {
	other := line("2023-01", "GET", "v1.0/me", "200", `{}`)
	files := compile(t, strings.Replace(other, "graph.microsoft.com", "graph.microsoft.us", 1),
		line("", "GET", "v1.0/me", "200", `{}`), line("2023-01", "GET", "v1.0/lighthouses", "200", `{}`))
	for _, want := range []string{"GET to another service, or to no version of Graph", "GET /v1.0/me of no date", "GET /v1.0/lighthouses leads to nothing in the model"} {
		if !strings.Contains(string(files["ledger.txt"]), want+"\n") {
			t.Errorf("the ledger lacks %q:\n%s", want, files["ledger.txt"])
		}
	}
}

// Members have one order that fits all answers, whichever half of the object they are in.
func TestOrder(t *testing.T) {
	files := compile(t,
		line("2022-01", "GET", "beta/chats/x/messages", "200", `{"value":[{"id":"1","from":{"user":null},"body":{"content":"a"}},{"id":"2","etag":"3","from":null,"body":{"content":"b"}}]}`))
	var got []string
	for _, m := range typeOf(t, files, "beta/types/microsoft.graph.chatMessage.json").Members {
		got = append(got, m.Name)
	}
	if want := "id etag from body"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

// Answers of personal accounts stand in only where organizations have none.
func TestPersonal(t *testing.T) {
	personal := `{"source":"p","when":"2024-01","method":"GET","url":"https://graph.microsoft.com/v1.0/me/drive","status":200,"body":{"driveType":"personal","id":"9d18d1695f72737f","owner":{"user":{}}}}`
	files := compile(t, personal, line("2022-01", "GET", "v1.0/drives/x", "200", `{"id":"b!x","driveType":"business","description":""}`))
	if m := typeOf(t, files, "v1.0/types/microsoft.graph.drive.json").Member("owner"); m != nil {
		t.Errorf("a member of a personal drive: %+v", m)
	}
	if m := typeOf(t, compile(t, personal), "v1.0/types/microsoft.graph.drive.json").Member("owner"); m == nil {
		t.Error("without another drive the personal one is not used")
	}
}

func TestErrors(t *testing.T) {
	files := compile(t, line("2024-01", "GET", "v1.0/users/a@b.example", "404",
		`{"error":{"code":"Request_ResourceNotFound","message":"Resource 'a@b.example' does not exist.","innerError":{"date":"d","request-id":"r"}}}`))
	text, err := files.ReadFile("v1.0/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	if want := `"path":"/users/{}","status":404,"code":"Request_ResourceNotFound","message":"Resource '{}' does not exist.","inner":["date","request-id"]`; !strings.Contains(string(text), want) {
		t.Errorf("%s\nlacks %s", text, want)
	}
}

func TestForm(t *testing.T) {
	for text, want := range map[string]string{
		"02bd9fd6-8f93-4758-87c3-1fb73740a315":       "guid",
		"2023-01-01T00:00:00Z":                       "time.0 Z",
		"2023-01-01T00:00:00.0000000":                "time.7",
		"19:abc@thread.tacv2":                        "19:…@thread.tacv2",
		"1650000000000":                              "ms",
		`W/"x"`:                                      `W/"…"`,
		`"{02BD9FD6-8F93-4758-87C3-1FB73740A315},3"`: `"{GUID},n"`,
		"b!abc_-d":                                   "b!…",
		"01ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":         "01…",
		"contoso.example,02bd9fd6-8f93-4758-87c3-1fb73740a315,02bd9fd6-8f93-4758-87c3-1fb73740a315": "host,guid,guid",
		"words": "",
	} {
		if got := observe.Form(text); got != want {
			t.Errorf("Form(%s) = %q, want %q", text, got, want)
		}
	}
}

// TestCommand: recordings of any format are compiled, those of other tools too.
func TestCommand(t *testing.T) {
	dir := t.TempDir()
	recording := filepath.Join(dir, "mine.yaml")
	if err := os.WriteFile(recording, []byte(`recording: {format: 1, upstream: https://graph.microsoft.com, made: 2026-11-30T10:00:00Z}
---
request: GET /v1.0/teams/02bd9fd6-8f93-4758-87c3-1fb73740a315
status: 200
answer: {id: 02bd9fd6-8f93-4758-87c3-1fb73740a315, displayName: Harbour}
took: 1ms
`), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "facts")
	if err := observe.Command(t.Context(), []string{"--out", out, recording}, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "v1.0", "types", "microsoft.graph.team.json"))
	if err != nil || !strings.Contains(string(text), `"first":2026`) || strings.Contains(string(text), "Harbour") {
		t.Errorf("%v: %s", err, text)
	}
	if err := observe.Command(t.Context(), []string{"--out", out, filepath.Join(dir, "none")}, io.Discard); err == nil {
		t.Error("a missing file is no error")
	}
	stubs := filepath.Join(dir, "stubs.yaml")
	if err := os.WriteFile(stubs, []byte("- request: GET /v1.0/me\n  status: 200\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := observe.Command(t.Context(), []string{"--out", out, stubs}, io.Discard); err == nil || !strings.Contains(err.Error(), "stubs.yaml holds no recorded exchange") {
		t.Errorf("a file without recordings: %v", err)
	}
}

const lampPage = `---
title: "Get lamp"
---

# Get lamp

## HTTP request

~~~http
GET /places/{id}
~~~

## Examples

### Request

~~~http
GET https://graph.microsoft.com/v1.0/places/3162F1E1
~~~

### Response

~~~http
HTTP/1.1 200 OK
Content-type: application/json

{
  "@odata.type": "#microsoft.graph.room",
  "id": "3162F1E1",
  "floorLabel": "A",
  "emailAddress": "a@b.example",
  "building": "B",
  "address": {"city": "Northgale"},
  "capacity": 4
}
~~~
`

// TestExamples: the examples of pages give the order of members of types that no recording
// shows, and nothing of types that one does.
func TestExamples(t *testing.T) {
	text := strings.ReplaceAll(lampPage, "~~~", "```")
	examples, err := observe.Examples("v1.0", derive.Files{"place-get.md": []byte(text), "bad.md": {0xff}})
	if err != nil || len(examples) != 1 {
		t.Fatalf("%v, %d examples", err, len(examples))
	}
	models := map[string]*edm.Model{}
	if models["v1.0"], err = schemas.Model("v1.0"); err != nil {
		t.Fatal(err)
	}
	const name = "v1.0/documented/microsoft.graph.room.txt"
	files, err := observe.Compile(nil, map[string][]observe.Exchange{"v1.0": examples}, models)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(files[name]); !strings.HasSuffix(got, "\nid\nfloorLabel\nemailAddress\nbuilding\ncapacity\naddress\n") {
		t.Errorf("%q; there are %v", got, files.Paths())
	}
	seen := observe.Exchange{Source: "a", When: "2024-01", Method: "GET", URL: "https://graph.microsoft.com/v1.0/places/x", Status: 200,
		Body: []byte(`{"@odata.type":"#microsoft.graph.room","id":"x","building":"B"}`)}
	if files, err = observe.Compile([]observe.Exchange{seen}, map[string][]observe.Exchange{"v1.0": examples}, models); err != nil || files[name] != nil {
		t.Errorf("%v: the page counts beside a recording: %s", err, files[name])
	}
}
