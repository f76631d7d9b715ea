package files

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// access is what a caller may do with an item, in rising order.
type access int

const (
	mayNot access = iota
	mayRead
	mayWrite
)

// roleOf is the access that a permission gives.
func roleOf(perm value.Object) access {
	roles, _ := perm.Get("roles")
	most := mayNot
	for role := range roles.Elements() {
		switch name, _ := role.Text(); strings.ToLower(name) {
		case writing, owning:
			return mayWrite
		case reading:
			most = mayRead
		}
	}
	return most
}

// reaches reports whether a permission reaches a caller: by name, as a member of a group, or by
// a link that the caller has followed.
func reaches(tx *store.Reader, perm store.Ref, who *workload.Caller) bool {
	self, ok := tx.Find(0, "users", who.User)
	if !ok || who.User == "" {
		return false
	}
	for l := range tx.Referrers(perm) {
		if l.Nav == granted && (l.From == self || tx.Contains(l.From, "members", self)) {
			return true
		}
	}
	return false
}

// accessTo is what a caller may do with an item: as its drive says, and the permissions of the
// item and of the folders above it.
func accessTo(tx *store.Reader, s workload.Switches, who *workload.Caller, n *workload.Node) access {
	if who.AppOnly { // its token says what it may
		return mayWrite
	}
	if n.Ref <= 0 {
		if d := n.Home.Owner; d != nil && d.Type.Is(drive) {
			return accessToDrive(tx, s, who, d.Object)
		}
		return mayNot
	}
	most := mayNot
	for at := n.Ref; ; {
		for ref, e := range tx.Entities(at, permissions, 0, nil) {
			if role := roleOf(e.Object); role > most && reaches(tx, ref, who) {
				most = role
			}
		}
		from, nav, _, ok := tx.Owner(at)
		switch {
		case !ok:
			return mayNot
		case nav == rootName, nav == recycled:
			e, _ := tx.Get(from)
			return max(most, accessToDrive(tx, s, who, e.Object))
		case nav != children:
			return mayNot
		}
		at = from
	}
}

// accessToDrive is what a caller may do with all items of a drive: with the own one, with that
// of a group as its member, and with the library of any other site (B-14.145).
func accessToDrive(tx *store.Reader, s workload.Switches, who *workload.Caller, d value.Object) access {
	if who.AppOnly {
		return mayWrite
	}
	o, ok := ownerOf(tx, s, text(d, "id"))
	if !ok { // of a tenant file
		whose, _ := d.Get("owner")
		user, _ := whose.Members().Get("user")
		if id := user.Members().Text("id"); id != "" && !strings.EqualFold(id, who.User) {
			return mayNot
		}
		return mayWrite
	}
	if o.kind == business {
		if strings.EqualFold(text(o.of, "id"), who.User) {
			return mayWrite
		}
		return mayNot
	}
	if _, is := o.group(); is {
		self, ok := tx.Find(0, "users", who.User)
		if !ok || !tx.Contains(o.ref, "members", self) && !tx.Contains(o.ref, "owners", self) {
			return mayNot
		}
	}
	return mayWrite
}

// accessBy is what a caller may do with the item of a share: as everywhere, or as the link
// says that is for everybody of the tenant.
func accessBy(tx *store.Reader, s workload.Switches, who *workload.Caller, sh *share) access {
	most := accessTo(tx, s, who, &sh.item)
	if sh.link == 0 {
		return most
	}
	e, _ := tx.Get(sh.link)
	link, _ := e.Object.Get("link")
	if link.Members().Text("scope") == forUsers {
		return most
	}
	return max(most, roleOf(e.Object))
}

// guardDrive lets those see a drive and its lists of items that may read all that is in it.
func guardDrive(c *workload.Call, n *workload.Node, writes bool) error {
	return judge(accessToDrive(c.Tx, c.System.Switches(), &c.Caller, n.Object), c, writes)
}

// guardItem lets a caller do with an item, and with what it contains, what its permissions say
// (B-14.145).
func guardItem(c *workload.Call, n *workload.Node, writes bool) error {
	s := c.System.Switches()
	may := accessTo(c.Tx, s, &c.Caller, n)
	for o := n.Home.Owner; o != nil && may < mayWrite; o = o.Home.Owner {
		if o.Type == nil || !o.Type.Is(shared) {
			continue
		}
		if perm, err := c.System.Member(c, o, "permission", ""); err == nil && perm.Exists {
			link, _ := perm.Get("link")
			if link.Members().Text("scope") != forUsers {
				may = max(may, roleOf(perm.Object))
			}
		}
	}
	return judge(may, c, writes)
}

func judge(may access, c *workload.Call, writes bool) error {
	switch name, _ := c.Verb.Invoked(); {
	case may == mayNot:
		return &grapherr.Error{Status: 404, Code: "itemNotFound", Message: "The resource could not be found."}
	case !writes, may == mayWrite, name == "follow", name == "unfollow", name == "preview": // a reader may follow
		return nil
	}
	return &grapherr.Error{Status: 403, Code: "accessDenied", Message: "Access denied"}
}
