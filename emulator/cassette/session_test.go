package cassette_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// said is one call of a session, and what came of it.
type said struct {
	line   string
	status int
	header http.Header
	body   []byte
}

// speaker is a client that goes on with what it is answered.
type speaker struct {
	t      *testing.T
	client *http.Client
	base   string
	token  string
	all    []said
}

func speak(t *testing.T, base string, through http.RoundTripper) []said {
	t.Helper()
	s := &speaker{t: t, base: base, client: &http.Client{Transport: through, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	s.signIn()
	s.users()
	s.groups()
	s.lists()
	s.batches()
	s.content()
	s.others()
	s.errors()
	return s.all
}

// call makes one call. A path is below the address of the service.
func (s *speaker) call(method, target, body string, headers ...string) said {
	s.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = s.base + target
	}
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, target, in)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	out := said{method + " " + target, resp.StatusCode, resp.Header, b}
	if out.status == http.StatusNotImplemented {
		s.t.Fatalf("call %d: %s: %s", len(s.all), out.line, b)
	}
	s.all = append(s.all, out)
	return out
}

// member is a text of a JSON answer.
func (x said) member(name string) string {
	var v map[string]any
	if json.Unmarshal(x.body, &v) != nil {
		return ""
	}
	s, _ := v[name].(string)
	return s
}

const formType = "application/x-www-form-urlencoded"

func (s *speaker) signIn() {
	const tenant = "/northgale.test"
	redeem := func(v url.Values) said {
		v.Set("client_id", "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305")
		return s.call("POST", tenant+"/oauth2/v2.0/token", v.Encode(), "Content-Type", formType)
	}
	s.call("GET", tenant+"/v2.0/.well-known/openid-configuration", "")
	s.call("GET", tenant+"/discovery/v2.0/keys", "")
	s.call("GET", "/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize", "")
	redeem(url.Values{"grant_type": {"client_credentials"}, "client_secret": {"Hush-hush"}, "scope": {"https://graph.microsoft.com/.default"}})
	back := s.call("GET", tenant+"/oauth2/v2.0/authorize?response_type=code&client_id=c0ffee00-51ab-4c3d-8e77-2b9a64d1f305&redirect_uri="+url.QueryEscape("http://localhost/")+"&scope="+url.QueryEscape("User.Read offline_access openid profile")+"&state=s1&nonce=n1", "")
	to, err := url.Parse(back.header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	token := redeem(url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {"http://localhost/"}, "scope": {"User.Read offline_access openid profile"}})
	redeem(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.member("refresh_token")}, "scope": {"User.Read offline_access"}})
	device := s.call("POST", tenant+"/oauth2/v2.0/devicecode", url.Values{"client_id": {"c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"}, "scope": {"User.Read"}}.Encode(), "Content-Type", formType)
	redeem(url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {device.member("device_code")}})
	redeem(url.Values{"grant_type": {"password"}, "username": {"ida@northgale.test"}, "password": {"Hush-hush-too"}, "scope": {"User.Read"}})
	redeem(url.Values{"grant_type": {"authorization_code"}, "code": {"nonsense"}, "redirect_uri": {"http://localhost/"}})
	s.token = token.member("access_token")
}

func (s *speaker) users() {
	for i := range 18 {
		name := fmt.Sprintf("hand%02d", i)
		made := s.call("POST", "/v1.0/users", fmt.Sprintf(`{"accountEnabled":true,"displayName":"Hand %d","mailNickname":"%s","userPrincipalName":"%s@northgale.test","passwordProfile":{"password":"harbour-Gale-%d-x"}}`, i, name, name, i))
		id := made.member("id")
		s.call("GET", "/v1.0/users/"+id, "")
		s.call("PATCH", "/v1.0/users/"+id, fmt.Sprintf(`{"jobTitle":"Deckhand %d","businessPhones":["+47 55 00 %02d"]}`, i, i))
		s.call("GET", "/v1.0/users/"+name+"@northgale.test?$select=id,jobTitle,userPrincipalName", "")
		if i%3 == 0 {
			s.call("DELETE", "/v1.0/users/"+id, "")
			s.call("GET", "/v1.0/users/"+id, "")
		}
	}
}

func (s *speaker) groups() {
	me := s.call("GET", "/v1.0/me", "").member("id")
	for i := range 5 {
		id := s.call("POST", "/v1.0/groups", fmt.Sprintf(`{"displayName":"Watch %d","mailNickname":"watch%d","mailEnabled":false,"securityEnabled":true}`, i, i)).member("id")
		s.call("POST", "/v1.0/groups/"+id+"/members/$ref", `{"@odata.id":"`+s.base+`/v1.0/directoryObjects/`+me+`"}`)
		s.call("GET", "/v1.0/groups/"+id+"/members?$select=id,displayName", "")
		s.call("GET", "/v1.0/groups/"+id+"/members/$count", "", "ConsistencyLevel", "eventual")
		s.call("DELETE", "/v1.0/groups/"+id+"/members/"+me+"/$ref", "")
		s.call("GET", "/v1.0/groups/"+id+"/members", "")
	}
}

// follow reads a list to its end.
func (s *speaker) follow(target string, headers ...string) said {
	for {
		page := s.call("GET", target, "", headers...)
		if target = page.member("@odata.nextLink"); target == "" {
			return page
		}
	}
}

func (s *speaker) lists() {
	s.follow("/v1.0/users?$top=3&$select=id,displayName,mail")
	s.follow("/beta/users?$select=id,userPrincipalName&$top=4&$orderby=displayName")
	s.follow("/v1.0/users?$filter=startswith(displayName,'Hand')&$count=true&$top=5", "ConsistencyLevel", "eventual")
	s.call("GET", "/v1.0/users?$search=%22displayName:Hand%22&$select=id", "", "ConsistencyLevel", "eventual")
	delta := s.follow("/v1.0/users/delta?$select=displayName").member("@odata.deltaLink")
	s.call("PATCH", "/v1.0/me", `{"officeLocation":"Quay 3"}`)
	s.follow(delta)
}

func (s *speaker) batches() {
	for i := range 8 {
		s.call("POST", "/v1.0/$batch", fmt.Sprintf(`{"requests":[{"id":"1","method":"GET","url":"/me?$select=id,mail"},{"id":"2","method":"GET","url":"/users/nobody%d@northgale.test"},
			{"id":"3","method":"POST","url":"/groups","headers":{"Content-Type":"application/json"},"body":{"displayName":"Batch %d","mailNickname":"batch%d","mailEnabled":false,"securityEnabled":true}},
			{"id":"4","dependsOn":["3"],"method":"GET","url":"/groups?$filter=displayName eq 'Batch %d'&$select=id"}]}`, i, i, i, i))
	}
}

func (s *speaker) content() {
	big := "The tide table of the year, for ida@northgale.test.\n" + strings.Repeat("0123456789abcdef\n", 6000)
	for name, text := range []string{"small", big, string(bytes.Repeat([]byte{0, 1, 254, 255}, 30000))} {
		path := fmt.Sprintf("/v1.0/me/drive/root:/tide%d.txt:/content", name)
		s.call("PUT", path, text, "Content-Type", map[bool]string{true: "application/octet-stream", false: "text/plain"}[name == 2])
		if to := s.call("GET", path, "").header.Get("Location"); to != "" {
			s.call("GET", to, "")
		}
	}
	s.call("PUT", "/v1.0/me/photo/$value", "GIF89a\x3c\x00\x50\x00\x00\x00\x00", "Content-Type", "image/gif")
	s.call("GET", "/v1.0/me/photo/$value", "")
}

func (s *speaker) others() {
	for i := range 6 {
		id := s.call("POST", "/v1.0/me/messages", fmt.Sprintf(`{"subject":"Tide %d: \"high\"","body":{"contentType":"text","content":"Dear all,\n\nhigh water at %d.\nÅse & Ida\n"},"toRecipients":[{"emailAddress":{"address":"tomas@northgale.test"}}]}`, i, i)).member("id")
		s.call("GET", "/v1.0/me/messages/"+id, "", "Prefer", `outlook.body-content-type="text"`)
		s.call("PATCH", "/v1.0/me/messages/"+id, `{"isRead":true}`)
		s.call("HEAD", "/v1.0/me/messages/"+id, "")
	}
	s.call("GET", "/v1.0/me/messages?$top=2&$select=subject", "")
	s.call("POST", "/v1.0/me/sendMail", `{"message":{"subject":"Fog","toRecipients":[{"emailAddress":{"address":"tomas@northgale.test"}}]}}`)
	s.call("GET", "/v1.0/me/presence", "")
	s.call("PATCH", "/beta/communications/presences", `{"availability":"Busy","activity":"InACall"}`)
	s.call("GET", "/beta/me/presence", "")
	s.call("GET", "/v1.0/organization", "")
	s.call("GET", "/v1.0/$metadata", "")
	s.call("OPTIONS", "/v1.0/me", "", "Origin", "http://localhost:8080", "Access-Control-Request-Method", "PATCH")
}

func (s *speaker) errors() {
	for _, path := range []string{"/v1.0/usrs", "/v1.0/users/nobody@northgale.test", "/v1.0/users?$filter=x eq", "/v1.0/users?$top=-1", "/v3.0/me", "/v1.0/groups/c26302f8-0000-0000-0000-63c2f80263c2", "/v1.0/users?$select=nope"} {
		s.call("GET", strings.ReplaceAll(path, " ", "%20"), "")
	}
	s.call("POST", "/v1.0/users", `{"displayName":`)
	s.call("POST", "/v1.0/users", `{"displayName":"x"}`)
	s.call("PUT", "/v1.0/users", `{}`)
	s.call("PATCH", "/v1.0/me", `{"jobTitle":"x"}`, "If-Match", `W/"stale"`)
}

// mayDiffer are headers that are about the connection, the moment or a secret.
var mayDiffer = []string{"Date", "Content-Length", "Transfer-Encoding", "Server", "Set-Cookie", "Connection", "X-Ms-Ags-Diagnostic", "Strict-Transport-Security"}

func headersOf(h http.Header) string {
	var out []string
	for name, values := range h {
		if !slices.Contains(mayDiffer, name) {
			out = append(out, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestSession: a session of mixed calls is answered the same when the service is gone:
// to the byte where names stay, and as the mapping has it where they get stand-ins.
// None of its secrets is in any file, and every kind of call is among them.
func TestSession(t *testing.T) {
	signIn := regexp.MustCompile(`/oauth2/|/discovery/|/\.well-known/|/content/`)
	for _, names := range []bool{true, false} {
		t.Run(map[bool]string{true: "stand-ins", false: "names"}[names], func(t *testing.T) {
			scrubber := func() *scrub.Scrubber {
				var opts []scrub.Option
				if !names {
					opts = append(opts, scrub.WithoutPseudonyms())
				}
				s, err := scrub.New(opts...)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "session.yaml")
			srv := graphtest.Start(t)
			transport := &http.Transport{}
			mapping := scrubber()
			c := graphtest.CassetteIn(t, path, cassette.All, cassette.WithScrubber(mapping), cassette.WithUpstream(srv.URL))
			live := speak(t, srv.URL, c.Transport(transport))
			transport.CloseIdleConnections()
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if len(live) < 200 {
				t.Errorf("%d calls", len(live))
			}
			search(t, dir, secretsOf(live))
			again := speak(t, srv.URL, graphtest.CassetteIn(t, path, cassette.None, cassette.WithScrubber(scrubber())).Transport(gone{}))
			if len(again) != len(live) {
				t.Fatalf("%d calls, recorded %d", len(again), len(live))
			}
			for i, want := range live {
				got := again[i]
				header, body := headersOf(want.header), want.body
				if names || signIn.Match([]byte(want.line)) || strings.Contains(header, "Location: ") {
					mapped := http.Header{}
					for name, values := range want.header {
						for _, v := range values {
							if v, ok := mapping.Header(name, v); ok {
								mapped.Add(name, v)
							}
						}
					}
					header, body = headersOf(mapped), mapping.Body(want.header.Get("Content-Type"), want.body)
				}
				if got.status != want.status || !bytes.Equal(got.body, body) || headersOf(got.header) != header {
					t.Errorf("call %d: %s\n got %d %s\n%.1500s\nwant %d %s\n%.1500s", i, want.line, got.status, headersOf(got.header), got.body, want.status, header, body)
				}
			}
		})
	}
}

// gone is a service that cannot be reached.
type gone struct{}

func (gone) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%s was asked for", r.URL)
}

// secretsOf are the tokens and codes that were given out, and what the client sent.
func secretsOf(all []said) map[string]string {
	out := map[string]string{"Hush-hush": "client secret", "harbour-Gale": "password"}
	for _, x := range all {
		for _, name := range []string{"access_token", "refresh_token", "id_token", "device_code", "user_code"} {
			v := x.member(name)
			if i := strings.LastIndexByte(v, '.'); strings.Count(v, ".") == 2 {
				v = v[i+1:] // the signature is what makes it a token
			}
			if v != "" {
				out[v] = name
			}
		}
		if u, err := url.Parse(x.header.Get("Location")); err == nil && u.Query().Get("code") != "" {
			out[u.Query().Get("code")] = "code"
		}
		for _, c := range x.header["Set-Cookie"] {
			_, v, _ := strings.Cut(c, "=")
			out[strings.SplitN(v, ";", 2)[0]] = "cookie"
		}
	}
	return out
}
