package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Writers race through the front door. Whoever reads, changes and writes under If-Match
// never loses what another wrote, and whoever writes one property without a condition
// never loses another's property.
func TestNoUpdateIsLost(t *testing.T) {
	t.Attr("rules", "B-4.54 C-4.12")
	emu := emulatortest.New(t, emulator.WithRandomSeed(1))
	var made struct{ ID string }
	emulatortest.Into(t, &made, emu, "POST", "/v1.0/me/contacts", `{"personalNotes":"0"}`, 201)
	const writers, rounds = 8, 25
	call := func(method, body string, headers ...string) *httptest.ResponseRecorder {
		return emulatortest.Do(emu, method, "/v1.0/me/contacts/"+made.ID, body, headers...)
	}
	read := func() (contact map[string]any, tag string) {
		w := call("GET", "")
		d := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
		if err := d.Decode(&contact); err != nil || w.Code != 200 {
			t.Error(w.Code, w.Body)
		}
		return contact, w.Header().Get("ETag")
	}
	own := []string{"assistantName", "companyName", "department", "generation", "jobTitle", "manager", "nickName", "title"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	conflicts := 0
	for i := range writers {
		wg.Go(func() { // the counter, under If-Match
			for done := 0; done < rounds; {
				contact, tag := read()
				var n int
				fmt.Sscan(contact["personalNotes"].(string), &n)
				switch w := call("PATCH", fmt.Sprintf(`{"personalNotes":"%d"}`, n+1), "If-Match", tag); w.Code {
				case 200:
					done++
				case 412:
					mu.Lock()
					conflicts++
					mu.Unlock()
				default:
					t.Errorf("counter: %d %s", w.Code, w.Body)
					return
				}
			}
		})
		wg.Go(func() { // a property of its own, without a condition
			for n := range rounds {
				if w := call("PATCH", fmt.Sprintf(`{%q:"%s-%d"}`, own[i], own[i], n+1)); w.Code != 200 {
					t.Errorf("%s: %d %s", own[i], w.Code, w.Body)
				}
			}
		})
	}
	wg.Wait()
	contact, _ := read()
	if got, want := contact["personalNotes"], fmt.Sprint(writers*rounds); got != want {
		t.Errorf("the counter stands at %v, want %s", got, want)
	}
	for _, name := range own {
		if got, want := contact[name], fmt.Sprintf("%s-%d", name, rounds); got != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
	t.Logf("%d writes met a newer version", conflicts)
}
