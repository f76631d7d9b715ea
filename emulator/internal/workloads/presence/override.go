package presence

import (
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Members that are stored and never shown.
const (
	// posted marks records that a POST made: PATCH without a key falls back on the
	// newest of them (B-11.41).
	posted = "@posted"
	// live marks records that show the aggregate. A record without it is an override
	// (B-11.42): a POST, a PATCH or a fixture wrote what it shows.
	live = "@live"
)

// sequence counts the changes of a presence (B-11.47). The number of the journal's
// next entry rises over deletes and resets too.
const sequence = "sequenceNumber"

func next(tx *store.Reader) value.Raw {
	return value.Raw(`"` + strconv.FormatInt(tx.Seq()+1, 10) + `"`)
}

// create makes an override (B-11.40) and answers what was sent (B-11.42).
func create(c *workload.Call) (workload.Result, error) {
	if !c.Loading() {
		c.Body.Set(posted, "true")
		c.Body.Set(sequence, next(c.Tx))
	}
	res, err := begin(c)
	if err != nil {
		return res, err
	}
	if err := expires(c, &res.One.Node); err != nil {
		return res, err
	}
	echo(c, &res)
	return res, nil
}

// begin stores an override. What only shows the sessions of a user is none yet, and
// becomes it.
func begin(c *workload.Call) (workload.Result, error) {
	id := c.Body.Text("id")
	if id == "" || c.Self.Ref == workload.NoRef {
		return c.Next()
	}
	if _, ok := c.Tx.Find(c.Self.Ref, "presences", id); !ok {
		return c.Next()
	}
	n, err := c.System.Member(c, &c.Self, "presences", id)
	if err != nil || !isLive(&n) {
		return c.Next()
	}
	c.Body.Delete("id")
	n.Home.Key = n.Text("id") // whatever the letter case it was asked in
	c.Body.Set(live, "false")
	err = c.System.Write(c, &n, c.Body)
	return workload.Result{One: &workload.Entity{Node: n}, Created: true}, err
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
	c.Body.Set(sequence, next(c.Tx))
	if isLive(&c.Self) {
		c.Body.Set(live, "false")
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	if err := expires(c, &res.One.Node); err != nil {
		return res, err
	}
	echo(c, &res)
	res.Status = 200
	return res, nil
}

// expires waits for the end of a status message that was written as a member.
func expires(c *workload.Call, n *workload.Node) error {
	if _, ok := c.Body.Get("statusMessage"); !ok {
		return nil
	}
	settled := *n // the answer holds what was sent
	return settle(c, &settled, false)
}

func isLive(n *workload.Node) bool {
	is, _ := n.Get(live)
	return is == "true"
}

// remove drops an override (B-11.42). What a user has besides shows again; a record
// of nobody is gone.
func remove(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || n.Ref == workload.NoRef {
		return c.Next()
	}
	if _, ok := c.Tx.Find(0, "users", n.Text("id")); !ok {
		return c.Next()
	}
	if isLive(n) {
		return workload.Result{}, nil // there is none to drop
	}
	if len(c.Tx.Navs(n.Ref)) == 0 {
		return c.Next()
	}
	return workload.Result{}, settle(c, n, true)
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

// newest is the key of the youngest record that a POST wrote; empty when there is none.
func newest(c *workload.Call) string {
	if c.Self.Ref == workload.NoRef {
		return ""
	}
	for n := c.Tx.Count(c.Self.Ref, "presences") - 1; n >= 0; n-- {
		ref, _ := c.Tx.Skip(c.Self.Ref, "presences", n)
		if e, ok := c.Tx.Get(ref); ok {
			if _, ok := e.Object.Get(posted); ok {
				_, _, key, _ := c.Tx.Owner(ref)
				return key
			}
		}
	}
	return ""
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
		if _, sent := out.Get(m.Name); !sent && !strings.HasPrefix(m.Name, "@") && m.Name != sequence {
			out.Set(m.Name, m.Value)
		}
	}
	one.Members, one.Exact = out, true
}
