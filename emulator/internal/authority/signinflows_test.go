package authority_test

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// challenge is the S256 of a verifier.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorize asks for a code of the desk, as the parameters say.
func (d *desk) authorize(pairs ...string) *httptest.ResponseRecorder {
	v := form("client_id", deskApp, "redirect_uri", back, "response_type", "code", "scope", "openid profile offline_access User.Read",
		"state", "a b&c", "code_challenge", challenge("verifier"), "code_challenge_method", "S256")
	for i := 0; i+1 < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return d.do("GET", "/"+tenantID+"/oauth2/v2.0/authorize?"+v.Encode(), nil)
}

func redeem(code string, pairs ...string) url.Values {
	v := form("grant_type", "authorization_code", "client_id", deskApp, "client_secret", "right", "code", code, "redirect_uri", back, "code_verifier", "verifier")
	for i := 0; i+1 < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

func (d *desk) code(pairs ...string) string {
	d.t.Helper()
	_, carried := d.location(d.authorize(pairs...))
	if carried.Get("code") == "" {
		d.t.Fatalf("no code: %v", carried)
	}
	return carried.Get("code")
}

// TestCode: a code is good once, for ten minutes, for its client, address and
// verifier; what comes of it is whole.
func TestCode(t *testing.T) {
	t.Attr("rules", "B-10.13 B-10.20 B-10.26 B-10.27 B-10.28 B-10.29 C-2.11 C-2.12 C-2.13 C-2.14 C-2.19")
	d := checkedDesk(t)
	address, carried := d.location(d.authorize("login_hint", "tomas@northgale.test"))
	if address != back+"?" || carried.Get("state") != "a b&c" || carried.Get("session_state") == "" {
		t.Errorf("%s %v", address, carried)
	}
	got := d.token(redeem(carried.Get("code"), "client_info", "1"))
	if got["scope"] != "openid profile User.Read" || got["token_type"] != "Bearer" || got["refresh_token"] == nil || got["expires_in"] != got["ext_expires_in"] {
		t.Errorf("the answer: %v", got)
	}
	if life := got["expires_in"].(float64); life < 3600 || life > 5400 {
		t.Errorf("it lives %v seconds", life)
	}
	const tomas = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745"
	raw, err := base64.RawURLEncoding.DecodeString(got["client_info"].(string))
	if err != nil || string(raw) != `{"uid":"`+tomas+`","utid":"`+tenantID+`"}` {
		t.Errorf("client_info: %s %v", raw, err)
	}
	access := emulatortest.Claims(t, got["access_token"])
	for name, want := range map[string]any{"aud": "00000003-0000-0000-c000-000000000000", "iss": "https://sts.windows.net/" + tenantID + "/", "oid": tomas, "tid": tenantID,
		"appid": deskApp, "appidacr": "1", "app_displayname": "Desk", "idtyp": "user", "scp": "User.Read openid profile", "upn": "tomas@northgale.test",
		"unique_name": "tomas@northgale.test", "name": "Tomas Lind", "ver": "1.0", "acr": "1", "acct": 0.0, "roles": nil,
		"iat": float64(d.now.Add(-5 * time.Minute).Unix()), "nbf": float64(d.now.Add(-5 * time.Minute).Unix()), "exp": float64(d.now.Unix()) + got["expires_in"].(float64),
		"xms_tcdt": float64(time.Date(2021, 3, 1, 8, 0, 0, 0, time.UTC).Unix())} {
		if access[name] != want {
			t.Errorf("access token: %s is %v, want %v", name, access[name], want)
		}
	}
	id := emulatortest.Claims(t, got["id_token"])
	for name, want := range map[string]any{"aud": deskApp, "iss": "http://example.com/" + tenantID + "/v2.0", "oid": tomas, "tid": tenantID, "preferred_username": "tomas@northgale.test",
		"name": "Tomas Lind", "ver": "2.0", "nonce": nil, "sub": access["sub"]} {
		if id[name] != want {
			t.Errorf("id token: %s is %v, want %v", name, id[name], want)
		}
	}
	if w := d.get("/v1.0/me", got["access_token"]); emulatortest.Object(t, w.Body.Bytes())["id"] != tomas {
		t.Errorf("me: %s", w.Body)
	}
	for _, tt := range []struct {
		name   string
		number int
		v      url.Values
		wait   time.Duration
	}{
		{"a second time", 54005, redeem(carried.Get("code")), 0},
		{"another verifier", 501481, redeem(d.code(), "code_verifier", "other"), 0},
		{"no verifier", 501481, redeem(d.code(), "code_verifier", ""), 0},
		{"a verifier without a challenge", 501481, redeem(d.code("code_challenge", "", "code_challenge_method", "")), 0},
		{"another address", 500112, redeem(d.code(), "redirect_uri", back+"2"), 0},
		{"another client", 70000, redeem(d.code(), "client_id", publicApp, "client_secret", ""), 0},
		{"no secret", 7000218, redeem(d.code(), "client_secret", ""), 0},
		{"an empty scope", 28003, redeem(d.code(), "scope", ""), 0},
		{"two resources", 28000, redeem(d.code(), "scope", "User.Read api://desk/x"), 0},
		{"too late", 70008, redeem(d.code()), 10 * time.Minute},
	} {
		if tt.name == "an empty scope" {
			tt.v["scope"] = []string{""}
		}
		d.now = d.now.Add(tt.wait)
		if got := d.refused(tt.v); got != tt.number {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.number)
		}
	}
	plain := d.code("code_challenge", "verifier", "code_challenge_method", "plain", "nonce", "n1")
	if got := emulatortest.Claims(t, d.token(redeem(plain))["id_token"]); got["nonce"] != "n1" {
		t.Errorf("nonce: %v", got["nonce"])
	}
}

// TestAuthorizeErrors: what the client did wrong goes to its address, and where
// that cannot be trusted to a page.
func TestAuthorizeErrors(t *testing.T) {
	t.Attr("rules", "B-10.20 B-10.21 C-2.24")
	d := checkedDesk(t)
	for _, tt := range []struct {
		pairs []string
		want  string
	}{
		{[]string{"redirect_uri", "https://evil.test/"}, "page 50011"},
		{[]string{"redirect_uri", back + "/x"}, "page 50011"},
		{[]string{"redirect_uri", "javascript:alert(1)"}, "page 50011"},
		{[]string{"client_id", "0d15c0de-0000-4000-8000-00000000dead"}, "page 700016"},
		{[]string{"client_id", ""}, "page 900144"},
		{[]string{"response_type", ""}, back + "?error=invalid_request"},
		{[]string{"response_type", "saml"}, back + "#error=unsupported_response_type"},
		{[]string{"response_type", "id_token", "nonce", "n"}, back + "#error=unsupported_response_type"},
		{[]string{"response_type", "id_token", "response_mode", "query"}, back + "?error=invalid_request"},
		{[]string{"response_mode", "carrier"}, back + "?error=invalid_request"},
		{[]string{"scope", ""}, back + "?error=invalid_request"},
		{[]string{"scope", "Berth.Read"}, back + "?error=invalid_scope"},
		{[]string{"prompt", "nicely"}, back + "?error=invalid_request"},
		{[]string{"code_challenge_method", "S512"}, back + "?error=invalid_request"},
		{[]string{"login_hint", "nobody@northgale.test"}, back + "?error=invalid_grant"},
		{[]string{"login_hint", "away@northgale.test"}, back + "?error=invalid_grant"},
		{[]string{"client_id", pageApp, "redirect_uri", "https://page.northgale.test/", "code_challenge", ""}, "https://page.northgale.test/?error=invalid_request"},
	} {
		w := d.authorize(tt.pairs...)
		if want, ok := strings.CutPrefix(tt.want, "page "); ok {
			if w.Code != 400 || !strings.Contains(w.Body.String(), "AADSTS"+want) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Location") != "" {
				t.Errorf("%v: %d %v %s", tt.pairs, w.Code, w.Header(), w.Body)
			}
			continue
		}
		address, carried := d.location(w)
		if got := address + "error=" + carried.Get("error"); got != tt.want || carried.Get("state") != "a b&c" || !strings.HasPrefix(carried.Get("error_description"), "AADSTS") {
			t.Errorf("%v: got %s %v, want %s", tt.pairs, got, carried, tt.want)
		}
	}
	if address, _ := d.location(d.authorize("client_id", publicApp, "redirect_uri", "http://localhost:8123/in", "code_challenge", "")); address != "http://localhost:8123/in?" {
		t.Errorf("another port of loopback: %s", address)
	}
}

// TestResponseModes: query, fragment and a form that posts itself.
func TestResponseModes(t *testing.T) {
	t.Attr("rules", "B-10.20 C-2.19")
	d := newDesk(t)
	if address, carried := d.location(d.authorize("response_mode", "fragment")); address != back+"#" || carried.Get("code") == "" {
		t.Errorf("fragment: %s %v", address, carried)
	}
	address, carried := d.location(d.authorize("response_type", "id_token token", "nonce", "n"))
	if address != back+"#" || emulatortest.Claims(t, carried.Get("id_token"))["nonce"] != "n" || emulatortest.Claims(t, carried.Get("access_token"))["scp"] == "" {
		t.Errorf("implicit: %s %v", address, carried)
	}
	w := d.authorize("response_mode", "form_post", "state", `"><script>`)
	body := w.Body.String()
	if w.Code != 200 || !strings.Contains(body, `action="`+back+`"`) || !strings.Contains(body, `name="code"`) || strings.Contains(body, `"><script>`) ||
		!strings.Contains(body, `value="&#34;&gt;&lt;script&gt;"`) {
		t.Errorf("form_post: %d %s", w.Code, body)
	}
}

// TestRefresh: a refresh token gives a new one and stays good; it ends with its
// time, with its user's sessions and with its user.
func TestRefresh(t *testing.T) {
	t.Attr("rules", "B-10.14")
	d := checkedDesk(t)
	first := d.token(redeem(d.code()))
	again := func(token any, pairs ...string) url.Values {
		v := form("grant_type", "refresh_token", "client_id", deskApp, "client_secret", "right", "refresh_token", token.(string))
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	d.now = d.now.Add(2 * time.Hour)
	second := d.token(again(first["refresh_token"]))
	if second["refresh_token"] == first["refresh_token"] || second["access_token"] == first["access_token"] {
		t.Error("nothing is new")
	}
	d.token(again(first["refresh_token"])) // rotation leaves it good
	other := d.token(again(second["refresh_token"], "scope", "https://graph.microsoft.com/Mail.Read offline_access"))
	if got := emulatortest.Claims(t, other["access_token"]); got["scp"] != "Mail.Read openid profile" || got["aud"] != "https://graph.microsoft.com" || other["scope"] != "https://graph.microsoft.com/Mail.Read" {
		t.Errorf("other scopes: %v %v", got, other["scope"])
	}
	if got := d.refused(again(first["refresh_token"], "client_id", trustApp)); got != 7000215 {
		t.Errorf("another client: %d", got)
	}
	if w := emulatortest.Do(d.emu, "PATCH", "/v1.0/users/"+emulatortest.Ida, `{"accountEnabled":false}`); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := d.refused(again(first["refresh_token"])); got != 50057 {
		t.Errorf("a disabled user: %d", got)
	}
	if err := d.emu.Reset(); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(89 * 24 * time.Hour)
	if got := d.token(again(second["refresh_token"])); got["refresh_token"] == nil {
		t.Error("it ended early")
	}
	d.now = d.now.Add(24 * time.Hour)
	if got := d.refused(again(second["refresh_token"])); got != 700082 {
		t.Errorf("too late: %d", got)
	}
	spa := d.token(redeem(d.code("client_id", pageApp, "redirect_uri", "https://page.northgale.test/"), "client_id", pageApp, "client_secret", "", "redirect_uri", "https://page.northgale.test/"))
	v := form("grant_type", "refresh_token", "client_id", pageApp, "refresh_token", spa["refresh_token"].(string))
	d.now = d.now.Add(23 * time.Hour)
	v.Set("refresh_token", d.token(v)["refresh_token"].(string))
	d.now = d.now.Add(time.Hour)
	if got := d.refused(v); got != 700084 {
		t.Errorf("a single page's refresh token, renewed and a day old: %d", got)
	}
}

// TestRevoked: sessions from before the user's signInSessionsValidFromDateTime end.
func TestRevoked(t *testing.T) {
	tree := deskTenant()
	tree["users.yaml"].Data = []byte(strings.Replace(string(tree["users.yaml"].Data), "mailNickname: ida,", "mailNickname: ida, signInSessionsValidFromDateTime: 2026-11-22T10:00:00Z,", 1))
	d := newDesk(t, emulator.WithFixtures(tree))
	_, carried := d.location(d.authorize("login_hint", "ida@northgale.test"))
	if got := d.refused(redeem(carried.Get("code"))); got != 50173 {
		t.Errorf("got %d", got)
	}
	d.now = d.now.Add(2 * time.Hour)
	d.token(redeem(d.code()))
}

// TestOnBehalfOf: an application that was called asks in its caller's name; only a
// token of ours, in time and for the application will do.
func TestOnBehalfOf(t *testing.T) {
	t.Attr("rules", "B-10.16")
	d := checkedDesk(t)
	obo := func(token any, pairs ...string) url.Values {
		v := form("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id", deskApp, "client_secret", "right", "requested_token_use", "on_behalf_of",
			"scope", "https://graph.microsoft.com/User.Read offline_access openid", "assertion", token.(string))
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	incoming := d.token(person("scope", "api://desk/roster"))["access_token"]
	if got := emulatortest.Claims(t, incoming); got["aud"] != "api://desk" || got["scp"] != "roster" {
		t.Fatalf("the token for the desk: %v", got)
	}
	if w := d.get("/v1.0/me", incoming); w.Code != 200 {
		t.Errorf("open mode takes any token: %d", w.Code)
	}
	got := d.token(obo(incoming))
	if c := emulatortest.Claims(t, got["access_token"]); c["oid"] != emulatortest.Ida || c["appid"] != deskApp || c["scp"] != "User.Read openid" || c["aud"] != "https://graph.microsoft.com" || got["refresh_token"] == nil {
		t.Errorf("%v", c)
	}
	appOnly := d.token(app("scope", "api://desk/.default"))["access_token"]
	forGraph := d.token(person())["access_token"]
	for _, tt := range []struct {
		name string
		v    url.Values
		want int
	}{
		{"a token for Graph", obo(forGraph), 500131},
		{"an app-only token", obo(appOnly), 7000114},
		{"no token", obo("x"), 50027},
		{"another key", obo(signers()[1].sign("RS256", emulatortest.Claims(t, incoming))), 50013},
		{"no secret", obo(incoming, "client_secret", ""), 7000218},
		{"another use", obo(incoming, "requested_token_use", "x"), 90023},
		{"no use", obo(incoming, "requested_token_use", ""), 900144},
	} {
		if got := d.refused(tt.v); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
	d.now = d.now.Add(2 * time.Hour)
	if got := d.refused(obo(incoming)); got != 500133 {
		t.Errorf("an old token: %d", got)
	}
}

// TestAssertions: a certificate of the application and a token that it trusts are
// as good as a secret.
func TestAssertions(t *testing.T) {
	t.Attr("rules", "B-10.11 B-10.12")
	d := checkedDesk(t)
	for _, aud := range []string{"https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/token", "http://example.com/" + tenantID + "/v2.0", "http://example.com/northgale.test/oauth2/v2.0/token"} {
		got := d.token(asserted(d.assertion(signers()[0], map[string]any{"aud": aud})))
		if c := emulatortest.Claims(t, got["access_token"]); c["appidacr"] != "2" {
			t.Errorf("%s: %v", aud, c)
		}
	}
	d.token(app("client_id", trustApp, "client_secret", "", "client_assertion_type", jwtBearer,
		"client_assertion", d.assertion(signers()[1], map[string]any{"iss": "https://ci.northgale.test", "sub": "repo:northgale/desk", "aud": []string{"api://AzureADTokenExchange"}})))
}

// TestFederatedKeys: a federated token is believed when issuer, subject and audience are
// those of the application, and once the keys of its issuer are told, only with a
// signature by one of them.
func TestFederatedKeys(t *testing.T) {
	t.Attr("rules", "B-10.12")
	d := checkedDesk(t)
	ours, other := signers()[0], signers()[1]
	by := func(s signer, more map[string]any) url.Values {
		claims := map[string]any{"iss": "https://ci.northgale.test", "sub": "repo:northgale/desk", "aud": "api://AzureADTokenExchange"}
		maps.Copy(claims, more)
		return app("client_id", trustApp, "client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", d.assertion(s, claims))
	}
	for _, wrong := range []map[string]any{{"iss": "https://elsewhere.test"}, {"sub": "repo:northgale/other"}, {"aud": "https://graph.microsoft.com"}, {"aud": nil}} {
		if got := d.refused(by(other, wrong)); got != 70021 {
			t.Errorf("%v: %d", wrong, got)
		}
	}
	d.token(by(other, nil))
	tell := func(keys string, want int) {
		t.Helper()
		if w := d.control("POST", "/authority/issuers", `{"issuer":"https://ci.northgale.test","keys":[`+keys+`]}`); w.Code != want {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	tell(`{"kid":"ci","kty":"RSA","use":"sig","e":"AQAB","n":"`+base64.RawURLEncoding.EncodeToString(ours.key.N.Bytes())+`"}`, http.StatusNoContent)
	d.token(by(ours, nil))
	if got := d.refused(by(other, nil)); got != 700027 {
		t.Errorf("another's signature: %d", got)
	}
	if got := d.refused(by(ours, map[string]any{"sub": "repo:northgale/other"})); got != 70021 {
		t.Errorf("a good signature of another subject: %d", got)
	}
	tell(`{"kid":"ci","kty":"EC"}`, http.StatusBadRequest)
	tell(``, http.StatusNoContent)
	d.token(by(other, nil))
}

// TestTokensVerify: tokens are signed by a published key, also after a roll, until
// the next.
func TestTokensVerify(t *testing.T) {
	t.Attr("rules", "B-10.5 B-10.23")
	d := newDesk(t, emulator.WithAuth(emulator.AuthVerify))
	sets := func() map[string]*rsa.PublicKey {
		w := d.do("GET", "/"+tenantID+"/discovery/v2.0/keys", nil)
		var set struct {
			Keys []struct{ Kid, X5T, N, E, Issuer string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || len(set.Keys) != 2 {
			t.Fatalf("%v %s", err, w.Body)
		}
		out := map[string]*rsa.PublicKey{}
		for _, k := range set.Keys {
			n, err := base64.RawURLEncoding.DecodeString(k.N)
			if err != nil || k.E != "AQAB" || k.Kid != k.X5T || k.Issuer != "http://example.com/"+tenantID+"/v2.0" {
				t.Errorf("%+v %v", k, err)
			}
			out[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
		}
		return out
	}
	kid := func(token any) string {
		head, _, _ := strings.Cut(token.(string), ".")
		raw, _ := base64.RawURLEncoding.DecodeString(head)
		return emulatortest.Object(t, raw)["kid"].(string)
	}
	first := d.token(app())["access_token"]
	if sets()[kid(first)] == nil {
		t.Error("the key of a token is not published")
	}
	roll := func() {
		t.Helper()
		if w := d.control("POST", "/authority/keys/roll", ""); w.Code != http.StatusNoContent {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	roll()
	second := d.token(app())["access_token"]
	if kid(first) == kid(second) || sets()[kid(first)] == nil || sets()[kid(second)] == nil {
		t.Error("one roll")
	}
	if w := d.get("/v1.0/users", first); w.Code != 200 {
		t.Errorf("a token of the key before: %d %s", w.Code, w.Body)
	}
	roll()
	if w := d.get("/v1.0/users", first); w.Code != 401 || sets()[kid(first)] != nil {
		t.Errorf("a token of a key that is gone: %d", w.Code)
	}
}

// TestSeedRepeatsTokens: with a random seed the same requests get the same tokens,
// to the last byte.
func TestSeedRepeatsTokens(t *testing.T) {
	run := func(seed uint64) (out []string) {
		d := newDesk(t, emulator.WithRandomSeed(seed))
		out = append(out, d.token(app("client_id", "0d15c0de-0000-4000-8000-00000000beef"))["access_token"].(string))
		got := d.token(person("scope", "openid offline_access User.Read"))
		return append(out, got["access_token"].(string), got["refresh_token"].(string), got["id_token"].(string))
	}
	if a := run(7); !slices.Equal(a, run(7)) || a[0] == run(8)[0] {
		t.Error("tokens do not repeat for their seed, or repeat for another")
	}
}
