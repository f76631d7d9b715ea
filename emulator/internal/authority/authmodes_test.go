package authority_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestExpiredToken: tokens end on the emulator's clock, as soon as they are told to.
func TestExpiredToken(t *testing.T) {
	t.Attr("rules", "B-2.17 C-11.9")
	d := newDesk(t, emulator.WithAuth(emulator.AuthVerify), emulator.WithTokenLifetime(90*time.Second))
	got := d.token(person())
	if got["expires_in"] != 90.0 {
		t.Errorf("it lives %v seconds", got["expires_in"])
	}
	d.now = d.now.Add(89 * time.Second)
	if w := d.get("/v1.0/me", got["access_token"]); w.Code != 200 {
		t.Errorf("in time: %d %s", w.Code, w.Body)
	}
	d.now = d.now.Add(time.Second)
	w := d.get("/v1.0/me", got["access_token"])
	if w.Code != 401 || !strings.Contains(w.Body.String(), `"message":"Lifetime validation failed, the token is expired."`) || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("too late: %d %s", w.Code, w.Body)
	}
	if _, err := emulator.New(emulator.WithTokenLifetime(time.Millisecond)); err == nil {
		t.Error("a lifetime of a millisecond is taken")
	}
}

// TestAudiences: Graph takes tokens for each of its names, and for the emulator's
// own, in both spellings of loopback.
func TestAudiences(t *testing.T) {
	t.Attr("rules", "B-2.18 C-1.6 C-2.18")
	d := newDesk(t, emulator.WithAuth(emulator.AuthVerify))
	for _, name := range []string{"https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000", "https://graph.microsoft.us", "http://127.0.0.1:3650"} {
		w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", app("scope", name+"/.default"), "Host", "127.0.0.1:3650")
		token := emulatortest.Object(t, w.Body.Bytes())["access_token"].(string)
		if aud := emulatortest.Claims(t, token)["aud"]; aud != name {
			t.Errorf("%s: the audience is %v", name, aud)
		}
		if w := d.do("GET", "/v1.0/users", nil, "Host", "localhost:3650", "Authorization", "Bearer "+token); w.Code != 200 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestGraphHostsChallenge: under the name of a cloud, a 401 leads to that cloud's
// sign-in.
func TestGraphHostsChallenge(t *testing.T) {
	t.Attr("rules", "B-2.19")
	d := newDesk(t, emulator.WithAuth(emulator.AuthVerify))
	w := d.do("GET", "/v1.0/me", nil, "Host", "graph.microsoft.us")
	if got := w.Header().Get("WWW-Authenticate"); w.Code != 401 || !strings.Contains(got, `authorization_uri="https://login.microsoftonline.us/common/oauth2/authorize"`) {
		t.Errorf("%d %s", w.Code, got)
	}
}

// TestClaimsChallenge: on request every older token is answered with a claims
// challenge; a token fetched with its claims passes, in each mode.
func TestClaimsChallenge(t *testing.T) {
	t.Attr("rules", "B-2.20 B-10.26 C-2.10 C-11.8")
	for _, mode := range []emulator.Auth{emulator.AuthOpen, emulator.AuthVerify} {
		d := newDesk(t, emulator.WithAuth(mode))
		got := d.token(person("scope", "openid offline_access User.Read", "claims", `{"access_token":{"xms_cc":{"values":["CP1"]}}}`))
		c := emulatortest.Claims(t, got["access_token"])
		if cc, _ := c["xms_cc"].([]any); len(cc) != 1 || cc[0] != "CP1" || got["expires_in"].(float64) < 20*3600 || got["expires_in"].(float64) > 28*3600 {
			t.Errorf("%s: %v", mode, got["expires_in"])
		}
		if w := d.get("/v1.0/me", got["access_token"]); w.Code != 200 {
			t.Fatalf("%s: %d %s", mode, w.Code, w.Body)
		}
		d.control("POST", "/authority/challenge", "")
		w := d.get("/v1.0/me", got["access_token"])
		header := w.Header().Get("WWW-Authenticate")
		_, rest, ok := strings.Cut(header, `error="insufficient_claims", claims="`)
		claims, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(rest, `"`))
		want := `{"access_token":{"nbf":{"essential":true,"value":"` + strconv.FormatInt(d.now.Unix(), 10) + `"}}}`
		if w.Code != 401 || !ok || err != nil || string(claims) != want || !strings.Contains(w.Body.String(), "Continuous access evaluation resulted in challenge with result: InteractionRequired and code:") {
			t.Errorf("%s: %d %s %s", mode, w.Code, header, w.Body)
		}
		plain := form("grant_type", "refresh_token", "client_id", publicApp, "refresh_token", got["refresh_token"].(string))
		if w := d.get("/v1.0/me", d.token(plain)["access_token"]); w.Code != 401 {
			t.Errorf("%s: a token without the claims: %d", mode, w.Code)
		}
		plain.Set("claims", string(claims))
		if w := d.get("/v1.0/me", d.token(plain)["access_token"]); w.Code != 200 {
			t.Errorf("%s: a token with the claims: %d %s", mode, w.Code, w.Body)
		}
		d.control("DELETE", "/authority/challenge", "")
		if w := d.get("/v1.0/me", got["access_token"]); w.Code != 200 {
			t.Errorf("%s: afterwards: %d", mode, w.Code)
		}
	}
}

// TestSeveralUsers: each token is its own user.
func TestSeveralUsers(t *testing.T) {
	t.Attr("rules", "B-1.5 C-2.17")
	for _, mode := range []emulator.Auth{emulator.AuthOpen, emulator.AuthVerify, emulator.AuthEnforce} {
		d := newDesk(t, emulator.WithAuth(mode))
		for _, name := range []string{"ida@northgale.test", "tomas@northgale.test", "zoe@northgale.test"} {
			token, err := d.emu.TokenOf(name)
			if err != nil {
				t.Fatal(err)
			}
			if w := d.get("/v1.0/me", token); emulatortest.Object(t, w.Body.Bytes())["userPrincipalName"] != name {
				t.Errorf("%s: %s: %s", mode, name, w.Body)
			}
		}
		if _, err := d.emu.TokenOf("nobody"); err == nil {
			t.Errorf("%s: a token of nobody", mode)
		}
	}
}

// TestConsent: where permissions are enforced a token holds what has been consented
// to; a sign-in consents, no other flow does.
func TestConsent(t *testing.T) {
	t.Attr("rules", "B-10.39")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	const client = "0d15c0de-0000-4000-8000-00000000beef"
	ask := person("client_id", client, "scope", "openid User.Read Mail.Read")
	w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", ask)
	if got := emulatortest.Object(t, w.Body.Bytes()); w.Code != 400 || got["error"] != "invalid_grant" || got["suberror"] != "consent_required" || codeOf(t, w) != 65001 {
		t.Errorf("nobody has consented: %d %s", w.Code, w.Body)
	}
	code := func(scope string) string { return d.code("client_id", client, "scope", scope, "login_hint", "") }
	v := redeem(code("openid User.Read"), "client_id", client)
	if got := emulatortest.Claims(t, d.token(v)["access_token"]); got["scp"] != "User.Read openid" {
		t.Errorf("after the sign-in: %v", got["scp"])
	}
	if got := d.refused(ask); got != 65001 {
		t.Errorf("Mail.Read: %d", got)
	}
	v = redeem(code("openid Mail.Read"), "client_id", client)
	if got := emulatortest.Claims(t, d.token(v)["access_token"]); got["scp"] != "User.Read Mail.Read openid" {
		t.Errorf("consent adds up: %v", got["scp"])
	}
	if got := emulatortest.Claims(t, d.token(ask)["access_token"]); got["scp"] != "User.Read Mail.Read openid" {
		t.Errorf("by password: %v", got["scp"])
	}
	if got := emulatortest.Claims(t, d.token(person("client_id", client, "scope", graphAll))["access_token"]); got["scp"] != "User.Read Mail.Read" {
		t.Errorf(".default: %v", got["scp"])
	}
	token, err := d.emu.AppToken("DelegatedPermissionGrant.Read.All", "Directory.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	w = d.get("/v1.0/oauth2PermissionGrants", token)
	list, _ := emulatortest.Object(t, w.Body.Bytes())["value"].([]any)
	if len(list) != 1 {
		t.Fatalf("%s", w.Body)
	}
	g := list[0].(map[string]any)
	if g["scope"] != "User.Read Mail.Read" || g["consentType"] != "Principal" || g["principalId"] != emulatortest.Ida {
		t.Errorf("the grant: %v", g)
	}
	roles := emulatortest.Claims(t, d.token(app("client_id", client))["access_token"])
	if roles["roles"] != nil {
		t.Errorf("nothing was assigned: %v", roles["roles"])
	}
	if w := d.do("GET", "/northgale.test/v2.0/adminconsent?client_id="+client+"&scope=User.ReadWrite.All&redirect_uri="+back, nil); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := emulatortest.Claims(t, d.token(person("client_id", client, "scope", "User.ReadWrite.All", "username", "tomas@northgale.test"))["access_token"]); got["scp"] != "User.ReadWrite.All" {
		t.Errorf("an administrator's consent is everybody's: %v", got["scp"])
	}
}

// rolesTenant assigns an application a role of Graph, and gives one user a
// directory role.
const rolesTenant = `directoryRoles:
  - {displayName: Global Administrator, roleTemplateId: 62e90394-69f5-4237-9190-012177145e10, members: [{$ref: /users/e94b7c20-83d1-4a56-b0f7-19c2d8e6a745}]}
servicePrincipals:
  - {id: 0d15c0de-0000-4000-8000-0000000000b1, appId: 00000003-0000-0000-c000-000000000000, displayName: Microsoft Graph, appRoles: [{id: 0d15c0de-0000-4000-8000-0000000000b2, value: User.Read.All, displayName: x, description: x, isEnabled: true, allowedMemberTypes: [Application]}]}
  - id: 0d15c0de-0000-4000-8000-0000000000b3
    appId: ` + trustApp + `
    displayName: Robot
    appRoleAssignments:
      - {appRoleId: 0d15c0de-0000-4000-8000-0000000000b2, resourceId: 0d15c0de-0000-4000-8000-0000000000b1, principalId: 0d15c0de-0000-4000-8000-0000000000b3}
groups:
  - {id: 0d15c0de-0000-4000-8000-0000000000b4, displayName: Ida's, mailEnabled: false, mailNickname: idas, securityEnabled: true, owners: [{$ref: /users/` + emulatortest.Ida + `}]}
  - {id: 0d15c0de-0000-4000-8000-0000000000b5, displayName: Nobody's, mailEnabled: false, mailNickname: nobodys, securityEnabled: true}
`

// TestRoles: an application's token holds the roles it has been assigned; a member
// writes itself and what it owns, an administrator everything; and only an
// administrator consents to what needs one.
func TestRoles(t *testing.T) {
	t.Attr("rules", "B-10.26 B-10.33 B-10.39")
	tree := deskTenant()
	file := *tree["users.yaml"]
	file.Data = []byte(rolesTenant)
	tree["roles.yaml"] = &file
	d := newDesk(t, emulator.WithFixtures(tree), emulator.WithAuth(emulator.AuthEnforce))
	got := d.token(app("client_id", trustApp, "client_secret", "", "client_assertion_type", jwtBearer,
		"client_assertion", d.assertion(signers()[1], map[string]any{"iss": "https://ci.northgale.test", "sub": "repo:northgale/desk", "aud": "api://AzureADTokenExchange"})))
	if roles, _ := emulatortest.Claims(t, got["access_token"])["roles"].([]any); len(roles) != 1 || roles[0] != "User.Read.All" {
		t.Errorf("roles: %v", roles)
	}
	if w := d.get("/v1.0/users", got["access_token"]); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	write := func(user, path string) int {
		token, err := d.emu.TokenOf(user, "User.ReadWrite.All", "Group.ReadWrite.All")
		if err != nil {
			t.Fatal(err)
		}
		body := `{"displayName":"New"}`
		if path == "/me" || strings.HasSuffix(path, emulatortest.Ida) {
			body = `{"mobilePhone":"+47 5550 0299"}`
		}
		return emulatortest.Do(d.emu, "PATCH", "/v1.0"+path, body, "Authorization", "Bearer "+token).Code
	}
	for _, tt := range []struct {
		user, path string
		want       int
	}{
		{"ida@northgale.test", "/users/" + emulatortest.Ida, 204},
		{"ida@northgale.test", "/me", 204},
		{"ida@northgale.test", "/users/tomas@northgale.test", 403},
		{"ida@northgale.test", "/groups/0d15c0de-0000-4000-8000-0000000000b4", 204},
		{"ida@northgale.test", "/groups/0d15c0de-0000-4000-8000-0000000000b5", 403},
		{"tomas@northgale.test", "/users/ida@northgale.test", 204},
		{"tomas@northgale.test", "/groups/0d15c0de-0000-4000-8000-0000000000b5", 204},
	} {
		if got := write(tt.user, tt.path); got != tt.want {
			t.Errorf("%s writes %s: %d, want %d", tt.user, tt.path, got, tt.want)
		}
	}
	_, carried := d.location(d.authorize("scope", "User.ReadWrite.All", "login_hint", "ida@northgale.test"))
	if carried.Get("error") != "access_denied" || !strings.HasPrefix(carried.Get("error_description"), "AADSTS90094") {
		t.Errorf("a member consents to what needs an administrator: %v", carried)
	}
	if _, carried := d.location(d.authorize("scope", "User.ReadWrite.All", "login_hint", "tomas@northgale.test")); carried.Get("code") == "" {
		t.Errorf("an administrator consents: %v", carried)
	}
}

// TestNotedRefusals: outside of enforce, what it would refuse is noted in the log
// and nothing of the token is; an operation of which nothing is
// published, where the switch allows it, has a line of its own.
func TestNotedRefusals(t *testing.T) {
	t.Attr("rules", "B-10.38")
	for mode, want := range map[emulator.Auth]string{emulator.AuthOpen: "enforce would refuse this request", emulator.AuthVerify: "enforce would refuse this request", emulator.AuthEnforce: "no permissions are published for this operation; it is allowed"} {
		var log bytes.Buffer
		d := newDesk(t, emulator.WithAuth(mode), emulator.WithSwitch("auth.unpublished", "allow"), emulator.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		token, err := d.emu.Token("Mail.Read")
		if err != nil {
			t.Fatal(err)
		}
		path := "/v1.0/users"
		if mode == emulator.AuthEnforce {
			path = "/v1.0/communications/callRecords/x/sessions/y/segments"
		}
		if w := d.get(path, token); w.Code == 401 || w.Code == 403 {
			t.Errorf("%s: %d %s", mode, w.Code, w.Body)
		}
		d.token(app("client_secret", "s3cret-of-the-desk"))
		if text := log.String(); !strings.Contains(text, want) || strings.Contains(text, token[:20]) || strings.Contains(text, "s3cret") {
			t.Errorf("%s: %s", mode, text)
		}
	}
}

// TestAuthOptionsRefused: a mode that is none is an error that names itself.
func TestAuthOptionsRefused(t *testing.T) {
	for name, o := range map[string]emulator.Option{"auth": emulator.WithAuth(emulator.Auth(9)), "sign-in": emulator.WithSignIn(emulator.SignIn(9)), "issuer": emulator.WithIssuer(emulator.Issuer(9))} {
		if _, err := emulator.New(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
