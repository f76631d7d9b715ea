package authority_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// mistake is a request to the token endpoint with what must come of it.
type mistake struct {
	number int
	code   string
	status int
	text   string // of the description, behind the number
	tenant string // empty: the tenant's id
	form   url.Values
}

func app(more ...string) url.Values {
	v := form("grant_type", "client_credentials", "client_id", deskApp, "client_secret", "right", "scope", graphAll)
	for i := 0; i+1 < len(more); i += 2 {
		if v.Set(more[i], more[i+1]); more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return v
}

func person(more ...string) url.Values {
	v := form("grant_type", "password", "client_id", publicApp, "username", "ida@northgale.test", "password", "right", "scope", "openid User.Read")
	for i := 0; i+1 < len(more); i += 2 {
		if v.Set(more[i], more[i+1]); more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return v
}

// assertion is a client assertion of the desk; changes replace claims.
func (d *desk) assertion(s signer, changes map[string]any) string {
	claims := map[string]any{"iss": deskApp, "sub": deskApp, "aud": "https://login.microsoftonline.com/" + tenantID + "/v2.0", "jti": "1",
		"nbf": d.now.Unix(), "exp": d.now.Add(10 * time.Minute).Unix()}
	for name, v := range changes {
		claims[name] = v
	}
	return s.sign("RS256", claims)
}

func asserted(text string) url.Values {
	return app("client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", text)
}

// mistakes are the refusals of section 10.3 that one request comes to.
func mistakes(d *desk) []mistake {
	ours, other := signers()[0], signers()[1]
	return []mistake{
		{7000215, "invalid_client", 401, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '" + deskApp + "'.", "", app("client_secret", "wrong")},
		{7000215, "invalid_client", 401, "Invalid client secret", "", app("client_secret", "0d15c0de-0000-4000-8000-0000000000a1")}, // the id of the secret
		{7000222, "invalid_client", 401, "The provided client secret keys for app '" + deskApp + "' are expired.", "", app("client_secret", "older")},
		{7000216, "invalid_client", 401, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.", "", app("client_secret", "")},
		{28000, "invalid_request", 400, "Provided value for the input parameter scope is not valid because it contains more than one resource.", "", person("scope", "User.Read https://vault.azure.net/user_impersonation")},
		{700016, "unauthorized_client", 400, "Application with identifier '0d15c0de-0000-4000-8000-00000000dead' was not found in the directory 'Northgale Desk'. This can happen if", "", app("client_id", "0d15c0de-0000-4000-8000-00000000dead")},
		{700025, "invalid_client", 401, "Client is public", "", app("client_id", publicApp)},
		{700027, "invalid_client", 401, "", "", asserted(d.assertion(other, nil))},                                                                      // another certificate
		{700027, "invalid_client", 401, "", "", asserted(signer{other.key, ours.cert}.sign("RS256", emulatortest.Claims(d.t, d.assertion(ours, nil))))}, // its thumbprint, another key
		{700027, "invalid_client", 401, "", "", asserted(ours.sign("none", emulatortest.Claims(d.t, d.assertion(ours, nil))))},
		{700024, "invalid_client", 401, "Client assertion is not within its valid time range.", "", asserted(d.assertion(ours, map[string]any{"exp": d.now.Add(-time.Hour).Unix()}))},
		{700024, "invalid_client", 401, "", "", asserted(d.assertion(ours, map[string]any{"exp": nil}))},
		{700024, "invalid_client", 401, "", "", asserted(d.assertion(ours, map[string]any{"exp": d.now.Add(48 * time.Hour).Unix()}))},
		{700023, "invalid_client", 401, "", "", asserted(d.assertion(ours, map[string]any{"aud": "https://graph.microsoft.com"}))},
		{700021, "invalid_client", 401, "", "", asserted(d.assertion(ours, map[string]any{"sub": "somebody"}))},
		{50027, "invalid_request", 400, "", "", asserted("no token")},
		{70021, "invalid_request", 400, "No matching federated identity record found", "", app("client_id", trustApp, "client_secret", "", "client_assertion_type", jwtBearer,
			"client_assertion", d.assertion(other, map[string]any{"iss": "https://ci.northgale.test", "sub": "repo:northgale/other", "aud": "api://AzureADTokenExchange"}))},
		{7000112, "unauthorized_client", 400, "Application '" + closedApp + "' is disabled.", "", app("client_id", closedApp)},
		{90002, "invalid_tenant", 400, "Tenant 'elsewhere.test' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", "elsewhere.test", app()},
		{90002, "invalid_tenant", 400, "", "0d15c0de-0000-4000-8000-00000000dead", app()},
		{900144, "invalid_request", 400, "The request body must contain the following parameter: 'grant_type'.", "", app("grant_type", "")},
		{900144, "invalid_request", 400, "The request body must contain the following parameter: 'client_id'.", "", app("client_id", "")},
		{90014, "invalid_request", 400, "The required field 'scope' is missing from the credential.", "", app("scope", "")},
		{90023, "invalid_request", 400, "", "", app("client_secret", "", "client_assertion", "x", "client_assertion_type", "jwt")},
		{9001023, "invalid_request", 400, "", "common", app()},
		{9001023, "invalid_request", 400, "", "consumers", person()},
		{50194, "unauthorized_client", 400, "", "common", form("grant_type", "refresh_token", "client_id", deskApp, "refresh_token", "x")},
		{70003, "unsupported_grant_type", 400, "", "", app("grant_type", "saml")},
		{70011, "invalid_scope", 400, "", "", app("scope", graphAll+" api://desk/.default")},
		{1002012, "invalid_scope", 400, "The provided value for scope User.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", "", app("scope", "User.Read")},
		{500011, "invalid_resource", 400, "", "", app("scope", "https://elsewhere.test/.default")},
		{650053, "invalid_scope", 400, "The application 'Handheld' asked for scope 'Berth.Read' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'.", "", person("scope", "Berth.Read")},
		{50126, "invalid_grant", 400, "Error validating credentials due to invalid username or password.", "", person("password", "wrong")},
		{50034, "invalid_grant", 400, "The user account nobody@northgale.test does not exist in the " + tenantID + " directory.", "", person("username", "nobody@northgale.test")},
		{50020, "invalid_grant", 400, "", "", person("username", "ida@elsewhere.test")},
		{50055, "invalid_grant", 400, "", "", person("username", "new@northgale.test")},
		{50056, "invalid_grant", 400, "", "", person("username", "none@northgale.test")},
		{50057, "invalid_grant", 400, "", "", person("username", "away@northgale.test")},
		{50105, "invalid_grant", 400, "", "", person("client_id", crewApp)},
		{70000, "invalid_grant", 400, "", "", app("grant_type", "authorization_code", "code", "x", "redirect_uri", back)},
		{9002313, "invalid_grant", 400, "", "", app("grant_type", "refresh_token", "refresh_token", "x")},
		{70018, "bad_verification_code", 400, "", "", form("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", publicApp, "device_code", "x")},
		{50013, "invalid_grant", 400, "", "", app("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "requested_token_use", "on_behalf_of", "scope", "User.Read", "assertion", d.assertion(other, nil))},
	}
}

// TestTokenErrors: each mistake has its number, name, status and text.
func TestTokenErrors(t *testing.T) {
	t.Attr("rules", "B-10.12 B-10.15 B-10.19 B-10.22 C-2.22 C-2.24")
	d := checkedDesk(t)
	for _, m := range mistakes(d) {
		tenant := m.tenant
		if tenant == "" {
			tenant = tenantID
		}
		w := d.do("POST", "/"+tenant+"/oauth2/v2.0/token", m.form, "client-request-id", "0d15c0de-0000-4000-8000-0000000000c1")
		got := emulatortest.Object(t, w.Body.Bytes())
		description, _ := got["error_description"].(string)
		if w.Code != m.status || got["error"] != m.code || !strings.HasPrefix(description, fmt.Sprintf("AADSTS%d: %s", m.number, m.text)) {
			t.Errorf("%d %v\n got %d %s", m.number, m.form, w.Code, w.Body)
		}
		if got["correlation_id"] != "0d15c0de-0000-4000-8000-0000000000c1" || got["timestamp"] != "2026-11-22 09:00:00Z" || got["trace_id"] == "" ||
			got["error_uri"] != fmt.Sprintf("http://example.com/error?code=%d", m.number) ||
			!strings.HasSuffix(description, " Correlation ID: 0d15c0de-0000-4000-8000-0000000000c1 Timestamp: 2026-11-22 09:00:00Z") {
			t.Errorf("%d: the rest of the error: %s", m.number, w.Body)
		}
	}
}

// TestTokenMethod: the endpoint takes POST only.
func TestTokenMethod(t *testing.T) {
	t.Attr("rules", "B-10.10")
	d := newDesk(t)
	w := d.do("GET", "/"+tenantID+"/oauth2/v2.0/token", nil)
	if w.Code != http.StatusMethodNotAllowed || codeOf(t, w) != 900561 || w.Header().Get("Allow") != "POST" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestInjectedErrors: what no request brings about is made to happen, once or as
// often as asked.
func TestInjectedErrors(t *testing.T) {
	t.Attr("rules", "B-10.22")
	d := newDesk(t)
	for number, want := range map[int]struct {
		code, sub string
		status    int
	}{
		53000: {"interaction_required", "message_only", 400}, 53003: {"invalid_grant", "message_only", 400}, 50053: {"invalid_grant", "", 400},
		50076: {"invalid_grant", "basic_action", 400}, 50079: {"interaction_required", "basic_action", 400}, 90008: {"invalid_grant", "", 400},
		90055: {"temporarily_unavailable", "", 429}, 50196: {"invalid_grant", "", 400}, 70019: {"expired_token", "", 400},
	} {
		if w := d.control("POST", "/authority/failures", fmt.Sprintf(`{"code":%d,"times":2}`, number)); w.Code != http.StatusNoContent {
			t.Fatalf("%d: %d %s", number, w.Code, w.Body)
		}
		for range 2 {
			w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", app())
			got := emulatortest.Object(t, w.Body.Bytes())
			if sub, _ := got["suberror"].(string); w.Code != want.status || got["error"] != want.code || sub != want.sub || codeOf(t, w) != number {
				t.Errorf("%d: %d %s", number, w.Code, w.Body)
			}
		}
		d.token(app())
	}
	if w := d.control("POST", "/authority/failures", `{"code":1}`); w.Code != http.StatusBadRequest {
		t.Errorf("a number that is none: %d %s", w.Code, w.Body)
	}
}

// TestZeroConfiguration: any client, secret, assertion and tenant is good enough
// until a tenant lists its own; a few things are refused even then.
func TestZeroConfiguration(t *testing.T) {
	t.Attr("rules", "C-2.23")
	d := newDesk(t)
	const client = "0d15c0de-0000-4000-8000-00000000beef"
	for _, v := range []url.Values{
		app("client_id", client, "client_secret", "anything"),
		app("client_id", client, "client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", d.assertion(signers()[1], map[string]any{"iss": client, "sub": client})),
		app("client_id", client, "client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", d.assertion(signers()[1], map[string]any{"iss": "https://ci.test", "sub": "me", "aud": "x"})),
		person("client_id", client, "password", "anything"),
	} {
		d.token(v)
	}
	claims := emulatortest.Claims(t, d.token(app("client_id", client))["access_token"])
	w := d.do("GET", "/v1.0/directoryObjects/"+fmt.Sprint(claims["oid"]), nil)
	if got := emulatortest.Object(t, w.Body.Bytes()); got["appId"] != client || got["@odata.type"] != "#microsoft.graph.servicePrincipal" {
		t.Errorf("the principal of a client that nobody knew: %s", w.Body)
	}
	for number, m := range map[int]struct {
		tenant string
		form   url.Values
	}{
		90002: {"0d15c0de-0000-4000-8000-0000000000e1", app()}, 70003: {tenantID, app("grant_type", "x")}, 500011: {tenantID, app("scope", "desk/.default")}, 50034: {tenantID, person("username", "nobody@northgale.test")},
		700024: {tenantID, asserted(d.assertion(signers()[0], map[string]any{"exp": 1}))},
		700023: {tenantID, asserted(d.assertion(signers()[0], map[string]any{"aud": "https://graph.microsoft.com"}))},
	} {
		if got := codeOf(t, d.do("POST", "/"+m.tenant+"/oauth2/v2.0/token", m.form)); got != number {
			t.Errorf("%d: got %d", number, got)
		}
	}
}

// TestFaultK7TokenErrors: a request without a credential, one for two resources, and one of an
// unknown application. The directory is named by its display name.
func TestFaultK7TokenErrors(t *testing.T) {
	d := checkedDesk(t)
	const two = "https://graph.microsoft.com/User.Read https://vault.azure.net/user_impersonation"
	for _, tt := range []struct {
		form   url.Values
		number int
		text   string
	}{
		{app("client_secret", ""), 7000216, "'client_assertion', 'client_secret' or 'request' is required"},
		{redeem(d.code(), "scope", two), 28000, "more than one resource"},
		{person("scope", two), 28000, "more than one resource"},
		{app("client_id", "0d15c0de-0000-4000-8000-00000000dead"), 700016, "was not found in the directory 'Northgale Desk'. This can happen if"},
	} {
		w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", tt.form)
		if got := codeOf(t, w); got != tt.number || !strings.Contains(w.Body.String(), tt.text) {
			t.Errorf("%d: %s", tt.number, w.Body)
		}
	}
}

// TestStoredSecret: an application that has been given a secret is checked even
// where nothing else is.
func TestStoredSecret(t *testing.T) {
	d := newDesk(t)
	d.token(app("client_id", builtIn, "client_secret", "anything"))
	w := d.do("GET", "/v1.0/applications?$select=id", nil)
	list, _ := emulatortest.Object(t, w.Body.Bytes())["value"].([]any)
	id := list[0].(map[string]any)["id"].(string)
	made := emulatortest.Do(d.emu, "POST", "/v1.0/applications/"+id+"/addPassword", `{"passwordCredential":{"displayName":"one"}}`)
	secret, _ := emulatortest.Object(t, made.Body.Bytes())["secretText"].(string)
	if made.Code != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	if got := d.refused(app("client_id", builtIn, "client_secret", "anything")); got != 7000215 {
		t.Errorf("another secret: %d", got)
	}
	d.token(app("client_id", builtIn, "client_secret", secret))
}

// TestBuiltInTenantIsNeverChecked: naming the built-in tenant changes nothing; a
// file of one's own does, for its kind only.
func TestBuiltInTenantIsNeverChecked(t *testing.T) {
	d := newDesk(t, emulator.WithFixtures(fixtures.Northgale()))
	d.token(app("client_id", "0d15c0de-0000-4000-8000-00000000beef"))
	d.token(person("password", "anything"))
	mine := deskTenant()
	delete(mine, "applications.yaml")
	delete(mine, "organization.yaml")
	d = newDesk(t, emulator.WithFixtures(mine))
	d.token(app("client_id", "0d15c0de-0000-4000-8000-00000000beef"))
	if got := d.refused(person("password", "anything")); got != 50126 {
		t.Errorf("users of one's own: %d", got)
	}
}

// TestSecretsSurviveExport: after an export and an import the whole secret is still required, and
// no answer shows a secret or its hash.
func TestSecretsSurviveExport(t *testing.T) {
	for _, opts := range [][]emulator.Option{nil, {emulator.WithKeepPasswords()}} {
		d := checkedDesk(t, opts...)
		address := "/v1.0/applications(appId='" + deskApp + "')"
		made := emulatortest.Do(d.emu, "POST", address+"/addPassword", `{"passwordCredential":{"displayName":"one"}}`)
		secret, _ := emulatortest.Object(t, made.Body.Bytes())["secretText"].(string)
		if made.Code != http.StatusOK || secret == "" {
			t.Fatalf("%d %s", made.Code, made.Body)
		}
		check := func(when string) {
			t.Helper()
			for _, right := range []string{secret, "right"} {
				d.token(app("client_secret", right))
				for _, wrong := range []string{right[:3], right[:3] + "other", right + "x"} {
					if got := d.refused(app("client_secret", wrong)); got != 7000215 {
						t.Errorf("%s: %s: %d", when, wrong, got)
					}
				}
			}
			if w := emulatortest.Do(d.emu, "GET", address+"?$select=passwordCredentials", ""); strings.Contains(w.Body.String(), `"secretText":"`) || strings.Count(w.Body.String(), `"keyId"`) != 3 {
				t.Errorf("%s: %s", when, w.Body)
			}
		}
		check("before")
		for _, when := range []string{"once", "twice"} {
			dir := t.TempDir()
			if err := d.emu.Export(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			if err := d.emu.Import(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			check(when)
		}
	}
}

// TestHintIsNoSecret: a credential of which the tenant's files give only the hint accepts nothing.
func TestHintIsNoSecret(t *testing.T) {
	tenant := deskTenant()
	file := tenant["applications.yaml"]
	file.Data = bytes.ReplaceAll(file.Data, []byte(", secretText: right"), nil)
	d := newDesk(t, emulator.WithFixtures(tenant))
	for _, presented := range []string{"right", "rig", "rigid"} {
		if got := d.refused(app("client_secret", presented)); got != 7000215 {
			t.Errorf("%s: %d", presented, got)
		}
	}
}
