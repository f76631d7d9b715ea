package engine_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// pair picks a group and a user.
func (s *sim) pair() (group, user string, ok bool) {
	group, some := s.pick("/groups")
	user, all := s.pick("/users")
	return group, user, some && all
}

// link makes a user a member of a group, which fails when it is one.
func (s *sim) link(set) error {
	group, user, ok := s.pair()
	if !ok {
		return nil
	}
	want := 204
	if s.links[group][user] {
		want = 400
	}
	body := map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + user}
	if _, err := s.c.Call("POST", "/groups/"+group+"/members/$ref", body, want); err != nil {
		return err
	}
	if s.links[group] == nil {
		s.links[group] = map[string]bool{}
	}
	s.links[group][user] = true
	return nil
}

// unlink takes a user out of a group, which fails when it is not in it.
func (s *sim) unlink(set) error {
	group, user, ok := s.pair()
	if !ok {
		return nil
	}
	want := []int{204}
	if !s.links[group][user] {
		want = []int{400, 404}
	}
	_, err := s.c.Call("DELETE", "/groups/"+group+"/members/"+user+"/$ref", nil, want...)
	delete(s.links[group], user)
	return err
}

// memberships compares the members of a group.
func (s *sim) memberships(set) error {
	group, ok := s.pick("/groups")
	if !ok {
		return nil
	}
	got, err := s.c.Call("GET", "/groups/"+group+"/members?$select=id&$top=999", nil, 200)
	if err != nil {
		return err
	}
	var have []string
	for _, m := range emulatortest.Members(got) {
		have = append(have, m["id"].(string))
	}
	slices.Sort(have)
	if want := slices.Sorted(maps.Keys(s.links[group])); !slices.Equal(have, want) {
		return fmt.Errorf("members of %s are %v, want %v", group, have, want)
	}
	return nil
}
