// Package presence holds what is particular to presence: every user has one
// without anybody creating it, and the two calls on /communications/presences
// write an override that replaces it.
package presence

import (
	_ "embed"
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits []byte

const (
	typ  edm.Name = "microsoft.graph.presence"
	user edm.Name = "microsoft.graph.user"
	set  edm.Name = "microsoft.graph.cloudCommunications"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "presence",
		Traits: traits,
		Rules: []workload.Rule{
			{Type: typ, Verb: bind.Create, Do: create},
			{Type: typ, Verb: bind.Update, Do: update},
			{Type: typ, Verb: bind.Read, Computes: []string{"availability", "activity"}, Do: read},
		},
		Views: []workload.View{
			{Type: set, Nav: "presences", Members: members, Find: find},
			{Type: user, Nav: "presence", Find: ofUser},
		},
		Errors: grapherr.Dialect{
			grapherr.CaseNotFound: {Code: "NotFound"},
		},
	}
}

// posted marks records that a POST made: PATCH without a key falls back on the
// newest of them (B-11.41). It is stored and never shown.
const posted = "@posted"

// create makes an override (B-11.40) and answers what was sent (B-11.42).
func create(c *workload.Call) (workload.Result, error) {
	if !c.Loading {
		c.Body.Set(posted, "true")
	}
	res, err := c.Next()
	if err == nil {
		echo(c, &res)
	}
	return res, err
}

// update merges into an override. On the collection it finds out whose: the one
// the body names, the caller's, the newest made by POST, or a new one (B-11.41).
func update(c *workload.Call) (workload.Result, error) {
	if c.Nav != nil {
		n, err := meant(c)
		if err != nil {
			return workload.Result{}, err
		}
		c.Self, c.Nav = n, nil
	}
	res, err := c.Next()
	if err == nil {
		echo(c, &res)
		res.Status = 200
	}
	return res, err
}

func meant(c *workload.Call) (workload.Node, error) {
	key := ""
	if raw, ok := c.Body.Get("id"); ok {
		key, _ = raw.Text()
	}
	if key == "" {
		key = c.Caller.User
	}
	if key == "" {
		key = newest(c)
	}
	if key != "" {
		return c.System.Member(c, &c.Self, "presences", key)
	}
	key = c.Tx.NewGUID()
	owner := c.Self
	return workload.Node{Ref: workload.NoRef, Type: c.Target.Type, Exists: true,
		Home: workload.Home{Owner: &owner, Nav: c.Nav, Key: key}}, nil
}

// newest is the key of the record that a POST made last; empty when there is none.
func newest(c *workload.Call) (key string) {
	if c.Self.Ref == workload.NoRef {
		return ""
	}
	for ref := range c.Tx.Members(c.Self.Ref, "presences", 0) {
		if e, ok := c.Tx.Get(ref); ok {
			if _, ok := e.Object.Get(posted); ok {
				_, _, key, _ = c.Tx.Owner(ref)
			}
		}
	}
	return key
}

// echo shows the members written so far, control information as the client sent
// it, and the id; nothing else (B-11.42).
func echo(c *workload.Call, res *workload.Result) {
	one := res.One
	out := make(value.Members, 0, len(c.Sent)+one.Object.Len())
	if t, ok := c.Sent.Get("@odata.type"); ok {
		out.Set("@odata.type", t)
	}
	if id, ok := one.Object.Get("id"); ok {
		out.Set("id", id)
	}
	for _, m := range c.Sent {
		if m.Name != "id" {
			out.Set(m.Name, m.Value)
		}
	}
	for _, m := range one.Object.Members() {
		if _, sent := out.Get(m.Name); !sent && m.Name[0] != '@' {
			out.Set(m.Name, m.Value)
		}
	}
	one.Members, one.Exact = out, true
}

// read shows Offline where nothing is known (B-11.6).
func read(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	_, a := res.One.Object.Get("availability")
	_, b := res.One.Object.Get("activity")
	if a && b {
		return res, nil
	}
	m := res.One.Object.Members()
	if !a {
		m.Set("availability", offline)
	}
	if !b {
		m.Set("activity", offline)
	}
	res.One.Members = m
	return res, nil
}

const offline value.Raw = `"Offline"`

// members lists the presence of every user, and the records that belong to none
// (B-11.10). A user's stands at the place of the user.
func members(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	users := s.Tx.Members(0, "users", after)
	records := func(func(store.Ref) bool) {}
	if owner.Ref != workload.NoRef {
		records = s.Tx.Members(owner.Ref, "presences", after)
	}
	return func(yield func(workload.Item) bool) {
		for ref := range workload.Rising(users, records) {
			from, _, key, _ := s.Tx.Owner(ref)
			item := workload.Item{At: ref, Ref: ref}
			if from == 0 { // a user
				item, _ = find(s, owner, key)
				item.At = ref
			} else if _, ok := s.Tx.Find(0, "users", key); ok {
				continue // listed with its user
			}
			if !yield(item) {
				return
			}
		}
	}
}

// find gives a record, or the presence that a user without one has.
func find(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref != workload.NoRef {
		if ref, ok := s.Tx.Find(owner.Ref, "presences", key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	ref, ok := s.Tx.Find(0, "users", key)
	if !ok {
		return workload.Item{}, false
	}
	_, _, id, _ := s.Tx.Owner(ref)
	nav, _ := owner.Type.Navigation("presences")
	return workload.Item{At: ref, Ref: workload.NoRef, Object: s.Shapes.Object(string(typ), value.Members{{Name: "id", Value: value.String(id)}}),
		Home: &workload.Home{Owner: owner, Nav: nav, Key: id}}, true
}

// ofUser leads from a user to the same presence: there is one, on three roads (B-11.6).
func ofUser(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	root := &workload.Node{Type: s.Model.Root(), Exists: true}
	nav, ok := root.Type.Navigation("communications")
	if !ok || owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	at := &workload.Node{Ref: workload.NoRef, Type: nav.Target(), Exists: true, Home: workload.Home{Owner: root, Nav: nav}}
	if ref, ok := s.Tx.One(0, "communications"); ok {
		at.Ref = ref
	}
	_, _, key, _ := s.Tx.Owner(owner.Ref)
	item, ok := find(s, at, key)
	if ok && item.Home == nil {
		members, _ := at.Type.Navigation("presences")
		item.Home = &workload.Home{Owner: at, Nav: members, Key: key}
	}
	return item, ok
}
