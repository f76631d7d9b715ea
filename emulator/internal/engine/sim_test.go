package engine_test

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

// TestRandomVerbs sends random verbs through the front door and keeps the same
// state in plain maps; after each verb both agree.
func TestRandomVerbs(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	runs, verbs := 8, 400
	if testing.Short() {
		runs = 2
	}
	for i := range runs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			simulate(t, seed+uint64(i), verbs)
		})
	}
}

// sim is one simulation: the emulator and what it should hold.
type sim struct {
	c     *emulatortest.Client
	dice  *rand.Rand
	sets  []set
	held  map[string]map[string]map[string]any // path of the set -> id -> properties
	links map[string]map[string]bool           // group -> members
	gone  []string                             // paths of what was deleted
	count int
}

// set is one collection that the simulation works on.
type set struct {
	path string
	text string // the property that changes
	body func(n int) map[string]any
}

func simulate(t *testing.T, seed uint64, verbs int) {
	s := &sim{c: emulatortest.NewEmpty(t, emulator.WithFixtures(fixtures.Northgale())), dice: rand.New(rand.NewPCG(seed, 1)), sets: sets(), held: map[string]map[string]map[string]any{}, links: map[string]map[string]bool{}}
	s.c.Version = "beta"
	for _, set := range s.sets {
		s.held[set.path] = map[string]map[string]any{}
	}
	steps := []func(set) error{s.create, s.create, s.read, s.change, s.change, s.drop, s.list, s.lost, s.link, s.unlink, s.memberships}
	for i := range verbs {
		step := s.dice.IntN(len(steps))
		if err := steps[step](s.sets[s.dice.IntN(len(s.sets))]); err != nil {
			t.Fatalf("seed %d, verb %d: %v", seed, i, err)
		}
	}
}

func sets() []set {
	return []set{
		{"/users", "jobTitle", func(n int) map[string]any {
			return map[string]any{"accountEnabled": true, "displayName": fmt.Sprint("Deckhand ", n), "mailNickname": fmt.Sprint("hand", n),
				"userPrincipalName": fmt.Sprintf("hand%d@northgale.test", n), "passwordProfile": map[string]any{"password": "Mooring-4711"}}
		}},
		{"/groups", "description", func(n int) map[string]any {
			return map[string]any{"displayName": fmt.Sprint("Watch ", n), "mailEnabled": false, "mailNickname": fmt.Sprint("watch", n), "securityEnabled": true}
		}},
		{"/me/messages", "subject", func(n int) map[string]any { return map[string]any{"subject": fmt.Sprint("Tide ", n)} }},
		{"/communications/presences", "activity", func(n int) map[string]any {
			return map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "availability": "Busy", "activity": "InAMeeting"}
		}},
	}
}

// pick takes one of the entities that the set should hold.
func (s *sim) pick(path string) (id string, ok bool) {
	ids := slices.Sorted(maps.Keys(s.held[path]))
	if len(ids) == 0 {
		return "", false
	}
	return ids[s.dice.IntN(len(ids))], true
}

func (s *sim) create(c set) error {
	s.count++
	body := c.body(s.count)
	made, err := s.c.Call("POST", c.path, body, 201)
	if err != nil {
		return err
	}
	id, _ := made["id"].(string)
	if id == "" {
		return fmt.Errorf("POST %s: no id in %v", c.path, made)
	}
	s.held[c.path][id] = map[string]any{c.text: body[c.text]}
	return nil
}

func (s *sim) read(c set) error {
	id, ok := s.pick(c.path)
	if !ok {
		return nil
	}
	got, err := s.c.Call("GET", c.path+"/"+id+"?$select=id,"+c.text, nil, 200)
	if err == nil && (got["id"] != id || got[c.text] != s.held[c.path][id][c.text]) {
		err = fmt.Errorf("GET %s/%s: %v, want %v", c.path, id, got, s.held[c.path][id])
	}
	return err
}

func (s *sim) change(c set) error {
	id, ok := s.pick(c.path)
	if !ok {
		return nil
	}
	s.count++
	text := fmt.Sprint("changed ", s.count)
	if _, err := s.c.Call("PATCH", c.path+"/"+id, map[string]any{c.text: text}, 200, 204); err != nil {
		return err
	}
	s.held[c.path][id][c.text] = text
	return s.read(c)
}

func (s *sim) drop(c set) error {
	id, ok := s.pick(c.path)
	if !ok {
		return nil
	}
	if _, err := s.c.Call("DELETE", c.path+"/"+id, nil, 204); err != nil {
		return err
	}
	delete(s.held[c.path], id)
	delete(s.links, id)
	for _, members := range s.links {
		delete(members, id)
	}
	s.gone = append(s.gone, c.path+"/"+id)
	return nil
}

// lost asks for what was deleted.
func (s *sim) lost(set) error {
	if len(s.gone) == 0 {
		return nil
	}
	path := s.gone[s.dice.IntN(len(s.gone))]
	method := [...]string{"GET", "DELETE"}[s.dice.IntN(2)]
	_, err := s.c.Call(method, path, nil, 404)
	return err
}

// list compares the members that the simulation made; the fixtures have more.
func (s *sim) list(c set) error {
	got, err := s.c.Call("GET", c.path+"?$top=999&$select=id,"+c.text, nil, 200)
	if err != nil {
		return err
	}
	found := map[string]any{}
	for _, m := range emulatortest.Members(got) {
		found[m["id"].(string)] = m[c.text]
	}
	for id, want := range s.held[c.path] {
		if have, ok := found[id]; !ok || have != want[c.text] {
			return fmt.Errorf("GET %s: %s is %v, want %v", c.path, id, have, want[c.text])
		}
	}
	for _, path := range s.gone {
		if id := path[len(path)-36:]; path == c.path+"/"+id && found[id] != nil {
			return fmt.Errorf("GET %s: %s is there after its DELETE", c.path, id)
		}
	}
	return nil
}
