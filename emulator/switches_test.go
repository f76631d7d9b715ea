package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

func ExampleSwitches() {
	for _, s := range emulator.Switches() {
		fmt.Printf("%s %v %q\n", s.Name, s.Values, s.Strict)
	}
	// Output:
	// auth.unpublished [refuse allow] ""
	// batch.absoluteUrls [accept refuse] "refuse"
	// batch.shuffle [off on] ""
	// compat.location [canonical historical] ""
	// files.anonymousLinks [allowed forbidden] ""
	// files.deltaFolders [all root] "root"
	// files.deltaPath [present absent] ""
	// files.drive [everybody licensed] ""
	// files.host [sharepoint.test sharepoint.com] ""
	// files.monitorStatus [200 202] ""
	// files.sessionDefault [replace fail] ""
	// files.sessionLife [15m 24h 120h] ""
	// files.sessionLock [off on] ""
	// lists.threshold [none 5000] ""
	// outlook.mailbox [everybody licensed] ""
	// presence.fadeNames [enum prose] ""
	// presence.upn [taken refused] "refused"
}

// A switch or a value that does not exist is named, with what does.
func TestSwitches(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"presence.fadeNames", "prose", ""},
		{"presence.fadeNames", "Prose", `switch presence.fadeNames: unknown value "Prose"; it is one of enum, prose`},
		{"presence.upn", "", `switch presence.upn: unknown value ""; it is one of taken, refused`},
		{"shoes", "on", `unknown switch "shoes"; it is one of auth.unpublished, batch.absoluteUrls, batch.shuffle, compat.location, files.anonymousLinks, files.deltaFolders, files.deltaPath, files.drive, files.host, files.monitorStatus, files.sessionDefault, files.sessionLife, files.sessionLock, lists.threshold, outlook.mailbox, presence.fadeNames, presence.upn`},
	} {
		_, err := emulator.New(emulator.WithSwitch(tt.name, tt.value))
		if got := fmt.Sprint(err); tt.want == "" && err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s=%s: %v, want %s", tt.name, tt.value, err, tt.want)
		}
	}
}
