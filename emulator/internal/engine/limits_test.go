package engine_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Below /me nothing is there when the signed-in user is not: reads and writes agree.
func TestFaultA3DeletedMe(t *testing.T) {
	emu := emulatortest.New(t)
	send := func(method, path string) *httptest.ResponseRecorder {
		return emulatortest.Do(emu, method, "/v1.0"+path, `{}`)
	}
	if w := send("DELETE", "/users/"+emulatortest.Ida); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := send("GET", "/me").Body.String()
	for range 2 {
		for _, req := range [][2]string{{"GET", "/me"}, {"PATCH", "/me"}, {"GET", "/me/calendars"}, {"GET", "/me/calendars/x"}, {"GET", "/me/calendar"}, {"GET", "/me/mailFolders"},
			{"GET", "/me/todo/lists"}, {"POST", "/me/messages"}, {"POST", "/me/events"}, {"POST", "/me/todo/lists"}, {"GET", "/me/messages/$count"}, {"GET", "/me/manager"},
			{"POST", "/me/sendMail"}, {"POST", "/me/getMemberGroups"}, {"GET", "/me/presence"}, {"PUT", "/me/photo/$value"}, {"DELETE", "/me/messages/x"}, {"PATCH", "/me/city"}} {
			w := send(req[0], req[1])
			if w.Code != 404 {
				t.Errorf("%s %s: %d %s; GET /me is 404 %s", req[0], req[1], w.Code, w.Body, want)
			}
		}
	}
	if w := send("POST", "/directory/deletedItems/"+emulatortest.Ida+"/restore"); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for range 2 {
		if w := send("GET", "/me/calendars"); w.Code != 200 {
			t.Errorf("after the restore: %d %s", w.Code, w.Body)
		}
	}
}

// The time for n members of a body is proportional to n, whatever they are.
func TestFaultA4ManyMembers(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	c.User(1)
	id := c.Must("GET", "/users?$top=1", nil, 200)["value"].([]any)[0].(map[string]any)["id"].(string)
	list := func(n int, each string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, each, i)
		}
		return b.String()
	}
	for name, req := range map[string]struct{ method, path, body, each string }{
		"dynamic members": {"POST", "/users/" + id + "/extensions", `{"@odata.type":"microsoft.graph.openTypeExtension","extensionName":"x.n%d",%s}`, `"a%d":1`},
		"annotations":     {"PATCH", "/users/" + id, `{"city":"n%d",%s}`, `"a%d@odata.type":"x"`},
		"array":           {"PATCH", "/users/" + id, `{"city":"n%d","otherMails":[%s]}`, `"a%d@northgale.test"`},
		"unknown members": {"POST", "/users/" + id + "/messages", `{"subject":"n%d","singleValueExtendedProperties":[{"id":"String {00020329-0000-0000-C000-000000000046} Name x","value":"y",%s}]}`, `"a%d":"x"`},
		"parameters":      {"POST", "/users/" + id + "/getMemberGroups", `{"securityEnabledOnly":false,"n%d":1,%s}`, `"a%d":1`},
		"merged members":  {"PATCH", "/users/" + id + "/extensions/merged", `{"@odata.type":"microsoft.graph.openTypeExtension","m":%d,%s}`, `"a%d":1`},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasSuffix(req.path, "merged") {
				c.Must("POST", "/users/"+id+"/extensions", map[string]any{"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "merged"}, 201)
			}
			took := func(n int) time.Duration {
				best := time.Hour
				for i := range 3 {
					r := httptest.NewRequest(req.method, "/v1.0"+req.path, strings.NewReader(fmt.Sprintf(req.body, n+i, list(n, req.each))))
					r.Header.Set("Content-Type", "application/json")
					w := httptest.NewRecorder()
					begin := time.Now()
					c.Handler.ServeHTTP(w, r)
					best = min(best, time.Since(begin))
					if w.Code >= 500 {
						t.Fatalf("%d %.300s", w.Code, w.Body)
					}
				}
				return best
			}
			few, many := took(5000), took(50000)
			if many > 40*max(few, 50*time.Millisecond) { // ten times is linear, a hundred times is not
				t.Errorf("5,000 take %v and 50,000 take %v", few, many)
			}
		})
	}
}
