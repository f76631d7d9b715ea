package authority_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

func deviceForm(client string) url.Values {
	return form("client_id", client, "scope", "openid offline_access User.Read")
}

func poll(client string, started map[string]any) url.Values {
	return form("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", client, "device_code", started["device_code"].(string))
}

// TestDeviceCode: the device waits until the person has entered the code on the
// page, in time; polling too often is told.
func TestDeviceCode(t *testing.T) {
	t.Attr("rules", "B-10.17 C-2.9 C-2.21")
	d := checkedDesk(t, emulator.WithSignIn(emulator.SignInPage))
	start := func() map[string]any {
		t.Helper()
		w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/devicecode", deviceForm(publicApp))
		got := emulatortest.Object(t, w.Body.Bytes())
		if w.Code != 200 || len(got["user_code"].(string)) != 9 || got["verification_uri"] != "http://example.com/devicelogin" || got["expires_in"] != 900.0 || got["interval"] != 5.0 ||
			got["message"] != "To sign in, use a web browser to open the page http://example.com/devicelogin and enter the code "+got["user_code"].(string)+" to authenticate." ||
			got["verification_uri_complete"] != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return got
	}
	got := start()
	if n := d.refused(poll(publicApp, got)); n != 70016 {
		t.Errorf("nobody has come: %d", n)
	}
	if w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", poll(publicApp, got)); emulatortest.Object(t, w.Body.Bytes())["error"] != "slow_down" {
		t.Errorf("at once again: %s", w.Body)
	}
	d.now = d.now.Add(5 * time.Second)
	if n := d.refused(poll(publicApp, got)); n != 70016 {
		t.Errorf("five seconds later: %d", n)
	}
	b, base := newBrowser(t, d.emu)
	b.open(base + "/devicelogin")
	if b.submit(base, "otc", "WRONGCODE"); !strings.Contains(b.page, "No device waits") {
		t.Errorf("a wrong code: %s", b.page)
	}
	if b.submit(base, "otc", strings.ToLower(got["user_code"].(string))); !strings.Contains(b.page, "Handheld wants to sign in") {
		t.Errorf("the code: %s", b.page)
	}
	if b.submit(base, "loginfmt", "tomas@northgale.test", "passwd", "wrong", "accept", "1"); !strings.Contains(b.page, "Error validating credentials") {
		t.Errorf("a wrong password: %s", b.page)
	}
	if b.submit(base, "loginfmt", "tomas@northgale.test", "passwd", "right", "accept", "1"); !strings.Contains(b.page, "Signed in") {
		t.Errorf("the right one: %s", b.page)
	}
	tokens := d.token(poll(publicApp, got))
	if c := emulatortest.Claims(t, tokens["access_token"]); c["upn"] != "tomas@northgale.test" || tokens["id_token"] == nil || tokens["refresh_token"] == nil {
		t.Errorf("%v", tokens)
	}
	if n := d.refused(poll(publicApp, got)); n != 70018 {
		t.Errorf("a second time: %d", n)
	}
	got = start()
	if n := d.refused(poll(pageApp, got)); n != 70018 {
		t.Errorf("another client: %d", n)
	}
	b.open(base + "/devicelogin?otc=" + got["user_code"].(string))
	b.submit(base, "cancel", "1")
	if w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", poll(publicApp, got)); emulatortest.Object(t, w.Body.Bytes())["error"] != "authorization_declined" {
		t.Errorf("declined: %s", w.Body)
	}
	got = start()
	if w := d.control("POST", "/authority/devices/"+got["user_code"].(string), `{"user":"ida@northgale.test"}`); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if c := emulatortest.Claims(t, d.token(poll(publicApp, got))["access_token"]); c["oid"] != emulatortest.Ida {
		t.Errorf("approved by the control plane: %v", c)
	}
	got = start()
	d.now = d.now.Add(15 * time.Minute)
	if n := d.refused(poll(publicApp, got)); n != 70020 {
		t.Errorf("too late: %d", n)
	}
	if w := d.control("POST", "/authority/devices/"+got["user_code"].(string), `{}`); w.Code != http.StatusNotFound {
		t.Errorf("approving too late: %d", w.Code)
	}
}

// TestDeviceCodeWithoutPerson: where nobody sits in front of a page the signed-in
// user has approved before the first question.
func TestDeviceCodeWithoutPerson(t *testing.T) {
	d := newDesk(t)
	w := d.do("POST", "/organizations/oauth2/v2.0/devicecode", deviceForm("any"))
	if c := emulatortest.Claims(t, d.token(poll("any", emulatortest.Object(t, w.Body.Bytes())))["access_token"]); c["oid"] != emulatortest.Ida {
		t.Errorf("%v", c)
	}
}

// TestDeviceCodesAreBounded: the oldest of too many is forgotten, no other.
func TestDeviceCodesAreBounded(t *testing.T) {
	d := newDesk(t, emulator.WithSignIn(emulator.SignInPage))
	var first, second, last map[string]any
	for i := range 1025 {
		got := emulatortest.Object(t, d.do("POST", "/common/oauth2/v2.0/devicecode", deviceForm("any")).Body.Bytes())
		switch i {
		case 0:
			first = got
		case 1:
			second = got
		}
		last = got
		d.now = d.now.Add(time.Millisecond)
	}
	for _, tt := range []struct {
		name string
		code map[string]any
		want int
	}{{"the first", first, 70018}, {"the second", second, 70016}, {"the last", last, 70016}} {
		if n := d.refused(poll("any", tt.code)); n != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, n, tt.want)
		}
	}
}

// TestDiscovery: documents name the host, port and scheme that were used, the
// tenant's GUID, and where tenants share an address the template.
func TestDiscovery(t *testing.T) {
	t.Attr("rules", "B-10.2 B-10.3 B-10.4 B-10.7 C-1.5 C-2.1 C-2.2 C-2.3 C-2.4 C-2.5 C-2.7")
	d := newDesk(t)
	for _, tt := range []struct{ path, host, member, want string }{
		{"/" + tenantID + "/v2.0/.well-known/openid-configuration", "127.0.0.1:3650", "issuer", "http://127.0.0.1:3650/" + tenantID + "/v2.0"},
		{"/northgale.test/v2.0/.well-known/openid-configuration", "localhost:3650", "token_endpoint", "http://localhost:3650/" + tenantID + "/oauth2/v2.0/token"},
		{"/NORTHGALE.test/V2.0/.Well-Known/openid-configuration", "localhost:3650", "issuer", "http://localhost:3650/" + tenantID + "/v2.0"},
		{"/common/v2.0/.well-known/openid-configuration", "localhost:3650", "issuer", "http://localhost:3650/{tenantid}/v2.0"},
		{"/organizations/v2.0/.well-known/openid-configuration", "localhost:3650", "authorization_endpoint", "http://localhost:3650/organizations/oauth2/v2.0/authorize"},
		{"/consumers/v2.0/.well-known/openid-configuration", "localhost:3650", "device_authorization_endpoint", "http://localhost:3650/consumers/oauth2/v2.0/devicecode"},
		{"/common/v2.0/.well-known/openid-configuration", "localhost:3650", "msgraph_host", "localhost:3650"},
		{"/common/v2.0/.well-known/openid-configuration", "localhost:3650", "userinfo_endpoint", "http://localhost:3650/oidc/userinfo"},
		{"/common/v2.0/.well-known/openid-configuration", "login.microsoftonline.com", "msgraph_host", "graph.microsoft.com"},
		{"/common/v2.0/.well-known/openid-configuration", "login.microsoftonline.us", "userinfo_endpoint", "https://graph.microsoft.us/oidc/userinfo"},
		{"/common/v2.0/.well-known/openid-configuration", "login.chinacloudapi.cn", "cloud_instance_name", "partner.microsoftonline.cn"},
		{"/northgale.test/.well-known/openid-configuration", "localhost:3650", "issuer", "https://sts.windows.net/" + tenantID + "/"},
		{"/common/.well-known/openid-configuration", "localhost:3650", "issuer", "https://sts.windows.net/{tenantid}/"},
		{"/common/.well-known/openid-configuration", "localhost:3650", "token_endpoint", "http://localhost:3650/common/oauth2/token"},
		{"/common/.well-known/openid-configuration", "localhost:3650", "jwks_uri", "http://localhost:3650/common/discovery/keys"},
		{"/common/userrealm/ida@northgale.test?api-version=1.0", "localhost", "account_type", "Managed"},
		{"/common/UserRealm/ida%40northgale.test", "localhost", "domain_name", "northgale.test"},
		{"/common/UserRealm/ida@northgale.test", "localhost", "cloud_audience_urn", "urn:federation:MicrosoftOnline"},
		{"/metadata/endpoints?api-version=2022-09-01", "localhost:3650", "microsoftGraphResourceId", "http://localhost:3650"},
		{"/common/discovery/instance?api-version=1.1&authorization_endpoint=https://login.windows.net/common/oauth2/v2.0/authorize", "localhost", "tenant_discovery_endpoint",
			"https://login.windows.net/common/v2.0/.well-known/openid-configuration"},
	} {
		w := d.do("GET", tt.path, nil, "Host", tt.host)
		if got := emulatortest.Object(t, w.Body.Bytes()); w.Code != 200 || got[tt.member] != tt.want || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: %s is %v, want %s (%d)", tt.host, tt.path, tt.member, got[tt.member], tt.want, w.Code)
		}
	}
	cloud := newDesk(t, emulator.WithIssuer(emulator.IssuerCloud))
	w := cloud.do("GET", "/common/v2.0/.well-known/openid-configuration", nil)
	if got := emulatortest.Object(t, w.Body.Bytes()); got["issuer"] != "https://login.microsoftonline.com/{tenantid}/v2.0" || got["token_endpoint"] != "http://example.com/common/oauth2/v2.0/token" {
		t.Errorf("the cloud's issuer: %s", w.Body)
	}
	if got := emulatortest.Claims(t, cloud.token(person())["id_token"]); got["iss"] != "https://login.microsoftonline.com/"+tenantID+"/v2.0" {
		t.Errorf("the cloud's issuer: %v", got["iss"])
	}
}

// TestEndpointsDocument has what Terraform reads, in its forms.
func TestEndpointsDocument(t *testing.T) {
	t.Attr("rules", "C-2.8 C-2.18")
	d := newDesk(t)
	w := d.do("GET", "/metadata/endpoints?api-version=2022-09-01", nil, "Host", "localhost:3650")
	got := emulatortest.Object(t, w.Body.Bytes())
	a, _ := got["authentication"].(map[string]any)
	audiences, _ := a["audiences"].([]any)
	if got["name"] == nil || got["resourceManager"] == nil || a["loginEndpoint"] != "http://localhost:3650" || a["tenant"] != "common" || a["identityProvider"] != "AAD" || len(audiences) == 0 {
		t.Errorf("%s", w.Body)
	}
	token := form("grant_type", "client_credentials", "client_id", "any", "client_secret", "x", "scope", got["microsoftGraphResourceId"].(string)+"/.default")
	w = d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", token, "Host", "localhost:3650")
	if c := emulatortest.Claims(t, emulatortest.Object(t, w.Body.Bytes())["access_token"]); c["aud"] != "http://localhost:3650" {
		t.Errorf("the audience is %v", c["aud"]) // C-2.18
	}
}

// TestInstanceDiscovery lists the clouds and the host that was asked for, if it is
// ours.
func TestInstanceDiscovery(t *testing.T) {
	t.Attr("rules", "B-10.6 C-2.6")
	d := newDesk(t)
	ask := func(host, endpoint string) *httptest.ResponseRecorder {
		return d.do("GET", "/common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(endpoint), nil, "Host", host)
	}
	w := ask("localhost:3650", "https://localhost:3650/northgale.test/oauth2/v2.0/authorize")
	for _, want := range []string{`"api-version":"1.1"`, `"aliases":["login.microsoftonline.com","login.windows.net","login.microsoft.com","sts.windows.net"]`, `"aliases":["localhost:3650"]`,
		`"tenant_discovery_endpoint":"https://localhost:3650/northgale.test/v2.0/.well-known/openid-configuration"`} {
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing: %s", want, w.Body)
		}
	}
	// Through the proxy, of a client that was pointed at us: whatever the port is mapped to.
	for _, own := range []string{"localhost:44223", "127.0.0.1:44223", "[::1]:44223"} {
		w := ask("login.microsoftonline.com", "https://"+own+"/common/oauth2/v2.0/authorize")
		if want := `"aliases":["` + own + `"]`; w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing: %s", want, w.Body)
		}
	}
	for _, endpoint := range []string{"https://elsewhere.test/common/oauth2/v2.0/authorize", "nothing", ""} {
		if w := ask("localhost:3650", endpoint); w.Code != 400 || codeOf(t, w) != 50049 || emulatortest.Object(t, w.Body.Bytes())["error"] != "invalid_instance" {
			t.Errorf("%s: %d %s", endpoint, w.Code, w.Body)
		}
	}
}

// TestHostNames: under the names of the cloud's sign-in everything is the sign-in
// service's, errors too; issuers and links carry that name.
func TestHostNames(t *testing.T) {
	t.Attr("rules", "B-10.1 C-12.5")
	d := newDesk(t)
	for _, host := range []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net", "login.microsoftonline.us", "login.chinacloudapi.cn",
		"login.partner.microsoftonline.cn", "login.microsoftonline.com:8443"} {
		w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", person(), "Host", host)
		if got := emulatortest.Claims(t, emulatortest.Object(t, w.Body.Bytes())["id_token"]); got["iss"] != "https://"+host+"/"+tenantID+"/v2.0" {
			t.Errorf("%s: %v", host, got["iss"])
		}
		if w := d.do("GET", "/common/no/such/address", nil, "Host", host); w.Code != 404 || codeOf(t, w) == 0 {
			t.Errorf("%s: %d %s", host, w.Code, w.Body)
		}
	}
	if w := d.do("GET", "/common/no/such/address", nil); w.Code != 404 || !strings.Contains(w.Body.String(), "Invalid version") {
		t.Errorf("our own name: %d %s", w.Code, w.Body)
	}
}

// TestVersion1: the older endpoint takes resource and answers with texts.
func TestVersion1(t *testing.T) {
	t.Attr("rules", "B-10.18 C-2.16")
	d := newDesk(t)
	w := d.do("POST", "/"+tenantID+"/oauth2/token", form("grant_type", "client_credentials", "client_id", "any", "client_secret", "x", "resource", "https://graph.microsoft.com"))
	got := emulatortest.Object(t, w.Body.Bytes())
	now := d.now.Unix()
	for name, want := range map[string]string{"token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "3599", "resource": "https://graph.microsoft.com",
		"expires_on": strconv.FormatInt(now+3599, 10), "not_before": strconv.FormatInt(now-300, 10)} {
		if got[name] != want {
			t.Errorf("%s is %v, want %s", name, got[name], want)
		}
	}
	if c := emulatortest.Claims(t, got["access_token"]); c["aud"] != "https://graph.microsoft.com" {
		t.Errorf("%v", c)
	}
	w = d.do("POST", "/"+tenantID+"/oauth2/token", form("grant_type", "password", "client_id", "any", "username", "ida@northgale.test", "password", "x", "resource", "https://graph.microsoft.com"))
	if got := emulatortest.Object(t, w.Body.Bytes()); got["scope"] == nil || got["refresh_token"] == nil || got["id_token"] == nil {
		t.Errorf("%s", w.Body)
	}
}

// TestBasic: the secret may come by HTTP Basic.
func TestBasic(t *testing.T) {
	t.Attr("rules", "B-10.10 B-10.11 C-2.9")
	d := checkedDesk(t)
	send := func(secret string) *httptest.ResponseRecorder {
		v := app("client_id", "", "client_secret", "")
		r := httptest.NewRequest("POST", "/"+tenantID+"/oauth2/v2.0/token?client-request-id=0d15c0de-0000-4000-8000-0000000000c2", strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		r.SetBasicAuth(deskApp, secret)
		w := httptest.NewRecorder()
		d.emu.ServeHTTP(w, r)
		return w
	}
	w := send("right")
	if c := emulatortest.Claims(t, emulatortest.Object(t, w.Body.Bytes())["access_token"]); c["appid"] != deskApp || w.Header().Get("Cache-Control") != "no-store, no-cache" || w.Header().Get("Pragma") != "no-cache" ||
		w.Header().Get("x-ms-request-id") == "" || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%v %v", c, w.Header()) // B-10.10
	}
	if w := send("wrong"); w.Code != 401 || codeOf(t, w) != 7000215 || emulatortest.Object(t, w.Body.Bytes())["correlation_id"] != "0d15c0de-0000-4000-8000-0000000000c2" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestAppToken: what an application's token says.
func TestAppToken(t *testing.T) {
	t.Attr("rules", "B-10.11 B-10.24 B-10.25 B-10.27 C-2.17")
	d := checkedDesk(t)
	got := d.token(app())
	if got["expires_in"] != 3599.0 || got["scope"] != nil || got["refresh_token"] != nil || got["id_token"] != nil {
		t.Errorf("%v", got)
	}
	c := emulatortest.Claims(t, got["access_token"])
	roles, _ := c["roles"].([]any)
	wids, _ := c["wids"].([]any)
	if c["idtyp"] != "app" || c["scp"] != nil || len(roles) == 0 || c["oid"] != c["sub"] || c["appidacr"] != "1" || len(wids) != 1 || wids[0] != "0997a1d0-0d1d-4acb-b408-d5ca73121e90" ||
		c["exp"] != float64(d.now.Unix()+3599) || c["idp"] != "https://sts.windows.net/"+tenantID+"/" {
		t.Errorf("%v", c)
	}
	for _, name := range []string{"aud", "iss", "iat", "nbf", "exp", "app_displayname", "appid", "oid", "rh", "sub", "tid", "uti", "ver", "tenant_region_scope", "xms_tcdt"} {
		if c[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if w := d.do("GET", "/v1.0/directoryObjects/"+c["oid"].(string), nil); w.Code != 200 {
		t.Errorf("the principal: %d %s", w.Code, w.Body)
	}
}

// TestManagedIdentity: a machine asks for the token of its identity.
func TestManagedIdentity(t *testing.T) {
	t.Attr("rules", "B-10.9")
	d := newDesk(t)
	const path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com"
	w := d.do("GET", path, nil, "Metadata", "true")
	got := emulatortest.Object(t, w.Body.Bytes())
	if c := emulatortest.Claims(t, got["access_token"]); w.Code != 200 || c["appid"] != got["client_id"] || c["idtyp"] != "app" || got["expires_in"] != "3599" || got["resource"] != "https://graph.microsoft.com" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = d.do("GET", path+"&client_id=0d15c0de-0000-4000-8000-00000000beef", nil, "Metadata", "true")
	if got := emulatortest.Object(t, w.Body.Bytes()); got["client_id"] != "0d15c0de-0000-4000-8000-00000000beef" {
		t.Errorf("a named identity: %s", w.Body)
	}
	if w := d.do("GET", path, nil); w.Code != 400 || emulatortest.Object(t, w.Body.Bytes())["error"] != "invalid_request" {
		t.Errorf("without the header: %d %s", w.Code, w.Body)
	}
}

// TestUserinfo tells a client about the user of its token.
func TestUserinfo(t *testing.T) {
	d := newDesk(t, emulator.WithAuth(emulator.AuthVerify))
	got := d.token(person())
	w := d.get("/oidc/userinfo", got["access_token"])
	info := emulatortest.Object(t, w.Body.Bytes())
	if info["sub"] != emulatortest.Claims(t, got["id_token"])["sub"] || info["name"] != "Ida Berg" || info["given_name"] != "Ida" || info["family_name"] != "Berg" || info["email"] != "ida@northgale.test" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for name, token := range map[string]any{"none": "", "bad": "x.y.z", "app-only": d.token(app())["access_token"]} {
		if w := d.get("/oidc/userinfo", token); w.Code != 401 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestAdminConsent leads back with the tenant.
func TestAdminConsent(t *testing.T) {
	t.Attr("rules", "B-10.8")
	d := newDesk(t)
	_, carried := d.location(d.do("GET", "/northgale.test/adminconsent?client_id=any&state=12&redirect_uri="+url.QueryEscape(back), nil))
	if carried.Get("tenant") != tenantID || carried.Get("state") != "12" || carried.Get("admin_consent") != "True" {
		t.Errorf("%v", carried)
	}
	d = newDesk(t, emulator.WithSignIn(emulator.SignInPage))
	b, base := newBrowser(t, d.emu)
	b.open(base + "/northgale.test/adminconsent?client_id=any&state=12&redirect_uri=" + url.QueryEscape(back))
	to := b.submit(base, "cancel", "1").Header.Get("Location")
	if to != back+"?error=permission_denied&error_description=The+admin+canceled+the+request&state=12" {
		t.Errorf("%s", to)
	}
}

// TestGroups: an application that asks for groups gets them in the id token, and of
// too many only the place to read them.
func TestGroups(t *testing.T) {
	t.Attr("rules", "C-2.15")
	tree := deskTenant()
	tree["applications.yaml"].Data = []byte(strings.Replace(string(tree["applications.yaml"].Data), "displayName: Handheld", "groupMembershipClaims: SecurityGroup, displayName: Handheld", 1))
	group := func(n int) string {
		var b strings.Builder
		b.WriteString("groups:\n")
		for i := range n {
			b.WriteString("  - {displayName: G" + strconv.Itoa(i) + ", mailEnabled: false, mailNickname: g" + strconv.Itoa(i) + ", securityEnabled: true, members: [{$ref: /users/" + emulatortest.Ida + "}]}\n")
		}
		return b.String()
	}
	for n, listed := range map[int]bool{3: true, 201: false} {
		mine := deskTenant()
		mine["applications.yaml"] = tree["applications.yaml"]
		file := *mine["users.yaml"]
		file.Data = []byte(group(n))
		mine["groups.yaml"] = &file
		d := newDesk(t, emulator.WithFixtures(mine))
		id := emulatortest.Claims(t, d.token(person())["id_token"])
		groups, _ := id["groups"].([]any)
		if listed && len(groups) != n {
			t.Errorf("%d groups: %v", n, id)
		}
		names, _ := id["_claim_names"].(map[string]any)
		if !listed && (id["groups"] != nil || names["groups"] != "src1" || id["_claim_sources"] == nil) {
			t.Errorf("%d groups: %v", n, id)
		}
	}
}
