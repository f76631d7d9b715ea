package emulator

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// What a folder contains leaves the feed with it when it is put out of sight, and
// comes back with it; a folder that moves within the mailbox is told alone. No request
// does this to a folder yet: a workload will.
func TestDeltaOfMovedFolders(t *testing.T) {
	s, err := New(WithRandomSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path, body string) map[string]any {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		out := map[string]any{}
		if err := json.Unmarshal(w.Body.Bytes(), &out); w.Code >= 300 || err != nil {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return out
	}
	names := map[any]string{}
	create := func(path, name string) string {
		id := call("POST", path, `{"displayName":"`+name+`"}`)["id"].(string)
		names[id] = name
		return path + "/" + id
	}
	north := create("/v1.0/me/mailFolders", "north")
	ice := create(north+"/childFolders", "ice")
	create(ice+"/childFolders", "floe")
	south := create("/v1.0/me/mailFolders", "south")
	link := "/v1.0/me/mailFolders/delta?$deltatoken=latest"
	feed := func() string {
		t.Helper()
		got := call("GET", link, "")
		link = strings.TrimPrefix(got["@odata.deltaLink"].(string), "http://example.com")
		var told []string
		for _, v := range got["value"].([]any) {
			m := v.(map[string]any)
			text := names[m["id"]]
			if m["@removed"] != nil {
				text = "-" + text
			}
			told = append(told, text)
		}
		slices.Sort(told)
		return fmt.Sprint(told)
	}
	expect := func(want string) {
		t.Helper()
		if got := feed(); got != want {
			t.Errorf("told %s, want %s", got, want)
		}
	}
	key := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	user, _ := s.world.Store.Scan().Find(0, "users", s.world.SignedIn())
	find := func(tx *store.Tx, owner store.Ref, nav, path string) store.Ref {
		ref, ok := tx.Find(owner, nav, key(path))
		if !ok {
			t.Fatalf("%s is lost", path)
		}
		return ref
	}
	update := func(f func(tx *store.Tx, north store.Ref) error) {
		t.Helper()
		ref := find(s.world.Store.Scan(), user, "mailFolders", north)
		if err := s.world.Store.Update(func(tx *store.Tx) error { return f(tx, ref) }); err != nil {
			t.Fatal(err)
		}
	}
	expect("[]")
	var hidden store.Ref
	update(func(tx *store.Tx, north store.Ref) error { hidden = north; return tx.Detach(north, user, "bin") })
	expect("[-floe -ice -north]")
	if err := s.world.Store.Update(func(tx *store.Tx) error { return tx.Attach(hidden) }); err != nil {
		t.Fatal(err)
	}
	expect("[floe ice north]")
	update(func(tx *store.Tx, north store.Ref) error {
		if err := tx.Detach(north, user, "bin"); err != nil {
			return err
		}
		return tx.Attach(north)
	})
	expect("[floe ice north]") // what was in it might have been told as gone
	update(func(tx *store.Tx, north store.Ref) error {
		return tx.Move(find(tx, north, "childFolders", ice), find(tx, user, "mailFolders", south), "childFolders", key(ice))
	})
	expect("[ice]")
	update(func(tx *store.Tx, north store.Ref) error {
		return tx.Detach(find(tx, user, "mailFolders", south), user, "bin")
	})
	expect("[-floe -ice -south]")
}
