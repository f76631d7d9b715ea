package store

import (
	"errors"
	"testing"
)

func TestSetOne(t *testing.T) {
	s := New(Options{Seed: 1})
	must(t, s, func(tx *Tx) error {
		var refs []Ref
		for _, k := range []string{"a", "b", "c"} {
			r, _ := tx.Add(0, "users", k, object(s, k))
			refs = append(refs, r)
		}
		for _, to := range []Ref{refs[1], refs[2], refs[2], 0} {
			if err := tx.SetOne(refs[0], "manager", to); err != nil {
				return err
			}
			if r, ok := tx.One(refs[0], "manager"); r != to || ok != (to != 0) || tx.Count(refs[0], "manager") > 1 {
				t.Errorf("the manager is %d, not %d", r, to)
			}
		}
		return nil
	})
	expect(t, journalled(s, 3), `
1 linked 2 1.manager "b" {"name":"b"}
2 unlinked 2 1.manager "b"
3 linked 3 1.manager "c" {"name":"c"}
4 unlinked 3 1.manager "c"`)
}

// TestSetOneHidden: a link that is out of sight goes when another is made in its place.
func TestSetOneHidden(t *testing.T) {
	s := New(Options{Seed: 1})
	must(t, s, func(tx *Tx) error {
		a, _ := tx.Add(0, "users", "a", object(s, "a"))
		b, _ := tx.Add(0, "users", "b", object(s, "b"))
		if err := errors.Join(tx.SetOne(a, "manager", b), tx.Link(a, "friends", b), tx.Detach(b, 0, "bin")); err != nil {
			return err
		}
		if list := tx.Hidden(a); len(list) != 2 || list[0] != (Link{a, "friends", b}) || list[1] != (Link{a, "manager", b}) || len(tx.Hidden(b)) > 0 {
			t.Errorf("hidden are %v and %v", list, tx.Hidden(b))
		}
		if err := errors.Join(tx.SetOne(a, "manager", a), tx.Attach(b)); err != nil {
			return err
		}
		if tx.Linked(a, "manager", b) || !tx.Linked(a, "manager", a) || !tx.Linked(a, "friends", b) || len(tx.Hidden(a)) > 0 {
			t.Error("the old link is back, or another went with it")
		}
		return nil
	})
}
