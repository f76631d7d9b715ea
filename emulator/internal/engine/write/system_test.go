package write_test

import (
	"errors"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const (
	user  = "microsoft.graph.user"
	group = "microsoft.graph.group"

	ida  = `{"displayName":"Ida","accountEnabled":true,"mailNickname":"ida","userPrincipalName":"ida@northgale.test","passwordProfile":{"password":"x"}}`
	crew = `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew","securityEnabled":true}`
)

// find is the Ref of an entity of a set.
func find(t *testing.T, w *enginetest.World, set, id string) (ref store.Ref) {
	t.Helper()
	if err := w.Store.View(func(tx *store.Tx) error { ref, _ = tx.Find(0, set, id); return nil }); err != nil {
		t.Fatal(err)
	}
	return ref
}

// Two rules that delete each other's entities end, and both entities are gone. Each rule
// runs once.
func TestDeleteEnds(t *testing.T) {
	ran := map[string]int{}
	other := func(set string) workload.Func {
		return func(c *workload.Call) (workload.Result, error) {
			ran[set]++
			for ref := range c.Tx.Members(0, set, 0) {
				if err := c.System.Delete(c, ref); err != nil {
					return workload.Result{}, err
				}
			}
			return c.Next()
		}
	}
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Rules: []workload.Rule{
		{Type: user, Verb: bind.Delete, Do: other("groups")}, {Type: group, Verb: bind.Delete, Do: other("users")}}})
	u, g := w.Create("/users", ida), w.Create("/groups", crew)
	w.Must("DELETE", "/users/"+u, "")
	if find(t, w, "users", u) != 0 || find(t, w, "groups", g) != 0 {
		t.Error("an entity is left")
	}
	if ran["groups"] != 1 || ran["users"] != 1 {
		t.Errorf("the rules ran %v times", ran)
	}
}

// What a rule deletes with an error in the end is there as before.
func TestDeleteIsUndone(t *testing.T) {
	refuse := errors.New("no")
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Rules: []workload.Rule{{Type: user, Verb: bind.Delete, Do: func(c *workload.Call) (workload.Result, error) {
		for ref := range c.Tx.Members(0, "groups", 0) {
			if err := c.System.Delete(c, ref); err != nil {
				return workload.Result{}, err
			}
		}
		return workload.Result{}, refuse
	}}}})
	u, g := w.Create("/users", ida), w.Create("/groups", crew)
	if _, err := w.Do("DELETE", "/users/"+u, ""); err == nil {
		t.Error("the rule refuses, and the delete succeeds")
	}
	if find(t, w, "groups", g) == 0 {
		t.Error("the group is gone")
	}
}

// Purge passes by the rule on Delete of the type, which Delete does not.
func TestPurge(t *testing.T) {
	kept := workload.Rule{Type: group, Verb: bind.Delete, Do: func(*workload.Call) (workload.Result, error) { return workload.Result{}, nil }}
	for name, want := range map[string]bool{"Delete": true, "Purge": false} {
		w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Rules: []workload.Rule{kept, {Type: user, Verb: bind.Delete, Do: func(c *workload.Call) (workload.Result, error) {
			for ref := range c.Tx.Members(0, "groups", 0) {
				if name == "Purge" {
					return workload.Result{}, c.System.Purge(c, &workload.Node{Ref: ref, Exists: true})
				}
				return workload.Result{}, c.System.Delete(c, ref)
			}
			return c.Next()
		}}}})
		u, g := w.Create("/users", ida), w.Create("/groups", crew)
		w.Must("DELETE", "/users/"+u, "")
		if got := find(t, w, "groups", g) != 0; got != want {
			t.Errorf("%s: the group is there %v, want %v", name, got, want)
		}
	}
}

// Link goes through the rule of the navigation and replaces the member of a single-valued
// one; Unlink of what is not there is no error.
func TestLink(t *testing.T) {
	refuse := errors.New("no")
	var do func(c *workload.Call, first, second store.Ref) error
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w",
		LinkRules: []workload.LinkRule{{Type: group, Nav: "owners", Link: func(*workload.Call, *workload.Node, *workload.Node) error { return refuse }}},
		Rules: []workload.Rule{{Type: group, Verb: bind.Update, Do: func(c *workload.Call) (workload.Result, error) {
			var refs []store.Ref
			for ref := range c.Tx.Members(0, "users", 0) {
				refs = append(refs, ref)
			}
			return workload.Result{}, do(c, refs[0], refs[1])
		}}}})
	w.Create("/users", ida)
	w.Create("/users", ida)
	g := w.Create("/groups", crew)
	for _, tt := range []struct {
		name string
		do   func(c *workload.Call, first, second store.Ref) error
		want error
	}{
		{"the rule refuses", func(c *workload.Call, first, _ store.Ref) error { return c.System.Link(c, &c.Self, "owners", first) }, refuse},
		{"twice is once", func(c *workload.Call, first, _ store.Ref) error {
			for range 2 {
				if err := c.System.Link(c, &c.Self, "members", first); err != nil {
					return err
				}
			}
			if n := c.Tx.Count(c.Self.Ref, "members"); n != 1 {
				t.Errorf("%d members", n)
			}
			return nil
		}, nil},
		{"what is not linked", func(c *workload.Call, _, second store.Ref) error {
			return c.System.Unlink(c, &c.Self, "members", second)
		}, nil},
		{"the second replaces the first", func(c *workload.Call, first, second store.Ref) error {
			for _, ref := range [...]store.Ref{first, second} {
				if err := c.System.Link(c, &c.Self, "createdOnBehalfOf", ref); err != nil {
					return err
				}
			}
			if one, _ := c.Tx.One(c.Self.Ref, "createdOnBehalfOf"); one != second || c.Tx.Count(c.Self.Ref, "createdOnBehalfOf") != 1 {
				t.Errorf("it refers to %d, want %d alone", one, second)
			}
			return nil
		}, nil},
	} {
		do = tt.do
		if _, err := w.Do("PATCH", "/groups/"+g, `{"displayName":"x"}`); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
