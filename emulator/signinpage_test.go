package emulator_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// browser is a person without scripts in front of pages.
type browser struct {
	t    *testing.T
	c    *http.Client
	page string // the body of the last answer
}

func newBrowser(t *testing.T, emu http.Handler) (*browser, string) {
	t.Helper()
	s := httptest.NewServer(emu)
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, c: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, s.URL
}

func (b *browser) open(address string) *http.Response {
	b.t.Helper()
	resp, err := b.c.Get(address)
	return b.read(resp, err)
}

func (b *browser) read(resp *http.Response, err error) *http.Response {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var page strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := resp.Body.Read(buf)
		page.Write(buf[:n])
		if err != nil {
			break
		}
	}
	b.page = page.String()
	return resp
}

// submit sends the form of the page with its hidden fields and what is typed.
func (b *browser) submit(base string, typed ...string) *http.Response {
	b.t.Helper()
	v := url.Values{}
	for _, field := range strings.Split(b.page, "<input ")[1:] {
		field, _, _ = strings.Cut(field, ">")
		if name := attribute(field, "name"); name != "" {
			v.Set(name, attribute(field, "value"))
		}
	}
	for i := 0; i+1 < len(typed); i += 2 {
		v.Set(typed[i], typed[i+1])
	}
	at := strings.Index(b.page, "<form ")
	if at < 0 {
		b.t.Fatalf("no form: %s", b.page)
	}
	resp, err := b.c.PostForm(base+attribute(b.page[at:], "action"), v)
	return b.read(resp, err)
}

func attribute(tag, name string) string {
	_, rest, ok := strings.Cut(tag, name+`="`)
	if !ok {
		return ""
	}
	text, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// TestSignInPage: a person signs in by name and password on a plain form, is
// remembered, chooses somebody else, consents and declines (B-10.20, C-2.19, C-2.20).
func TestSignInPage(t *testing.T) {
	d := checkedDesk(t, emulator.WithSignIn("page"))
	b, base := newBrowser(t, d.emu)
	ask := func(pairs ...string) string {
		v := form("client_id", deskApp, "redirect_uri", back, "response_type", "code", "scope", "openid User.Read", "state", "s", "client_info", "1")
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return base + "/" + tenantID + "/oauth2/v2.0/authorize?" + v.Encode()
	}
	lands := func(resp *http.Response) url.Values {
		t.Helper()
		to := resp.Header.Get("Location")
		if resp.StatusCode != http.StatusFound || !strings.HasPrefix(to, back) {
			t.Fatalf("%s %s: %s", resp.Status, to, b.page)
		}
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query()
	}
	if got := lands(b.open(ask("prompt", "none"))); got.Get("error") != "login_required" {
		t.Errorf("nobody is signed in: %v", got)
	}
	resp := b.open(ask("login_hint", `"><b>`))
	for _, name := range []string{`name="loginfmt"`, `type="password"`, `type="submit"`, "Desk", "Tomas Lind (tomas@northgale.test)"} {
		if !strings.Contains(b.page, name) {
			t.Errorf("the page lacks %s", name)
		}
	}
	if strings.Contains(b.page, `"><b>`) || resp.Header.Get("X-Frame-Options") != "" || resp.Header.Get("Cross-Origin-Opener-Policy") != "" {
		t.Errorf("the page: %v %s", resp.Header, b.page)
	}
	if b.submit(base, "loginfmt", "ida@northgale.test", "passwd", "wrong"); !strings.Contains(b.page, "Error validating credentials") {
		t.Errorf("a wrong password: %s", b.page)
	}
	if b.submit(base, "pick", "tomas@northgale.test"); !strings.Contains(b.page, `value="tomas@northgale.test"`) || strings.Contains(b.page, `role="alert"`) {
		t.Errorf("choosing somebody: %s", b.page)
	}
	got := lands(b.submit(base, "loginfmt", "ida@northgale.test", "passwd", "right"))
	if got.Get("state") != "s" || got.Get("client_info") == "" {
		t.Errorf("%v", got)
	}
	v := redeem(got.Get("code"), "code_verifier", "")
	if got := claimsOf(t, d.token(v)["access_token"]); got["oid"] != ida {
		t.Errorf("signed in as %v", got["oid"])
	}
	if got := lands(b.open(ask())); got.Get("code") == "" {
		t.Errorf("remembered: %v", got)
	}
	if got := lands(b.open(ask("prompt", "none"))); got.Get("code") == "" {
		t.Errorf("remembered without a page: %v", got)
	}
	if resp := b.open(ask("prompt", "select_account")); resp.StatusCode != http.StatusOK {
		t.Errorf("select_account: %s", resp.Status)
	}
	if got := lands(b.submit(base, "cancel", "1")); got.Get("error") != "access_denied" || !strings.HasPrefix(got.Get("error_description"), "AADSTS65004") {
		t.Errorf("declined: %v", got)
	}
	if b.open(ask("prompt", "consent")); !strings.Contains(b.page, "Desk asks for permissions") || !strings.Contains(b.page, "<li>User.Read</li>") {
		t.Errorf("consent: %s", b.page)
	}
	if got := lands(b.submit(base, "accept", "1")); got.Get("code") == "" {
		t.Errorf("consented: %v", got)
	}
	out := b.open(base + "/common/oauth2/v2.0/logout?post_logout_redirect_uri=" + url.QueryEscape("https://desk.northgale.test/out") + "&state=z")
	if to := out.Header.Get("Location"); out.StatusCode != http.StatusFound || to != "https://desk.northgale.test/out?state=z" {
		t.Errorf("logout: %s %s", out.Status, to)
	}
	if got := lands(b.open(ask("prompt", "none"))); got.Get("error") != "login_required" {
		t.Errorf("after the logout: %v", got)
	}
}
