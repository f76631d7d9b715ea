package query_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

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
