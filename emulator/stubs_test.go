package emulator_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

func tree(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

// TestBadStubs: a stub that cannot be honoured is refused with file and line.
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
		{"- request: GET /me\n  stub: true\n  fault:\n    colour: red\n", 4, "fault: colour: no such member"},
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
	emu := newEmulator(t, emulator.WithFixtures(tree("a/stub.yaml", stub, "a/tides.txt", "high", "users.yaml", "users: [{displayName: Ragna Holm, userPrincipalName: ragna@northgale.test}]")))
	get := func(path string) string {
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
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
