package directory

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

func TestFaultK3GrantID(t *testing.T) {
	grant := value.Members{{Name: "clientId", Value: `"b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec"`}, {Name: "resourceId", Value: `"a3efc889-f1b7-4532-9e01-91e32d1039f4"`}}
	if got, want := grantID(grant), "qIVZsiud3k-fp2xOQ6jd7InI76O38TJFngGR4y0QOfQ"; got != want {
		t.Errorf("grantID = %s, want %s", got, want)
	}
	grant.Set("principalId", `"c26302f8-02f8-c263-f802-63c2f80263c2"`)
	if got := grantID(grant); len(got) != 64 {
		t.Errorf("grantID with a principal = %s, want 64 characters", got)
	}
	grant.Set("principalId", `"nobody"`)
	if got := grantID(grant); got != "" {
		t.Errorf("grantID of no GUID = %s, want none", got)
	}
}
