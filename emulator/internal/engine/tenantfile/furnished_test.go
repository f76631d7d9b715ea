package tenantfile_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A tenant that was furnished, written down and read again is the same tenant: nothing
// is there twice, what was changed stays so, and what was deleted can be restored.
func TestFurnishedExport(t *testing.T) {
	emu := emulatortest.New(t)
	say := func(s *emulator.Server, method, path, body string, want int) string {
		t.Helper()
		w := emulatortest.Do(s, method, path, body)
		if w.Code != want {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
		}
		return w.Body.String()
	}
	reads := []string{
		"/v1.0/me/mailFolders?$count=true&$top=100",
		"/v1.0/me/mailFolders/inbox/messages?$select=subject",
		"/v1.0/me/mailFolders/msgfolderroot/childFolders?$select=displayName",
		"/v1.0/users/tomas@northgale.test/mailFolders",
		"/v1.0/me/photo",
		"/v1.0/me/photos",
		"/v1.0/directoryRoleTemplates",
		"/v1.0/directoryRoles",
		"/v1.0/roleManagement/directory/roleDefinitions?$count=true&$top=500",
		"/v1.0/servicePrincipals?$select=id,appId,displayName&$top=500",
		"/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id,appRoles",
		"/v1.0/directoryObjects/" + emulatortest.Ida,
	}
	say(emu, "POST", "/v1.0/me/sendMail", `{"message":{"subject":"Tides","toRecipients":[{"emailAddress":{"address":"ida@northgale.test"}}]}}`, 202)
	say(emu, "POST", "/v1.0/me/mailFolders", `{"displayName":"Berths"}`, 201)
	say(emu, "PATCH", "/v1.0/me/mailFolders/archive", `{"displayName":"Attic"}`, 200)
	tell := func(s *emulator.Server) (out []string) {
		for _, path := range reads {
			out = append(out, varies.ReplaceAllString(say(s, "GET", path, "", 200), `$1`))
		}
		return out
	}
	before := tell(emu)
	const zoeID = "0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7"
	const zoe = "/v1.0/users/zoe@northgale.test"
	say(emu, "DELETE", zoe, "", 204)
	dir := t.TempDir()
	if err := emu.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	again := emulatortest.New(t, emulator.WithFixtures(os.DirFS(dir)))
	other := emulatortest.New(t)
	if err := other.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]*emulator.Server{"as fixtures": again, "imported": other} {
		for range 2 {
			for i, got := range tell(s) {
				if got != before[i] {
					t.Errorf("%s: %s\n got %.600s\nwant %.600s", what, reads[i], got, before[i])
				}
			}
		}
		say(s, "GET", zoe, "", 404)
		say(s, "POST", "/v1.0/directory/deletedItems/"+zoeID+"/restore", "{}", 200)
		say(s, "GET", zoe+"?$select=id", "", 200)
	}
}

// varies are versions, which count from the start of a world.
var varies = regexp.MustCompile(`("@odata.etag":|"@odata.mediaEtag":|"changeKey":)"(?:[^"\\]|\\.)*"`)
