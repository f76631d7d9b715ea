package files

import (
	"encoding/base64"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const permission edm.Name = "microsoft.graph.permission"

const (
	permissions = "permissions"
	// granted leads from a user or a group to the permissions that reach them. It is how
	// what is shared with somebody is found without a walk over items.
	granted = "$granted"

	reading = "read"
	writing = "write"
	owning  = "owner"

	// inherited is the place of the first permission that an item has from elsewhere: behind
	// all of its own.
	inherited store.Ref = 1 << 48
)

// permissionsOf lists the permissions of an item: its own, those of the folders above, and
// those of the drive (B-14.138).
func permissionsOf(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		all := !s.Caller.Enforced || accessTo(s.Tx, s.Switches, &s.Caller, n) == mayWrite
		shows := func(ref store.Ref) bool { return all || reaches(s.Tx, ref, &s.Caller) }
		if n.Ref > 0 {
			for ref := range s.Tx.Members(n.Ref, permissions, after) {
				if shows(ref) && !yield(workload.Item{At: ref, Ref: ref}) {
					return
				}
			}
		}
		at := inherited
		for ref, o := range fromAbove(s, n) {
			at++
			if (all || ref > 0 && shows(ref)) && at > after && !yield(workload.Item{At: at, Ref: workload.NoRef, Object: o}) {
				return
			}
		}
	}
}

// permissionByID finds one of them.
func permissionByID(s workload.Scope, n *workload.Node, id string) (workload.Item, bool) {
	if n.Ref > 0 {
		if ref, ok := s.Tx.Find(n.Ref, permissions, id); ok {
			if e, _ := s.Tx.Get(ref); text(e.Object, "id") == id {
				return workload.Item{At: ref, Ref: ref}, true
			}
		}
	}
	at := inherited
	for _, o := range fromAbove(s, n) {
		at++
		if text(o, "id") == id {
			return workload.Item{At: at, Ref: workload.NoRef, Object: o}, true
		}
	}
	return workload.Item{}, false
}

// fromAbove walks the permissions that an item inherits, with those of a drive that nobody
// made under the number 0.
func fromAbove(s workload.Scope, n *workload.Node) iter.Seq2[store.Ref, value.Object] {
	return func(yield func(store.Ref, value.Object) bool) {
		id := ""
		switch at := n.Ref; {
		case at > 0:
			for {
				from, nav, _, ok := s.Tx.Owner(at)
				if !ok || nav != children && nav != rootName {
					return
				}
				if nav == rootName {
					e, _ := s.Tx.Get(from)
					id = text(e.Object, "id")
					break
				}
				for ref, e := range s.Tx.Entities(from, permissions, 0, nil) {
					m := e.Object.Members()
					m.Set("inheritedFrom", "{}")
					if !yield(ref, s.Shapes.Object(string(permission), m)) {
						return
					}
				}
				at = from
			}
		case n.Home.Owner != nil && n.Home.Owner.Type.Is(drive):
			id = n.Home.Owner.Text("id")
		}
		o, ok := ownerOf(s.Tx, s.Switches, id)
		if !ok {
			return
		}
		for _, m := range ofDrive(s.Tx, &o) {
			if !isRoot(n) {
				m.Set("inheritedFrom", "{}")
			}
			if !yield(0, s.Shapes.Object(string(permission), m)) {
				return
			}
		}
	}
}

// siteGroups are the groups of every site, with their numbers and what they may do.
var siteGroups = [...][3]string{{"Owners", "3", owning}, {"Members", "5", writing}, {"Visitors", "4", reading}}

// ofDrive are the permissions that a drive has from the start: those of its owner, or of the
// groups of its site (B-14.138).
func ofDrive(tx *store.Reader, o *owner) (out []value.Members) {
	if o.kind == business {
		g := grantee{ref: o.ref, of: o.of}
		m := g.grant()
		m.Set("roles", value.Strings([]string{owning}))
		return append(out, m)
	}
	title := text(o.of, "displayName")
	if o.ref == 0 {
		for _, e := range tx.Entities(0, "organization", 0, nil) {
			title = text(e.Object, "displayName")
		}
	}
	for _, group := range siteGroups {
		name := strings.TrimSpace(title + " " + group[0])
		id := value.String(base64.StdEncoding.EncodeToString([]byte(name)))
		as := value.Members{{Name: "siteGroup", Value: value.Texts("displayName", name, "id", group[1], "loginName", name).Object()}}
		out = append(out, value.Members{{Name: "id", Value: id}, {Name: "roles", Value: value.Strings([]string{group[2]})}, {Name: "shareId", Value: id},
			{Name: "hasPassword", Value: "false"}, {Name: "grantedToV2", Value: as.Object()}})
	}
	return out
}

// readPermission leaves out what a permission has not, and shows the lists of whom a link is
// for, which stand on every link that is read (R-F3, B-14.131).
func readPermission(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil || !ofItem(&res.One.Node) {
		return res, err
	}
	n := &res.One.Node
	e := permissionEntity(*n)
	if link, is := n.Get("link"); is && !link.IsNull() {
		for _, name := range forNames {
			if raw, _ := n.Get(name); raw.IsNull() {
				e.Members.Set(name, "[]")
			}
		}
	}
	res.One.Show(e.Members...)
	return res, nil
}

var (
	forNames = [...]string{"grantedToIdentitiesV2", "grantedToIdentities"}
	absent   = [...]string{"expirationDateTime", "grantedTo", "grantedToIdentities", "grantedToIdentitiesV2", "grantedToV2", "hasPassword", "inheritedFrom", "invitation", "link", "shareId"}
)

// permissionEntity is a permission as the operations answer it that make one: members without
// a value are left out.
func permissionEntity(n workload.Node) *workload.Entity {
	m := n.Object.Members()
	for _, name := range absent {
		if raw, _ := m.Get(name); raw.IsNull() {
			m.Set(name, "")
		}
	}
	return &workload.Entity{Node: n, Members: m}
}

// ofItem reports whether a permission lies in an item of a drive.
func ofItem(n *workload.Node) bool {
	o := n.Home.Owner
	return o != nil && o.Type != nil && (o.Type.Is(driveItem) || o.Type.Is(shared))
}

// refuseInherited refuses to change what an item has from elsewhere (B-14.140).
func refuseInherited(n *workload.Node) error {
	if n.Ref <= 0 {
		return invalid("The permission is inherited. Change it where it is made.")
	}
	return nil
}

// updatePermission gives a grant other roles, and a link another end (B-14.140).
func updatePermission(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || !ofItem(n) {
		return c.Next()
	}
	if err := refuseInherited(n); err != nil {
		return workload.Result{}, err
	}
	m := c.Body.Clone()
	raw, _ := n.Get("link")
	link := raw.Members()
	if _, given := m.Get("roles"); given {
		if len(link) > 0 && link.Text("scope") != forUsers {
			return workload.Result{}, invalid("The roles of a link follow from its type.")
		}
		roles, err := rolesOf(c, m)
		if err != nil {
			return workload.Result{}, err
		}
		m.Set("roles", roles)
	}
	if password, ok := m.Get("password"); ok {
		m.Delete("password")
		text, _ := password.Text()
		m.Set("hasPassword", boolean(text != ""))
	}
	at, ends := m.Get("expirationDateTime")
	until, err := endOf(c, m)
	if err != nil {
		return workload.Result{}, err
	}
	if ends && at == `""` {
		m.Set("expirationDateTime", value.Null)
	}
	c.Body = m
	res, err := c.Next()
	if err == nil && ends {
		err = c.Wake(n, until, workload.Expire)
	}
	return res, err
}

// removePermission takes a grant or a link away.
func removePermission(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && ofItem(&c.Self) {
		if err := refuseInherited(&c.Self); err != nil {
			return workload.Result{}, err
		}
		if c.Self.Home.Owner.Type.Is(shared) {
			return workload.Result{}, c.System.Purge(c, &c.Self)
		}
	}
	return c.Next()
}

// expirePermission takes a permission away when its time is over.
func expirePermission(c *workload.Call) (workload.Result, error) {
	return workload.Result{}, c.System.Purge(c, &c.Self)
}

// rolesOf are the roles that a body asks for.
func rolesOf(c *workload.Call, m value.Members) (value.Raw, error) {
	raw, _ := m.Get("roles")
	var out []string
	for role := range raw.Elements() {
		name, _ := role.Text()
		name, err := oneOf(c, "roles", name, reading, reading, writing, owning)
		if err != nil {
			return "", err
		}
		out = append(out, name)
	}
	if len(out) == 0 {
		return "", invalid("The roles are missing.")
	}
	return value.Strings(out), nil
}

// endOf is when a permission ends that a body describes; zero: never.
func endOf(c *workload.Call, m value.Members) (time.Time, error) {
	text := m.Text("expirationDateTime")
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return at, invalid("The value of expirationDateTime is no time.")
	case !at.After(c.Now()):
		return at, invalid("The value of expirationDateTime is in the past.")
	}
	return at.UTC(), nil
}

func boolean(is bool) value.Raw { return value.Raw(strconv.FormatBool(is)) }

// settlePermission completes a permission of a tenant file: what follows from it, and whom it
// reaches.
func settlePermission(c *workload.Call, _, n *workload.Node) error {
	raw, _ := n.Get("link")
	if url := raw.Members().Text("webUrl"); url != "" && n.Text("shareId") == "" {
		if err := c.System.Write(c, n, value.Members{{Name: "shareId", Value: value.String(tokenOf(url))}}); err != nil {
			return err
		}
	}
	for _, id := range granteeIDs(n) {
		if g, ok := granteeByID(c.Tx, id); ok {
			if err := g.link(c, n); err != nil {
				return err
			}
		}
	}
	if at, err := time.Parse(time.RFC3339, n.Text("expirationDateTime")); err == nil {
		return c.Wake(n, at, workload.Expire)
	}
	return nil
}

// sharedFacet says how widely an item is shared; empty: it has no permissions of its own
// (B-14.34).
func sharedFacet(tx *store.Reader, n *workload.Node) value.Raw {
	if n.Ref <= 0 || tx.Count(n.Ref, permissions) == 0 {
		return ""
	}
	scope := forUsers
	for _, e := range tx.Entities(n.Ref, permissions, 0, nil) {
		link, _ := e.Object.Get("link")
		switch link.Members().Text("scope") {
		case forAnybody:
			scope = forAnybody
		case forTenant:
			if scope == forUsers {
				scope = forTenant
			}
		}
	}
	return value.Texts("scope", scope).Object()
}

// hostOf is the address of the host and the rest of a webUrl.
func hostOf(url string) (host, rest string) {
	name, _ := strings.CutPrefix(url, "https://")
	at := strings.IndexByte(name, '/')
	if at < 0 {
		return url, ""
	}
	return "https://" + name[:at], name[at:]
}

// tokenOf is the sharing token of an address (B-14.142).
func tokenOf(url string) string { return "u!" + base64.RawURLEncoding.EncodeToString([]byte(url)) }
