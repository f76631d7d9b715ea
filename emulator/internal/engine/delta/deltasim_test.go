package delta_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// TestDeltaFeeds lets clients follow feeds page by page while others write at random:
// whenever the writers rest, a client that goes on to the end of a round has exactly
// what there is.
func TestDeltaFeeds(t *testing.T) {
	t.Attr("rules", "B-6.1 B-6.5 B-6.7 B-6.8 B-6.10 B-6.11 B-6.18 B-6.20 C-7.5")
	seed := uint64(time.Now().UnixNano())
	runs := 6
	if testing.Short() {
		runs = 2
	}
	for i := range runs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := newDeltaSim(t, seed+uint64(i))
			for n := range 500 {
				if err := s.step(); err != nil {
					t.Fatalf("seed %d, step %d: %v", s.seed, n, err)
				}
			}
			if err := s.rest(); err != nil {
				t.Fatalf("seed %d: %v", s.seed, err)
			}
		})
	}
}

type deltaSim struct {
	c       *emulatortest.Client
	seed    uint64
	dice    *rand.Rand
	count   int
	inbox   string   // path of a folder's messages
	root    string   // path of a drive's root
	users   []string // ids, also of those that were deleted
	groups  []string
	mails   []string
	folders []string // paths
	items   []string // paths
	feeds   []*feedOf
}

// feedOf is a client with what it should hold in the end.
type feedOf struct {
	follower
	names []string // properties that it follows
	state func() (map[string]map[string]any, error)
	links bool
}

func newDeltaSim(t *testing.T, seed uint64) *deltaSim {
	s := &deltaSim{c: emulatortest.NewEmpty(t, emulator.WithFixtures(fixtures.Northgale())), seed: seed, dice: rand.New(rand.NewPCG(seed, 1))}
	s.inbox = "/me/mailFolders/" + s.c.Must("POST", "/me/mailFolders", map[string]any{"displayName": "Log"}, 201)["id"].(string) + "/messages"
	s.root = "/drives/" + s.c.Must("POST", "/drives", map[string]any{"name": "Hold", "root": map[string]any{"name": "root"}}, 201)["id"].(string) + "/root"
	follow := func(links bool, state func() (map[string]map[string]any, error), path, prefer string, names ...string) {
		c := *s.c
		if prefer != "" {
			c.Headers = []string{"Prefer", prefer}
		}
		s.feeds = append(s.feeds, &feedOf{*newFollower(&c, path), names, state, links})
	}
	users := func() (map[string]map[string]any, error) { return s.listed("/users", "id,displayName,jobTitle") }
	groups := func() (map[string]map[string]any, error) { return s.listed("/groups", "id,displayName,description") }
	mails := func() (map[string]map[string]any, error) { return s.listed(s.inbox, "id,subject") }
	follow(false, users, "/users/delta", "odata.maxpagesize=3", "displayName", "jobTitle")
	follow(false, users, "/users/delta?$select=jobTitle&$top=4", "return=minimal", "jobTitle")
	follow(false, users, "/users/delta", "return=minimal,odata.maxpagesize=7", "displayName", "jobTitle")
	follow(true, groups, "/groups/delta?$top=2", "", "displayName", "description")
	follow(true, groups, "/groups/delta?$select=description,members", "return=minimal", "description")
	follow(false, mails, s.inbox+"/delta?$top=3", "", "subject")
	follow(false, mails, s.inbox+"/delta?$top=2&$orderby=subject%20desc", "", "subject")
	follow(false, func() (map[string]map[string]any, error) {
		return s.tree("/me/mailFolders", "childFolders", "displayName")
	},
		"/me/mailFolders/delta?$top=3", "", "displayName")
	follow(false, func() (map[string]map[string]any, error) { return s.drive() }, s.root+"/delta?$top=2", "", "name")
	follow(false, func() (map[string]map[string]any, error) { return s.drive() }, s.root+"/delta?$select=name", "", "name")
	return s
}

// listed is what a collection holds now.
func (s *deltaSim) listed(path, names string) (map[string]map[string]any, error) {
	got, err := s.c.Call("GET", path+"?$top=999&$select="+names, nil, 200)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]any{}
	for _, m := range emulatortest.Members(got) {
		out[m["id"].(string)] = m
	}
	return out, nil
}

// tree is what a collection and those below its members hold.
func (s *deltaSim) tree(path, below, name string) (map[string]map[string]any, error) {
	out, err := s.listed(path, "id,"+name)
	if err != nil {
		return nil, err
	}
	for id := range maps.Clone(out) {
		deeper, err := s.tree(path+"/"+id+"/"+below, below, name)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, deeper)
	}
	return out, nil
}

func (s *deltaSim) drive() (map[string]map[string]any, error) {
	out, err := s.tree(s.root+"/children", "children", "name")
	if err != nil {
		return nil, err
	}
	root, err := s.c.Call("GET", s.root, nil, 200)
	if err == nil {
		out[root["id"].(string)] = root
	}
	return out, err
}

func (s *deltaSim) pick(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return list[s.dice.IntN(len(list))]
}

// any sends a request that may fail: what it is about may be gone, or not be there yet.
func (s *deltaSim) any(method, path string, body any) map[string]any {
	got, err := s.c.Call(method, path, body, 200, 201, 204)
	if err != nil {
		return nil
	}
	return got
}

func (s *deltaSim) grow(list *[]string, prefix, path string, body any) {
	if id, ok := s.any("POST", path, body)["id"].(string); ok {
		*list = append(*list, prefix+id)
	}
}

// step is a write, a page of some client, or a rest.
func (s *deltaSim) step() error {
	s.count++
	text := fmt.Sprint("n", s.count)
	link := func() (string, map[string]any) {
		return "/groups/" + s.pick(s.groups) + "/members", map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + s.pick(s.users)}
	}
	switch s.dice.IntN(26) {
	case 0, 1:
		s.users = append(s.users, s.c.User(s.count))
	case 2:
		s.any("PATCH", "/users/"+s.pick(s.users), map[string]any{"jobTitle": text})
	case 3:
		s.any("PATCH", "/users/"+s.pick(s.users), map[string]any{"jobTitle": nil, "department": text})
	case 4:
		s.any("DELETE", "/users/"+s.pick(s.users), nil)
	case 5:
		s.any("POST", "/directory/deletedItems/"+s.pick(slices.Concat(s.users, s.groups))+"/restore", map[string]any{})
	case 6:
		s.any("DELETE", "/directory/deletedItems/"+s.pick(slices.Concat(s.users, s.groups)), nil)
	case 7:
		types := []any{}
		if s.dice.IntN(2) == 0 {
			types = append(types, "Unified")
		}
		s.grow(&s.groups, "", "/groups", map[string]any{"displayName": text, "mailEnabled": false, "mailNickname": text, "securityEnabled": true, "groupTypes": types})
	case 8:
		s.any("PATCH", "/groups/"+s.pick(s.groups), map[string]any{"description": text})
	case 9, 10, 11:
		path, to := link()
		s.any("POST", path+"/$ref", to)
	case 12:
		path, _ := link()
		s.any("DELETE", path+"/"+s.pick(s.users)+"/$ref", nil)
	case 13:
		s.any("DELETE", "/groups/"+s.pick(s.groups), nil)
	case 14, 15:
		s.grow(&s.mails, s.inbox+"/", s.inbox, map[string]any{"subject": text})
	case 16:
		s.any("PATCH", s.pick(s.mails), map[string]any{"subject": text})
	case 17:
		s.any("DELETE", s.pick(s.mails), nil)
	default:
		return s.deeper(text)
	}
	return nil
}

// deeper are the steps on trees and those of the clients.
func (s *deltaSim) deeper(text string) error {
	switch s.dice.IntN(10) {
	case 0, 1:
		into := s.pick(append([]string{"/me/mailFolders"}, s.folders...))
		if into != "/me/mailFolders" {
			into += "/childFolders"
		}
		s.grow(&s.folders, into+"/", into, map[string]any{"displayName": text})
	case 2:
		if path := s.pick(s.folders); s.dice.IntN(4) == 0 {
			s.any("DELETE", path, nil)
		} else {
			s.any("PATCH", path, map[string]any{"displayName": text})
		}
	case 3, 4:
		into := s.pick(append([]string{s.root}, s.items...)) + "/children"
		s.grow(&s.items, into+"/", into, map[string]any{"name": text, "folder": map[string]any{}})
	case 5:
		if path := s.pick(s.items); s.dice.IntN(4) == 0 {
			s.any("DELETE", path+"/$ref", nil)
		} else {
			s.any("PATCH", path, map[string]any{"name": text})
		}
	case 6, 7, 8:
		return s.feeds[s.dice.IntN(len(s.feeds))].page()
	case 9:
		if s.dice.IntN(10) == 0 {
			return s.rest()
		}
	}
	return nil
}

// rest lets every client come to the end, and compares.
func (s *deltaSim) rest() error {
	for _, f := range s.feeds {
		if err := f.finish(); err != nil { // the round that it is in
			return err
		}
		if err := f.finish(); err != nil { // what has happened since that began
			return err
		}
		want, err := f.state()
		if err != nil {
			return err
		}
		if err := f.compare(want); err != nil {
			return fmt.Errorf("%s: %w", f.from, err)
		}
		if f.links {
			if err := s.compareLinks(f); err != nil {
				return fmt.Errorf("%s: %w", f.from, err)
			}
		}
	}
	return nil
}

func (f *feedOf) compare(want map[string]map[string]any) error {
	if have, is := slices.Sorted(maps.Keys(f.held)), slices.Sorted(maps.Keys(want)); !slices.Equal(have, is) {
		return fmt.Errorf("the client holds %v, there are %v", have, is)
	}
	for id, m := range want {
		for _, name := range f.names {
			if f.held[id][name] != m[name] {
				return fmt.Errorf("%s of %s is %v to the client, and %v", name, id, f.held[id][name], m[name])
			}
		}
	}
	return nil
}

// compareLinks compares members. A soft-deleted user stays a member to the client,
// who learns of it from the feed of users (B-6.11).
func (s *deltaSim) compareLinks(f *feedOf) error {
	users, err := s.listed("/users", "id")
	if err != nil {
		return err
	}
	for id := range f.held {
		want, err := s.listed("/groups/"+id+"/members", "id")
		if err != nil {
			return err
		}
		var have []string
		for m := range f.follower.links[id] {
			if users[m] != nil || want[m] != nil {
				have = append(have, m)
			}
		}
		slices.Sort(have)
		if is := slices.Sorted(maps.Keys(want)); !slices.Equal(have, is) {
			return fmt.Errorf("members of %s are %v to the client, and %v", id, have, is)
		}
	}
	return nil
}
