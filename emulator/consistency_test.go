package emulator_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// What cannot be read is refused by name, and nothing changes.
func TestSetConsistency(t *testing.T) {
	if _, err := emulator.New(emulator.WithConsistency("now and then")); err == nil || !strings.Contains(err.Error(), `"now and then"`) {
		t.Errorf("got %v", err)
	}
	emu, err := emulator.New(emulator.WithConsistency("session:3"), emulator.WithAppConsistency("strong"))
	if err != nil {
		t.Fatal(err)
	}
	want := emulator.Consistency{Users: "session:3", Apps: "strong"}
	if err := emu.SetConsistency(emulator.Consistency{Users: "strong", Apps: "weak"}); err == nil || emu.Consistency() != want {
		t.Errorf("got %v and %v", emu.Consistency(), err)
	}
	if err := emu.SetConsistency(emulator.Consistency{Apps: "eventual:1h"}); err != nil || emu.Consistency().Users != "session:3" {
		t.Errorf("got %v and %v", emu.Consistency(), err)
	}
	if err := emu.Reset(); err != nil || emu.Consistency() != want {
		t.Errorf("after a reset: %v and %v", emu.Consistency(), err)
	}
}

// However many write and read at once, everything is seen in the end, and nothing
// twice. More is written than pasts are kept.
func TestConsistencyOfMany(t *testing.T) {
	emu, err := emulator.New(emulator.WithConsistency("eventual:5"))
	if err != nil {
		t.Fatal(err)
	}
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
	r := httptest.NewRequest(method, strings.ReplaceAll(url, " ", "%20"), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	return w.Body.String()
}
