package verify_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/verify"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

const origin = "https://graph.microsoft.com"

// tape makes requests of an emulator and writes down what it answers.
type tape struct {
	t    *testing.T
	emu  *emulator.Server
	file *conversation.File
	last []byte
}

func record(t *testing.T, opts ...emulator.Option) *tape {
	t.Helper()
	return &tape{t: t, emu: server(t, opts...),
		file: &conversation.File{Name: "tape.yaml", Recording: &conversation.Recording{Upstream: origin, Made: time.Now()}}}
}

func server(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	emu, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { emu.Close() })
	return emu
}

func (p *tape) ask(method, target, body string, headers ...string) []byte {
	p.t.Helper()
	url := target
	if strings.HasPrefix(target, "/") {
		url = origin + target
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	x := &conversation.Exchange{Request: method + " " + strings.TrimPrefix(target, origin), Took: time.Millisecond}
	if body != "" {
		if len(headers) == 0 {
			headers = []string{"Content-Type: application/json"}
		}
		x.Body = conversation.Literal([]byte(body))
	}
	for _, h := range headers {
		name, v, _ := strings.Cut(h, ": ")
		req.Header.Set(name, v)
		x.Headers = append(x.Headers, conversation.Header{Name: name, Value: v})
	}
	resp, err := p.emu.Transport().RoundTrip(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if p.last, err = io.ReadAll(resp.Body); err != nil {
		p.t.Fatal(err)
	}
	x.Status, x.Answer = resp.StatusCode, conversation.Literal(p.last)
	for name, vs := range resp.Header {
		x.AnswerHeaders = append(x.AnswerHeaders, conversation.Header{Name: name, Value: vs[0]})
	}
	p.file.Exchanges = append(p.file.Exchanges, x)
	return p.last
}

// member is the text of the last answer's member of that name.
func (p *tape) member(name string) string {
	p.t.Helper()
	_, rest, ok := strings.Cut(string(p.last), `"`+name+`":"`)
	v, _, _ := strings.Cut(rest, `"`)
	if !ok {
		p.t.Fatalf("%s is not in %s", name, p.last)
	}
	return v
}

// session asks a bit of everything: what is there, what it makes, pages, a batch,
// versions, a delta query, a sign-in, errors.
func (p *tape) session() {
	p.ask("GET", "/v1.0/me", "")
	p.ask("GET", "/v1.0/users?$top=5&$select=id,displayName", "")
	p.ask("GET", p.member("@odata.nextLink"), "")
	p.ask("POST", "/v1.0/groups", `{"displayName":"Night Watch","mailNickname":"night","mailEnabled":false,"securityEnabled":true}`)
	group := p.member("id")
	p.ask("GET", "/v1.0/groups/"+group, "")
	p.ask("PATCH", "/v1.0/groups/"+group, `{"description":"From ten to six."}`)
	p.ask("POST", "/v1.0/groups/"+group+"/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/e94b7c20-83d1-4a56-b0f7-19c2d8e6a745"}`)
	p.ask("GET", "/v1.0/groups/"+group+"/members", "")
	p.ask("POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/groups/`+group+`"},{"id":"2","method":"GET","url":"/users/nobody"},
		{"id":"3","method":"POST","url":"/groups","headers":{"Content-Type":"application/json"},"body":{"displayName":"Day Watch","mailNickname":"day","mailEnabled":false,"securityEnabled":true}}]}`)
	p.ask("POST", "/v1.0/me/messages", `{"subject":"Tide table"}`)
	message := p.member("id")
	p.ask("PATCH", "/v1.0/me/messages/"+message, `{"subject":"Tide table for May"}`)
	p.ask("DELETE", "/v1.0/me/messages/"+message, "")
	p.ask("GET", "/v1.0/me/messages/"+message, "")
	p.ask("GET", "/v1.0/groups/delta?$select=displayName", "")
	p.ask("GET", p.member("@odata.deltaLink"), "")
	p.ask("GET", "/v1.0/users/nobody@northgale.test", "")
	p.ask("GET", "/v1.0/nonsense", "")
	for _, tenant := range []string{"common", "organizations"} {
		p.ask("POST", "https://login.microsoftonline.com/"+tenant+"/oauth2/v2.0/token", "client_id=c0ffee00-51ab-4c3d-8e77-2b9a64d1f305&scope=User.Read&grant_type=password&username=ida@northgale.test&password=x",
			"Content-Type: application/x-www-form-urlencoded")
	}
	p.ask("DELETE", "/v1.0/groups/"+group, "")
}

func hold(t *testing.T, f *conversation.File, v verify.Verifier) []verify.Result {
	t.Helper()
	if v.Transport == nil {
		v.Transport = server(t).Transport()
	}
	results, err := v.Run(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func lines(results []verify.Result) string {
	var b strings.Builder
	for _, r := range results {
		for _, d := range r.Differences {
			fmt.Fprintf(&b, "%s: %s\n", r.Request, d)
		}
	}
	return b.String()
}

// TestSame: two emulators with other ids, tokens and clocks answer alike, also when the
// recording has been on disk and its times are those of another day.
func TestSame(t *testing.T) {
	for _, when := range []time.Duration{0, -400 * 24 * time.Hour} {
		clock := func() time.Time { return time.Now().Add(when) }
		p := record(t, emulator.WithRandomSeed(7), emulator.WithClock(clock))
		p.file.Recording.Made = clock()
		p.session()
		text, err := p.file.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := conversation.Parse("tape.yaml", text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := lines(hold(t, f, verify.Verifier{})); got != "" {
			t.Errorf("%v ago:\n%s", when, got)
		}
	}
}

// TestDifferent: what is not the same is told, with its place.
func TestDifferent(t *testing.T) {
	p := record(t)
	p.session()
	text, err := p.file.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ from, to, want string }{
		{"status: 201\n", "status: 200\n", "POST /v1.0/groups: status: got 201, want 200\n"},
		{"  displayName: Ida Berg\n", "  displayName: Ada Berg\n", `GET /v1.0/me: value /displayName: got "Ida Berg", want "Ada Berg"` + "\n"},
		{"  displayName: Ida Berg\n", "  displayName: 7\n", `GET /v1.0/me: type /displayName: got "Ida Berg", want 7` + "\n"},
		{"  displayName: Ida Berg\n", "", `GET /v1.0/me: more /displayName: got "Ida Berg", want nothing` + "\n"},
		{"  displayName: Ida Berg\n", "  displayName: Ida Berg\n  mood: good\n", `GET /v1.0/me: missing /mood: got nothing, want "good"` + "\n"},
		{"  displayName: Ida Berg\n", "  displayName: 2020-01-01T00:00:00Z\n", `GET /v1.0/me: value /displayName: got "Ida Berg", want "2020-01-01T00:00:00Z"` + "\n"},
		{"  Content-Type: application/json;odata.metadata=minimal", "  Content-Type: application/json;odata.metadata=none",
			"GET /v1.0/me: header Content-Type: got application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8, want application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8\n"},
		{"groups/$entity", "users/$entity", `POST /v1.0/groups: value /@odata.context: got "https://graph.microsoft.com/v1.0/$metadata#groups/$entity", want "https://graph.microsoft.com/v1.0/$metadata#users/$entity"` + "\n"},
		{"  description: null\n", "  description: 1\n", "POST /v1.0/groups: type /description: got null, want 1\n"},
		{"skiptoken=", "skipword=", "GET /v1.0/users?$top=5&$select=id,displayName: value /@odata.nextLink: "},
	} {
		changed := bytes.Replace(text, []byte(tt.from), []byte(tt.to), 1)
		if bytes.Equal(changed, text) {
			t.Errorf("%q is not in the recording", tt.from)
			continue
		}
		f, err := conversation.Parse("tape.yaml", changed, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := lines(hold(t, f, verify.Verifier{}))
		if exact := strings.HasSuffix(tt.want, "\n"); exact && got != tt.want || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q for %q:\n got %swant %s", tt.to, tt.from, got, tt.want)
		}
	}
}

// TestKnownIDs: an id that the client knew from elsewhere is no other one's.
func TestKnownIDs(t *testing.T) {
	const head = "recording: {format: 1, upstream: \"https://graph.microsoft.com\"}\n---\n"
	f, err := conversation.Parse("x.yaml", []byte(head+`request: PATCH /beta/communications/presences
body: {id: 0c5c8b0e-5b53-4a2b-8f0e-5a0b1c2d3e4f, availability: Busy, activity: Busy}
status: 200
took: 1ms
---
request: POST /beta/communications/presences
body: {id: 5f7bde1c-8b90-4a2b-8f0e-5a0b1c2d3e4f, availability: Busy, activity: Busy}
status: 201
answer: {"@odata.context": "https://graph.microsoft.com/beta/$metadata#communications/presences/$entity", id: 0c5c8b0e-5b53-4a2b-8f0e-5a0b1c2d3e4f}
took: 1ms
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(hold(t, f, verify.Verifier{})); !strings.Contains(got, `value /id: got "5f7bde1c`) {
		t.Errorf("another id was taken for one that the client named: %s", got)
	}
}

// TestStandIns: stand-ins mean what they stand for in the tenant, also in requests that
// come before any answer; those of another key, or of another tenant, are told apart.
func TestStandIns(t *testing.T) {
	const user, tomas = "GET /v1.0/users/ida@northgale.test?$select=mail,mailNickname,id", "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745"
	const ida = `{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(mail,mailNickname,id)/$entity", "mail": "ida@northgale.test", "mailNickname": "ida", "id": "c26302f8-02f8-c263-f802-63c2f80263c2"}`
	const mails = `{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(mail)", "value": [{"mail": "ida@northgale.test"}]}`
	for _, tt := range []struct {
		what, request, answer string
		key, want             string
		strangers             int
	}{
		{"the same", user, ida, "", "", 0},
		{"of a key", user, ida, "hush", "", 0},
		{"another user", user, strings.Replace(ida, "c26302f8-02f8-c263-f802-63c2f80263c2", tomas, 1), "", `value /id: got "c26302f8-02f8-c263-f802-63c2f80263c2", want "` + tomas + `"`, 0},
		{"another address", user, strings.Replace(ida, "ida@n", "ada@n", 1), "", `value /mail: got "ida@northgale.test", want "user`, 0},
		{"nothing taken out", "GET /v1.0/users/ida@northgale.test?$select=faxNumber", `{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(faxNumber)/$entity", "faxNumber": "scrubbed"}`, "", "", 0},
		{"the beginning of an address", "GET /v1.0/users?$filter=startswith(mail,'ida@northgale.te')&$select=mail", mails, "", "", 0},
		{"of a key", "GET /v1.0/users?$filter=startswith(userPrincipalName,'ida@northgale.t')&$select=mail", mails, "hush", "", 0},
		{"of nobody", "GET /v1.0/users?$filter=startswith(mail,'ida@southgale.te')&$select=mail", mails, "", "length /value: got 0, want 1", 1},
		{"in another tenant", "GET /v1.0/users/1f1f9b0e-5b53-4a2b-8f0e-5a0b1c2d3e4f", ida, "", "status: got 404, want 200", 1},
	} {
		var opts []scrub.Option
		if tt.key != "" {
			opts = append(opts, scrub.WithKey(tt.key))
		}
		s, err := scrub.New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		f := &conversation.File{Recording: &conversation.Recording{Upstream: origin}, Exchanges: []*conversation.Exchange{{Request: s.Target(tt.request), Status: 200,
			Answer: conversation.Literal(s.Body("application/json", []byte(tt.answer)))}}}
		results := hold(t, f, verify.Verifier{Scrub: opts})
		if got := lines(results); tt.want == "" && got != "" || !strings.Contains(got, tt.want) || len(results[0].Strangers) != tt.strangers {
			t.Errorf("%s: %v\n%s", tt.what, results[0].Strangers, got)
		}
		results = hold(t, f, verify.Verifier{Scrub: []scrub.Option{scrub.WithKey("another")}})
		if lines(results) == "" || len(results[0].Strangers) == 0 {
			t.Errorf("%s: with another key there is no difference", tt.what)
		}
	}
}

// TestIgnore: what one does not want to hear of.
func TestIgnore(t *testing.T) {
	f, err := conversation.Parse("x.yaml", []byte("recording: {format: 1}\n---\nrequest: GET https://graph.microsoft.com/v1.0/users/nobody\nstatus: 400\nanswer: {error: {code: X, message: Y, innerError: {}}}\ntook: 1ms\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lines(hold(t, f, verify.Verifier{Ignore: []string{"/error/*"}})), "GET https://graph.microsoft.com/v1.0/users/nobody: status: got 404, want 400\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
	if _, err := (&verify.Verifier{Ignore: []string{"["}}).Run(t.Context(), f); err == nil {
		t.Error("a pattern that is none is taken")
	}
}

// TestThoughtUp: markers are what may differ, and a stub is not asked for.
func TestThoughtUp(t *testing.T) {
	f, err := conversation.Parse("x.yaml", []byte(`
- request: POST /v1.0/groups
  body: {displayName: Night Watch, mailNickname: night, mailEnabled: false, securityEnabled: true}
  status: 201
  expect: {id: "${group=guid}", displayName: Night Watch}
- request: GET /v1.0/groups/${group}
  status: 200
  answerHeaders: {Retry-After: "1"}
  expect: {displayName: Day Watch, mood: good, humour: "${absent}"}
- request: GET /v1.0/me
  status: 418
  stub: true
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	results := hold(t, f, verify.Verifier{})
	want := "GET /v1.0/groups/${group}: value /displayName: got Night Watch, want Day Watch\nGET /v1.0/groups/${group}: missing /mood: got nothing, want good\nGET /v1.0/groups/${group}: header Retry-After: got none, want 1\n"
	if got := lines(results); got != want {
		t.Errorf("got %swant %s", got, want)
	}
	if !results[2].Skipped {
		t.Error("the stub was asked for")
	}
}

// TestPartOfAName: where names are stand-ins, what is asked for part of one is told as such.
func TestPartOfAName(t *testing.T) {
	const learnt = "users: [{id: 1f1f9b0e-5b53-8a2b-8f0e-5a0b1c2d3e4f, displayName: Ida Berg, userPrincipalName: user2128f8e38280c0@d66d24c659c0f1a.example, mail: user2128f8e38280c0@d66d24c659c0f1a.example}]"
	emu := server(t, emulator.WithFixtures(fstest.MapFS{"users.yaml": &fstest.MapFile{Data: []byte(learnt)}}))
	const mails = `{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(mail)", "value": [{"mail": "user2128f8e38280c0@d66d24c659c0f1a.example"}]}`
	for filter, noted := range map[string]bool{"startswith(mail,'ida@north')": true, "startswith(displayName,'Ann')": false, "startswith(mail,'user2128f8e38280c0@d66d24c659c0f1a.example')": false,
		"mail eq 'ida@north'": false, "startswith(userPrincipalName,'ida')": true, "STARTSWITH(mail%2C'ida')": true} {
		f := &conversation.File{Recording: &conversation.Recording{Upstream: origin}, Exchanges: []*conversation.Exchange{{Status: 200, Request: "GET /v1.0/users?$select=mail&$filter=" + filter,
			Answer: conversation.Literal([]byte(mails))}}}
		results, err := (&verify.Verifier{Transport: emu.Transport()}).Run(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if got := results[0].Note != ""; got != noted {
			t.Errorf("%s: %q, %v", filter, results[0].Note, results[0].Differences)
		}
	}
}
