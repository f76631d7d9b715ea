package delta_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// follower is a client that keeps a copy of a collection by what its feed tells.
type follower struct {
	c     *emulatortest.Client
	from  string // where it began
	link  string // where the feed goes on
	held  map[string]map[string]any
	links map[string]map[string]bool // id -> members
	pages int
	round bool // a round is not at its end
}

func newFollower(c *emulatortest.Client, path string) *follower {
	return &follower{c: c, from: path, link: path, held: map[string]map[string]any{}, links: map[string]map[string]bool{}}
}

// page takes one page and does what it tells.
func (f *follower) page() error {
	got, err := f.c.Call("GET", f.link, nil, 200)
	if err != nil {
		return err
	}
	f.pages++
	for _, m := range emulatortest.Members(got) {
		id, _ := m["id"].(string)
		if m["@removed"] != nil || m["deleted"] != nil {
			delete(f.held, id)
			delete(f.links, id)
			continue
		}
		if f.held[id] == nil {
			f.held[id], f.links[id] = map[string]any{}, map[string]bool{}
		}
		for name, v := range m {
			if !strings.Contains(name, "@") {
				f.held[id][name] = v
			}
		}
		list, _ := m["members@delta"].([]any)
		for _, l := range list {
			l := l.(map[string]any)
			if f.links[id][l["id"].(string)] = true; l["@removed"] != nil {
				delete(f.links[id], l["id"].(string))
			}
		}
	}
	next, more := got["@odata.nextLink"].(string)
	last, ends := got["@odata.deltaLink"].(string)
	if more == ends {
		return fmt.Errorf("%s has %q and %q: exactly one link is right (B-6.1)", f.link, next, last)
	}
	u, err := url.Parse(next + last)
	if err != nil {
		return err
	}
	f.link, f.round = strings.TrimPrefix(u.EscapedPath(), "/"+f.c.Version)+"?"+u.RawQuery, more
	return nil
}

// finish goes on to the end of the round.
func (f *follower) finish() error {
	for range 10_000 {
		if err := f.page(); err != nil || !f.round {
			return err
		}
	}
	return fmt.Errorf("%s: the round does not end", f.from)
}

// A group with many members is spread over pages, in the first round and in a
// later one, and who joins meanwhile is not lost.
func TestDeltaOfLargeGroups(t *testing.T) {
	t.Attr("rules", "B-6.10")
	c := emulatortest.NewEmpty(t)
	var users []string
	for i := range 1205 {
		users = append(users, c.User(i))
	}
	group := func(name string) string {
		id := c.Must("POST", "/groups", map[string]any{"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true}, 201)["id"].(string)
		for _, u := range users[2:1202] {
			c.Must("POST", "/groups/"+id+"/members/$ref", map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + u}, 204)
		}
		return id
	}
	f := newFollower(c, "/groups/delta?$select=displayName,members")
	check := func(id string, want int) {
		t.Helper()
		pages := f.pages
		if err := f.page(); err != nil || !f.round {
			t.Fatalf("the first page ends the round (%v)", err)
		}
		if len(f.links[id]) == want {
			t.Fatalf("%d members on one page", want)
		}
		for _, u := range []string{users[0], users[1204]} { // before and behind the place that the page ended at
			c.Must("POST", "/groups/"+id+"/members/$ref", map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/users/" + u}, 204)
		}
		if err := f.finish(); err != nil || f.pages == pages+1 {
			t.Fatalf("%d pages (%v)", f.pages-pages, err)
		}
		if err := f.finish(); err != nil || len(f.links[id]) != want+2 || f.held[id]["displayName"] == nil {
			t.Fatalf("%d members are told, want %d (%v)", len(f.links[id]), want+2, err)
		}
	}
	check(group("north"), 1200)
	check(group("south"), 1200)
}

// A filtered first round tells 5000 messages at most.
func TestDeltaFilterLimit(t *testing.T) {
	t.Attr("rules", "B-6.16")
	c := emulatortest.NewEmpty(t, emulator.WithFixtures(fixtures.Northgale()))
	folder := "/me/mailFolders/" + c.Must("POST", "/me/mailFolders", map[string]any{"displayName": "Log"}, 201)["id"].(string) + "/messages"
	for range 5003 {
		c.Must("POST", folder, map[string]any{"receivedDateTime": "2026-11-22T08:00:00Z"}, 201)
	}
	for query, want := range map[string]int{"?$top=999": 5003, "?$top=999&$filter=receivedDateTime%20ge%202026-01-01T00:00:00Z": 5000,
		"?$top=999&$filter=receivedDateTime%20ge%202026-01-01T00:00:00Z&$orderby=receivedDateTime%20desc": 5000} {
		f := newFollower(c, folder+"/delta"+query)
		if err := f.finish(); err != nil || len(f.held) != want {
			t.Errorf("%s: %d messages, want %d (%v)", query, len(f.held), want, err)
		}
	}
}

// Fifty ids, and not one more.
func TestDeltaFilterIDs(t *testing.T) {
	t.Attr("rules", "B-6.9")
	c := emulatortest.NewEmpty(t)
	for n, want := range map[int]int{50: 200, 51: 400} {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprintf("id eq '%d'", i)
		}
		c.Must("GET", "/users/delta?$filter="+url.QueryEscape(strings.Join(ids, " or ")), nil, want)
	}
}

// What the journal has lost cannot be told, and says so.
func TestDeltaJournalEnds(t *testing.T) {
	t.Attr("rules", "B-6.13")
	c := emulatortest.NewEmpty(t)
	a, b := c.User(1), c.User(2)
	f := newFollower(c, "/users/delta?$top=1")
	if err := f.page(); err != nil || !f.round {
		t.Fatal(err)
	}
	inside := f.link
	if err := f.finish(); err != nil {
		t.Fatal(err)
	}
	for i := range 10_500 {
		c.Must("PATCH", "/users/"+a, map[string]any{"jobTitle": fmt.Sprint(i)}, 204)
	}
	for _, link := range []string{inside, f.link} {
		c.Must("GET", link, nil, http.StatusGone)
	}
	f = newFollower(c, "/users/delta")
	if err := f.finish(); err != nil || f.held[a]["jobTitle"] != "10499" || f.held[b] == nil {
		t.Fatalf("%v (%v)", f.held, err)
	}
}

// A token is worth nothing in another emulator, even one that was made alike.
func TestDeltaTokensOfOthers(t *testing.T) {
	one, other := emulatortest.NewEmpty(t), emulatortest.NewEmpty(t)
	f := newFollower(one, "/users/delta")
	if err := f.finish(); err != nil {
		t.Fatal(err)
	}
	other.Must("GET", f.link, nil, http.StatusGone)
	other = emulatortest.NewEmpty(t, emulator.WithRandomSeed(2))
	other.Must("GET", f.link, nil, http.StatusBadRequest)
}

// Without Synthesize a token of a page of documentation is refused; with it the first
// round is answered, and says why.
func TestDeltaTokensMadeUp(t *testing.T) {
	s := graphtest.Start(t, emulator.WithOnMissing(emulator.MissingSynthesize))
	for _, path := range []string{"/v1.0/users/delta?$deltatoken=oEcOySpF", "/v1.0/me/calendarView/delta?startDateTime={start}&endDateTime={end}"} {
		resp, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 || resp.Header.Get("X-Emulator-Warning") == "" {
			t.Errorf("%s: %d, warning %q", path, resp.StatusCode, resp.Header.Get("X-Emulator-Warning"))
		}
	}
}

// What tells its changes, in each version. The function is asked for at its
// root set, at the first round's end and behind latest.
func TestDeltaSites(t *testing.T) {
	t.Attr("rules", "B-6.22")
	for version, sets := range map[string][]string{
		"v1.0": {"/applications", "/devices", "/directoryRoles", "/directoryObjects", "/groups", "/contacts", "/oauth2PermissionGrants", "/servicePrincipals",
			"/users", "/education/classes", "/education/schools", "/education/users", "/directory/administrativeUnits"},
		"beta": {"/applications", "/administrativeUnits", "/directoryRoles", "/directoryObjects", "/groups", "/contacts", "/oauth2PermissionGrants", "/servicePrincipals",
			"/users", "/education/classes", "/education/schools", "/education/users", "/me/planner/all"},
	} {
		for _, set := range sets {
			c := emulatortest.NewEmpty(t, emulator.WithFixtures(fixtures.Northgale()))
			c.Version = version
			f := newFollower(c, set+"/delta")
			if err := f.finish(); err != nil {
				t.Errorf("%s%s: %v", version, set, err)
			}
			f = newFollower(c, set+"/delta?$deltatoken=latest")
			if err := f.finish(); err != nil || f.pages != 1 || len(f.held) != 0 {
				t.Errorf("%s%s: latest gives %d members on %d pages (%v)", version, set, len(f.held), f.pages, err)
			}
		}
	}
	c := emulatortest.NewEmpty(t)
	class := c.Must("POST", "/education/classes", map[string]any{"displayName": "Knots"}, 201)["id"].(string)
	for _, below := range []string{"assignments", "assignmentCategories"} {
		f := newFollower(c, "/education/classes/"+class+"/"+below+"/delta")
		if err := f.finish(); err != nil {
			t.Error(err)
		}
		made := c.Must("POST", "/education/classes/"+class+"/"+below, map[string]any{"displayName": "Bowline"}, 201)["id"].(string)
		if err := f.finish(); err != nil || f.held[made]["displayName"] != "Bowline" {
			t.Errorf("%s: %v (%v)", below, f.held, err)
		}
	}
}
