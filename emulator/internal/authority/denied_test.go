package authority_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestDeniedWords: each service refuses a token in its own words, and
// says beside them what would have sufficed.
func TestDeniedWords(t *testing.T) {
	t.Attr("rules", "B-2.33 B-10.32 B-10.38")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	scoped, err := d.emu.Token("Bookings.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	role, err := d.emu.AppToken("Bookings.Read.All", "Notes.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	none, err := d.emu.AppToken()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		token, path, code, message, cure string
		status                           int
	}{
		{scoped, "/users", "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", "User.ReadBasic.All", 403},
		{scoped, "/me/messages", "ErrorAccessDenied", "Access is denied. Check credentials and try again.", "Mail.ReadBasic", 403},
		{scoped, "/me/drive/root", "accessDenied", "Access denied", "Files.Read", 403},
		{none, "/drives/x/items/y", "generalException", "Either scp or roles claim need to be present in the token.", "Files.Read.All", 401}, // B-10.32
		{none, "/users", "Authorization_RequestDenied", "Insufficient privileges", "User.Read.All", 403},
		{scoped, "/teams/x/channels", "Forbidden", "Missing scope permissions on the request. API requires one of 'Channel.ReadBasic.All, ", "Channel.ReadBasic.All", 403},
		{role, "/teams/x/channels", "Forbidden", "'. Roles on the request 'Bookings.Read.All, Notes.Read.All'", "Channel.ReadBasic.All", 403},
		{scoped, "/planner/tasks/x", "", "You do not have the required permissions to access this item.", "Tasks.Read", 403},
		{scoped, "/deviceManagement/managedDevices", "Forbidden", "Application must have one of the following scopes: DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.Read.All", 403},
		{role, "/auditLogs/signIns", "Authentication_MSGraphPermissionMissing", "required MSGraph permissions AuditLog.Read.All", "AuditLog.Read.All", 403},
		{role, "/roleManagement/directory/roleDefinitions", "PermissionScopeNotGranted", "missing permission scope RoleManagement.Read.Directory", "RoleManagement.Read.Directory", 403},
	} {
		w := d.get("/v1.0"+tt.path, tt.token)
		e, _ := emulatortest.Object(t, w.Body.Bytes())["error"].(map[string]any)
		inner, _ := e["innerError"].(map[string]any)
		message, _ := e["message"].(string)
		if w.Code != tt.status || e["code"] != tt.code || !strings.Contains(message, tt.message) || !strings.Contains(w.Body.String(), tt.cure) || inner["cure"] == nil {
			t.Errorf("%s: %d %s", tt.path, w.Code, w.Body)
		}
	}
}

// TestFaultC12RolesOfAppOnlyTokens: an app-only token without roles is told of roles, and a
// delegated one of scopes.
func TestFaultC12RolesOfAppOnlyTokens(t *testing.T) {
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	none, err := d.emu.AppToken()
	if err != nil {
		t.Fatal(err)
	}
	scoped, err := d.emu.TokenOf("ida@northgale.test", "openid")
	if err != nil {
		t.Fatal(err)
	}
	for token, kind := range map[string]string{none: "role", scoped: "scope"} {
		if w := d.get("/v1.0/teams/x/channels", token); w.Code != 403 || !strings.Contains(w.Body.String(), "Missing "+kind+" permissions on the request.") {
			t.Errorf("%s: %d %s", kind, w.Code, w.Body)
		}
	}
}

// TestOthersMailbox: a delegated permission reaches one's own mailbox, an
// administrator's too; another's needs the permission for what is shared, and an
// application needs neither.
func TestOthersMailbox(t *testing.T) {
	t.Attr("rules", "B-10.33")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	delegated := func(scopes ...string) string {
		token, err := d.emu.TokenOf("ida@northgale.test", scopes...)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	role, err := d.emu.AppToken("Mail.Read", "Calendars.Read")
	if err != nil {
		t.Fatal(err)
	}
	own, others := delegated("Mail.Read", "Calendars.Read"), delegated("Mail.Read.Shared", "Calendars.Read.Shared")
	for _, tt := range []struct {
		token, path string
		status      int
	}{
		{own, "/me/messages", 200}, {own, "/users/IDA@northgale.test/messages", 200}, {own, "/users/" + emulatortest.Ida + "/events", 200},
		{own, "/users/tomas@northgale.test/messages", 403}, {own, "/users/tomas@northgale.test/events", 403},
		{others, "/users/tomas@northgale.test/messages", 200}, {others, "/users/tomas@northgale.test/events", 200},
		{role, "/users/tomas@northgale.test/messages", 200},
	} {
		w := d.get("/v1.0"+tt.path, tt.token)
		if w.Code != tt.status || w.Code == 403 && (!strings.Contains(w.Body.String(), `"code":"ErrorAccessDenied"`) || !strings.Contains(w.Body.String(), ".Shared")) {
			t.Errorf("%s: %d %s", tt.path, w.Code, w.Body)
		}
	}
}
