package authority_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestAssignmentsOfFixtures: an access package assignment that the tenant's files list gives the
// memberships of its package, and takes them away when it ends, also after an export and an import.
func TestAssignmentsOfFixtures(t *testing.T) {
	const group, pack = "0d15c0de-0000-4000-8000-0000000000b1", "0d15c0de-0000-4000-8000-0000000000b2"
	tenant := fstest.MapFS{"governed.yaml": {Data: []byte(`groups:
  - {id: ` + group + `, displayName: Night Watch, mailEnabled: false, mailNickname: night, securityEnabled: true}
users:
  - {id: ` + emulatortest.Ida + `, accountEnabled: true, displayName: Ida Berg, mailNickname: ida, userPrincipalName: ida@northgale.test, passwordProfile: {password: right}}
identityGovernance:
  entitlementManagement:
    accessPackages:
      - id: ` + pack + `
        displayName: Lock
        accessPackageResourceRoleScopes:
          - accessPackageResourceRole: {originId: Member_` + group + `, originSystem: AadGroup}
            accessPackageResourceScope: {originId: ` + group + `, originSystem: AadGroup}
    accessPackageAssignments:
      - targetId: ` + emulatortest.Ida + `
        accessPackageId: ` + pack + `
        state: delivered
        schedule: {expiration: {endDateTime: 2026-11-24T09:00:00Z}}
`)}}
	d := newDesk(t, emulator.WithFixtures(tenant))
	is := func(when string, member bool) {
		t.Helper()
		if w := d.get("/v1.0/groups/"+group+"/members?$select=id", ""); w.Code != 200 || strings.Contains(w.Body.String(), emulatortest.Ida) != member {
			t.Errorf("%s: %d %s", when, w.Code, w.Body)
		}
	}
	is("loaded", true)
	dir := t.TempDir()
	if err := d.emu.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(72 * time.Hour)
	is("ended", false)
	d.now = d.now.Add(-72 * time.Hour)
	d = newDesk(t, emulator.WithFixtures(os.DirFS(dir)))
	is("imported", true)
	d.now = d.now.Add(72 * time.Hour)
	is("imported and ended", false)
}

// An app role assignment that the tenant's files list has the id that the service would give it,
// unless they give one.
func TestFaultK3IDsOfListedAssignments(t *testing.T) {
	const principal, role = "0d15c0de-0000-4000-8000-0000000000c1", "0d15c0de-0000-4000-8000-0000000000c2"
	tenant := fstest.MapFS{"granted.yaml": {Data: []byte(`servicePrincipals:
  - {id: ` + principal + `, appId: 0d15c0de-0000-4000-8000-0000000000c3, displayName: Locks}
users:
  - id: ` + emulatortest.Ida + `
    accountEnabled: true
    displayName: Ida Berg
    mailNickname: ida
    userPrincipalName: ida@northgale.test
    passwordProfile: {password: right}
    appRoleAssignments:
      - {principalId: ` + emulatortest.Ida + `, resourceId: ` + principal + `, appRoleId: ` + role + `}
      - {id: mine, principalId: ` + emulatortest.Ida + `, resourceId: ` + principal + `, appRoleId: 00000000-0000-0000-0000-000000000000}
`)}}
	w := newDesk(t, emulator.WithFixtures(tenant)).get("/v1.0/users/"+emulatortest.Ida+"/appRoleAssignments?$select=id", "")
	if body := w.Body.String(); !regexp.MustCompile(`"id":"[A-Za-z0-9_-]{43}"`).MatchString(body) || !strings.Contains(body, `"id":"mine"`) {
		t.Errorf("%d %s", w.Code, body)
	}
}
