package files_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// TestSyncClient lets a client keep a copy of a drive by what its delta tells, while others
// write at random. A client that has come to the end of a round in which nobody wrote has what
// the drive has, and heard of each folder before what is in it.
func TestSyncClient(t *testing.T) {
	t.Attr("rules", "B-14.116 B-14.117 B-14.118 B-14.119 B-14.122")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i, top := range []int{0, 3} {
		t.Run(fmt.Sprint("pages of ", top), func(t *testing.T) {
			t.Parallel()
			s := newSyncSim(t, seed+uint64(i), top)
			for n := range 1000 {
				s.write()
				var err error
				switch s.dice.IntN(12) {
				case 0:
					err = s.client.round(true)
					if err == nil {
						err = s.compare()
					}
				case 1:
					err = s.client.page(false)
				}
				if err != nil {
					t.Fatalf("seed %d, step %d: %v", s.seed, n, err)
				}
			}
		})
	}
}

type syncSim struct {
	t      *testing.T
	c      *emulatortest.Client
	seed   uint64
	dice   *rand.Rand
	count  int
	root   string
	known  []string // ids of all items ever made
	gone   []string // of those that were deleted
	client *syncClient
}

// local is what a client keeps of an item.
type local struct {
	name, parent, tag, hash string
	size                    float64
}

type syncClient struct {
	c    *emulatortest.Client
	link string
	held map[string]local
	more bool
}

func newSyncSim(t *testing.T, seed uint64, top int) *syncSim {
	c := emulatortest.NewEmpty(t, emulator.WithFixtures(fixtures.Northgale()))
	s := &syncSim{t: t, c: c, seed: seed, dice: rand.New(rand.NewPCG(seed, 2))}
	s.root, _ = c.Must("GET", "/me/drive/root", nil, 200)["id"].(string)
	link := "/me/drive/root/delta"
	if top > 0 {
		link += fmt.Sprint("?$top=", top)
	}
	s.client = &syncClient{c: c, link: link, held: map[string]local{}}
	return s
}

// write is a change that may fail: names may be taken, and items gone.
func (s *syncSim) write() {
	s.count++
	pick := func(list []string) string { return list[s.dice.IntN(len(list))] }
	name := func() string { return fmt.Sprint("n", s.dice.IntN(40), []string{"", ".txt"}[s.dice.IntN(2)]) }
	if len(s.known) == 0 {
		s.known = append(s.known, s.root)
	}
	send := func(method, path string, body any) map[string]any {
		got, err := s.c.Call(method, "/me/drive/items/"+path, body, 200, 201, 204, 400, 404, 409)
		if err != nil {
			s.t.Fatalf("seed %d: %v", s.seed, err)
		}
		return got
	}
	made := func(got map[string]any) {
		if id, ok := got["id"].(string); ok && !slices.Contains(s.known, id) {
			s.known = append(s.known, id)
		}
	}
	switch s.dice.IntN(12) {
	case 0, 1, 2:
		made(send("POST", pick(s.known)+"/children", map[string]any{"name": name(), "folder": map[string]any{}}))
	case 3, 4, 5:
		folder := pick(s.known)
		w := emulatortest.Do(s.c.Handler, "PUT", "/v1.0/me/drive/items/"+folder+":/"+name()+":/content", fmt.Sprint("content ", s.count), "Content-Type", "text/plain")
		if w.Code < 300 {
			made(emulatortest.Object(s.t, w.Body.Bytes()))
		}
	case 6, 7:
		send("PATCH", pick(s.known), map[string]any{"name": name()})
	case 8, 9:
		body := map[string]any{"parentReference": map[string]any{"id": pick(s.known)}}
		if s.dice.IntN(2) == 0 {
			body["name"] = name()
		}
		send("PATCH", pick(s.known), body)
	case 10:
		id := pick(s.known)
		if id == s.root {
			return
		}
		if s.gone = append(s.gone, id); s.dice.IntN(4) == 0 {
			send("POST", id+"/permanentDelete", nil)
		} else {
			send("DELETE", id, nil)
		}
	case 11:
		if len(s.gone) > 0 {
			send("POST", pick(s.gone)+"/restore", map[string]any{})
		}
	}
}

// page takes one page. Quiet says that nobody has written since the round began: each folder is
// then told before what is in it.
func (c *syncClient) page(quiet bool) error {
	got, err := c.c.Call("GET", c.link, nil, 200)
	if err != nil {
		return err
	}
	for i, m := range emulatortest.Members(got) {
		id, _ := m["id"].(string)
		if (m["root"] != nil) != (i == 0) {
			return fmt.Errorf("the member %d of a page is %v", i, m)
		}
		if m["deleted"] != nil {
			if m["name"] != nil {
				return fmt.Errorf("a deleted item has a name: %v", m)
			}
			delete(c.held, id)
			continue
		}
		now := localOf(m)
		if _, known := c.held[now.parent]; !known && quiet && i > 0 {
			return fmt.Errorf("%v is told before the folder that it is in", m)
		}
		c.held[id] = now
	}
	next, more := got["@odata.nextLink"].(string)
	last, _ := got["@odata.deltaLink"].(string)
	u, err := url.Parse(next + last)
	if err != nil {
		return err
	}
	c.link, c.more = strings.TrimPrefix(u.EscapedPath(), "/"+c.c.Version)+"?"+u.RawQuery, more
	return nil
}

// round ends the round that the client is in, and makes another one.
func (c *syncClient) round(quiet bool) error {
	for rounds := 0; rounds < 2; {
		if err := c.page(quiet && rounds > 0); err != nil {
			return err
		}
		if !c.more {
			rounds++
		}
	}
	return nil
}

func localOf(m map[string]any) local {
	text := func(o any, names ...string) string {
		for _, name := range names {
			of, _ := o.(map[string]any)
			o = of[name]
		}
		s, _ := o.(string)
		return s
	}
	size, _ := m["size"].(float64)
	return local{name: text(m, "name"), parent: text(m, "parentReference", "id"), tag: text(m, "eTag"), hash: text(m, "file", "hashes", "quickXorHash"), size: size}
}

// compare holds the copy of the client against the drive.
func (s *syncSim) compare() error {
	want := map[string]local{}
	root, err := s.c.Call("GET", "/me/drive/root", nil, 200)
	if err != nil {
		return err
	}
	want[s.root] = localOf(root)
	for all := []string{s.root}; len(all) > 0; all = all[1:] {
		got, err := s.c.Call("GET", "/me/drive/items/"+all[0]+"/children?$top=999", nil, 200)
		if err != nil {
			return err
		}
		for _, m := range emulatortest.Members(got) {
			id := m["id"].(string)
			if want[id] = localOf(m); m["folder"] != nil {
				all = append(all, id)
			}
		}
	}
	if has, is := slices.Sorted(maps.Keys(s.client.held)), slices.Sorted(maps.Keys(want)); !slices.Equal(has, is) {
		return fmt.Errorf("the client holds %d items, there are %d:\n%v\n%v", len(has), len(is), has, is)
	}
	for id, is := range want {
		if has := s.client.held[id]; has != is {
			return fmt.Errorf("%s is %+v to the client, and %+v", id, has, is)
		}
	}
	return nil
}
