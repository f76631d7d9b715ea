package control

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// ask sends a request through a guard whose own host is emulator.corp.test, and gives the
// refusal; nil: it was let through.
func ask(t *testing.T, r *http.Request) (refused *grapherr.Error) {
	t.Helper()
	g := Guard{
		Own:  func(host string) bool { return host == "emulator.corp.test" },
		Fail: func(_ http.ResponseWriter, _ *http.Request, err error) { refused = grapherr.From(err) },
	}
	through := false
	g.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { through = true })).ServeHTTP(httptest.NewRecorder(), r)
	if through == (refused != nil) {
		t.Errorf("%s %s: let through %v, refused %v", r.Method, r.URL, through, refused)
	}
	return refused
}

// Names that anybody can point at this machine are refused, ours and addresses are not.
func TestGuardHost(t *testing.T) {
	for host, lets := range map[string]bool{
		"localhost":                true,
		"localhost:8080":           true,
		"LOCALHOST.:8080":          true,
		"app.localhost":            true,
		"127.0.0.1:8080":           true,
		"10.1.2.3":                 true,
		"[::1]:8080":               true,
		"[fe80::1%25eth0]:8080":    true,
		"graph":                    true,
		"graph:8080":               true,
		"emulator.corp.test":       true,
		"Emulator.Corp.Test.:8443": true,
		"graph.microsoft.com":      true,
		"login.microsoftonline.us": true,

		"evil.test":                    false,
		"evil.test:8080":               false,
		"evil.test.":                   false,
		"x.emulator.corp.test":         false,
		"localhost.evil.test":          false,
		"evil.notlocalhost":            false,
		"evil-localhost.test":          false,
		"graph.microsoft.com.evil.net": false,
		"127.0.0.1.evil.test":          false,
		"127.0.0.256":                  false,
		"evil.test%25eth0":             false,
		"sub.example.com":              false,
	} {
		r := httptest.NewRequest("GET", "/_emulator/clock", nil)
		r.Host = host
		e := ask(t, r)
		if (e == nil) != lets {
			t.Errorf("%s: %v", host, e)
		}
		if e != nil && (e.Status != http.StatusForbidden || !strings.Contains(e.Cure, "--control-host")) {
			t.Errorf("%s: %d, cure %q", host, e.Status, e.Cure)
		}
	}
}

// Pages of another origin are refused, programs and the emulator's own pages are not.
func TestGuardOrigin(t *testing.T) {
	const evil = "https://evil.test"
	for _, tt := range []struct {
		what, method, path string
		header             http.Header
		lets               bool
	}{
		{"a program", "POST", "/_emulator/reset", nil, true},
		{"our own page", "POST", "/_emulator/reset", http.Header{"Origin": {"http://localhost:8080"}}, true},
		{"our own page over TLS", "POST", "/_emulator/reset", http.Header{"Origin": {"https://LOCALHOST:8080"}}, true},
		{"another port", "POST", "/_emulator/reset", http.Header{"Origin": {"http://localhost:3000"}}, false},
		{"no port", "POST", "/_emulator/reset", http.Header{"Origin": {"http://localhost"}}, false},
		{"another site", "POST", "/_emulator/reset", http.Header{"Origin": {evil}}, false},
		{"a site that only begins like us", "POST", "/_emulator/reset", http.Header{"Origin": {"http://localhost:8080.evil.test"}}, false},
		{"a page without an origin", "POST", "/_emulator/reset", http.Header{"Origin": {"null"}}, false},
		{"an empty origin", "POST", "/_emulator/reset", http.Header{"Origin": {""}}, false},
		{"a file", "POST", "/_emulator/reset", http.Header{"Origin": {"file://localhost:8080"}}, false},
		{"an extension", "POST", "/_emulator/reset", http.Header{"Origin": {"chrome-extension://localhost:8080"}}, false},
		{"two origins", "POST", "/_emulator/reset", http.Header{"Origin": {"http://localhost:8080", evil}}, false},
		{"a foreign read", "GET", "/_emulator/clock", http.Header{"Origin": {evil}}, false},
		{"our own origin wins over the site", "GET", "/_emulator/clock", http.Header{"Origin": {"http://localhost:8080"}, "Sec-Fetch-Site": {"same-site"}}, true},

		{"an address typed in", "GET", "/_emulator/clock", http.Header{"Sec-Fetch-Site": {"none"}}, true},
		{"a read of our page", "GET", "/_emulator/clock", http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
		{"a read of another site", "GET", "/_emulator/clock", http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{"a read of another port", "GET", "/_emulator/clock", http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
		{"a word that nobody knows", "GET", "/_emulator/clock", http.Header{"Sec-Fetch-Site": {"new-site"}}, false},
		{"a link to our page", "GET", "/_emulator/", navigation("document"), true},
		{"a link without the slash", "GET", "/_emulator", navigation("document"), true},
		{"a link to what lies behind it", "GET", "/_emulator/clock", navigation("document"), false},
		{"our page in a frame", "GET", "/_emulator", navigation("iframe"), false},
		{"a form to our page", "POST", "/_emulator", navigation("document"), false},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Host = "localhost:8080"
		for name, values := range tt.header {
			r.Header[name] = values
		}
		if e := ask(t, r); (e == nil) != tt.lets || e != nil && e.Status != http.StatusForbidden {
			t.Errorf("%s: %v", tt.what, e)
		}
	}
}

// navigation are the headers of a browser that follows a link on another site.
func navigation(dest string) http.Header {
	return http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {dest}}
}

func TestSameHost(t *testing.T) {
	for _, tt := range []struct {
		origin, host string
		want         bool
	}{
		{"http://a.test", "a.test", true},
		{"http://a.test", "a.test:80", true},
		{"https://a.test", "a.test:443", true},
		{"https://a.test:443", "A.test", true},
		{"http://a.test", "a.test:443", false},
		{"https://a.test", "a.test:80", false},
		{"http://[::1]:8080", "[::1]:8080", true},
		{"http://a.test:8080", "a.test", false},
		{"http://b.test", "a.test", false},
		{"a.test", "a.test", false},
		{"://", "", false},
		{"http://", "", false},
		{"%", "a.test", false},
	} {
		if got := sameHost(tt.origin, tt.host); got != tt.want {
			t.Errorf("%s for %s: %v", tt.origin, tt.host, got)
		}
	}
}

// What a page may send without asking first is refused.
func TestGuardMediaType(t *testing.T) {
	for _, tt := range []struct {
		method, path, kind, body string
		lets                     bool
	}{
		{"POST", "/_emulator/reset", "", "", true},
		{"POST", "/_emulator/reset", "application/json", "{}", true},
		{"POST", "/_emulator/reset", "Application/JSON; charset=utf-8", "{}", true},
		{"POST", "/_emulator/reset", "", "{}", false},
		{"POST", "/_emulator/reset", "text/plain", "{}", false},
		{"POST", "/_emulator/reset", "text/plain", "", false},
		{"POST", "/_emulator/reset", "application/x-www-form-urlencoded", "a=b", false},
		{"DELETE", "/_emulator/faults", "multipart/form-data; boundary=x", "", false},
		{"POST", "/_emulator/reset", "text/plain; application/json", "{}", false},
		{"POST", "/_emulator/reset", "application/yaml", "a: b", false},
		{"POST", "/_emulator/stubs", "application/yaml", "a: b", true},
		{"POST", "/_emulator/stubs", "text/x-yaml", "a: b", true},
		{"POST", "/_emulator/stubs", "application/json", "[]", true},
		{"POST", "/_emulator/stubs", "text/plain", "a: b", false},
		{"GET", "/_emulator/clock", "text/plain", "", true},
		{"HEAD", "/_emulator/clock", "text/plain", "", true},
	} {
		r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		r.Host = "localhost"
		if tt.kind != "" {
			r.Header.Set("Content-Type", tt.kind)
		}
		if e := ask(t, r); (e == nil) != tt.lets || e != nil && e.Status != http.StatusUnsupportedMediaType {
			t.Errorf("%s %s with %q as %q: %v", tt.method, tt.path, tt.body, tt.kind, e)
		}
	}
}
