package scrub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func scrubber(t testing.TB, opts ...Option) *Scrubber {
	t.Helper()
	s, err := New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	ida    = "c26302f8-02f8-c263-f802-63c2f80263c2"
	secret = "Hush-hush.0123456789_abcdefghij"
)

// jwtOf is a JWT with a payload.
func jwtOf(payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc([]byte(payload)) + "." + enc([]byte("a signature of some length"))
}

// TestSecrets: no secret is kept, whatever it stands under and looks like.
func TestSecrets(t *testing.T) {
	const form, js, xml = "application/x-www-form-urlencoded", "application/json", "text/html"
	for _, tt := range []struct{ media, body, hush string }{
		{form, "grant_type=client_credentials&client_secret=" + secret + "&scope=x", secret},
		{form, "client_assertion=" + jwtOf(`{"iss":"x"}`), "signature"},
		{form, "assertion=" + secret, secret},
		{form, "code=" + secret + "&x=y", secret},
		{form, "refresh_token=" + secret, secret},
		{form, "device_code=" + secret, secret},
		{form, "username=ida&password=hush&x", "hush"},
		{form, "code_verifier=" + secret, secret},
		{form, "SAMLResponse=" + secret, secret},
		{form, "x=y&id_token_hint=" + secret, secret},
		{js, `{"access_token":"` + secret + `"}`, secret},
		{js, `{"refresh_token":"` + secret + `"}`, secret},
		{js, `{"id_token": "` + jwtOf(`{"a":1}`) + `"}`, base64.RawURLEncoding.EncodeToString([]byte("a signature of some length"))},
		{js, `{"passwordProfile":{"password":"hush"}}`, "hush"},
		{js, `{"currentPassword":"hush","newPassword":"hush"}`, "hush"},
		{js, `{"secretText":"hush"}`, "hush"},
		{js, `{"password":12345678}`, "12345678"},
		{js, `{"clientState":"hush"}`, "hush"},
		{js, `{"validationTokens":["` + secret + `"]}`, secret},
		{js, `{"temporaryAccessPass":"hush"}`, "hush"},
		{js, `{"user_code":"HUSH"}`, "HUSH"},
		{js, `{"first":"Enter HUSHHUSH8.","user_code":"HUSHHUSH8","message":"Enter HUSHHUSH8 at https://microsoft.com/devicelogin."}`, "HUSHHUSH8"},
		{js, `{"requests":[{"headers":{"Authorization":"Bearer ` + secret + `"}}]}`, secret},
		{js, `{"privateKey":"hush"}`, "hush"},
		{js, `{"note":"-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----\n"}`, "hush"},
		{js, `{"note":"DefaultEndpointsProtocol=https;AccountKey=` + secret + `;EndpointSuffix=x"}`, secret},
		{js, `{"note":"Server=x;Password=hush;"}`, "hush"},
		{js, `{"note":"curl -H 'Authorization: Bearer ` + secret + `'"}`, secret},
		{js, `{"note":"aB18Q~abcdefghijklmnopqrstuvwxyz0123456789"}`, "aB18Q~"},
		{js, `{"note":"ghp_0123456789abcdefghij0123456789abcdef"}`, "ghp_"},
		{js, `{"key":"123456-123456-123456-123456-123456-123456-123456-123456"}`, "123456-"},
		{js, `{"@microsoft.graph.downloadUrl":"https://x.sharepoint.com/_layouts/15/download.aspx?UniqueId=` + ida + `&tempauth=` + secret + `"}`, secret},
		{js, `{"uploadUrl":"https://sn3302.up.1drv.com/up/` + secret + `"}`, secret},
		{js, `{"uploadUrl":"https://outlook.office.com/api/v2.0/x?authtoken=` + secret + `"}`, secret},
		{js, `{"webUrl":"https://x.blob.core.windows.net/y?sv=2020&sig=` + secret + `"}`, secret},
		{js, `{"webUrl":"https://ida:hush@contoso.com/"}`, "hush"},
		{js, `{"value":"` + base64.StdEncoding.EncodeToString([]byte(`{"client_secret":"`+secret+`"}`)) + `"}`, base64.StdEncoding.EncodeToString([]byte(secret))[4:20]},
		{xml, `<form><input type="hidden" name="code" value="` + secret + `"/></form>`, secret},
		{xml, `<input value="` + secret + `" name=id_token>`, secret},
		{xml, `<o:Password Type="x">hush</o:Password>`, "hush"},
		{"", "see https://x.example/?access_token=" + secret + "#x", secret},
		{"", "token " + jwtOf(`{"a":1}`) + ".", base64.RawURLEncoding.EncodeToString([]byte("a signature of some length"))},
		{"", "the refresh token 0." + strings.Repeat("A", 90), strings.Repeat("A", 90)},
	} {
		got := string(scrubber(t).Body(tt.media, []byte(tt.body)))
		if strings.Contains(got, tt.hush) {
			t.Errorf("%s\nbecomes %s", tt.body, got)
		}
		if tt.media == js && !json.Valid([]byte(got)) {
			t.Errorf("%s\nbecomes %s, which is no JSON", tt.body, got)
		}
		if bare := string(scrubber(t, WithoutPseudonyms()).Body(tt.media, []byte(tt.body))); strings.Contains(bare, tt.hush) {
			t.Errorf("without pseudonyms %s\nbecomes %s", tt.body, bare)
		}
		if again := string(scrubber(t).Body(tt.media, []byte(got))); again != got {
			t.Errorf("%s\nbecomes %s\nand then %s", tt.body, got, again)
		}
		var found []string
		s := scrubber(t, WithoutPseudonyms(), WithFinder(func(kind, at string) { found = append(found, kind+" "+at) }))
		if s.Body(tt.media, []byte(tt.body)); len(found) == 0 {
			t.Errorf("nothing is found in %s", tt.body)
		}
		found = nil
		if s.Body(tt.media, []byte(got)); len(found) > 0 {
			t.Errorf("%v is found in %s", found, got)
		}
	}
	for name, value := range map[string]string{"Authorization": "Bearer x", "Cookie": "a=b", "Set-Cookie": "a=b", "X-Api-Key": "x"} {
		if got, ok := scrubber(t).Header(name, value); ok {
			t.Errorf("%s: %s is kept", name, got)
		}
	}
	if got, _ := scrubber(t).Header("Location", "http://localhost/?code="+secret); strings.Contains(got, secret) {
		t.Error(got)
	}
}

// TestHarmless: what only looks like something stays, to the byte.
func TestHarmless(t *testing.T) {
	for _, body := range []string{
		`{"error":{"code":"BadRequest","message":"Resource not found for the segment 'usrs'.","innerError":{"date":"2026-11-22T08:15:02"}}}`,
		`{"@odata.type":"#microsoft.graph.user","members@odata.bind":["https://graph.microsoft.com/v1.0/directoryObjects"],"a@odata.nextLink":"https://graph.microsoft.com/v1.0/users?$skiptoken=abc"}`,
		`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users(id,displayName)/$entity","appId":"00000003-0000-0000-c000-000000000000","roleTemplateId":"62e90394-69f5-4237-9190-012177145e10"}`,
		`{ "name" : "Report 3.docx", "version":"1.2.3.4", "n": 1.50, "x":"\u0041", "ip":"10.0.0.1", "scp":"User.Read Mail.ReadWrite.All", "n2":[1,2,{"a":null}],"token":"" }`,
		`{"id":"AAMkAGI2NGVhZTVlLTI1OGMtNDI4My1iZmE5"}`[:20] + `"}`, `plain text, e.g. "no secret": a=b; c & d`, `{"password":null,"passwordPolicies":"None","passwordCredentials":[]}`,
		`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
	} {
		if got := string(scrubber(t).Body("", []byte(body))); got != body {
			t.Errorf("%s\nbecomes %s", body, got)
		}
	}
}

// TestStandIns: a name is the same everywhere, and its stand-in is its own.
func TestStandIns(t *testing.T) {
	s := scrubber(t)
	enc := base64.StdEncoding.EncodeToString
	text := strings.Join([]string{
		ida, strings.ToUpper(ida), "x_" + ida + "_y", "{" + ida + "},1", strings.ReplaceAll(ida, "-", ""),
		"ida.berg@contoso.com", "IDA.BERG@Contoso.com", "ida.berg%40contoso.com", "users('ida.berg@contoso.com')",
		"https://contoso.sharepoint.com/sites/a", "contoso-my.sharepoint.com", "contoso.onmicrosoft.com", "https://www.contoso.com/x", "contoso.com", "@contoso.com",
		"https%3A%2F%2Fcontoso.com%2Fx",
	}, " ; ")
	want := regexp.MustCompile(`^G ; GU ; x_G_y ; \{G\},1 ; GN ; M ; M ; ME ; users\('M'\) ; https://T.sharepoint.com/sites/a ; T-my.sharepoint.com ; T.onmicrosoft.com ; https://www.D/x ; D ; @D ; https%3A%2F%2FD%2Fx$`)
	g := s.guid(ida)
	m := s.mail("ida.berg", "contoso.com")
	got := s.Text(text)
	named := strings.NewReplacer(g, "G", strings.ToUpper(g), "GU", strings.ReplaceAll(g, "-", ""), "GN", m, "M", strings.Replace(m, "@", "%40", 1), "ME",
		s.label("t", "contoso"), "T", s.domain("contoso.com"), "D").Replace(got)
	if !want.MatchString(named) {
		t.Errorf("%s\nbecomes %s\n(%s)", text, got, named)
	}
	if strings.Contains(strings.ToLower(got), "contoso") || strings.Contains(got, "ida") {
		t.Error(got)
	}
	if again := s.Text(got); again != got {
		t.Errorf("%s\nbecomes %s", got, again)
	}
	if other := scrubber(t, WithKey("another")).Text(text); other == got {
		t.Error("the key makes no difference")
	}
	if bare := scrubber(t, WithoutPseudonyms()).Text(text); bare != text {
		t.Error(bare)
	}
	if kept := scrubber(t, WithKept(ida, "contoso.com", "contoso.onmicrosoft.com")).Text(ida + " x.contoso.com"); kept != ida+" x.contoso.com" {
		t.Error(kept)
	}
	inside := s.Text(enc([]byte("##team " + ida)))
	if text, err := base64.StdEncoding.DecodeString(inside); err != nil || string(text) != "##team "+g {
		t.Errorf("%s (%v)", text, err)
	}
	token := strings.Split(s.Text(jwtOf(`{"oid":"`+ida+`","upn":"ida.berg@contoso.com"}`)), ".")
	if payload, err := base64.RawURLEncoding.DecodeString(token[1]); err != nil || string(payload) != `{"oid":"`+g+`","upn":"`+m+`"}` {
		t.Errorf("%s (%v)", payload, err)
	}
	if got := string(s.Body("", []byte(`{"mailNickname":"ida.berg"}`))); got != `{"mailNickname":"`+s.label("user", "ida.berg")+`"}` {
		t.Error(got)
	}
	if got := string(s.Body("", []byte(`{"`+ida+`":{"@odata.type":"x"}}`))); got != `{"`+g+`":{"@odata.type":"x"}}` {
		t.Error(got)
	}
}

// TestMetLater: what is kept of texts that were scrubbed before is not what they become once
// a secret is known that stands in them.
func TestMetLater(t *testing.T) {
	const note = `{"note":"it is Pa55wordOfIda, they say","again":"ida@contoso.com"}`
	s := scrubber(t)
	before := s.Found()
	for range 3 {
		if got := string(s.Body("", []byte(note))); !strings.Contains(got, "Pa55wordOfIda") || strings.Contains(got, "ida@") {
			t.Error(got)
		}
	}
	if got, _ := s.Header("X-Note", "Pa55wordOfIda"); got != "Pa55wordOfIda" || s.Found() != before {
		t.Error(got)
	}
	s.Body("", []byte(`{"password":"Pa55wordOfIda"}`))
	if s.Found() == before {
		t.Error("a secret was not counted")
	}
	want := string(s.Body("", []byte(note)))
	if strings.Contains(want, "Pa55wordOfIda") {
		t.Error(want)
	}
	if got, _ := s.Header("X-Note", "Pa55wordOfIda"); got == "Pa55wordOfIda" {
		t.Error(got)
	}
	for range 3 { // and that is kept too
		if got := string(s.Body("", []byte(note))); got != want {
			t.Errorf("%s\nbecomes %s", want, got)
		}
	}
	var found int // who counts secrets is told of each
	counter := scrubber(t, WithFinder(func(string, string) { found++ }))
	for range 3 {
		counter.Text("Bearer " + secret)
	}
	if found != 3 {
		t.Errorf("%d of 3 secrets", found)
	}
}

// TestOpenAddress: who was given an address that lets in, calls it.
func TestOpenAddress(t *testing.T) {
	s := scrubber(t)
	address := "https://sn3302.up.1drv.com/up/" + secret
	body := string(s.Body("", []byte(`{"uploadUrl":"`+address+`"}`)))
	if got := s.Target(address); strings.Contains(got, secret) || !strings.Contains(body, got) {
		t.Errorf("%s in %s", got, body)
	}
}

// TestOwnRules: what else is secret, the user says.
func TestOwnRules(t *testing.T) {
	s := scrubber(t, WithPointer("/value/*/mobilePhone"), WithHeader("X-Mine"), WithPattern(`order (\d+)`))
	got := string(s.Body("application/json", []byte(`{"mobilePhone":"1","value":[{"mobilePhone":"+47 55"},{"mobilePhone":null,"a":"order 66!"},{"mobilePhone":["x"]}]}`)))
	if want := `{"mobilePhone":"1","value":[{"mobilePhone":"scrubbed"},{"mobilePhone":null,"a":"order scrubbed!"},{"mobilePhone":"scrubbed"}]}`; got != want {
		t.Errorf("got %s", got)
	}
	if v, _ := s.Header("x-mine", "a"); v != "scrubbed" {
		t.Error(v)
	}
	for _, o := range []Option{WithPointer("x"), WithHeader(""), WithPattern("("), WithPattern("x*"), WithKey("")} {
		if _, err := New(o); err == nil {
			t.Error("taken")
		}
	}
}

// TestPublic: what Microsoft publishes is no secret; the lists are sane.
func TestPublic(t *testing.T) {
	for id := range publicIDs() {
		if !(len(id) == 36 && isGUID(id)) {
			t.Errorf("%q", id)
		}
	}
	var long []string
	for name := range secretNames {
		if secretName(name) != 's' {
			long = append(long, name)
		}
	}
	if slices.Sort(long); len(long) > 0 {
		t.Error(long)
	}
}

// FuzzBody: nothing that is scrubbed ends the program, JSON stays JSON, and what was
// scrubbed once stays as it is.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"a":"` + ida + `"}`, `[{"password":["x",{"y":1}]}]`, "a=b&code=" + secret, "https://x:y@z/?sig=1", "ida@contoso.com", jwtOf(`{"a":"b@c.de"}`),
		base64.StdEncoding.EncodeToString([]byte(ida)), `{"uploadUrl":"https://x/y/` + secret + `"}`, "%", "%4", "10000000000000000000000000000000", "Bearer ", "Basic " + secret,
		"19:901a47e951fe46dcb21c96e0d908571f@thread.tacv2", "19%3Ameeting_fUgbfnATY7HANBQCL3rvvVF8oh1xgBNx%40thread.v2", "b!PK0o-NER92MgEyyu5B-0xtbbuXgG8vaEgK-v-aSafUjjexIKzblZAgeyNMnvMySY", "01N6EGFVCQVIUG2AIVGUJDV7CRZZDAZWXQ",
		"S-1-12-1-1234567890-1234567891-1234567892-1234567893", "AQMkADAwATMwMAItMDEwMC0wMAItMDACLTAwCgBGAAADsvKq5V6Yw0eAZ0lVPZMrqwcA1QtfJ5G8K0W8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		one := string(scrubber(t, WithPointer("/*/a")).Body("text/html", []byte(body)))
		if json.Valid([]byte(body)) && !json.Valid([]byte(one)) {
			t.Fatalf("%q becomes %q", body, one)
		}
		if two := string(scrubber(t, WithPointer("/*/a")).Body("text/html", []byte(one))); two != one {
			t.Fatalf("%q becomes %q and then %q", body, one, two)
		}
	})
}

func Example() {
	s, err := New(WithKey("of this project"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(s.Body("application/x-www-form-urlencoded", []byte("client_id=x&client_secret=Hush"))))
	// Output: client_id=x&client_secret=scrubbed
}

// TestMapping: each name is told with its stand-in, which anyone can tell from a name.
func TestMapping(t *testing.T) {
	told := map[string]string{}
	s := scrubber(t, WithMapping(func(name, in string) { told[name] = in }))
	text := string(s.Body("application/json", []byte(`{"id":"`+ida+`","mail":"Ida@northgale.test","mailNickname":"ida","web":"https://northgale.sharepoint.com/x"}`)))
	for _, name := range []string{ida, "Ida@northgale.test", "ida", "northgale.test", "northgale.sharepoint.com", "northgale"} {
		if in := told[name]; in == "" || in == name || s.Text(in) != in {
			t.Errorf("%s: %q", name, in)
		}
	}
	if got := StandIns(text); len(got) != 2 || got[0] != told[ida] || got[1] != told["northgale.test"] {
		t.Errorf("%s\n%q", text, got)
	}
	if got := StandIns(ida + " 00000000-0000-8000-8000-000000000000 d0123456789abcd.example"); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
