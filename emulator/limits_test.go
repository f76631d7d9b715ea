package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

const directoryObjects = "https://graph.microsoft.com/v1.0/directoryObjects/"

func manages(c *emulatortest.Client, report, manager string) {
	c.Must("PUT", "/users/"+report+"/manager/$ref", map[string]any{"@odata.id": directoryObjects + manager}, 204)
}

// chain lists the ids of the managers that an answer shows inside each other.
func chain(user map[string]any) (ids []string) {
	for at, ok := user["manager"].(map[string]any); ok; at, ok = at["manager"].(map[string]any) {
		ids = append(ids, at["id"].(string))
	}
	return ids
}

// Managers in a circle are shown once each, whatever $levels says.
func TestFaultA1ManagerCircle(t *testing.T) {
	t.Attr("rules", "B-3.30")
	c := emulatortest.NewEmpty(t)
	a, b, d := c.User(1), c.User(2), c.User(3)
	for _, tt := range []struct {
		links [][2]string
		want  string
	}{
		{[][2]string{{a, a}}, a},
		{[][2]string{{a, b}, {b, a}}, b + " " + a},
		{[][2]string{{a, b}, {b, d}, {d, a}}, b + " " + d + " " + a},
		{[][2]string{{a, b}, {b, d}, {d, b}}, b + " " + d},
	} {
		for _, l := range tt.links {
			manages(c, l[0], l[1])
		}
		for _, levels := range []string{"max", "1000"} {
			got := c.Must("GET", "/users/"+a+"?$expand=manager($levels="+levels+")", nil, 200)
			if ids := strings.Join(chain(got), " "); ids != tt.want {
				t.Errorf("%v with $levels=%s: got %s, want %s", tt.links, levels, ids, tt.want)
			}
		}
		if got := chain(c.Must("GET", "/users/"+a+"?$expand=manager", nil, 200)); len(got) != 1 {
			t.Errorf("without $levels the managers are %v", got)
		}
	}
	if w := emulatortest.Get(c.Handler, "/v1.0/users?$count=true&$expand=manager($levels=max)", "ConsistencyLevel", "eventual"); w.Code != 200 {
		t.Errorf("a list with $levels=max: %d %s", w.Code, w.Body)
	}
	c.Must("GET", "/users/"+a+"?$expand=manager($levels=1001)", nil, 400)
}

// The entities that $expand adds to one answer are limited.
func TestFaultA1ExpandedEntities(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	last := c.User(0)
	for i := 1; i < 400; i++ {
		next := c.User(i)
		manages(c, next, last)
		last = next
	}
	if got := chain(c.Must("GET", "/users/"+last+"?$expand=manager($levels=max)", nil, 200)); len(got) != 399 {
		t.Errorf("a chain of 399 managers shows %d", len(got))
	}
	w := emulatortest.Get(c.Handler, "/v1.0/users?$count=true&$top=999&$select=id&$expand=manager($select=id;$levels=max)", "ConsistencyLevel", "eventual")
	if w.Code != 400 || !strings.Contains(w.Body.String(), "50000 entities") {
		t.Errorf("refused with %d %s", w.Code, w.Body)
	}
}

// A star inside a star multiplies; the product is limited before it is walked.
func TestFaultA1ExpandedStars(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	id := c.User(1)
	star := "*"
	for range 8 {
		star = "*($expand=" + star + ")"
	}
	c.Must("GET", "/users/"+id+"?$expand="+star, nil, 400)
}

// Tests inside tests over collections multiply; the steps of one request are limited, and
// they end when the client goes.
func TestFaultA1NestedLambdas(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	id := c.User(1)
	var addresses []string
	for i := range 100 {
		addresses = append(addresses, fmt.Sprintf("smtp:a%d@northgale.test", i))
	}
	c.Must("PATCH", "/users/"+id, map[string]any{"otherMails": addresses}, 204)
	filter := "a eq 'x'"
	for i := range 6 {
		filter = fmt.Sprintf("otherMails/any(%c:%s)", 'f'-i, filter)
	}
	path := "/users?$filter=" + url.QueryEscape(filter)
	got := c.Must("GET", path, nil, 400)
	if e := got["error"].(map[string]any); !strings.Contains(e["message"].(string), "too complex") {
		t.Errorf("refused with %v", e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	c.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1.0"+path, nil).WithContext(ctx))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "closed the connection") {
		t.Errorf("a client that has gone gets %d %s", w.Code, w.Body)
	}
}

// TestClientGone: a delta query and the writing of a list end early when the client has gone.
func TestClientGone(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	id := c.User(1)
	nothing := "?$filter=" + url.QueryEscape("id eq '00000000-0000-4000-8000-000000000000'")
	link := c.Must("GET", "/users/delta"+nothing, nil, 200)["@odata.deltaLink"].(string)
	_, changes, _ := strings.Cut(link, "/v1.0")
	for i := range 300 {
		c.Must("PATCH", "/users/"+id, map[string]any{"city": fmt.Sprint(i)}, 204)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, path := range []string{changes, "/users?$select=id", "/users/delta"} {
		c.Must("GET", path, nil, 200)
		w := httptest.NewRecorder()
		c.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1.0"+path, nil).WithContext(ctx))
		if w.Code != 503 || !strings.Contains(w.Body.String(), "closed the connection") {
			t.Errorf("%s: a client that has gone gets %d %s", path, w.Code, w.Body)
		}
	}
	for i := range 300 {
		c.User(2 + i)
	}
	w := httptest.NewRecorder()
	c.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1.0/users/delta"+nothing, nil).WithContext(ctx))
	if w.Code != 503 {
		t.Errorf("the first round: a client that has gone gets %d %s", w.Code, w.Body)
	}
}

// Sums with $skip do not overflow, and nobody is behind the last member.
func TestFaultA8LargeSkip(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	c.User(1)
	for _, path := range []string{"/users", "/me/messages", "/me/onenote/pages", "/groups"} {
		for _, n := range []string{"9223372036854775807", "9223372036854775806", "4294967296"} {
			for _, query := range []string{"?$skip=%s", "?$skip=%s&$top=2", "?$skip=%s&$orderby=id", "?$skip=%s&$count=true", "?$top=%s"} {
				r := httptest.NewRequest("GET", "/v1.0"+path+fmt.Sprintf(query, n), nil)
				w := httptest.NewRecorder()
				c.Handler.ServeHTTP(w, r)
				if w.Code != 200 && w.Code != 400 {
					t.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
				}
			}
		}
	}
}

// Below /me nothing is there when the signed-in user is not: reads and writes agree.
func TestFaultA3DeletedMe(t *testing.T) {
	emu := emulatortest.New(t)
	send := func(method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/v1.0"+path, strings.NewReader(`{}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w
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

// A long text is looked for in a longer one in proportion to both.
func TestFaultA4LongTexts(t *testing.T) {
	c := emulatortest.NewEmpty(t)
	id := c.User(1)
	c.Must("PATCH", "/users/"+id, map[string]any{"aboutMe": strings.Repeat("a", 1<<20)}, 204)
	for what, pattern := range map[string]string{"letters": strings.Repeat("A", 5000) + "b", "others": strings.Repeat("A", 2000) + "ß"} {
		begin := time.Now()
		if w := emulatortest.Get(c.Handler, "/v1.0/users?$count=true&$filter="+url.QueryEscape("contains(aboutMe,'"+pattern+"')"), "ConsistencyLevel", "eventual"); w.Code >= 500 {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
		short := time.Since(begin)
		begin = time.Now()
		emulatortest.Get(c.Handler, "/v1.0/users?$count=true&$filter="+url.QueryEscape("contains(aboutMe,'"+pattern[len(pattern)-40:]+"')"), "ConsistencyLevel", "eventual")
		if long := time.Since(begin); short > 40*max(long, 50*time.Millisecond) {
			t.Errorf("%s: %v, and %v for 40 bytes", what, short, long)
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

// An alias that stands for much is refused, in stubs as in fixtures.
func TestFaultA12Aliases(t *testing.T) {
	emu := emulatortest.New(t)
	bomb := "    a: &a \"" + strings.Repeat("x", 20000) + "\"\n    b: [" + strings.TrimSuffix(strings.Repeat("*a,", 10000), ",") + "]\n"
	_, err := emu.Stubs().AddText([]byte("- request: GET /bomb\n  stub: true\n  status: 200\n  answer:\n" + bomb))
	if err == nil || !strings.Contains(err.Error(), "aliases") {
		t.Errorf("the stub: %v", err)
	}
	if _, err := emu.Stubs().AddText([]byte("- request: GET /ok\n  status: 200\n  answer: {a: &a [1], b: [*a, *a]}\n")); err != nil {
		t.Errorf("aliases that stand for little: %v", err)
	}
	var last error
	text := []byte("- request: GET /big\n  status: 200\n  answer: {a: " + strings.Repeat("x", 8<<20) + "}\n")
	for range 10 {
		if _, last = emu.Stubs().AddText(text); last != nil {
			break
		}
	}
	if last == nil || !strings.Contains(last.Error(), "remove some") {
		t.Errorf("80 MiB of stubs: %v", last)
	}
}

// What the consistency simulation keeps of content that was replaced is limited.
func TestFaultA15ReplacedContent(t *testing.T) {
	const size = 16 << 20
	emu := emulatortest.New(t, emulator.WithConsistency(emulator.Eventual(time.Hour)))
	var drive struct{ ID string }
	r := httptest.NewRequest("POST", "/v1.0/drives", strings.NewReader(`{"name":"Hold","root":{"name":"root"}}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &drive); err != nil {
		t.Fatal(err)
	}
	put := func() {
		r := httptest.NewRequest("PUT", "/v1.0/drives/"+drive.ID+"/root:/a.bin:/content", bytes.NewReader(make([]byte, size)))
		r.Header.Set("Content-Type", "application/octet-stream")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		r = httptest.NewRequest("PATCH", "/v1.0/users/"+emulatortest.Ida, strings.NewReader(fmt.Sprintf(`{"city":"x%d"}`, time.Now().UnixNano())))
		r.Header.Set("Content-Type", "application/json")
		emu.ServeHTTP(httptest.NewRecorder(), r)
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 20 {
		put()
	}
	if after := heap(); after > before+160<<20 {
		t.Errorf("%d MB are kept of 20 times 16 MiB", (after-before)>>20)
	}
}

// The clock refuses what its numbers cannot hold, and stays where it is.
func TestFaultA16FarClock(t *testing.T) {
	emu := emulatortest.New(t)
	start := emu.Clock().Now()
	for _, body := range []string{`{"set":"9999-12-31T23:59:59Z"}`, `{"set":"0001-01-01T00:00:00Z"}`, `{"advance":1e300}`, `{"advance":"2562047h"}`, `{"advance":9.3e9}`, `{"freeze":true,"set":"2500-01-01T00:00:00Z"}`} {
		r := httptest.NewRequest("POST", "/_emulator/clock", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
		if now := emu.Clock().Now(); now.Sub(start) > time.Hour || emu.Clock().Frozen() {
			t.Errorf("%s: it is %v", body, now)
		}
	}
	if err := emu.Clock().Set(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("Set takes the year 9999")
	}
	for range 3 {
		emu.Clock().Advance(100 * 365 * 24 * time.Hour)
	}
	if now := emu.Clock().Now(); now.Year() < 2100 || now.Year() > 2200 {
		t.Errorf("after three centuries it is %v", now)
	}
	if err := emu.Clock().Set(time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
}

// A drive refuses names that it cannot hold, however they come.
func TestFaultA18FileNames(t *testing.T) {
	t.Attr("rules", "B-14.44 B-14.45 B-14.46 B-14.47")
	emu := emulatortest.New(t)
	send := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/v1.0"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w
	}
	var drive struct{ ID string }
	if err := json.Unmarshal(send("POST", "/drives", `{"name":"Hold","root":{"name":"root","children":[{"name":"a.txt","file":{}}]}}`).Body.Bytes(), &drive); err != nil {
		t.Fatal(err)
	}
	root := "/drives/" + drive.ID + "/root"
	for _, name := range []string{"..", ".", "a\r\nb", "a\x00b", "a:b", strings.Repeat("x", 300), "a|b", " a", "a ", "a.", "CON", "con.txt", "LPT1", "~$a", "desktop.ini"} {
		text, _ := json.Marshal(name)
		for _, w := range []*httptest.ResponseRecorder{
			send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`),
			send("PATCH", root+":/a.txt", `{"name":`+string(text)+`}`),
			send("PUT", root+"/children/"+url.PathEscape(name)+"/content", "x"),
			send("PUT", root+":/"+strings.ReplaceAll(url.PathEscape(name), ":", "%3A")+":/content", "x"),
		} {
			if w.Code != 400 && w.Code != 404 || !strings.Contains(w.Body.String(), `"error"`) {
				t.Errorf("%q: %d %.200s", name, w.Code, w.Body)
			}
		}
		if w := send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`); !strings.Contains(w.Body.String(), `"invalidRequest"`) {
			t.Errorf("%q: %s", name, w.Body)
		}
	}
	for _, name := range []string{"console.txt", "a b.txt", "a#%.txt", ".hidden", "a..b", strings.Repeat("x", 255)} {
		text, _ := json.Marshal(name)
		if w := send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`); w.Code != 201 {
			t.Errorf("%q: %d %s", name, w.Code, w.Body)
		}
	}
}
