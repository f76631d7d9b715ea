package replica_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// What cannot be read is refused by name, and nothing changes.
func TestSetConsistency(t *testing.T) {
	var mode emulator.ConsistencyMode
	if err := mode.UnmarshalText([]byte("now and then")); err == nil || !strings.Contains(err.Error(), `"now and then"`) || mode != emulator.Strong() {
		t.Errorf("got %v and %v", mode, err)
	}
	for _, bad := range []emulator.ConsistencyMode{emulator.SessionReads(0), emulator.EventualReads(1001), emulator.Session(-1), emulator.Eventual(25 * time.Hour)} {
		if _, err := emulator.New(emulator.WithAppConsistency(bad)); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	emu := emulatortest.New(t, emulator.WithConsistency(emulator.SessionReads(3)), emulator.WithAppConsistency(emulator.Strong()))
	lab := emu.Consistency()
	shows := func(want string) {
		t.Helper()
		if users, apps := lab.Get(); fmt.Sprint(users, " ", apps) != want {
			t.Errorf("got %v %v, want %s", users, apps, want)
		}
	}
	if err := lab.Set(emulator.Strong(), emulator.Session(-1)); err == nil {
		t.Error("a negative lag is taken")
	}
	shows("session:3 strong")
	if err := lab.Set(emulator.Session(0), emulator.Eventual(time.Hour)); err != nil {
		t.Error(err)
	}
	shows("session:5s eventual:1h0m0s")
	if err := emu.Reset(); err != nil {
		t.Error(err)
	}
	shows("session:3 strong")
}

// However many write and read at once, everything is seen in the end, and nothing
// twice. More is written than pasts are kept.
func TestConsistencyOfMany(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithConsistency(emulator.EventualReads(5)))
	const writers, each = 4, 100
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			for i := range each {
				do(emu, "POST", "/v1.0/groups", fmt.Sprintf(`{"displayName":"Watch","mailEnabled":false,"mailNickname":"w%d-%d","securityEnabled":true}`, n, i))
				do(emu, "GET", "/v1.0/groups?$top=5", "")
			}
		})
	}
	all.Wait()
	for range 6 {
		do(emu, "GET", "/v1.0/groups?$top=1", "")
	}
	if got := do(emu, "GET", "/v1.0/groups?$filter=displayName eq 'Watch'&$top=999", ""); strings.Count(got, `"Watch"`) != writers*each {
		t.Errorf("%d of %d groups are seen", strings.Count(got, `"Watch"`), writers*each)
	}
}

func do(emu *emulator.Server, method, url, body string) string {
	return emulatortest.Do(emu, method, url, body).Body.String()
}
