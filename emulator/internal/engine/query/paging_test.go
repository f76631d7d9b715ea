package query_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// follow follows @odata.nextLink to the end, calling between after each page, and gives
// the display names in the order in which they came.
func follow(t *testing.T, emu http.Handler, url string, headers map[string]string, between func(page int)) (names []string, sizes []int) {
	t.Helper()
	for page := 0; url != ""; page++ {
		if page > 100 {
			t.Fatal("the pages do not end")
		}
		r := httptest.NewRequest("GET", url, nil)
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		var answer struct {
			Next  string `json:"@odata.nextLink"`
			Value []struct{ DisplayName string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %s", url, w.Code, w.Body)
		}
		for _, v := range answer.Value {
			names = append(names, v.DisplayName)
		}
		sizes = append(sizes, len(answer.Value))
		if url = answer.Next; url != "" && between != nil {
			between(page)
		}
	}
	return names, sizes
}

func newTenant(t *testing.T, opts ...emulator.Option) http.Handler {
	t.Helper()
	return emulatortest.NewEmpty(t, opts...).Handler
}

func addGroup(t *testing.T, emu http.Handler, name string) (id string) {
	t.Helper()
	var g struct{ ID string }
	emulatortest.Into(t, &g, emu, "POST", "/v1.0/groups", fmt.Sprintf(`{"displayName":%q,"mailEnabled":false,"mailNickname":"x","securityEnabled":true}`, name), 201)
	return g.ID
}

// Between two pages members come and go, before the place that the token keeps, behind
// it and at it: every member that was there all the time is given once, in order.
func TestPagesSurviveWrites(t *testing.T) {
	t.Attr("rules", "B-3.64 B-3.66 C-7.5")
	for _, tt := range []struct{ name, query string }{
		{"creation", ""}, {"ascending", "&$orderby=displayName"}, {"descending", "&$orderby=displayName%20desc"},
		{"filter", "&$filter=startsWith(displayName,'Berth')"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu := newTenant(t)
			ids := map[string]string{}
			var stay []string
			for i := range 12 {
				name := fmt.Sprintf("Berth %02d", i)
				ids[name] = addGroup(t, emu, name)
				if i%3 != 1 {
					stay = append(stay, name)
				}
			}
			descending := tt.name == "descending"
			if descending {
				slices.Reverse(stay)
			}
			names, _ := follow(t, emu, "/v1.0/groups?$top=2"+tt.query, nil, func(page int) {
				// The page ended at 2·page+1: it goes, and with it what came before.
				for _, i := range []int{1, 4, 7, 10} {
					at := 2*page + 1
					if descending {
						at = 11 - at
					}
					if name := fmt.Sprintf("Berth %02d", i); (i == at || page == 3) && ids[name] != "" {
						emulatortest.Must(t, emu, "DELETE", "/v1.0/groups/"+ids[name], "", 204)
						delete(ids, name)
					}
				}
				if page < 4 {
					addGroup(t, emu, fmt.Sprintf("Aground %d", page))
					addGroup(t, emu, fmt.Sprintf("Zulu %d", page))
				}
			})
			var got []string
			for _, n := range names {
				if slices.Contains(stay, n) {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, stay) {
				t.Errorf("got %q\nwant %q", got, stay)
			}
			slices.Sort(names)
			if len(slices.Compact(names)) != len(names) {
				t.Errorf("a member came twice: %q", names)
			}
		})
	}
}

// A token ends when its time is over.
func TestPageTokensExpire(t *testing.T) {
	t.Attr("rules", "B-3.71")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	for _, tt := range []struct {
		opts []emulator.Option
		life time.Duration
	}{{nil, 15 * time.Minute}, {[]emulator.Option{emulator.WithPageTokenLife(time.Hour)}, time.Hour}} {
		emu := newTenant(t, append(tt.opts, emulator.WithClock(clock))...)
		addGroup(t, emu, "a")
		addGroup(t, emu, "b")
		var page struct {
			Next string `json:"@odata.nextLink"`
		}
		emulatortest.Into(t, &page, emu, "GET", "/v1.0/groups?$top=1", "", 200)
		now = now.Add(tt.life - time.Second)
		emulatortest.Must(t, emu, "GET", page.Next, "", 200)
		now = now.Add(time.Second)
		if w := emulatortest.Must(t, emu, "GET", page.Next, "", 400); !strings.Contains(w.Body.String(), `"code":"Directory_ExpiredPageToken"`) {
			t.Error(w.Body)
		}
	}
	if _, err := emulator.New(emulator.WithPageTokenLife(0)); err == nil {
		t.Error("a token without life passed")
	}
}

// The switch puts an empty page between any two, and nothing is lost.
func TestEmptyPages(t *testing.T) {
	t.Attr("rules", "B-3.67")
	emu := newTenant(t, emulator.WithEmptyPages())
	for _, n := range []string{"c", "a", "b"} {
		addGroup(t, emu, n)
	}
	for _, tt := range []struct{ query, want string }{{"", "c a b"}, {"&$orderby=displayName", "a b c"}} {
		names, sizes := follow(t, emu, "/v1.0/groups?$top=1"+tt.query, nil, nil)
		if got := strings.Join(names, " "); got != tt.want || !slices.Equal(sizes, []int{1, 0, 1, 0, 1}) {
			t.Errorf("%s: %s in pages of %v", tt.query, got, sizes)
		}
	}
}

// A search of mail ends with its 250th result.
func TestSearchLimit(t *testing.T) {
	t.Attr("rules", "B-3.82")
	var tree strings.Builder
	tree.WriteString("users:\n  - id: c26302f8-02f8-c263-f802-63c2f80263c2\n    userPrincipalName: ida@northgale.test\n    messages:\n")
	for i := range 260 {
		fmt.Fprintf(&tree, "      - {id: m%d, subject: tide %d, sentDateTime: \"2026-01-01T08:00:00Z\"}\n", i, i)
	}
	emu := newTenant(t, emulator.WithFixtures(fstest.MapFS{"users.yaml": {Data: []byte(tree.String())}}))
	_, sizes := follow(t, emu, "/v1.0/me/messages?$search=%22tide%22&$top=100", nil, nil)
	if !slices.Equal(sizes, []int{100, 100, 50}) {
		t.Errorf("pages of %v", sizes)
	}
}
