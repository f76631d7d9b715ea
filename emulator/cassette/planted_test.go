package cassette_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// plant gives a secret of its own to each use, and remembers it.
type plant struct {
	mu  sync.Mutex
	n   int
	all map[string]string // what it was for, by secret
}

// bulb is a new secret. Its beginning tells it from everything else.
func (p *plant) bulb(what string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	s := fmt.Sprintf("BuLb%03dZq7xWv4Kp9sLm2Rt", p.n)
	p.all[s] = what
	return s
}

// token is a JWT whose signature is the secret, as it is what makes it work.
func (p *plant) token(what string) string {
	enc := base64.RawURLEncoding.EncodeToString
	s := p.bulb(what)
	p.mu.Lock()
	p.all[enc([]byte(s))] = what
	p.mu.Unlock()
	return enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(`{"oid":"c26302f8-02f8-c263-f802-63c2f80263c2","upn":"ida@contoso.com"}`)) + "." + enc([]byte(s))
}

var (
	plantedHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Ms-Authorization-Auxiliary", "X-Ms-Token-Aad-Refresh-Token", "X-Auth-Token", "X-Mine-Unknown"}
	plantedAnswers = []string{"Set-Cookie", "Authentication-Info", "X-Access-Token", "X-Csrf-Token"}
	plantedFields  = []string{"client_secret", "client_assertion", "assertion", "code", "refresh_token", "device_code", "password", "code_verifier", "id_token_hint", "SAMLResponse", "subject_token", "actor_token"}
	plantedMembers = []string{"password", "newPassword", "currentPassword", "secretText", "clientSecret", "client_secret", "clientState", "access_token", "accessToken", "refresh_token", "refreshToken",
		"id_token", "temporaryAccessPass", "privateKey", "sharedSecret", "preSharedKey", "apiKey", "connectionString", "sasToken", "user_code", "assertion", "passphrase", "recoveryKey", "validationToken"}
	plantedParameters = []string{"access_token", "code", "client_secret", "sig", "tempauth", "authtoken", "prooftoken", "token", "refresh_token", "id_token"}
)

// object holds a secret under every name, in the order of the list.
func (p *plant) object(names []string) string {
	var b strings.Builder
	for i, n := range names {
		fmt.Fprintf(&b, `%s"%s":"%s"`, map[bool]string{true: "{", false: ","}[i == 0], n, p.bulb("member "+n))
	}
	return b.String() + "}"
}

func (p *plant) query(names []string) string {
	q := url.Values{}
	for _, n := range names {
		q.Set(n, p.bulb("parameter "+n))
	}
	return q.Encode()
}

// texts are sentences, and worse, with secrets in them.
func (p *plant) texts() string {
	texts := []string{
		"-----BEGIN PRIVATE KEY-----\n" + p.bulb("PEM") + "\n-----END PRIVATE KEY-----\n", "Bearer " + p.bulb("bearer in a text"), "Basic " + p.bulb("basic in a text"),
		"DefaultEndpointsProtocol=https;AccountKey=" + p.bulb("account key") + ";x", "Server=a;Password=" + p.bulb("connection string"), "see " + p.token("token in a text") + ".",
		"https://ida:" + p.bulb("password in a URL") + "@contoso.com/", "https://contoso.blob.core.windows.net/x?sv=1&sig=" + p.bulb("SAS in a text"),
		base64.StdEncoding.EncodeToString([]byte(`{"refresh_token":"` + p.bulb("token in base64") + `"}`)),
		base64.RawURLEncoding.EncodeToString([]byte("client_secret=" + p.bulb("form in base64") + "&x=1")),
	}
	b, _ := json.Marshal(texts)
	return string(b)
}

// TestPlanted: of more than forty kinds of secrets none is in any file of a recording,
// however the bodies are written down.
func TestPlanted(t *testing.T) {
	for name, opts := range map[string][]cassette.Option{
		"inline": nil, "sides": {cassette.WithInlineLimit(0)}, "parts": {cassette.WithBatchParts()}, "names": {withScrubber(t, scrub.WithoutPseudonyms())},
	} {
		t.Run(name, func(t *testing.T) {
			p := &plant{all: map[string]string{}}
			dir := t.TempDir()
			garden(t, p, filepath.Join(dir, "session.yaml"), opts)
			kinds := map[string]bool{}
			for _, what := range p.all {
				kinds[what] = true
			}
			if len(kinds) < 40 {
				t.Errorf("%d kinds are planted", len(kinds))
			}
			search(t, dir, p.all)
		})
	}
}

func withScrubber(t *testing.T, opts ...scrub.Option) cassette.Option {
	t.Helper()
	s, err := scrub.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return cassette.WithScrubber(s)
}

// search looks for secrets in every file, as they are and as they are written in
// URLs and base64.
func search(t *testing.T, dir string, secrets map[string]string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for secret, what := range secrets {
			for _, form := range forms(secret) {
				if bytes.Contains(text, []byte(form)) {
					t.Errorf("%s: %s is in %s", what, form, path)
				}
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

// forms are the ways in which a secret may stand in a file: also in the middle of
// base64, wherever it begins there.
func forms(secret string) []string {
	out := []string{secret, url.QueryEscape(secret)}
	if len(secret) < 18 {
		return out
	}
	for _, before := range []string{"", "x", "xy"} {
		coded := base64.RawStdEncoding.EncodeToString([]byte(before + secret))
		out = append(out, coded[4:len(coded)-4], strings.NewReplacer("+", "-", "/", "_").Replace(coded[4:len(coded)-4]))
	}
	return out
}

// garden records exchanges full of secrets.
func garden(t *testing.T, p *plant, path string, opts []cassette.Option) {
	t.Helper()
	answers := map[string]string{
		"/v1.0/members": p.object(plantedMembers), "/v1.0/texts": `{"value":` + p.texts() + `}`,
		"/v1.0/nested": `{"value":[{"passwordCredentials":[` + p.object(plantedMembers[:6]) + `],"passwordProfile":` + p.object([]string{"password"}) + `}],"validationTokens":["` + p.token("validation token") + `"]}`,
		"/v1.0/urls": `{"@microsoft.graph.downloadUrl":"https://contoso.sharepoint.com/_layouts/15/download.aspx?UniqueId=1&` + p.query(plantedParameters) + `","uploadUrl":"https://sn3302.up.1drv.com/up/` + p.bulb("upload address") + `",
			"@content.downloadUrl":"https://public.dm.files.1drv.com/` + p.bulb("download address") + `"}`,
		"/form":        `<html><form method="post"><input type="hidden" name="code" value="` + p.bulb("form post") + `"/><input value='` + p.bulb("form post, the other way round") + `' name='id_token'/></form></html>`,
		"/wstrust":     `<s:Envelope><o:Password Type="x">` + p.bulb("WS-Trust password") + `</o:Password><wsse:BinarySecurityToken>` + p.bulb("security token") + `</wsse:BinarySecurityToken></s:Envelope>`,
		"/v1.0/$batch": `{"responses":[{"id":"1","status":200,"headers":{"Set-Cookie":"a=` + p.bulb("cookie in a batch") + `","Content-Type":"application/json"},"body":` + p.object(plantedMembers[:8]) + `}]}`,
		"/token":       `{"token_type":"Bearer","access_token":"` + p.token("access token") + `","refresh_token":"` + p.bulb("refresh token") + `","id_token":"` + p.token("id token") + `"}`,
		"/v1.0/packed": p.object(plantedMembers),
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, n := range plantedAnswers {
			w.Header().Set(n, "a="+p.bulb("header "+n))
		}
		media := "application/json"
		if !strings.HasPrefix(answers[r.URL.Path], "{") {
			media = "text/html"
		}
		w.Header().Set("Content-Type", media)
		switch r.URL.Path {
		case "/authorize":
			w.Header().Set("Location", "http://localhost/?"+p.query(plantedParameters))
			w.WriteHeader(http.StatusFound)
		case "/v1.0/packed":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, answers[r.URL.Path])
			z.Close()
		default:
			io.WriteString(w, answers[r.URL.Path])
		}
	}))
	defer srv.Close()
	c, err := cassette.Open(path, cassette.All, append(opts, cassette.WithUpstream(srv.URL))...)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: c.Transport(nil), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path, media, body string) {
		req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", media)
		for _, n := range plantedHeaders {
			req.Header.Set(n, "Bearer "+p.bulb("header "+n))
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	const js, form = "application/json", "application/x-www-form-urlencoded"
	for path := range answers {
		send("GET", path+"?"+p.query(plantedParameters), js, "")
	}
	send("POST", "/token", form, "grant_type=x&"+p.query(plantedFields))
	send("POST", "/token", form, "client_assertion="+p.token("client assertion")+"&username=ida%40contoso.com")
	send("POST", "/authorize", form, "x=y")
	send("POST", "/v1.0/members", js, p.object(plantedMembers))
	send("POST", "/v1.0/texts", js, `{"value":`+p.texts()+`}`)
	send("PUT", "/v1.0/text", "text/plain", p.texts())
	send("POST", "/v1.0/$batch", js, `{"requests":[{"id":"1","method":"POST","url":"/x?`+p.query(plantedParameters[:3])+`","headers":{"Authorization":"Bearer `+p.token("token in a batch")+`","Content-Type":"application/json"},"body":`+p.object(plantedMembers[:8])+`}]}`)
	send("POST", "/v1.0/$batch", js, `{"requests":[{"id":"1","method":"POST","url":"/x","headers":{"Content-Type":"text/plain"},"body":"`+base64.StdEncoding.EncodeToString([]byte("client_secret="+p.bulb("base64 in a batch")+"&x=y"))+`"}]}`)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := cassette.Secrets(path); err != nil || len(found) > 0 {
		t.Errorf("validate still finds %v (%v)", found, err)
	}
}
