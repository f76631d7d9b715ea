package resolve_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// A path ends in a 404 at the first segment that leads nowhere, and names it.
func TestMissing(t *testing.T) {
	w := enginetest.New(t, op.Options{})
	user := w.Create("/users", `{"displayName":"Ida","accountEnabled":true,"mailNickname":"ida","userPrincipalName":"ida@northgale.test","passwordProfile":{"password":"x"}}`)
	group := w.Create("/groups", `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew","securityEnabled":true}`)
	message := w.Create("/users/"+user+"/messages", `{"subject":"Tide"}`)
	for _, tt := range []struct{ path, want string }{
		{"/users/{user}", ""},
		{"/users/nobody", "404 nobody"},
		{"/users/nobody/messages", "404 nobody"},
		{"/users/nobody/messages/none", "404 nobody"},
		{"/users/{user}/messages", ""},
		{"/users/{user}/messages/none", "404 none"},
		{"/users/{user}/messages/none/attachments", "404 none"},
		{"/users/{user}/messages/{message}/attachments", ""},
		{"/users/{user}/manager", "404 manager"},
		{"/users/{user}/manager/displayName", "404 manager"},
		{"/groups/{user}", "404 {user}"},
		{"/groups/{group}/members/{user}", "404 {user}"},
		{"/directoryObjects/{user}/microsoft.graph.user", ""},
		{"/groups/{group}/members/microsoft.graph.user", ""},
	} {
		fill := strings.NewReplacer("{user}", user, "{group}", group, "{message}", message)
		path, want := fill.Replace(tt.path), fill.Replace(tt.want)
		_, err := w.Do("GET", path, "")
		got := ""
		if e := grapherr.From(err); err != nil {
			got = strings.TrimSuffix(enginetest.Told(err)[:4], " ") + " " + e.Subject
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.path, got, want)
		}
	}
}
