package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

const (
	northID = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"
	southID = "a1b2c3d4-0000-4000-8000-00000000b001"
	anApp   = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"
)

func port(id, domain, title string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`
organization:
  - {id: ` + id + `, displayName: ` + title + `, verifiedDomains: [{name: ` + domain + `, isDefault: true, isInitial: true, type: Managed}]}
users:
  - {id: 5d6f9a10-3c51-4f65-9d1c-4be9c4ea0001, displayName: Ida, jobTitle: ` + title + `, userPrincipalName: ida@` + domain + `, mailNickname: ida, accountEnabled: true, passwordProfile: {password: x}}
`)}
}

// two are tenants whose users have the same ids.
func two() fstest.MapFS {
	return fstest.MapFS{"port.yaml": port(northID, "north.test", "North"), "tenants/south/port.yaml": port(southID, "south.test", "South")}
}

type ports struct {
	t            *testing.T
	emu          *emulator.Server
	north, south string // tokens
}

func newPorts(t *testing.T, opts ...emulator.Option) *ports {
	t.Helper()
	emu := emulatortest.New(t, append([]emulator.Option{emulator.WithFixtures(two()), emulator.WithAuth(emulator.AuthVerify)}, opts...)...)
	p := &ports{t: t, emu: emu}
	for i, x := range emu.Tenants() {
		token, err := x.Token("", "User.ReadWrite.All")
		if err != nil {
			t.Fatal(err)
		}
		*[]*string{&p.north, &p.south}[i] = token
	}
	return p
}

// do sends a request with a token; a body of JSON or, for the sign-in service, a form.
func (p *ports) do(token, method, target, body string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.Contains(body, "client_id=") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	p.emu.ServeHTTP(w, r)
	return w
}

func (p *ports) has(w *httptest.ResponseRecorder, status int, want, never string) {
	p.t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), want) || never != "" && strings.Contains(w.Body.String(), never) {
		p.t.Errorf("%d %s\nwant %d with %q, without %q", w.Code, w.Body, status, want, never)
	}
}

// TestTenants: the tid of a token picks the tenant, for every way to ask.
func TestTenants(t *testing.T) {
	p := newPorts(t)
	for token, names := range map[string][2]string{p.north: {"North", "South"}, p.south: {"South", "North"}} {
		for _, path := range []string{"/v1.0/me?$select=jobTitle", "/v1.0/users?$select=jobTitle", "/v1.0/organization", "/beta/users/5d6f9a10-3c51-4f65-9d1c-4be9c4ea0001"} {
			p.has(p.do(token, "GET", path, ""), 200, names[0], names[1])
		}
		p.has(p.do(token, "POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me?$select=jobTitle"}]}`), 200, names[0], names[1])
	}
	p.has(p.do(p.south, "GET", "/v1.0/users/ida@north.test", ""), 404, "Request_ResourceNotFound", "")

	link := func(w *httptest.ResponseRecorder) string {
		return emulatortest.Object(t, w.Body.Bytes())["@odata.deltaLink"].(string)
	}
	north, south := link(p.do(p.north, "GET", "/v1.0/users/delta", "")), link(p.do(p.south, "GET", "/v1.0/users/delta", ""))
	if w := p.do(p.south, "PATCH", "/v1.0/me", `{"jobTitle":"Bosun"}`); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	p.has(p.do(p.north, "GET", north, ""), 200, `"value":[]`, "Bosun")
	p.has(p.do(p.south, "GET", south, ""), 200, "Bosun", "")
	p.has(p.do(p.north, "GET", south, ""), 410, "", "Bosun") // the token of another tenant's round
	if err := p.emu.Reset(); err != nil {
		t.Fatal(err)
	}
	p.has(p.do(p.south, "GET", "/v1.0/me", ""), 200, "South", "Bosun")
}

// TestTenantsSignIn: each tenant is its own place to sign in, by id or domain; where a
// name stands for all, the user, the code or the token says which is meant; a name that
// no file lists is refused.
func TestTenantsSignIn(t *testing.T) {
	t.Attr("rules", "C-2.24")
	p := newPorts(t)
	ask := func(place string, pairs ...string) *httptest.ResponseRecorder {
		t.Helper()
		f := url.Values{"client_id": {anApp}, "client_secret": {"x"}, "scope": {"openid offline_access User.Read"}}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return p.do("", "POST", "/"+place+"/oauth2/v2.0/token", f.Encode())
	}
	tid := func(w *httptest.ResponseRecorder) any {
		t.Helper()
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return emulatortest.Claims(t, emulatortest.Object(t, w.Body.Bytes())["access_token"])["tid"]
	}
	for place, want := range map[string]string{northID: northID, "north.test": northID, southID: southID, "SOUTH.test": southID} {
		if got := tid(ask(place, "grant_type", "client_credentials", "scope", "https://graph.microsoft.com/.default")); got != want {
			t.Errorf("%s: %v", place, got)
		}
	}
	for _, place := range []string{"nobody.test", "00000000-1111-4222-8333-444444444444"} {
		p.has(ask(place, "grant_type", "client_credentials", "scope", "https://graph.microsoft.com/.default"), 400, "AADSTS90002", "access_token")
	}
	signed := ask("organizations", "grant_type", "password", "username", "ida@south.test", "password", "x")
	if got := tid(signed); got != southID {
		t.Errorf("by the user's domain: %v", got)
	}
	refresh := emulatortest.Object(t, signed.Body.Bytes())["refresh_token"].(string)
	if got := tid(ask("common", "grant_type", "refresh_token", "refresh_token", refresh)); got != southID {
		t.Errorf("by the refresh token: %v", got)
	}
	p.has(ask(northID, "grant_type", "refresh_token", "refresh_token", refresh), 400, "invalid_grant", "access_token")

	authorize := "/common/oauth2/v2.0/authorize?client_id=" + anApp + "&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope=openid+User.Read&login_hint=ida%40south.test"
	to, err := url.Parse(p.do("", "GET", authorize, "").Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	if got := tid(ask("common", "grant_type", "authorization_code", "code", to.Query().Get("code"), "redirect_uri", "http://localhost")); got != southID {
		t.Errorf("by the code: %v", got)
	}
	device := emulatortest.Object(t, p.do("", "POST", "/south.test/oauth2/v2.0/devicecode", "client_id="+anApp+"&scope=User.Read").Body.Bytes())
	if got := tid(ask("common", "grant_type", "urn:ietf:params:oauth:grant-type:device_code", "device_code", device["device_code"].(string))); got != southID {
		t.Errorf("by the device code: %v", got)
	}
	incoming := emulatortest.Object(t, ask("south.test", "grant_type", "password", "username", "ida@south.test", "password", "x", "scope", "api://"+anApp+"/Read").Body.Bytes())["access_token"].(string)
	if got := tid(ask("common", "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", incoming, "requested_token_use", "on_behalf_of")); got != southID {
		t.Errorf("by the assertion: %v", got)
	}
	p.has(p.do(tokenOf(t, signed), "GET", "/v1.0/me", ""), 200, "South", "North")
	p.has(p.do(tokenOf(t, signed), "GET", "/oidc/userinfo", ""), 200, "Ida", "")
	p.has(p.do("", "GET", "/common/userrealm/ida@south.test?api-version=1.0", ""), 200, "Managed", "")
	given := p.do("", "POST", "/_emulator/authority/tokens", `{"tenant":"south.test","user":"ida@south.test"}`)
	p.has(p.do(tokenOf(t, given), "GET", "/v1.0/me", ""), 200, "South", "North")
	p.has(p.do("", "POST", "/_emulator/authority/tokens", `{"tenant":"west.test"}`), 404, "west.test", "")
}

func tokenOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	token, _ := emulatortest.Object(t, w.Body.Bytes())["access_token"].(string)
	if token == "" {
		t.Fatalf("no token: %s", w.Body)
	}
	return token
}

// TestTenantsKept: what one run leaves, the next finds, in every tenant.
func TestTenantsKept(t *testing.T) {
	p := newPorts(t)
	for token, title := range map[string]string{p.north: "Northern", p.south: "Southern"} {
		if w := p.do(token, "PATCH", "/v1.0/me", `{"jobTitle":"`+title+`"}`); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	dir := t.TempDir()
	if err := p.emu.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	next := newPorts(t)
	if err := next.emu.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	next.has(next.do(next.north, "GET", "/v1.0/me", ""), 200, "Northern", "Southern")
	next.has(next.do(next.south, "GET", "/v1.0/me", ""), 200, "Southern", "Northern")
	alone := emulatortest.New(t, emulator.WithFixtures(fstest.MapFS{"port.yaml": port(northID, "north.test", "North")}))
	if err := alone.Import(t.Context(), dir); err == nil || !strings.Contains(err.Error(), `no tenant "south"`) {
		t.Errorf("without the tenant: %v", err)
	}
}

// TestTenantsChange: fixtures that are loaded again may bring tenants and take them away.
func TestTenantsChange(t *testing.T) {
	p := newPorts(t)
	files := two()
	files["tenants/south/port.yaml"] = port(southID, "south.test", "Newer")
	files["tenants/west/port.yaml"] = port("a1b2c3d4-0000-4000-8000-00000000b002", "west.test", "West")
	if err := p.emu.LoadFixtures(files); err != nil {
		t.Fatal(err)
	}
	p.has(p.do(p.south, "GET", "/v1.0/me", ""), 200, "Newer", "")
	west, err := p.emu.Tenants()[2].AppToken("User.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	p.has(p.do(west, "GET", "/v1.0/users", ""), 200, "West", "")
	if err := p.emu.LoadFixtures(fstest.MapFS{"port.yaml": port(northID, "north.test", "North")}); err != nil {
		t.Fatal(err)
	}
	if n := len(p.emu.Tenants()); n != 1 {
		t.Errorf("%d tenants", n)
	}
	p.has(p.do(p.north, "GET", "/v1.0/me", ""), 200, "North", "")
}

// TestTenantsFolder: what a folder of tenants may hold.
func TestTenantsFolder(t *testing.T) {
	south := port(southID, "south.test", "South")
	emu := emulatortest.New(t, emulator.WithFixtures(fstest.MapFS{"tenants/south/port.yaml": south, "tenants/west/port.yaml": port("a1b2c3d4-0000-4000-8000-00000000b002", "west.test", "West")}))
	if list := emu.Tenants(); len(list) != 2 || list[0].ID != southID || list[0].Name != "south" || list[1].Name != "west" {
		t.Errorf("without files outside the first is the first folder's: %+v", list)
	}
	for _, tt := range []struct {
		files fstest.MapFS
		want  string
	}{
		{fstest.MapFS{"port.yaml": south, "tenants/south/port.yaml": south}, "the same organization " + southID},
		{fstest.MapFS{"port.yaml": south, "tenants/x/users.yaml": {Data: []byte("users: []")}, "tenants/y/users.yaml": {Data: []byte("users: []")}}, `the tenants "x" and "y" have the same organization`},
		{fstest.MapFS{"tenants/users.yaml": south}, "tenants/users.yaml: belongs to no tenant"},
		{fstest.MapFS{"port.yaml": south, "tenants/x/port.yaml": {Data: []byte("users: 1")}}, "tenants/x/port.yaml"},
	} {
		if _, err := emulator.New(emulator.WithFixtures(tt.files)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// TestTenantShown: the control plane shows what is in each tenant now, without secrets.
func TestTenantShown(t *testing.T) {
	p := newPorts(t)
	p.has(p.do(p.south, "PATCH", "/v1.0/me", `{"jobTitle":"Harbour master"}`), 204, "", "")
	w := p.do("", "GET", "/_emulator/tenant", "")
	var got struct {
		Value []struct {
			ID, Name string
			Entities struct {
				Users []struct {
					UserPrincipalName, JobTitle string
					PasswordProfile             struct{ Password string }
				}
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Value) != 2 {
		t.Fatalf("%v %s", err, w.Body)
	}
	for i, want := range []string{"{" + northID + "  {[{ida@north.test North {scrubbed}}]}}", "{" + southID + " south {[{ida@south.test Harbour master {scrubbed}}]}}"} {
		if got := fmt.Sprint(got.Value[i]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestStubsOfTenants: a stub that is added is one of the tenant of the caller, as whatever a
// request is about; each has an id of its own, by which it is taken away.
func TestStubsOfTenants(t *testing.T) {
	files := two()
	for _, name := range []string{"s.yaml", "tenants/south/s.yaml"} {
		files[name] = &fstest.MapFile{Data: []byte("- {request: GET /v1.0/tides, stub: true, status: 200, answerText: high}\n")}
	}
	p := newPorts(t, emulator.WithFixtures(files))
	tides := func() string {
		return p.do(p.north, "GET", "/v1.0/tides", "").Body.String() + " " + p.do(p.south, "GET", "/v1.0/tides", "").Body.String()
	}
	ids := func() (out []string) {
		for _, st := range p.emu.Stubs().List() {
			out = append(out, st.Tenant+": "+st.ID)
		}
		return out
	}
	add := func(token, text string) {
		t.Helper()
		if w := p.do(token, "POST", "/_emulator/stubs", `{"request": "GET /v1.0/tides", "status": 200, "answerText": "`+text+`"}`); w.Code != 201 {
			t.Fatal(w.Body)
		}
	}
	add(p.south, "south")
	if got := tides(); got != "high south" {
		t.Errorf("added for one: %s", got)
	}
	add("", "north")
	if got := tides(); got != "north south" {
		t.Errorf("added for whoever names none: %s", got)
	}
	if got, err := p.emu.Tenants()[1].Stubs().AddText([]byte("{request: GET /v1.0/tides, status: 200, answerText: low}")); err != nil || len(got) != 1 || got[0] != "tenants/south/stub-2" {
		t.Errorf("%q, %v", got, err)
	}
	if got := p.do(p.south, "GET", "/v1.0/tides", "").Header().Get("X-Emulator-Stub"); got != "tenants/south/stub-2" {
		t.Errorf("the header names %q", got)
	}
	if got, want := ids(), []string{": stub-1", ": s.yaml:1", "south: tenants/south/stub-2", "south: tenants/south/stub-1", "south: tenants/south/s.yaml:1"}; !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	for _, id := range []string{"tenants/south/stub-2", "stub-1", "tenants%2Fsouth%2Fs.yaml:1"} {
		if w := p.do("", "DELETE", "/_emulator/stubs/"+id, ""); w.Code != 204 {
			t.Errorf("%s: %s", id, w.Body)
		}
	}
	if got := tides(); got != "high south" {
		t.Errorf("taken away: %s, left %q", got, ids())
	}
	if w := p.do(p.south, "DELETE", "/_emulator/stubs/tenants/north/stub-1", ""); w.Code != 404 {
		t.Errorf("of no tenant: %d", w.Code)
	}
}
