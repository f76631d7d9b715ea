package graphtest

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/graph-emulator/graph-emulator/emulator"
)

const (
	ida   = "c26302f8-02f8-c263-f802-63c2f80263c2"
	tomas = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745"
)

// me asks a client who it is; the status stands for an answer that is none.
func me(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ ID string }
	if resp.StatusCode != http.StatusOK || json.Unmarshal(body, &got) != nil {
		return resp.Status
	}
	return got.ID
}

func TestClients(t *testing.T) {
	s := Start(t)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for _, tt := range []struct {
		who  *http.Client
		url  string
		want string
	}{
		{s.Client(), s.GraphURL("v1.0") + "/me", ida},
		{s.Client(), s.GraphURL("beta") + "/me", ida},
		{s.Client(), "/v1.0/me", ida},
		{s.Client(), "https://graph.microsoft.com/v1.0/me", ida},
		{s.Client(), "http://localhost" + port + "/v1.0/me", ida},
		{s.As("tomas@northgale.test"), s.URL + "/v1.0/me", tomas},
		{s.As(tomas), s.URL + "/v1.0/me", tomas},
		{s.AsApp("User.Read.All"), s.URL + "/v1.0/me", "400 Bad Request"},
		{s.AsApp(), s.URL + "/v1.0/users/" + ida, ida},
		{s.Client(), "http://127.0.0.1:1/v1.0/me", `Get "http://127.0.0.1:1/v1.0/me": graphtest: this client calls the emulator at ` + s.URL + ", not 127.0.0.1:1"},
		{s.Client(), "https://northgale.test/", `Get "https://northgale.test/": graphtest: this client calls the emulator at ` + s.URL + ", not northgale.test"},
	} {
		if got := me(t, tt.who, tt.url); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.url, got, tt.want)
		}
	}
	req, err := http.NewRequest(http.MethodGet, s.URL+"/v1.0/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.TokenOf(tomas))
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), tomas) {
		t.Errorf("a token of the request's own is not kept: %s", body)
	}
}

func TestTokens(t *testing.T) {
	s := Start(t)
	for _, tt := range []struct {
		token string
		want  map[string]any
	}{
		{s.Token(), map[string]any{"oid": ida, "tid": "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", "scp": "User.Read", "aud": "https://graph.microsoft.com", "upn": "ida@northgale.test", "idtyp": "user"}},
		{s.Token("Mail.Read", "Presence.Read"), map[string]any{"oid": ida, "scp": "Mail.Read Presence.Read"}},
		{s.AppToken("User.Read.All"), map[string]any{"oid": "5d2e9a71-0b3c-4f68-a1d4-7c8e90b2f613", "appid": "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", "idtyp": "app", "roles": []any{"User.Read.All"}, "scp": nil}},
	} {
		parts := strings.Split(tt.token, ".")
		if len(parts) != 3 {
			t.Fatalf("a token of %d parts: %s", len(parts), tt.token)
		}
		text, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err := json.Unmarshal(text, &claims); err != nil {
			t.Fatal(err)
		}
		for name, want := range tt.want {
			if shown(claims[name]) != shown(want) {
				t.Errorf("claim %s is %v, want %v", name, claims[name], want)
			}
		}
		if exp, _ := claims["exp"].(float64); exp <= claims["iat"].(float64) {
			t.Errorf("exp %v", claims["exp"])
		}
	}
}

func TestAddAndReset(t *testing.T) {
	s := Start(t)
	made := s.Add("/users", User("ragna"))
	if got := s.Get("/users/ragna@northgale.test"); got["id"] != made["id"] || got["displayName"] != "ragna" {
		t.Errorf("got %v, added %v", got, made)
	}
	if made := s.Add("/beta/communications/presences", `{"availability":"Busy","activity":"Busy"}`); made["availability"] != "Busy" {
		t.Errorf("added %v", made)
	}
	s.Reset()
	if status, answer := s.call(s.Client(), http.MethodGet, "/users/ragna@northgale.test", nil); status != http.StatusNotFound {
		t.Errorf("after Reset: %d %v", status, answer)
	}
}

// TestBareTenant: clients and tokens do without users and catalog.
func TestBareTenant(t *testing.T) {
	s := Start(t, emulator.WithoutCatalog())
	if got := me(t, s.Client(), "/v1.0/me"); got != "400 Bad Request" {
		t.Errorf("got %s", got)
	}
	if strings.Count(s.AppToken(), ".") != 2 {
		t.Error("no token")
	}
}

// TestNothingStays: not even a connection that never said a word.
func TestNothingStays(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("server", func(t *testing.T) {
		s := Start(t)
		if got := me(t, s.Client(), "/v1.0/me"); got != ida {
			t.Error(got)
		}
		l := &http.Client{Transport: &http.Transport{}}
		if got := me(t, l, s.URL+"/v1.0/me"); got != ida {
			t.Error(got)
		}
		l.CloseIdleConnections()
	})
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = format
	panic(f)
}

func TestRefusals(t *testing.T) {
	for name, do := range map[string]func(*Server){
		"Add":  func(s *Server) { s.Add("/users", map[string]any{"displayName": 7}) },
		"Get":  func(s *Server) { s.Get("/users/nobody") },
		"As":   func(s *Server) { s.As("nobody@northgale.test") },
		"JSON": func(s *Server) { s.Add("/users", func() {}) },
	} {
		t.Run(name, func(t *testing.T) {
			f := &failing{TB: t}
			s := Start(t)
			s.t = f
			defer func() {
				s.t = t
				if recover() != f || !strings.HasPrefix(f.said, "graphtest: ") {
					t.Errorf("the test does not end: %q", f.said)
				}
			}()
			do(s)
		})
	}
}

// TestSecure: over TLS with the CA's roots, as a proxy, and without a socket.
func TestSecure(t *testing.T) {
	s := Start(t)
	proxy, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	direct := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CertPool()}}
	proxied := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CertPool()}, Proxy: http.ProxyURL(proxy)}
	defer direct.CloseIdleConnections()
	defer proxied.CloseIdleConnections()
	for _, tt := range []struct {
		transport http.RoundTripper
		url       string
	}{
		{direct, s.SecureURL() + "/v1.0/me"},
		{proxied, "https://graph.microsoft.com/v1.0/me"},
		{s.Transport(), "https://graph.microsoft.com/v1.0/me"},
		{s.Transport(), "https://dod-graph.microsoft.us/beta/me"},
	} {
		if got := me(t, &http.Client{Transport: tt.transport}, tt.url); got != ida {
			t.Errorf("%s: %s", tt.url, got)
		}
	}
}

func shown(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// AuthorityURL is known as soon as Start returns, also to what the server has not yet
// begun to answer.
func TestAuthorityURL(t *testing.T) {
	for range 20 {
		if s := Start(t); s.AuthorityURL() != s.SecureURL() {
			t.Fatalf("%q", s.AuthorityURL())
		}
	}
	if s := Start(t, emulator.WithPublicURL("https://graph.test")); s.AuthorityURL() != "https://graph.test" {
		t.Errorf("%q", s.AuthorityURL())
	}
}
