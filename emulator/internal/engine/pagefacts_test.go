package engine_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// exchangeWant is a request and what its answer has to be.
type exchangeWant struct {
	request, body string
	status        int
	holds         string // in the body of the answer
	contentType   string // of the request; empty: application/json
}

func converseWith(t *testing.T, steps []exchangeWant, options ...emulator.Option) {
	t.Helper()
	emu := emulatortest.New(t, options...)
	for _, s := range steps {
		method, path, _ := strings.Cut(s.request, " ")
		var body io.Reader
		if s.body != "" {
			body = strings.NewReader(s.body)
		}
		r := httptest.NewRequest(method, path, body)
		if s.contentType == "" {
			s.contentType = "application/json"
		}
		r.Header.Set("Content-Type", s.contentType)
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code != s.status || !strings.Contains(w.Body.String(), s.holds) {
			t.Errorf("%s %s\n got %d %s\nwant %d %s", s.request, s.body, w.Code, w.Body, s.status, s.holds)
		}
	}
}

// A member that the page of an operation shows is known for that operation, and for no other.
func TestFaultC2MembersOfThePage(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "PATCH /v1.0/print/printers/p", body: `{"name":"a"}`, status: 200},
		{request: "PATCH /v1.0/print/printers/p", body: `{"nam":"a"}`, status: 400, holds: "'nam'"},
		{request: "PATCH /v1.0/print/shares/p", body: `{"name":"a"}`, status: 400, holds: "'name'"},
		{request: "POST /beta/bookingBusinesses", body: `{"displayName":"a","address":{"type":"mall"}}`, status: 201},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

func TestFaultC3StatusOfThePage(t *testing.T) {
	t.Attr("rules", "B-12.8 C-10.10")
	converseWith(t, []exchangeWant{
		{request: "PATCH /v1.0/organization/o/branding", body: `{"signInPageText":"a"}`, status: 204},
		{request: "POST /beta/me/authentication/phoneMethods/3179e48a-750b-4051-897c-87b9720928f7/enableSmsSignIn", status: 204}, // C-10.10
		{request: "POST /v1.0/me/revokeSignInSessions", status: 200, holds: "true"},                                              // B-12.8
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

// A page that creates by PUT and updates as well names a status for each.
func TestFaultC3PutOfWhatIsThere(t *testing.T) {
	const language = "/beta/identity/b2cUserFlows/B2C_1_a/languages/es-ES"
	converseWith(t, []exchangeWant{
		{request: "PUT /v1.0/organization/o/branding", body: `{"signInPageText":"a"}`, status: 201},
		{request: "PUT /v1.0/organization/o/branding", body: `{"signInPageText":"b"}`, status: 204},
		{request: "PUT " + language, body: `{"id":"es-ES","isEnabled":true}`, status: 201},
		{request: "PUT " + language, body: `{"id":"es-ES","isEnabled":true}`, status: 204},
		{request: "PUT /v1.0/me/activities/a", body: activity, status: 201},
		{request: "PUT /v1.0/me/activities/a", body: activity, status: 200, holds: `"id":"a"`},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

const activity = `{"appActivityId":"a","activitySourceHost":"https://a.test","appDisplayName":"A","activationUrl":"https://a.test/a",` +
	`"visualElements":{"displayText":"A"}}`

// Where several pages document one address with different statuses, the page counts that
// names the key, or that alone lists the members sent.
func TestFaultC3PageOfTheKeyAndTheMembers(t *testing.T) {
	const methods = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/"
	converseWith(t, []exchangeWant{
		{request: "PATCH " + methods + "sms", body: `{"@odata.type":"#microsoft.graph.smsAuthenticationMethodConfiguration","state":"enabled"}`, status: 200, holds: `"state":"enabled"`},
		{request: "PATCH " + methods + "fido2", body: `{"@odata.type":"#microsoft.graph.fido2AuthenticationMethodConfiguration","state":"enabled"}`, status: 204},
		{request: "PATCH /v1.0/groups/g/threads/t", body: `{"isLocked":true}`, status: 200, holds: `"isLocked":true`},
		{request: "PATCH /v1.0/groups/g/threads/t", body: `{"iCalUId":"a"}`, status: 204},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

func TestFaultC4ReportsAsJSON(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "POST /v1.0/deviceManagement/reports/getReportFilters", body: `{"name":"a"}`, status: 200, holds: `"value":`},
		{request: "POST /beta/deviceManagement/reports/getReportFilters", body: `{"name":"a"}`, status: 200, holds: `"value":`},
	})
}

func TestFaultC5OperationsOfPages(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "GET /beta/privilegedRoleAssignments/my", status: 200, holds: `"value":[`},
		{request: "POST /beta/informationProtection/policy/labels/evaluateClassificationResults", body: `{"classificationResults":[]}`, status: 200, holds: `"value":[`},
		{request: "PUT /beta/me/settings/regionalAndLanguageSettings", body: `{}`, status: 204},
		{request: "POST /beta/officeConfiguration/clientConfigurations/microsoft.management.services.api.updatePriorities", body: `{"officeConfigurationPriorities":[1]}`, status: 200},
		{request: "GET /beta/privilegedRoleAssignments/none", status: 404},
	})
}

// Paths that only pages have: entities under the name of a list of texts, a member of the
// elements of a list of values, and a collection that pages name in two ways.
func TestFaultC5PathsOfPages(t *testing.T) {
	const icon = "/v1.0/me/drive/items/i/workbook/tables/t/sort/fields/icon"
	converseWith(t, []exchangeWant{
		{request: "POST /beta/me/responsibilities", body: `{"displayName":"API Council","collaborationTags":["askMeAbout"]}`, status: 201, holds: `"displayName":"API Council"`},
		{request: "PATCH /beta/me/responsibilities/r", body: `{"collaborationTags":["askMeAbout"]}`, status: 200, holds: `"id":"r"`},
		{request: "GET /beta/me/responsibilities", status: 200, holds: "API Council"},
		{request: "DELETE /beta/me/responsibilities/r", status: 204},
		{request: "PATCH /beta/me", body: `{"responsibilities":["a"]}`, status: 204},
		{request: "GET /beta/me?$select=responsibilities", status: 200, holds: `"responsibilities":["a"]`},
		{request: "GET " + icon, status: 200, holds: `"index":`},
		{request: "PATCH " + icon, body: `{"set":"a","index":9}`, status: 200, holds: `"index":`},
		{request: "GET /beta/tenantRelationships/managedTenants/deviceCompliancePolicySettingStateSummary", status: 200, holds: `"value":[`},
		{request: "GET /beta/sites/s/items/i/versions/v?$expand=fields", status: 200, holds: "versions(fields())"},
		{request: "GET /beta/informationProtection/policy/labels", status: 200, holds: `"value":[`},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

func TestFaultC6ReferencesWithoutRef(t *testing.T) {
	const app = "/beta/applications/a"
	steps := []exchangeWant{
		{request: "POST " + app + "/tokenLifetimePolicies", body: `{"@odata.id":"https://graph.microsoft.com/beta/policies/tokenLifetimePolicies/p"}`, status: 204},
		{request: "GET " + app + "/tokenLifetimePolicies?$select=id", status: 200, holds: `"id":"p"`},
		{request: "POST " + app + "/owners", body: `{"@odata.id":"https://graph.microsoft.com/v1.0/users/u"}`, status: 204},
		{request: "GET " + app + "/owners?$select=id", status: 200, holds: `"@odata.type":"#microsoft.graph.user","id":"u"`},
	}
	converseWith(t, steps, emulator.WithOnMissing(emulator.MissingSynthesize))
}

func TestFaultC8OnlyOneKind(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "POST /v1.0/me/extensions", body: `{"extensionName":"com.contoso.x","a":1}`, status: 201, holds: `"id":"com.contoso.x"`},
		{request: "GET /v1.0/me/extensions/com.contoso.x", status: 200, holds: `"a":1`},
	})
}

func TestFaultC9JSONSentAsForm(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	converseWith(t, []exchangeWant{
		{request: "PATCH /v1.0/me", body: ` {"city":"Oslo"}`, status: 204, contentType: form},
		{request: "GET /v1.0/me?$select=city", status: http.StatusOK, holds: "Oslo"},
		{request: "PATCH /v1.0/me", body: `city=Bergen`, status: 400, contentType: form},
	})
	converseWith(t, []exchangeWant{{request: "PATCH /v1.0/me", body: `{"city":"Oslo"}`, status: 400, contentType: form}}, emulator.WithStrict())
}

// Lists are filled once: the same on each read, addressable, and empty when emptied.
func TestFaultC7ListsAreMadeUp(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithOnMissing(emulator.MissingSynthesize))
	ask := func(method, path string) (int, string) {
		w := emulatortest.Do(emu, method, path, "")
		return w.Code, w.Body.String()
	}
	ids := func(path string) []string {
		var list struct{ Value []struct{ ID string } }
		_, body := ask("GET", path)
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%s: %v in %s", path, err, body)
		}
		var out []string
		for _, v := range list.Value {
			out = append(out, v.ID)
		}
		return out
	}
	for _, path := range []string{"/v1.0/me/planner/tasks", "/v1.0/print/printers", "/beta/education/schools", "/v1.0/me/contacts"} {
		first := ids(path)
		if len(first) > 3 || path != "/v1.0/me/planner/tasks" && len(first) == 0 {
			t.Errorf("%s: %d members", path, len(first))
		}
		if again := ids(path); !slices.Equal(again, first) {
			t.Errorf("%s: %v, then %v", path, first, again)
		}
	}
	const path = "/v1.0/print/printers"
	for _, id := range ids(path) {
		if status, body := ask("GET", path+"/"+id); status != 200 {
			t.Errorf("GET %s: %d %s", id, status, body)
		}
		if status, body := ask("DELETE", path+"/"+id); status != 204 {
			t.Errorf("DELETE %s: %d %s", id, status, body)
		}
	}
	if left := ids(path); len(left) != 0 {
		t.Errorf("emptied, and %v are there", left)
	}
}

// Collections of references, asked for as entities or as references, refer to what is there.
func TestFaultC7References(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "GET /v1.0/groups/g/members/$ref", status: 200, holds: `"@odata.id":"http`},
		{request: "GET /v1.0/groups/h/members", status: 200, holds: `"@odata.type":"#microsoft.graph.user"`},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

func TestFaultC7Restore(t *testing.T) {
	converseWith(t, []exchangeWant{
		{request: "POST /v1.0/directory/deletedItems/x/restore", status: 200, holds: `"id":"x"`},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

// What a body names by its id is made up like what a path names.
func TestFaultC7IDsInBodies(t *testing.T) {
	const entitlement = "/v1.0/identityGovernance/entitlementManagement/"
	converseWith(t, []exchangeWant{
		{request: "POST /v1.0/me/messages/AAMkm/move", body: `{"destinationId":"AAMkdest"}`, status: 201, holds: `"parentFolderId":"AAMkdest"`},
		{request: "GET /v1.0/me/mailFolders/AAMkdest/messages?$count=true", status: 200, holds: `"@odata.count":1`},
		{request: "POST /v1.0/me/mailFolders/AAMkf/move", body: `{"destinationId":"AAMkdest2"}`, status: 201, holds: `"id":"AAMkf"`},
		{request: "GET /v1.0/me/mailFolders/AAMkdest2/childFolders/AAMkf", status: 200},
		{request: "POST " + entitlement + "assignmentPolicies", body: `{"displayName":"p","accessPackage":{"id":"49d2c59b-0a81-463d-a8ec-ddad3935d8a0"}}`, status: 201},
		{request: "GET " + entitlement + "accessPackages/49d2c59b-0a81-463d-a8ec-ddad3935d8a0", status: 200},
		{request: "POST " + entitlement + "accessPackages", body: `{"displayName":"p","catalog":{"id":"66584a28-c1a9-49f1-9b56-4b7b7b1d1e1e"}}`, status: 201},
		{request: "POST " + entitlement + "resourceRequests", status: 201,
			body: `{"requestType":"adminRemove","resource":{"id":"46184453-e63b-4f20-86c2-c557ed5d5df9"},"catalog":{"id":"66584a28-c1a9-49f1-9b56-4b7b7b1d1e1e"}}`},
	}, emulator.WithOnMissing(emulator.MissingSynthesize))
}

// What is made up has what nearly every client shows, whatever the letter case of its name.
func TestFaultC7NamesAndLinksAreMadeUp(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithOnMissing(emulator.MissingSynthesize))
	for _, path := range []string{"/v1.0/sites/2C712604-1370-44E7-A1F5-426573FDA80A", "/v1.0/sites/s/lists/l", "/v1.0/me/drive/items/i", "/v1.0/sites/s/lists/l/items/1"} {
		w := emulatortest.Get(emu, path)
		var got struct {
			WebURL          string `json:"webUrl"`
			CreatedDateTime string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.CreatedDateTime == "" {
			t.Errorf("%s: %v in %s", path, err, w.Body)
		}
		if u, err := url.Parse(got.WebURL); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: webUrl %q is no URL (%v)", path, got.WebURL, err)
		}
	}
}
