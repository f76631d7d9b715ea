package stub_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

func tree(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

// TestBadStubs: a stub that cannot be honored is refused with file and line.
func TestBadStubs(t *testing.T) {
	for _, tt := range []struct {
		text string
		line int
		want string
	}{
		{"- request: GET /v1.0/me\n  status: 200\n", 1, "stub: true is missing"},
		{"- request: GET /v1.0/me\n  stub: true\n  status: 200\n\n- request: GET /v1.0/me\n  stub: true\n  status: 200\n  as: app\n", 5, "as: is of tests"},
		{"- request: GET /v1.0/me\n  stub: true\n  status: 200\n  answer: {a: '${request.path.id}'}\n", 1, "${request.path.id}: a stub's answer knows"},
		{"- request: GET /v1.0/users/{id}/{id}\n  stub: true\n  status: 200\n", 1, "{id} stands twice"},
		{"- request: GET /v1.0/users/a{id}\n  stub: true\n  status: 200\n", 1, "is neither a name nor {name} nor a pattern"},
		{"- request: GET me\n  stub: true\n  status: 200\n", 1, `"me" is not a path`},
		{"- request: GET /me\n  stub: true\n  fault: {status: 200}\n", 3, "fault: status: 200 is no error"},
		{"- request: GET /me\n  stub: true\n  fault:\n    color: red\n", 4, "fault: color: no such member"},
		{"- request: GET /me\n  stub: true\n  fault: {status: 429, times: 2}\n", 3, "fault: times is said by the stub itself"},
		{"- request: GET /me\n  stub: true\n  fault: {status: many}\n", 3, "fault: "},
		{"- request: GET /me\n  stub: true\n  status: 200\n  answerHeaders: {A: \"a\\nb\"}\n", 1, "answerHeaders: A cannot be sent"},
		{"- request: GET /me\n  stub: true\n  status: 200\n  answerFile: nobody.png\n", 4, "answerFile: "},
		{"- request: GET /me\n  stub: true\n  status: 200\n  answre: 1\n", 4, "answre: no such member"},
		{"- options: {strict: true}\n- request: GET /me\n  stub: true\n  status: 200\n", 1, "options belong to tests"},
		{"recording: {format: 1}\n---\nrequest: GET /v1.0/me\nstatus: 200\ntook: 1ms\n", 3, "learn makes fixtures of a recording"},
	} {
		_, err := emulator.New(emulator.WithFixtures(tree("stubs/bad.yaml", tt.text)))
		e, ok := errors.AsType[*fixtures.Error](err)
		if !ok || e.File != "stubs/bad.yaml" || e.Line != tt.line || !strings.Contains(e.Reason, tt.want) {
			t.Errorf("%q\n got %v\nwant line %d: %s", tt.text, err, tt.line, tt.want)
		}
	}
}

// TestStubsAndTenant: stubs beside tenant files leave the built-in tenant out, as those
// files alone would, and loading fixtures again replaces them.
func TestStubsAndTenant(t *testing.T) {
	const stub = "- {request: GET /v1.0/tides, stub: true, status: 200, answerFile: tides.txt}\n"
	emu := emulatortest.New(t, emulator.WithFixtures(tree("a/stub.yaml", stub, "a/tides.txt", "high", "users.yaml", "users: [{displayName: Ragna Holm, userPrincipalName: ragna@northgale.test}]")))
	get := func(path string) string {
		w := emulatortest.Get(emu, path)
		return w.Body.String()
	}
	if got := get("/v1.0/tides"); got != "high" {
		t.Errorf("the stub: %s", got)
	}
	if got := get("/v1.0/users"); !strings.Contains(got, "Ragna Holm") || strings.Contains(got, "Ida Berg") {
		t.Errorf("the tenant: %s", got)
	}
	if err := emu.LoadFixtures(tree("stub.yaml", strings.ReplaceAll(stub, "tides.txt", "more.txt"), "more.txt", "low")); err != nil {
		t.Fatal(err)
	}
	if got := get("/v1.0/tides"); got != "low" {
		t.Errorf("the stub that was loaded: %s", got)
	}
	if got := get("/v1.0/users"); !strings.Contains(got, "Ida Berg") {
		t.Errorf("the tenant behind nothing but stubs: %s", got)
	}
	if err := emu.LoadFixtures(tree("users.yaml", "users: []")); err != nil {
		t.Fatal(err)
	}
	if got := get("/v1.0/tides"); !strings.Contains(got, "error") {
		t.Errorf("the stub is still there: %s", got)
	}
}

// TestStubDelay: the delay of a stub is on the emulator's clock.
func TestStubDelay(t *testing.T) {
	s := graphtest.Start(t, emulator.WithFixtures(tree("s.yaml", "- {request: GET /v1.0/tides, stub: true, delay: 1h, status: 200, answerText: high}\n")))
	client := s.Client()
	clock := s.Emulator.Clock()
	clock.Freeze()
	begun := clock.Now()
	done := make(chan string, 1)
	go func() {
		resp, err := client.Get("/v1.0/tides")
		if err != nil {
			done <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		done <- string(b)
	}()
	for {
		select {
		case got := <-done:
			if passed := clock.Now().Sub(begun); got != "high" || passed < time.Hour {
				t.Errorf("%s after %v", got, passed)
			}
			return
		default:
			if err := clock.Advance(time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestStubControl: stubs are listed with what has become of them, added in front of those of
// the fixtures, in JSON or YAML, and taken away; a reset goes back to the fixtures.
func TestStubControl(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithFixtures(tree("a/stub.yaml", "- {request: GET /v1.0/tides, stub: true, status: 200, answerText: high}\n")))
	ask := func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if r.Header.Set("Content-Type", "application/json"); strings.HasPrefix(body, "-") {
			r.Header.Set("Content-Type", "application/yaml")
		}
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	const own = `{"id":"a/stub.yaml:1","request":"GET /v1.0/tides","matched":%,"hit":%,"spent":false}`
	for i, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/_emulator/stubs", "", 200, `{"value":[` + strings.ReplaceAll(own, "%", "0") + `]}`},
		{"GET", "/v1.0/tides", "", 200, "high"},
		{"POST", "/_emulator/stubs", `{"request": "GET /v1.0/tides", "skip": 1, "times": 1, "status": 200, "answer": {"tide": "low"}}`, 201, `{"value":[{"id":"stub-1"}]}`},
		{"GET", "/v1.0/tides", "", 200, "high"},
		{"GET", "/v1.0/tides", "", 200, `{"tide":"low"}`},
		{"GET", "/v1.0/tides", "", 200, "high"},
		{"GET", "/_emulator/stubs", "", 200, `{"value":[{"id":"stub-1","request":"GET /v1.0/tides","skip":1,"times":1,"matched":2,"hit":1,"spent":true},` + strings.ReplaceAll(own, "%", "3") + `]}`},
		{"POST", "/_emulator/stubs", "- request: POST /users\n  fault: {status: 429, retryAfter: 5}\n- request: GET /v1.0/tides\n  status: 200\n  answerText: none\n", 201, `{"value":[{"id":"stub-2"},{"id":"stub-3"}]}`},
		{"GET", "/v1.0/tides", "", 200, "none"},
		{"DELETE", "/_emulator/stubs/stub-3", "", 204, ""},
		{"DELETE", "/_emulator/stubs/a%2Fstub.yaml:1", "", 204, ""},
		{"DELETE", "/_emulator/stubs/stub-9", "", 404, "There is no stub of that id."},
		{"GET", "/v1.0/tides", "", 400, "tides"},
		{"POST", "/v1.0/users", "{}", 429, "error"},
		{"POST", "/_emulator/reset", "", 204, ""},
		{"GET", "/_emulator/stubs", "", 200, `{"value":[` + strings.ReplaceAll(own, "%", "0") + `]}`},
		{"DELETE", "/_emulator/stubs", "", 204, ""},
		{"GET", "/_emulator/stubs", "", 200, `{"value":[]}`},
		{"POST", "/_emulator/stubs", `{"request": "GET /v1.0/tides"}`, 400, "stub:1: no status"},
		{"POST", "/_emulator/stubs", `{"request": "GET /v1.0/tides", "status": 200, "answerFile": "x"}`, 400, "answerFile: x: there are no files here"},
		{"POST", "/_emulator/stubs", `{"request": "GET /v1.0/tides", "stub": false, "status": 200}`, 400, "stub: true is missing"},
		{"POST", "/_emulator/stubs", "", 400, "Empty Payload"},
		{"PUT", "/_emulator/stubs", "{}", 405, "PUT"},
	} {
		status, got := ask(tt.method, tt.path, tt.body)
		if exact := strings.HasPrefix(tt.want, "{"); status != tt.status || exact && got != tt.want || !strings.Contains(got, tt.want) {
			t.Errorf("%d: %s %s: %d %s\nwant %d %s", i, tt.method, tt.path, status, got, tt.status, tt.want)
		}
	}
	if _, err := emu.Stubs().AddText([]byte("- request: GET /v1.0/tides\n  status: 200\n  answer: {a: '${request.path.id}'}\n")); err == nil || !strings.Contains(err.Error(), "stub:1: ${request.path.id}") {
		t.Error(err)
	}
}

// TestStubsInGo: stubs that are values and functions answer as those of files do, in a
// batch too; what makes no sense is refused, and nothing is added then.
func TestStubsInGo(t *testing.T) {
	emu := emulatortest.New(t)
	ids, err := emu.Stubs().Add(
		emulator.Stub{Method: "GET", Path: "/tides", Body: map[string]any{"level": 3}, Times: 1},
		emulator.Stub{Path: "/v1.0/tides", Status: 503, Header: http.Header{"Retry-After": {"7"}}, Body: "ebb"},
		emulator.StubFunc("POST /ships/{id}/sail", func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			fmt.Fprint(w, r.PathValue("id"), " ", r.URL.Path, " ", string(body), " ", err)
		}),
		emulator.Stub{Method: "DELETE", Path: "/ships/*", Status: 204},
	)
	if err != nil || !slices.Equal(ids, []string{"stub-1", "stub-2", "stub-3", "stub-4"}) {
		t.Fatal(ids, err)
	}
	for _, tt := range []struct {
		method, path, body string
		status             int
		want, kind         string
	}{
		{"GET", "/v1.0/tides", "", 200, `{"level":3}`, "application/json"},
		{"GET", "/v1.0/tides", "", 503, "ebb", "text/plain; charset=utf-8"},
		{"HEAD", "/v1.0/tides", "", 503, "", "text/plain; charset=utf-8"},
		{"POST", "/beta/ships('ida')/sail", "north", 200, "ida /beta/ships('ida')/sail north <nil>", ""},
		{"DELETE", "/v1.0/ships/ida", "", 204, "", ""},
	} {
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body)))
		if h := w.Header(); w.Code != tt.status || w.Body.String() != tt.want || h.Get("X-Emulator-Fidelity") != "stub" || tt.kind != "" && h.Get("Content-Type") != tt.kind {
			t.Errorf("%s %s: %d %s %v", tt.method, tt.path, w.Code, w.Body, w.Header())
		}
	}
	w := emulatortest.Must(t, emu, "POST", "/v1.0/$batch", `{"requests": [{"id": "1", "method": "GET", "url": "/tides"}]}`, 200)
	if !strings.Contains(w.Body.String(), `"status":503`) || !strings.Contains(w.Body.String(), `"Retry-After":"7"`) {
		t.Errorf("in a batch: %s", w.Body)
	}
	list := emu.Stubs().List()
	if st := list[0]; st.Request != "GET /tides" || st.Hit != 1 || !st.Spent || len(list) != 4 {
		t.Errorf("%+v", list)
	}
	for _, bad := range []emulator.Stub{{}, {Path: "tides"}, {Path: "/tides", Status: 42}, {Path: "/tides", Times: -1}, {Path: "/tides", Delay: -1}, {Path: "/tides", Body: func() {}}, emulator.StubFunc("GET", nil)} {
		if _, err := emu.Stubs().Add(emulator.Stub{Path: "/good"}, bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if emu.Stubs().Clear(); len(emu.Stubs().List()) != 0 {
		t.Error("stubs are left")
	}
}
