package cassette

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// service answers each request with its number, so that no two answers are the same.
type service struct {
	mu sync.Mutex
	n  int
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.n++
	n := s.n
	s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/v1.0/moved":
		http.Redirect(w, r, "/v1.0/me", http.StatusFound)
	case "/v1.0/busy":
		if n%2 == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, "at last")
	case "/v1.0/photo":
		w.Header().Set("Content-Type", "image/png")
		w.Write(bytes.Repeat([]byte{0, 1, 2, 3}, 1<<19))
	case "/v1.0/packed":
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, `{"packed":true}`)
		z.Close()
	case "/v1.0/slow":
		w.Header().Set("Content-Type", "text/plain")
		for range 3 {
			fmt.Fprint(w, "drop ")
			http.NewResponseController(w).Flush()
		}
	case "/v1.0/gone":
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"n":%d,"sent":%q,"@odata.nextLink":"http://%s/v1.0/me?$skip=1"}`, n, body, r.Host)
	}
}

func open(t testing.TB, path string, mode Mode, opts ...Option) *Cassette {
	t.Helper()
	c, err := Open(path, mode, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// asked is what came of one request.
type asked struct {
	status int
	header http.Header
	body   string
}

func ask(t testing.TB, c *http.Client, method, url, body string, headers ...string) asked {
	t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, url, in)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return asked{resp.StatusCode, resp.Header, string(b)}
}

// session is a conversation with the service: paths, with a body behind a blank.
var session = []string{"GET /v1.0/me", "POST /v1.0/me {\"a\": 1}", "GET /v1.0/me", "GET /v1.0/moved", "GET /v1.0/busy", "GET /v1.0/busy", "GET /v1.0/photo",
	"GET /v1.0/packed", "GET /v1.0/slow", "DELETE /v1.0/gone", "HEAD /v1.0/me", "PUT /v1.0/big " + `{"text":"` + strings.Repeat("x", 80<<10) + `"}`}

func talk(t testing.TB, c *http.Client, base string) (out []asked) {
	t.Helper()
	for _, line := range session {
		parts := strings.SplitN(line, " ", 3)
		body := ""
		if len(parts) == 3 {
			body = parts[2]
		}
		out = append(out, ask(t, c, parts[0], base+parts[1], body))
	}
	return out
}

// TestRecordAndReplay: what was recorded is answered again when the service is gone,
// to the byte.
func TestRecordAndReplay(t *testing.T) {
	for _, upstream := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "new", "session.yaml")
		srv := httptest.NewServer(&service{})
		opts := []Option{WithoutScrubbing()}
		if upstream {
			opts = append(opts, WithUpstream(srv.URL))
		}
		c := open(t, path, Once, opts...)
		client := &http.Client{Transport: c.Transport(nil)}
		want := talk(t, client, srv.URL)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		srv.Close()
		client.CloseIdleConnections()
		http.DefaultClient.CloseIdleConnections()
		again := open(t, path, Once, opts...)
		if again.Mode() != None {
			t.Fatalf("mode %s", again.Mode())
		}
		got := talk(t, &http.Client{Transport: again.Transport(nil)}, srv.URL)
		for i := range want {
			for _, name := range []string{"Date", "Content-Length", "Content-Encoding"} {
				want[i].header.Del(name)
				got[i].header.Del(name)
			}
			if got[i].status != want[i].status || got[i].body != want[i].body || fmt.Sprint(got[i].header) != fmt.Sprint(want[i].header) {
				t.Errorf("%.40s\n got %d %v %.200q\nwant %d %v %.200q", session[i], got[i].status, got[i].header, got[i].body, want[i].status, want[i].header, want[i].body)
			}
		}
	}
}

// TestOtherOrigin: a client that is answered at another address finds its links there.
func TestOtherOrigin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.yaml")
	srv := httptest.NewServer(&service{})
	defer srv.Close()
	c := open(t, path, All)
	ask(t, &http.Client{Transport: c.Transport(nil)}, "POST", srv.URL+"/v1.0/me", `{"@odata.id":"`+srv.URL+`/v1.0/x"}`)
	c.Close()
	again := open(t, path, None)
	front := httptest.NewServer(again.Middleware(nil))
	defer front.Close()
	got := ask(t, front.Client(), "POST", front.URL+"/v1.0/me", `{"@odata.id":"`+front.URL+`/v1.0/x"}`)
	if got.status != 200 || !strings.Contains(got.body, `"@odata.nextLink":"`+front.URL+"/v1.0/me") || strings.Contains(got.body, srv.URL) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestModes: each mode does what its name says elsewhere.
func TestModes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "session.yaml")
	s := &service{}
	srv := httptest.NewServer(s)
	defer srv.Close()
	get := func(c *Cassette, path string) asked {
		return ask(t, &http.Client{Transport: c.Transport(nil)}, "GET", srv.URL+path, "")
	}
	if _, err := Open(path, None); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none without a file: %v", err)
	}
	c := open(t, path, Once)
	get(c, "/v1.0/a")
	c.Close()
	c = open(t, path, NewEpisodes)
	a, b := get(c, "/v1.0/a"), get(c, "/v1.0/b")
	c.Close()
	if s.n != 2 || !strings.Contains(a.body, `"n":1,`) || !strings.Contains(b.body, `"n":2,`) {
		t.Errorf("new_episodes: %d requests, %s, %s", s.n, a.body, b.body)
	}
	c = open(t, path, None)
	if a, b := get(c, "/v1.0/b"), get(c, "/v1.0/c"); a.status != 200 || b.status != 501 || s.n != 2 {
		t.Errorf("none: %d, %d, %d requests", a.status, b.status, s.n)
	}
	if left := c.Unused(); len(left) != 1 || !strings.HasSuffix(left[0], "/v1.0/a") {
		t.Errorf("not asked for: %q", left)
	}
	c = open(t, path, All)
	get(c, "/v1.0/c")
	c.Close()
	if f, err := conversation.ReadFile(path); err != nil || len(f.Exchanges) != 1 || !strings.HasSuffix(f.Exchanges[0].Request, "/v1.0/c") {
		t.Errorf("all: %v, %v", f, err)
	}
	for ci, want := range map[string]Mode{"": All, "true": None} {
		t.Setenv("CI", ci)
		c, err := Open(filepath.Join(dir, "x"+ci), Default)
		if want == None {
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("default, in CI: %v", err)
			}
			continue
		}
		if err != nil || c.Mode() != want {
			t.Errorf("default: %v", err)
		}
	}
	for _, m := range []Mode{Default, Once, None, NewEpisodes, All} {
		if again, err := ParseMode(m.String()); err != nil || again != m {
			t.Errorf("%s: %v", m, err)
		}
	}
	if _, err := ParseMode("twice"); err == nil {
		t.Error("twice is a mode")
	}
}

// TestRefused: what is no recording is not recorded into, and not half used.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"recording: {format: 1}\n---\nrequest: GET /\nstatus: 200\n":                "x.yaml:5: the recording ends in the middle of an exchange",
		"recording: {format: 1}\n---\nrequest: GET /\nstatus: 200\nanswer:\n  a: 1": "x.yaml:6: the recording ends in the middle of an exchange",
		`{"log":{"version":"1.2","entries":[]}}`:                                    "x.yaml:1: log: no such member of an exchange",
		"\x00\x01":                                                                  "x.yaml: yaml: control characters are not allowed",
	} {
		path := filepath.Join(t.TempDir(), "x.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, m := range []Mode{Once, None, NewEpisodes} {
			if _, err := Open(path, m); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q in mode %s: %v", text, m, err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("- request: GET /\n  status: 200\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, NewEpisodes); err == nil || !strings.Contains(err.Error(), "is no recording") {
		t.Error(err)
	}
	for _, o := range []Option{WithUpstream("x"), WithUpstream("https://x/y"), WithInlineLimit(-1)} {
		if _, err := Open(path, None, o); err == nil {
			t.Error("taken")
		}
	}
}

// TestKilled: wherever a recorder was killed while it wrote, what is there loads, and
// goes on where it ended.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	tp, err := openTape(path, false)
	if err != nil {
		t.Fatal(err)
	}
	x := &conversation.Exchange{Request: "GET /v1.0/me", Status: 200, Answer: conversation.Literal([]byte(`{"a":1}`))}
	head := &take{c: &Cassette{now: time.Now}}
	if err := tp.append(head, x); err != nil {
		t.Fatal(err)
	}
	if _, err := openTape(path, false); err == nil || !strings.Contains(err.Error(), "by somebody else") {
		t.Errorf("taken twice: %v", err)
	}
	one := tp.end
	if err := tp.append(head, x); err != nil {
		t.Fatal(err)
	}
	tp.close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(whole, []byte("recording: {format: 1, state: done")) {
		t.Errorf("what was ended says %.50s", whole)
	}
	open := bytes.Replace(whole, []byte("done"), []byte("open"), 1)
	for cut := one; cut <= int64(len(whole)); cut++ {
		if err := os.WriteFile(path, open[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		want := 1
		if cut == int64(len(whole)) {
			want = 2
		}
		c, err := Open(path, NewEpisodes)
		if err != nil {
			t.Fatalf("killed at %d: %v", cut, err)
		}
		if len(c.library.tracks) != want {
			t.Fatalf("killed at %d: %d exchanges", cut, len(c.library.tracks))
		}
		if err := c.tape.append(head, x); err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(path); !bytes.HasPrefix(text, []byte("recording: {format: 1, state: open")) {
			t.Fatalf("what goes on says %.50s", text)
		}
		c.Close()
		if f, err := conversation.ReadFile(path); err != nil || len(f.Exchanges) != want+1 || f.Recording.Open {
			t.Fatalf("killed at %d: %v, %v", cut, f, err)
		}
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil { // the same of one that was ended
			t.Fatal(err)
		}
		c, err = Open(path, NewEpisodes)
		if (err == nil) != (cut == one || want == 2) {
			t.Fatalf("truncated at %d: %v", cut, err)
		}
		if err == nil {
			c.Close()
		}
	}
}

// TestMiss: what is not known is told with what comes near.
func TestMiss(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte(`- request: GET /v1.0/users?$top=5&$select=id
  status: 200
- request: POST /v1.0/users
  body: {displayName: Ida, n: 1.0}
  status: 201
- request: GET /v1.0/groups/x/members
  status: 200
`), 0o644); err != nil {
		t.Fatal(err)
	}
	var misses []*Miss
	c := open(t, path, None, WithoutScrubbing(), WithMiss(func(m *Miss) { misses = append(misses, m) }))
	client := &http.Client{Transport: c.Transport(nil)}
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/v1.0/users?$select=id&$top=6", "", ":1: GET /v1.0/users?$top=5&$select=id: query $top: got 6, recorded 5"},
		{"POST", "/v1.0/users", `{"displayName":"Tomas","n":1}`, `:3: POST /v1.0/users: body /displayName: got "Tomas", recorded "Ida"`},
		{"GET", "/v1.0/groups/y/members", "", ":6: GET /v1.0/groups/x/members: path: got /v1.0/groups/y/members, recorded /v1.0/groups/x/members"},
		{"DELETE", "/v1.0/users?$top=5&$select=id", "", ":1: GET /v1.0/users?$top=5&$select=id: method: got DELETE, recorded GET"},
	} {
		got := ask(t, client, tt.method, "https://graph.microsoft.com"+tt.path, tt.body)
		if got.status != 501 || !strings.Contains(got.body, "NotRecorded") || len(misses) == 0 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if m := misses[len(misses)-1].String(); !strings.Contains(strings.Split(m, "\n")[1], tt.want) {
			t.Errorf("%s %s\n got %s\nwant %s", tt.method, tt.path, m, tt.want)
		}
	}
	for _, tt := range []struct{ method, path, body string }{
		{"GET", "/V1.0/Users/?SELECT=id&$top=5", ""}, {"POST", "/v1.0/users", ` {"n": 1, "displayName": "Ida"}`},
	} {
		if got := ask(t, client, tt.method, "https://graph.microsoft.com"+tt.path, tt.body); got.status >= 500 {
			t.Errorf("%s %s: %s", tt.method, tt.path, got.body)
		}
		if got := ask(t, client, tt.method, "https://graph.microsoft.com"+tt.path, tt.body); got.status != 501 || !strings.Contains(got.body, "it has been used") {
			t.Errorf("%s %s again: %s", tt.method, tt.path, got.body)
		}
	}
	free := open(t, path, None, WithFreeUse(), WithMatcher(func(r *http.Request, _ []byte, _ *conversation.Exchange) bool { return r.Header.Get("X") == "" }))
	client = &http.Client{Transport: free.Transport(nil)}
	for range 3 {
		if got := ask(t, client, "GET", "https://graph.microsoft.com/v1.0/groups/x/members", ""); got.status != 200 {
			t.Error(got.body)
		}
	}
	if got := ask(t, client, "GET", "https://graph.microsoft.com/v1.0/groups/x/members", "", "X", "y"); got.status != 501 || !strings.Contains(got.body, "matcher") {
		t.Error(got.body)
	}
}
