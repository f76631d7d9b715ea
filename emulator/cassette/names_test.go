package cassette

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

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
	path = filepath.Join(t.TempDir(), "y.yaml")
	c = open(t, path, All, WithUpstream("https://"+hosts[0]))
	for _, h := range hosts {
		ask(t, &http.Client{Transport: c.Transport(there)}, "GET", "https://"+h+"/v1.0/x", "")
	}
	c.Close()
	c = open(t, path, None)
	for i, status := range []int{200, 501} { // what one host has used up is not answered as another
		if got := ask(t, &http.Client{Transport: c.Transport(nil)}, "GET", "https://contoso.sharepoint.com/v1.0/x", ""); got.status != status {
			t.Errorf("request %d: %d %s", i, got.status, got.body)
		}
	}
}

// TestHTTP2: a request over HTTP/2 without a body has none.
func TestHTTP2(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	for _, mode := range []Mode{All, None} {
		c := open(t, path, mode)
		srv := httptest.NewUnstartedServer(c.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"v":"`+r.Proto+`"}`) })))
		srv.EnableHTTP2 = true
		srv.StartTLS()
		for _, method := range []string{"GET", "DELETE"} {
			if got := ask(t, srv.Client(), method, srv.URL+"/v1.0/me", ""); got.status != 200 || got.body != `{"v":"HTTP/2.0"}` {
				t.Errorf("%s: %d %s", method, got.status, got.body)
			}
		}
		srv.Close()
		c.Close()
	}
	f, err := conversation.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range f.Exchanges {
		if x.Body.Form != conversation.None {
			t.Errorf("%s was recorded with a body", x.Request)
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

// halting is a service whose answer says how long it is, and is not known to have ended
// before it is asked once more, as over HTTP/2.
type halting struct {
	text string
	more func() // asked once more
}

func (h *halting) RoundTrip(r *http.Request) (*http.Response, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Content-Length": {strconv.Itoa(len(h.text))}}
	return &http.Response{StatusCode: 200, ProtoMajor: 2, Header: header, ContentLength: int64(len(h.text)), Body: io.NopCloser(&halted{h, strings.NewReader(h.text)}), Request: r}, nil
}

type halted struct {
	h    *halting
	rest *strings.Reader
}

func (h *halted) Read(p []byte) (int, error) {
	if h.rest.Len() == 0 {
		h.h.more()
	}
	return h.rest.Read(p)
}

// TestHeldBack: no client has the end of an answer that is not on the disk.
func TestHeldBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	c, err := Open(path, All, WithUpstream("http://graph.northgale.test"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text := `{"value":"` + strings.Repeat("tide ", 20_000) + `"}`
	for _, host := range []string{"graph.northgale.test", "127.0.0.1:3650"} { // as its proxy, and with links to rewrite
		w := httptest.NewRecorder()
		asked := false
		service := &halting{text, func() {
			asked = true
			if w.Body.Len() >= len(text) {
				t.Errorf("%s: the client has all %d bytes", host, w.Body.Len())
			}
		}}
		proxy := Proxy(func(*http.Request) *url.URL { return &url.URL{Scheme: "http", Host: "graph.northgale.test"} }, c.Transport(service))
		proxy.ServeHTTP(w, httptest.NewRequest("GET", "http://"+host+"/v1.0/me", nil))
		if w.Body.String() != text || !asked {
			t.Errorf("%s: %d bytes", host, w.Body.Len())
		}
	}
}
