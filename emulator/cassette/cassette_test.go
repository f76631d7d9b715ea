package cassette

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
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
	if err := tp.append(x, "", time.Now); err != nil {
		t.Fatal(err)
	}
	if _, err := openTape(path, false); err == nil || !strings.Contains(err.Error(), "by somebody else") {
		t.Errorf("taken twice: %v", err)
	}
	one := tp.end
	if err := tp.append(x, "", time.Now); err != nil {
		t.Fatal(err)
	}
	tp.close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := one + 1; cut <= int64(len(whole)); cut++ {
		text := bytes.Clone(whole[:cut])
		text[one] = 0
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := Open(path, NewEpisodes)
		if err != nil {
			t.Fatalf("killed at %d: %v", cut, err)
		}
		if len(c.library.tracks) != 1 {
			t.Fatalf("killed at %d: %d exchanges", cut, len(c.library.tracks))
		}
		if err := c.tape.append(x, "", time.Now); err != nil {
			t.Fatal(err)
		}
		c.Close()
		if f, err := conversation.ReadFile(path); err != nil || len(f.Exchanges) != 2 {
			t.Fatalf("killed at %d: %v, %v", cut, f, err)
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

// TestScrubbed: a client that knows the real names is answered from a recording that
// does not.
func TestScrubbed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	srv := httptest.NewServer(&service{})
	defer srv.Close()
	const who, id = "ida@contoso.com", "c26302f8-02f8-c263-f802-63c2f80263c2"
	call := func(c *Cassette) asked {
		return ask(t, &http.Client{Transport: c.Transport(nil)}, "POST", srv.URL+"/v1.0/users/"+who, `{"id":"`+id+`","password":"`+t.Name()+c.Mode().String()+`"}`, "Authorization", "Bearer hush-hush-hush")
	}
	c := open(t, path, All, WithInlineLimit(0))
	call(c)
	c.Close()
	filepath.WalkDir(filepath.Dir(path), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, hush := range []string{"contoso", "ida", id, "hush", t.Name()} {
				if strings.Contains(strings.ReplaceAll(string(text), "guid", ""), hush) {
					t.Errorf("%s stands in %s:\n%s", hush, path, text)
				}
			}
		}
		return err
	})
	got := call(open(t, path, None))
	s, err := scrub.New()
	if err != nil {
		t.Fatal(err)
	}
	if got.status != 200 || !strings.Contains(got.body, s.Text(id)) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestBatchParts: the parts of a batch are exchanges, and answer other batches.
func TestBatchParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"responses":[{"id":"2","status":200,"headers":{"Content-Type":"text/plain"},"body":"12"},{"id":"1","status":201,"headers":{"Content-Type":"application/json"},"body":{"id":"x"}},{"id":"3","status":204}]}`)
	}))
	defer srv.Close()
	c := open(t, path, All, WithBatchParts(), WithUpstream(srv.URL))
	ask(t, &http.Client{Transport: c.Transport(nil)}, "POST", srv.URL+"/v1.0/$batch", `{"requests":[{"id":"1","method":"post","url":"/users","headers":{"Content-Type":"application/json"},"body":{"a":1}},{"id":"2","method":"GET","url":"users/$count?$filter=a eq 1"},{"id":"3","method":"DELETE","url":"/users/x"}]}`)
	c.Close()
	f, err := conversation.ReadFile(path)
	if err != nil || len(f.Exchanges) != 3 || f.Exchanges[1].Request != "GET /v1.0/users/$count?$filter=a%20eq%201" {
		t.Fatalf("%+v, %v", f, err)
	}
	client := &http.Client{Transport: open(t, path, None).Transport(nil)}
	if got := ask(t, client, "GET", srv.URL+"/v1.0/users/$count?$filter=a%20eq%201", ""); got.body != "12" {
		t.Error(got.body)
	}
	got := ask(t, client, "POST", srv.URL+"/v1.0/$batch", `{"requests":[{"id":"a","method":"DELETE","url":"/users/x"},{"id":"b","method":"POST","url":"/users","headers":{"content-type":"application/json"},"body":{"a":1}}]}`)
	if want := `{"responses":[{"id":"a","status":204},{"id":"b","status":201,"headers":{"Content-Type":"application/json"},"body":{"id":"x"}}]}`; got.body != want {
		t.Error(got.body)
	}
	if got := ask(t, client, "POST", srv.URL+"/v1.0/$batch", `{"requests":[{"id":"a","method":"DELETE","url":"/users/x"}]}`); got.status != 501 {
		t.Error(got.body)
	}
}

// TestParallel: many clients at once lose nothing and mix nothing up.
func TestParallel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	srv := httptest.NewServer(&service{})
	defer srv.Close()
	c := open(t, path, All)
	client := &http.Client{Transport: c.Transport(nil)}
	const many = 200
	want := make([]string, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { want[i] = ask(t, client, "GET", fmt.Sprintf("%s/v1.0/users/%d", srv.URL, i), "").body })
	}
	all.Wait()
	c.Close()
	client = &http.Client{Transport: open(t, path, None).Transport(nil)}
	for i := range many {
		all.Go(func() {
			if got := ask(t, client, "GET", fmt.Sprintf("%s/v1.0/users/%d", srv.URL, i), "").body; got != want[i] {
				t.Errorf("%d: got %s, want %s", i, got, want[i])
			}
		})
	}
	all.Wait()
}

// TestMiddleware: a handler is recorded as a service is, and is not asked again.
func TestMiddleware(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	c := open(t, path, All, WithoutScrubbing())
	s := &service{}
	srv := httptest.NewServer(c.Middleware(s))
	want := talk(t, srv.Client(), srv.URL)
	srv.Close()
	c.Close()
	n := s.n
	again := open(t, path, None, WithoutScrubbing())
	srv = httptest.NewServer(again.Middleware(s))
	defer srv.Close()
	got := talk(t, srv.Client(), srv.URL)
	for i := range want {
		if here := strings.ReplaceAll(got[i].body, srv.URL, "HERE"); got[i].status != want[i].status || here != replaceOrigin(want[i].body) {
			t.Errorf("%.40s\n got %d %.200s\nwant %d %.200s", session[i], got[i].status, here, want[i].status, replaceOrigin(want[i].body))
		}
	}
	if s.n != n {
		t.Errorf("the handler was asked %d times", s.n-n)
	}
	open := httptest.NewServer(again.Replay(s))
	defer open.Close()
	if got := ask(t, open.Client(), "GET", open.URL+"/v1.0/other", ""); got.status != 200 || s.n != n+1 {
		t.Errorf("what is not recorded falls through: %d, %s", got.status, got.body)
	}
}

func replaceOrigin(s string) string {
	if i := strings.Index(s, `"http://`); i >= 0 {
		j := i + 1 + strings.Index(s[i+1:], "/v1.0")
		return s[:i+1] + "HERE" + s[j:]
	}
	return s
}

// TestLatency: an answer may take as long as it took.
func TestLatency(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("request: GET /a\nstatus: 200\ntook: 2s\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var waited []time.Duration
	c := open(t, path, None, WithLatency())
	c.wait = func(d time.Duration, _ <-chan struct{}) { waited = append(waited, d) }
	ask(t, &http.Client{Transport: c.Transport(nil)}, "GET", "http://x.example/a", "")
	if fmt.Sprint(waited) != "[2s]" {
		t.Errorf("waited %v", waited)
	}
}

// TestUnread: an answer that nobody reads to the end is recorded whole, or not at all.
func TestUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	srv := httptest.NewServer(&service{})
	defer srv.Close()
	c, err := Open(path, All)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: c.Transport(nil)}
	for _, p := range []string{"/v1.0/me", "/v1.0/photo"} {
		resp, err := client.Get(srv.URL + p)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if err := c.Close(); err == nil || !strings.Contains(err.Error(), "GET /v1.0/photo was not recorded: its answer was not read to the end") {
		t.Errorf("%v", err)
	}
	if f, err := conversation.ReadFile(path); err != nil || len(f.Exchanges) != 1 {
		t.Errorf("%v, %v", f, err)
	}
}

// TestScrubFile: what was recorded without care can be scrubbed later, and is then what
// a careful recording would have been.
func TestScrubFile(t *testing.T) {
	const text = `# a comment
- request: POST /v1.0/users/ida@contoso.com?access_token=hush-hush-hush-hush
  headers: {Authorization: Bearer hush-hush-hush, Prefer: a}
  body: {password: hush, n: 1.50}
  status: 200
  answerFile: x.json
- request: GET /v1.0/me
  status: 200
  answer: {value: "${any}"}
`
	dir := t.TempDir()
	path, side := filepath.Join(dir, "x.yaml"), filepath.Join(dir, "x.json")
	for name, text := range map[string]string{path: text, side: `{"refresh_token":"hush-hush-hush-hush"}`} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Secrets(path)
	if err != nil || fmt.Sprint(found) != "[{2 parameter access_token} {2 header Authorization} {2 member password} {2 member refresh_token}]" {
		t.Errorf("%v, %v", found, err)
	}
	s, err := scrub.New()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ScrubFile(path, s); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, name := range []string{path, side} {
		if got, err := os.ReadFile(name); err != nil || bytes.Contains(got, []byte("hush")) || bytes.Contains(got, []byte("contoso")) {
			t.Errorf("%s, %v", got, err)
		}
	}
	if found, err := Secrets(path); len(found) > 0 || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	before, _ := os.ReadFile(path)
	if n, err := ScrubFile(path, s); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) || !bytes.Contains(after, []byte("value: ${any}")) || !bytes.Contains(after, []byte("n\": 1.50")) {
		t.Errorf("%s", after)
	}
}

// TestProxy: a client that calls the recorder finds its links there, and the service
// hears of itself.
func TestProxy(t *testing.T) {
	srv := httptest.NewServer(&service{})
	defer srv.Close()
	path := filepath.Join(t.TempDir(), "x.yaml")
	c := open(t, path, All, WithUpstream(srv.URL), WithoutScrubbing())
	there, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(Proxy(func(*http.Request) *url.URL { return there }, c.Transport(nil)))
	got := ask(t, front.Client(), "POST", front.URL+"/v1.0/me", `{"@odata.id":"`+front.URL+`/v1.0/x"}`)
	if !strings.Contains(got.body, `"@odata.nextLink":"`+front.URL) || strings.Contains(got.body, srv.URL) {
		t.Error(got.body)
	}
	want := talk(t, front.Client(), front.URL)
	front.Close()
	c.Close()
	if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte(front.URL)) {
		t.Errorf("the recorder stands in the recording (%v)\n%s", err, text)
	}
	again := httptest.NewServer(open(t, path, None).Middleware(nil))
	defer again.Close()
	for i, g := range talk(t, again.Client(), again.URL) {
		if replaceOrigin(g.body) != replaceOrigin(want[i].body) || g.status != want[i].status {
			t.Errorf("%.40s\n got %d %.200s\nwant %d %.200s", session[i], g.status, g.body, want[i].status, want[i].body)
		}
	}
	gone := httptest.NewServer(Proxy(func(*http.Request) *url.URL { return &url.URL{Scheme: "http", Host: "127.0.0.1:1"} }, http.DefaultTransport))
	defer gone.Close()
	if got := ask(t, gone.Client(), "GET", gone.URL+"/v1.0/me", ""); got.status != 502 || !strings.Contains(got.body, `"code":"BadGateway"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestHosts: several hosts in one recording stay apart, under the names that they have and
// under those that they were given; a new recording leaves no file of the old one behind.
func TestHosts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	there := roundTrip(func(r *http.Request) (*http.Response, error) {
		body := `{"from":"` + r.URL.Host + `","next":"https://graph.microsoft.com/v1.0/x","file":"https://contoso.sharepoint.com/v1.0/x"}`
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
	hosts := []string{"graph.microsoft.com", "contoso.sharepoint.com"}
	for range 2 {
		c := open(t, path, All, WithInlineLimit(0))
		for _, h := range hosts {
			ask(t, &http.Client{Transport: c.Transport(there)}, "GET", "https://"+h+"/v1.0/x", "")
		}
		c.Close()
	}
	if old, err := filepath.Glob(filepath.Join(filepath.Dir(path), "x.files", "*")); err != nil || len(old) != 2 {
		t.Errorf("%v, %v", old, err)
	}
	s, err := scrub.New()
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, path, None, WithFreeUse())
	for _, h := range append(hosts, s.Text(hosts[1])) {
		got := ask(t, &http.Client{Transport: c.Transport(nil)}, "GET", "https://"+h+"/v1.0/x", "")
		if want := s.Text(`{"from":"` + h + `","next":"https://graph.microsoft.com/v1.0/x","file":"https://contoso.sharepoint.com/v1.0/x"}`); got.body != want {
			t.Errorf("%s\n got %s\nwant %s", h, got.body, want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestFullDisk: what does not fit is told, and what was there before loads.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	c, err := Open(path, All)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: c.Transport(httptestTransport(t))}
	ask(t, client, "GET", "http://x.example/v1.0/me", "")
	whole := c.tape.file
	full, err := os.OpenFile(path, os.O_RDONLY, 0) // a file that takes nothing
	if err != nil {
		t.Fatal(err)
	}
	c.tape.file = full
	if got := ask(t, client, "GET", "http://x.example/v1.0/me", ""); got.status != 200 {
		t.Errorf("the client is told: %d %s", got.status, got.body)
	}
	c.tape.file = whole
	full.Close()
	ask(t, client, "GET", "http://x.example/v1.0/me", "")
	if err := c.Close(); err == nil || !strings.Contains(err.Error(), "GET /v1.0/me was not recorded") {
		t.Errorf("%v", err)
	}
	if f, err := conversation.ReadFile(path); err != nil || len(f.Exchanges) != 2 {
		t.Errorf("%v, %v", f, err)
	}
}

func httptestTransport(t *testing.T) http.RoundTripper {
	srv := httptest.NewServer(&service{})
	t.Cleanup(srv.Close)
	there, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Host = there.Host
		return srv.Client().Transport.RoundTrip(r)
	})
}
