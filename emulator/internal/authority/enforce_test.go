package authority_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Entities of the built-in tenant.
const (
	pilotRoster = "91f7d3ac-4e60-4b2d-85c8-3a1e9d70f5b6"
	lockKeepers = "6e1b94d7-c05a-4382-bf69-8d27e3f1a04c"
	jurgen      = "1e7c4b92-08fa-4d35-b6c3-95d2e0a8f716"
	tomas       = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745"
)

// TestFaultA2UndocumentedPaths: a path that no page documents needs what the documented
// path to the same type needs, or is refused with the switch that opens it.
func TestFaultA2UndocumentedPaths(t *testing.T) {
	t.Attr("rules", "B-10.32")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	sites := appToken(t, d, "Sites.Read.All")
	openid, err := d.emu.TokenOf("zoe@northgale.test", "openid")
	if err != nil {
		t.Fatal(err)
	}
	const gap = "auth.unpublished=allow"
	for _, tt := range []struct{ request, body, hint string }{
		{"PATCH /v1.0/me", `{"city":"x"}`, "User.ReadWrite"},
		{"PATCH /v1.0/me/city", `{"value":"x"}`, "User.ReadWrite"},
		{"PATCH /v1.0/directoryObjects/" + tomas, `{"city":"x"}`, gap},
		{"PATCH /v1.0/directoryObjects/" + lockKeepers, `{"description":"x"}`, gap},
		{"PATCH /v1.0/directoryObjects/" + pilotRoster, `{"displayName":"x"}`, gap},
		{"PATCH /v1.0/directoryObjects/" + tomas + "/microsoft.graph.user", `{"city":"x"}`, "User.ReadWrite.All"},
		{"POST /v1.0/directoryObjects/" + pilotRoster + "/microsoft.graph.application/addPassword", `{}`, "Application.ReadWrite.All"},
		{"GET /v1.0/users(userPrincipalName='ida@northgale.test')", "", "User.Read.All"},
		{"GET /v1.0/directoryObjects", "", ""},
		{"PATCH /v1.0/groups/" + lockKeepers + "/members/" + jurgen, `{"city":"x"}`, gap},
		{"PATCH /v1.0/groups/" + lockKeepers + "/members/" + jurgen + "/microsoft.graph.user", `{"city":"x"}`, "User.ReadWrite.All"},
		{"GET /v1.0/groups/" + lockKeepers + "/members/" + jurgen + "/microsoft.graph.user/messages", "", "Mail."},
		{"POST /v1.0/groups/" + lockKeepers + "/members/" + jurgen + "/microsoft.graph.user/messages", `{"subject":"x"}`, "Mail.ReadWrite"},
		{"GET /v1.0/groups/" + lockKeepers + "/members/$ref", "", "GroupMember.Read.All"},
		{"GET /v1.0/groups/" + lockKeepers + "/members/microsoft.graph.user/$count", "", "GroupMember.Read.All"},
		{"PATCH /v1.0/me/manager", `{"city":"x"}`, gap},
		{"PATCH /v1.0/me/memberOf/" + lockKeepers, `{"description":"x"}`, gap},
		{"POST /v1.0/me/memberOf/" + lockKeepers + "/microsoft.graph.group/owners/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/` + jurgen + `"}`, "Group.ReadWrite.All"},
		{"POST /v1.0/roleManagement/directory/roleDefinitions/62e90394-69f5-4237-9190-012177145e10/inheritsPermissionsFrom", `{}`, gap},
		{"PATCH /beta/communications/presences", `{"availability":"Busy","activity":"InACall"}`, ""},
	} {
		method, path, _ := strings.Cut(tt.request, " ")
		for name, token := range map[string]string{"app-only": sites, "delegated": openid} {
			if name == "app-only" && strings.Contains(path, "/me") {
				continue
			}
			w := emulatortest.Do(d.emu, method, path, tt.body, "Authorization", "Bearer "+token)
			if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), tt.hint) {
				t.Errorf("%s, %s: %d %s", tt.request, name, w.Code, w.Body)
			}
		}
	}
}

// TestFaultA2ExpandNeedsTheTarget: each expanded navigation needs what reading it needs,
// also inside another and in a batch.
func TestFaultA2ExpandNeedsTheTarget(t *testing.T) {
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	token := func(scopes ...string) string {
		token, err := d.emu.Token(scopes...)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	read := token("User.Read")
	for _, tt := range []struct {
		path, token string
		want        int
	}{
		{"/v1.0/me?$expand=mailFolders", read, 403},
		{"/v1.0/me?$expand=mailFolders", token("User.Read", "Mail.Read"), 200},
		{"/v1.0/me?$expand=manager", read, 403},
		{"/v1.0/me?$expand=manager", token("User.Read", "User.Read.All"), 200},
		{"/v1.0/users?$expand=memberOf", token("User.ReadBasic.All"), 403},
		{"/v1.0/groups?$expand=owners", token("User.Read.All"), 403},
		{"/v1.0/groups?$expand=members($expand=microsoft.graph.user/messages)", token("GroupMember.Read.All"), 403},
		{"/v1.0/me/messages?$expand=singleValueExtendedProperties($filter=id eq 'x')", token("Mail.Read"), 200},
		{"/v1.0/me/messages?$expand=attachments", token("Mail.Read"), 200},
	} {
		path := strings.ReplaceAll(tt.path, " ", "%20")
		if w := d.get(path, tt.token); w.Code != tt.want {
			t.Errorf("%s: %d, want %d: %s", tt.path, w.Code, tt.want, w.Body)
		}
	}
	w := emulatortest.Do(d.emu, "POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me?$expand=mailFolders"},{"id":"2","method":"PATCH","url":"/me","headers":{"Content-Type":"application/json"},"body":{"city":"x"}}]}`,
		"Authorization", "Bearer "+read)
	if strings.Count(w.Body.String(), `"status":403`) != 2 {
		t.Errorf("in a batch: %d %s", w.Code, w.Body)
	}
}

// TestFaultA2UnpublishedSwitch: the switch opens what nothing is published of.
func TestFaultA2UnpublishedSwitch(t *testing.T) {
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce), emulator.WithSwitch("auth.unpublished", "allow"))
	w := emulatortest.Do(d.emu, "PATCH", "/v1.0/directoryObjects/"+tomas, `{"city":"x"}`, "Authorization", "Bearer "+appToken(t, d, "Directory.ReadWrite.All"))
	if w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestFaultA13IDTokenIsNoAccessToken: an id token does not open Graph.
func TestFaultA13IDTokenIsNoAccessToken(t *testing.T) {
	for _, mode := range []emulator.Auth{emulator.AuthVerify, emulator.AuthEnforce} {
		d := newDesk(t, emulator.WithAuth(mode), emulator.WithGrants("User.Read"))
		got := d.token(person("client_id", "00000003-0000-0000-c000-000000000000", "scope", "openid User.Read"))
		if w := d.get("/v1.0/me", got["access_token"]); w.Code != http.StatusOK {
			t.Errorf("%s: the access token: %d %s", mode, w.Code, w.Body)
		}
		if w := d.get("/v1.0/me", got["id_token"]); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: the id token: %d %s", mode, w.Code, w.Body)
		}
	}
}

// TestFaultE15UnknownTenant: only the tenant's id, its domains and the names that stand
// for many get a token.
func TestFaultE15UnknownTenant(t *testing.T) {
	for _, mode := range []emulator.Auth{emulator.AuthOpen, emulator.AuthVerify, emulator.AuthEnforce} {
		d := newDesk(t, emulator.WithAuth(mode), emulator.WithGrants("User.Read"))
		for _, tenant := range []string{"wrongtenant", "contoso.com", "0d15c0de-0000-4000-8000-0000000000e1"} {
			for _, place := range []string{"oauth2/v2.0/token", "oauth2/token", "oauth2/v2.0/devicecode"} {
				if got := codeOf(t, d.do("POST", "/"+tenant+"/"+place, app())); got != 90002 {
					t.Errorf("%s: %s/%s: %d", mode, tenant, place, got)
				}
			}
		}
		for _, tenant := range []string{tenantID, strings.ToUpper(tenantID), "northgale.test", "NORTHGALE.onmicrosoft.test", "organizations"} {
			if w := d.do("POST", "/"+tenant+"/oauth2/v2.0/token", person("scope", "User.Read")); w.Code != http.StatusOK {
				t.Errorf("%s: %s: %d %s", mode, tenant, w.Code, w.Body)
			}
		}
	}
}

// TestFaultD2Grants: --grant gives an application permissions, and the refusal names it.
func TestFaultD2Grants(t *testing.T) {
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	w := d.get("/v1.0/users", d.token(app())["access_token"])
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "--grant User.ReadBasic.All") {
		t.Errorf("without: %d %s", w.Code, w.Body)
	}
	d = newDesk(t, emulator.WithAuth(emulator.AuthEnforce), emulator.WithGrants("user.read.all"))
	for name, form := range map[string]map[string][]string{"app-only": app(), "password": person("scope", graphAll)} {
		if w := d.get("/v1.0/users", d.token(form)["access_token"]); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if w := d.get("/v1.0/groups", d.token(form)["access_token"]); w.Code != http.StatusForbidden {
			t.Errorf("%s: groups: %d %s", name, w.Code, w.Body)
		}
	}
	if _, err := emulator.New(emulator.WithGrants("User.Everything")); err == nil || !strings.Contains(err.Error(), "User.Everything") {
		t.Errorf("a permission that does not exist: %v", err)
	}
}

// TestFaultA2UsersOwnRights: a delegated token permits no more than its user may do.
func TestFaultA2UsersOwnRights(t *testing.T) {
	t.Attr("rules", "B-10.33")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	password := `{"passwordProfile":{"password":"harbour-Gale-8-new"}}`
	newUser := `{"accountEnabled":true,"displayName":"New","mailNickname":"new","userPrincipalName":"new@northgale.test","passwordProfile":{"password":"harbour-Gale-8-new"}}`
	link := `{"@odata.id":"https://graph.microsoft.com/v1.0/users/` + tomas + `"}`
	for _, tt := range []struct {
		user, request, body string
		want                int
	}{
		{"jose", "GET /v1.0/users/" + tomas, "", 200},
		{"jose", "GET /v1.0/groups/" + lockKeepers + "/members", "", 200},
		{"jose", "POST /v1.0/users", newUser, 403},
		{"jose", "PATCH /v1.0/users/" + tomas, password, 403},
		{"jose", "DELETE /v1.0/users/" + tomas, "", 403},
		{"jose", "PATCH /v1.0/users/" + tomas, `{"mobilePhone":"1"}`, 403},
		{"jose", "PATCH /v1.0/me", `{"mobilePhone":"1"}`, 204},
		{"jose", "PATCH /v1.0/me", `{"department":"Management"}`, 403},
		{"jose", "GET /v1.0/users/" + tomas + "/messages", "", 403},
		{"jose", "GET /v1.0/groups/" + lockKeepers + "/members/" + jurgen + "/microsoft.graph.user/messages", "", 403},
		{"jose", "GET /v1.0/me/messages", "", 200},
		{"jose", "PATCH /v1.0/groups/" + lockKeepers, `{"description":"x"}`, 403},
		{"jose", "POST /v1.0/groups/" + lockKeepers + "/members/$ref", link, 403},
		{"jose", "POST /v1.0/roleManagement/directory/roleAssignments", `{"principalId":"` + jurgen + `","roleDefinitionId":"62e90394-69f5-4237-9190-012177145e10","directoryScopeId":"/"}`, 403},
		{"aoife", "PATCH /v1.0/groups/" + lockKeepers, `{"description":"x"}`, 204},
		{"aoife", "POST /v1.0/groups/" + lockKeepers + "/members/$ref", link, 204},
		{"aoife", "DELETE /v1.0/groups/" + lockKeepers + "/members/" + tomas + "/$ref", "", 204},
		{"aoife", "PATCH /v1.0/users/" + tomas, password, 403},
		{"olena", "PATCH /v1.0/users/" + tomas, password, 204},
		{"olena", "PATCH /v1.0/users/" + emulatortest.Ida, password, 403},
		{"olena", "POST /v1.0/users", newUser, 403},
		{"ida", "POST /v1.0/users", newUser, 201},
		{"ida", "PATCH /v1.0/users/olena@northgale.test", password, 204},
	} {
		token, err := d.emu.TokenOf(tt.user+"@northgale.test", "User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All", "Directory.ReadWrite.All", "Group.ReadWrite.All",
			"GroupMember.ReadWrite.All", "Mail.ReadWrite", "RoleManagement.ReadWrite.Directory", "User.DeleteRestore.All")
		if err != nil {
			t.Fatal(err)
		}
		method, path, _ := strings.Cut(tt.request, " ")
		if w := emulatortest.Do(d.emu, method, path, tt.body, "Authorization", "Bearer "+token); w.Code != tt.want {
			t.Errorf("%s: %s: %d, want %d: %s", tt.user, tt.request, w.Code, tt.want, w.Body)
		}
	}
	kinds := map[string]bool{}
	for _, user := range []string{"jose", "olena", "ida"} {
		token, err := d.emu.TokenOf(user + "@northgale.test")
		if err != nil {
			t.Fatal(err)
		}
		wids, _ := emulatortest.Claims(t, token)["wids"].([]any)
		kinds[fmt.Sprint(wids)] = true
	}
	if len(kinds) != 3 {
		t.Errorf("wids do not differ: %v", kinds)
	}
}
