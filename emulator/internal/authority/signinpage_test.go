package authority_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
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
// remembered, chooses somebody else, consents and declines.
func TestSignInPage(t *testing.T) {
	t.Attr("rules", "B-10.20 C-2.19 C-2.20")
	d := checkedDesk(t, emulator.WithSignIn(emulator.SignInPage))
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
	if strings.Contains(b.page, `"><b>`) || resp.Header.Get("Cross-Origin-Opener-Policy") != "" {
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
	if got := emulatortest.Claims(t, d.token(v)["access_token"]); got["oid"] != emulatortest.Ida {
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

// A path with two slashes in front is no other host to post passwords to, and no page
// posts anywhere but here and to the client, or shows in a frame.
func TestFaultA11PagesPostToThemselves(t *testing.T) {
	d := checkedDesk(t, emulator.WithSignIn(emulator.SignInPage))
	query := func(pairs ...string) string {
		v := form("client_id", deskApp, "redirect_uri", back, "response_type", "code", "scope", "openid User.Read", "prompt", "login")
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return "?" + v.Encode()
	}
	b, base := newBrowser(t, d.emu)
	origin := strings.Join(strings.Split(back, "/")[:3], "/")
	for _, path := range []string{"/northgale.test/oauth2/v2.0/authorize", "//northgale.test/oauth2/v2.0/authorize", "///northgale.test/oauth2/v2.0/authorize/", "/northgale.test/adminconsent", "//northgale.test/adminconsent"} {
		resp := b.open(base + path + query())
		if want := `action="/` + strings.TrimLeft(path, "/") + `"`; !strings.Contains(b.page, want) {
			t.Errorf("%s: %s lacks %s:\n%s", path, resp.Status, want, b.page)
		}
		policy := resp.Header.Get("Content-Security-Policy") + ";"
		if !strings.Contains(policy, "form-action 'self' ") || !strings.Contains(policy, " "+origin+";") || !strings.Contains(policy, "frame-ancestors 'none';") || strings.Contains(policy, "script-src") ||
			resp.Header.Get("X-Frame-Options") != "DENY" || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
	open := newDesk(t, emulator.WithSignIn(emulator.SignInPage))
	for redirect, want := range map[string]string{
		"https://app.example/x":        " https://app.example;",
		"msauth.com.app://auth":        " msauth.com.app:;",
		"https://a;script-src *.x/":    " https:;",
		"https://a.example, b.example": " https:;",
		"https://ü.example/":           " https:;",
	} {
		w := open.do("GET", "/common/oauth2/v2.0/authorize"+query("client_id", "any", "redirect_uri", redirect), nil)
		if policy := w.Header().Get("Content-Security-Policy") + ";"; w.Code == 200 && (!strings.Contains(policy, want) || strings.Count(policy, ";") != 5) {
			t.Errorf("%s: %q", redirect, policy)
		} else if w.Code != 200 && !strings.Contains(redirect, " ") {
			t.Errorf("%s: %d", redirect, w.Code)
		}
	}
	w := open.do("GET", "/common/oauth2/v2.0/authorize"+query("client_id", "any", "response_mode", "form_post", "prompt", "none"), nil)
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'sha256-") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "form-action 'self'") {
		t.Errorf("the page that submits itself: %q", policy)
	}
}

// Who knows a user code cannot approve it by a form of another page, and no page of
// another origin can read what ours would send.
func TestFaultA11DevicePageTakesItsOwnFormsOnly(t *testing.T) {
	d := checkedDesk(t, emulator.WithSignIn(emulator.SignInPage))
	start := func() map[string]any {
		return emulatortest.Object(t, d.do("POST", "/"+tenantID+"/oauth2/v2.0/devicecode", deviceForm(publicApp)).Body.Bytes())
	}
	b, base := newBrowser(t, d.emu)
	proof := func(code string) string {
		b.open(base + "/devicelogin?otc=" + code)
		_, rest, _ := strings.Cut(b.page, `name="proof" value="`)
		text, _, _ := strings.Cut(rest, `"`)
		if text == "" {
			t.Fatalf("no proof: %s", b.page)
		}
		return text
	}
	waiting, other := start(), start()
	code := waiting["user_code"].(string)
	stale := proof(code)
	d.now = d.now.Add(time.Minute)
	of := proof(other["user_code"].(string))
	for name, text := range map[string]string{"none": "", "made up": "x", "of another code": of} {
		for _, decision := range []string{"accept", "cancel"} {
			w := d.do("POST", "/devicelogin", form("otc", code, "loginfmt", "tomas@northgale.test", "passwd", "right", decision, "1", "proof", text))
			if n := d.refused(poll(publicApp, waiting)); w.Code != 200 || !strings.Contains(w.Body.String(), `role="alert"`) || n != 70016 {
				t.Errorf("%s: %d %d", name, w.Code, n)
			}
			d.now = d.now.Add(5 * time.Second)
		}
	}
	d.do("POST", "/devicelogin", form("otc", code, "loginfmt", "tomas@northgale.test", "passwd", "right", "accept", "1", "proof", stale))
	if d.token(poll(publicApp, waiting))["access_token"] == nil {
		t.Error("the page's own form was refused")
	}
	if resp := b.open(base + "/devicelogin"); resp.Header.Get("Access-Control-Allow-Origin") != "" || resp.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%v", resp.Header)
	}
}

// The consent of an administrator is the page's to send, too.
func TestFaultA11AdminConsentTakesItsOwnFormsOnly(t *testing.T) {
	d := newDesk(t, emulator.WithSignIn(emulator.SignInPage))
	forged := d.do("POST", "/northgale.test/adminconsent", form("client_id", "any", "redirect_uri", back, "accept", "1"))
	if forged.Code != 200 || !strings.Contains(forged.Body.String(), "asks for permissions") {
		t.Errorf("%d %s", forged.Code, forged.Body)
	}
}
