package provision_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Built-in entities are there when a request first comes to their collection, once; what is
// deleted of them does not come back.
func TestBuiltins(t *testing.T) {
	made := 0
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Builtins: []workload.Builtin{
		{Place: "groups", Type: "microsoft.graph.group", Entities: func() []value.Members {
			made++
			return []value.Members{value.Texts("id", "g1", "displayName", "All"), value.Texts("id", "g2", "displayName", "Crew")}
		}},
		{Place: "mailFolders", Of: "microsoft.graph.user", Type: "microsoft.graph.mailFolder", Entities: func() []value.Members {
			return []value.Members{value.Texts("id", "inbox", "displayName", "Inbox")}
		}},
	}})
	stored := func(nav string) (n int) {
		w.Store.View(func(tx *store.Tx) error { n = tx.Count(0, nav); return nil })
		return n
	}
	user := w.Create("/users", `{"displayName":"Ida"}`)
	if n := stored("groups"); n != 0 || made != 0 {
		t.Errorf("%d groups are stored before anybody asks, made %d times", n, made)
	}
	if n := len(w.Must("GET", "/groups", "").List); n != 2 {
		t.Errorf("%d groups", n)
	}
	w.Must("DELETE", "/groups/g1", "")
	w.Must("GET", "/groups/g2", "")
	if n := len(w.Must("GET", "/groups", "").List); n != 1 || made != 1 {
		t.Errorf("%d groups after a delete, made %d times", n, made)
	}
	for range 2 {
		if n := len(w.Must("GET", "/users/"+user+"/mailFolders", "").List); n != 1 {
			t.Errorf("the mailbox has %d folders", n)
		}
	}
	w.Must("DELETE", "/users/"+user+"/mailFolders/inbox", "")
	if n := len(w.Must("GET", "/users/"+user+"/mailFolders", "").List); n != 0 {
		t.Errorf("a deleted folder comes back: %d", n)
	}
}
