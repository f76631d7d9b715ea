package tenantfile_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

var anyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// encoded is a path whose query a person wrote.
func encoded(path string) string {
	path, query, _ := strings.Cut(path, "?")
	return path + "?" + strings.ReplaceAll(strings.ReplaceAll(url.PathEscape(query), "%2F", "/"), "+", "%2B")
}

// TestTenantKept: what every tenant has from its first day, what two versions of Graph say
// of one thing, and changed policies are there again after an export and an import.
func TestTenantKept(t *testing.T) {
	s := emulatortest.New(t)
	const group = "6e1b94d7-c05a-4382-bf69-8d27e3f1a04c"
	of := "?$filter=scopeId eq '" + group + "' and scopeType eq 'Group'"
	paths := []string{"/v1.0/identityGovernance/entitlementManagement/catalogs", "/beta/identityGovernance/entitlementManagement/accessPackageCatalogs?$expand=accessPackageResources",
		"/v1.0/policies/roleManagementPolicies" + of + "&$expand=rules", "/beta/policies/roleManagementPolicyAssignments" + of + "&$expand=policy",
		"/v1.0/servicePrincipals?$select=id,displayName", "/v1.0/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Global Administrator'"}
	post := func(method, path, body string, want int) string {
		t.Helper()
		w := emulatortest.Do(s, method, path, body)
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	made := post("POST", "/v1.0/identityGovernance/entitlementManagement/catalogs", `{"displayName":"Quay","description":"The quay."}`, 201)
	_, id, _ := strings.Cut(made, `"id":"`)
	post("POST", "/beta/identityGovernance/entitlementManagement/accessPackageResourceRequests",
		`{"catalogId":"`+id[:36]+`","requestType":"AdminAdd","accessPackageResource":{"originId":"`+group+`","originSystem":"AadGroup"}}`, 201)
	list := emulatortest.Do(s, "GET", encoded("/v1.0/policies/roleManagementPolicies"+of+"&$select=id"), "").Body.String()
	_, policy, _ := strings.Cut(list, `"id":"`)
	policy, _, _ = strings.Cut(policy, `"`)
	post("PATCH", "/v1.0/policies/roleManagementPolicies/"+policy,
		`{"rules":[{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_Admin_Eligibility","maximumDuration":"P90D"}]}`, 200)
	read := func() map[string]string {
		out := map[string]string{}
		for _, p := range paths {
			w := emulatortest.Do(s, "GET", encoded(p), "")
			if w.Code != 200 {
				t.Fatalf("%s: %d %s", p, w.Code, w.Body)
			}
			out[p] = w.Body.String()
		}
		return out
	}
	before := read()
	dir := t.TempDir()
	if err := s.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for p, is := range read() {
		if is != before[p] {
			t.Errorf("%s\n got %s\nwant %s", p, is, before[p])
		}
	}
}

// TestOwnPolicies: a tenant whose files say which policy a group has shows no other.
func TestOwnPolicies(t *testing.T) {
	const group = "11111111-2222-4333-8444-555555555555"
	own := fstest.MapFS{"tenant.yaml": {Data: []byte(`groups:
  - {id: ` + group + `, displayName: Crew, mailEnabled: false, mailNickname: crew, securityEnabled: true}
policies:
  roleManagementPolicies:
    - {id: Group_crew_own, displayName: Own, description: Own, scopeId: ` + group + `, scopeType: Group, rules: [{"@odata.type": microsoft.graph.unifiedRoleManagementPolicyEnablementRule, id: Enablement_EndUser_Assignment, enabledRules: [Ticketing]}]}
  roleManagementPolicyAssignments:
    - {id: Group_crew_own_member, policyId: Group_crew_own, scopeId: ` + group + `, scopeType: Group, roleDefinitionId: member}
`)}}
	s := emulatortest.New(t, emulator.WithFixtures(own))
	w := emulatortest.Do(s, "GET", encoded("/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '"+group+"' and scopeType eq 'Group'&$expand=policy($expand=rules($filter=id eq 'Enablement_EndUser_Assignment'))"), "")
	body := w.Body.String()
	for text, n := range map[string]int{`"roleDefinitionId":"member"`: 1, `"roleDefinitionId":"owner"`: 1, `"policyId":"Group_crew_own"`: 1, `["Ticketing"]`: 1, `["Justification"]`: 1} {
		if strings.Count(body, text) != n {
			t.Errorf("%s is there %d times, want %d: %s", text, strings.Count(body, text), n, body)
		}
	}
}

// TestDeletedKept: what lies among the deleted items lies there after an import as well, and
// can be restored.
func TestDeletedKept(t *testing.T) {
	s := emulatortest.New(t)
	do := func(method, path, body string, want int) string {
		t.Helper()
		w := emulatortest.Do(s, method, path, body)
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	_, unit, _ := strings.Cut(do("POST", "/v1.0/directory/administrativeUnits", `{"displayName":"South Pier"}`, 201), `"id":"`)
	unit = unit[:36]
	const user, application = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745", "/v1.0/applications(appId='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305')"
	do("DELETE", "/v1.0/users/"+user, "", 204)
	do("DELETE", application, "", 204)
	do("DELETE", "/v1.0/directory/administrativeUnits/"+unit, "", 204)
	before := do("GET", "/v1.0/directory/deletedItems/microsoft.graph.user", "", 200)
	dir := t.TempDir()
	if err := s.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if is := do("GET", "/v1.0/directory/deletedItems/microsoft.graph.user", "", 200); is != before {
		t.Errorf("got %s\nwant %s", is, before)
	}
	do("GET", "/v1.0/users/"+user, "", 404)
	do("GET", application, "", 404)
	do("GET", "/v1.0/directory/administrativeUnits/"+unit, "", 404)
	do("POST", "/v1.0/directory/deletedItems/"+user+"/restore", "", 200)
	do("POST", "/v1.0/directory/deletedItems/"+unit+"/restore", "", 200)
	do("GET", "/v1.0/users/tomas@northgale.test", "", 200)
	do("GET", "/v1.0/directory/administrativeUnits/"+unit, "", 200)
}

// kept is another emulator with the tenant of s, by way of an export.
func kept(t *testing.T, s *emulator.Server) *emulator.Server {
	t.Helper()
	dir := t.TempDir()
	if err := s.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	again := emulatortest.New(t)
	if err := again.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return again
}

// TestScheduleKept: a schedule of a role or a group ends at its time after an import as well.
func TestScheduleKept(t *testing.T) {
	s := emulatortest.New(t)
	const group = "a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6"
	const made = `{"accessId":"member","groupId":"` + group + `","principalId":"` + emulatortest.Ida + `","action":"adminAssign","justification":"x","scheduleInfo":{"expiration":{"type":"afterDuration","duration":"PT2H"}}}`
	if w := emulatortest.Do(s, "POST", "/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests", made); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	again := kept(t, s)
	for _, want := range []string{`"groupId":"` + group, `"value":[]`} {
		for _, kind := range []string{"Schedules", "ScheduleInstances"} {
			w := emulatortest.Do(again, "GET", "/v1.0/identityGovernance/privilegedAccess/group/eligibility"+kind+"?$filter=groupId%20eq%20'"+group+"'", "")
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %s, want %s", kind, w.Body, want)
			}
		}
		if err := again.Clock().Advance(2*time.Hour + time.Second); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDeletedLinksKept: what a deleted object was linked to comes back with it after an import
// as it does without one.
func TestDeletedLinksKept(t *testing.T) {
	t.Attr("rules", "B-4.31 C-10.7")
	s := emulatortest.New(t)
	do := func(s *emulator.Server, method, path, body string, want int) string {
		t.Helper()
		w := emulatortest.Do(s, method, encoded(path), body)
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	const (
		tomas, crew, app = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745", "a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6", "91f7d3ac-4e60-4b2d-85c8-3a1e9d70f5b6"
		principal        = "5d2e9a71-0b3c-4f68-a1d4-7c8e90b2f613"
	)
	do(s, "POST", "/v1.0/servicePrincipals/"+principal+"/appRoleAssignments",
		`{"principalId":"`+principal+`","resourceId":"`+principal+`","appRoleId":"00000000-0000-0000-0000-000000000000"}`, 201)
	do(s, "PUT", "/v1.0/groups/"+crew+"/team", "{}", 201)
	do(s, "POST", "/v1.0/roleManagement/directory/roleAssignments", `{"principalId":"`+tomas+`","roleDefinitionId":"f2ef992c-3afb-46b9-b7cf-a126ee74c451","directoryScopeId":"/"}`, 201)
	paths := []string{"/v1.0/teams/" + crew + "/channels?$select=id", "/v1.0/teams?$select=id", "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq '" + tomas + "'",
		"/v1.0/groups/" + crew + "/members?$select=id", "/v1.0/groups/" + crew + "/owners?$select=id", "/v1.0/users/" + tomas + "/memberOf?$select=id",
		"/v1.0/users/" + tomas + "/directReports?$select=id", "/v1.0/me/manager?$select=id", "/v1.0/applications/" + app + "/owners?$select=id",
		"/v1.0/servicePrincipals/" + principal + "/appRoleAssignedTo?$select=id", "/v1.0/servicePrincipals/" + principal + "/appRoleAssignments?$select=id"}
	ids := func(s *emulator.Server, path string) string { // in any order: what was deleted is loaded first
		return strings.Join(slices.Sorted(slices.Values(anyID.FindAllString(do(s, "GET", path, "", 200), -1))), " ")
	}
	before := map[string]string{}
	for _, p := range paths {
		before[p] = ids(s, p)
	}
	for _, p := range []string{"users/" + tomas, "groups/" + crew, "applications/" + app} {
		do(s, "DELETE", "/v1.0/"+p, "", 204)
	}
	again := kept(t, s)
	do(again, "GET", "/v1.0/me/manager", "", 404)
	do(again, "GET", "/v1.0/teams/"+crew, "", 404)
	for _, id := range []string{tomas, crew, app} {
		do(again, "POST", "/v1.0/directory/deletedItems/"+id+"/restore", "", 200)
	}
	for _, p := range paths {
		if is := ids(again, p); is != before[p] {
			t.Errorf("%s\n got %s\nwant %s", p, is, before[p])
		}
	}
}

// TestRemovedKept: what every tenant has from its first day and this one deleted does not come
// back by an export and an import, and what it still has does.
func TestRemovedKept(t *testing.T) {
	t.Attr("rules", "C-10.1 C-10.2")
	s := emulatortest.New(t)
	do := func(method, path, body string, want int) string {
		t.Helper()
		w := emulatortest.Do(s, method, encoded(path), body)
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	template := "/v1.0/teamsTemplates('standard')"
	_, list, _ := strings.Cut(do("GET", "/v1.0/me/calendars?$select=id", "", 200), `"value"`)
	_, calendar, _ := strings.Cut(list, `"id":"`)
	calendar, _, _ = strings.Cut(calendar, `"`)
	do("DELETE", template, "", 204)
	do("DELETE", "/v1.0/me/calendars/"+calendar, "", 204)
	same := func(round string) {
		t.Helper()
		if list := do("GET", "/v1.0/me/calendars?$select=id", "", 200); strings.Contains(list, calendar) {
			t.Errorf("%s: the calendar is back: %s", round, list)
		}
		do("GET", template, "", 404)
		do("GET", "/v1.0/teamsTemplates('educationClass')", "", 200)
		do("GET", "/v1.0/users/tomas@northgale.test/calendars/"+calendar, "", 200)
	}
	same("before")
	for _, round := range []string{"first", "second"} {
		dir := t.TempDir()
		if err := s.Export(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if err := s.Import(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if round == "first" { // what nobody looked at is not there to be missed
			continue
		}
		same(round)
	}
}
