package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
)

// sessionMain is a client that signs in, makes a user and reads, at Microsoft's
// addresses.
func sessionMain() int {
	call := func(resp *http.Response, err error) string {
		if err != nil {
			fmt.Println("error", err)
			return ""
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		fmt.Println(resp.StatusCode, string(body))
		return string(body)
	}
	call(http.PostForm("https://login.microsoftonline.com/northgale.test/oauth2/v2.0/token", url.Values{"grant_type": {"client_credentials"},
		"client_id": {"c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"}, "client_secret": {"Hush-hush-hush"}, "scope": {"https://graph.microsoft.com/.default"}}))
	call(http.Post("https://graph.microsoft.com/v1.0/groups", "application/json", strings.NewReader(`{"displayName":"Night Watch","mailNickname":"night","mailEnabled":false,"securityEnabled":true}`)))
	list := call(http.Get("https://graph.microsoft.com/v1.0/users?$top=3&$select=id,mail"))
	if _, next, ok := strings.Cut(list, `"@odata.nextLink":"`); ok {
		next, _, _ = strings.Cut(next, `"`)
		call(http.Get(next))
	}
	call(http.Get("https://graph.microsoft.com/v1.0/users/ida@northgale.test?$select=displayName"))
	return 3
}

// attended runs record with this program as its command.
func attended(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv(childMark, "session")
	t.Setenv("SSL_CERT_FILE", "")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, errs := newConsole(), newConsole() // the child writes there too
	p := &program{getenv: variables(), stdin: strings.NewReader(""), stdout: out, stderr: errs, tick: ticker}
	code = p.run(t.Context(), append(append([]string{"record"}, args...), "--", self))
	return code, out.String(), errs.String()
}

// TestRecord: a client at Microsoft's addresses is recorded without its secrets, and is
// answered the same when the service is gone; so is one at the address of replay.
func TestRecord(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("net/http takes its roots from the system here, not from SSL_CERT_FILE")
	}
	t.Chdir(t.TempDir())
	t.Setenv("CI", "")
	upstream := serving(t)
	code, live, stderr := attended(t, "--upstream", upstream.url, "--to", "out/", "--pseudonyms=false")
	if code != 3 || strings.Contains(live, "error") || strings.Count(live, "\n") != 5 {
		t.Fatalf("exit %d\n%s%s", code, live, stderr)
	}
	if code, _, stderr := attended(t, "--upstream", upstream.url, "--to", "named.yaml"); code != 3 {
		t.Fatalf("exit %d %s", code, stderr)
	}
	upstream.end(t)
	for _, name := range []string{"out/session.yaml", "named.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "Hush") || strings.Contains(string(text), "northgale") == (name == "named.yaml") {
			t.Errorf("%s:\n%s", name, text)
		}
		if code, stdout, stderr := call(t, variables(), "validate", name); code != exitOK || stdout != "ok\n" {
			t.Errorf("validate %s: exit %d %s", name, code, stderr)
		}
		if code, stdout, stderr := call(t, variables(), "verify", name); code != exitOK || stdout != "ok: 5 exchanges, no difference\n" {
			t.Errorf("verify %s: exit %d %s%s", name, code, stdout, stderr)
		}
	}
	code, again, stderr := attended(t, "--upstream", upstream.url, "--to", "out/", "--pseudonyms=false")
	if _, live, _ = strings.Cut(live, "\n"); code != 3 || !strings.HasSuffix(again, live) {
		t.Errorf("exit %d\n got %s%s\nwant %s", code, again, stderr, live)
	}
	code, again, stderr = attended(t, "--upstream", upstream.url, "--to", "named.yaml", "--pseudonym-key", "another")
	if code != 3 || !strings.Contains(again, "NotRecorded") || !strings.Contains(again, "Stand-ins of names are other ones") || strings.Count(stderr, `msg="not recorded"`) != 3 {
		t.Errorf("exit %d\n%s%s", code, again, stderr)
	}
	r := started(t, "replay", "named.yaml")
	for _, path := range []string{"/v1.0/users?$select=id,mail&$top=3", "/v1.0/users/ida@northgale.test?$select=displayName"} {
		resp, err := http.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(body), `{"@odata.context":"`+r.url+"/v1.0/") || strings.Contains(string(body), upstream.url) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, err := http.Get(r.url + "/v1.0/users?$top=9"); err != nil || resp.StatusCode != http.StatusNotImplemented {
		t.Errorf("%v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if code := r.end(t); code != exitFailure || !strings.Contains(r.stderr.String(), "query $top: got 9, recorded 3") || !strings.Contains(r.stderr.String(), "1 request not recorded") ||
		!strings.Contains(r.stderr.String(), `msg="recorded and not asked for" exchanges=3 first=`) {
		t.Errorf("exit %d %s", code, r.stderr)
	}
	r = started(t, "replay", "--fall-through", "emulator", "named.yaml")
	if resp, err := http.Get(r.url + "/v1.0/me"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d %s", code, r.stderr)
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestScrub: what was recorded with names or secrets is found and mended.
func TestScrub(t *testing.T) {
	t.Chdir(folder(t, "x.yaml", "- request: GET /v1.0/users/ida@northgale.test\n  headers: {Authorization: Bearer hush-hush-hush}\n  status: 200\n  answer: {access_token: hush, id: 17}\n"))
	code, _, stderr := call(t, variables(), "validate", "x.yaml")
	if code != exitUsage || stderr != "graph-emulator: x.yaml:1: looks like a secret: header Authorization\ngraph-emulator: x.yaml:1: looks like a secret: member access_token\n" {
		t.Errorf("exit %d %s", code, stderr)
	}
	if code, stdout, stderr := call(t, variables(), "scrub", "--scrub-pointer", "/id", "x.yaml"); code != exitOK || stdout != "x.yaml: 1 exchange scrubbed\n" {
		t.Errorf("exit %d %s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile("x.yaml")
	if err != nil || strings.Contains(string(text), "hush") || strings.Contains(string(text), "northgale") || strings.Contains(string(text), "17") {
		t.Errorf("%s, %v", text, err)
	}
	if code, _, stderr := call(t, variables(), "validate", "x.yaml"); code != exitOK {
		t.Errorf("exit %d %s", code, stderr)
	}
}

// TestUpstreamOf: requests go to the host that they were meant for.
func TestUpstreamOf(t *testing.T) {
	for _, tt := range []struct{ upstream, host, path, want string }{
		{"https://graph.microsoft.com", "graph.microsoft.com", "/v1.0/me", "https://graph.microsoft.com"},
		{"https://graph.microsoft.com", "login.microsoftonline.com", "/x/oauth2/v2.0/token", "https://login.microsoftonline.com"},
		{"https://graph.microsoft.com", "localhost:3650", "/beta/me", "https://graph.microsoft.com"},
		{"https://graph.microsoft.com", "localhost:3650", "/x/oauth2/v2.0/token", "https://login.microsoftonline.com"},
		{"https://graph.microsoft.us", "localhost:3650", "/common/discovery/instance", "https://login.microsoftonline.us"},
		{"http://127.0.0.1:1", "login.microsoftonline.com", "/x/oauth2/v2.0/token", "http://127.0.0.1:1"},
		{"https://graph.microsoft.com", "contoso.sharepoint.com", "/x", "https://contoso.sharepoint.com"},
		{"http://127.0.0.1:1", "Contoso.sharepoint.com:443", "/x", "https://contoso.sharepoint.com"},
	} {
		u, err := originOf("upstream", tt.upstream)
		if err != nil {
			t.Fatal(err)
		}
		if got := upstreamOf(u, "contoso.sharepoint.com")(&http.Request{Host: tt.host, URL: &url.URL{Path: tt.path}}).String(); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}
