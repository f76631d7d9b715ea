package files

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	drive     edm.Name = "microsoft.graph.drive"
	driveItem edm.Name = "microsoft.graph.driveItem"

	business = "business"        // the drive of a user
	library  = "documentLibrary" // of a site

	total = 1 << 40 // bytes that a drive holds (B-14.6)
)

// Who has a drive.
const (
	holders  = "files.drive" // B-14.9
	licensed = "licensed"
)

// owner is whom a library belongs to.
type owner struct {
	ids  sharepoint.IDs
	kind string       // of its drive
	ref  store.Ref    // the user, the group or the stored site; 0: the tenant
	of   value.Object // what it shows
	list value.Object // of a library that somebody made
	main bool         // the default library
}

// ownerOf is whom the drive with an id belongs to; false: there is no such drive.
func ownerOf(tx *store.Reader, s workload.Switches, id string) (owner, bool) {
	ids, ok := sharepoint.ReadDrive(id)
	if !ok {
		return owner{}, false
	}
	whose := sharepoint.Owner(ids.Collection)
	o := owner{ids: ids, kind: library, main: ids == sharepoint.Of(whose)}
	if ref, e, ok := byID(tx, "users", whose); ok && o.main {
		o.kind, o.ref, o.of = business, ref, e.Object
		return o, s[holders] != licensed || hasPlan(tx, e.Object)
	}
	if ref, e, ok := byID(tx, "groups", whose); ok && isUnified(e.Object) {
		o.ref, o.of = ref, e.Object
	}
	if o.ref == 0 && whose != sharepoint.TenantOwner(tx) {
		ref, e, ok := siteByIDs(tx, s, ids)
		if !ok {
			return o, false
		}
		o.ref, o.of = ref, e.Object
	}
	if o.main {
		return o, true
	}
	site, _, ok := siteByIDs(tx, s, ids)
	if !ok {
		return o, false
	}
	list, ok := tx.Find(site, "lists", ids.List)
	if !ok {
		return o, false
	}
	e, _ := tx.Get(list)
	o.list = e.Object
	info, _ := e.Object.Get("list")
	return o, info.Members().Text("template") == library
}

// siteByIDs finds a stored site. One that a tenant file made may have an id of another form.
func siteByIDs(tx *store.Reader, s workload.Switches, ids sharepoint.IDs) (store.Ref, store.Entity, bool) {
	if ref, e, ok := byID(tx, "sites", ids.Site(sharepoint.HostsOf(tx, s).Sites)); ok {
		return ref, e, ok
	}
	return byID(tx, "sites", sharepoint.Owner(ids.Collection))
}

func byID(tx *store.Reader, set, id string) (store.Ref, store.Entity, bool) {
	ref, ok := tx.Find(0, set, id)
	if !ok {
		return 0, store.Entity{}, false
	}
	e, ok := tx.Get(ref)
	return ref, e, ok
}

func isUnified(group value.Object) bool {
	kinds, _ := group.Get("groupTypes")
	for kind := range kinds.Elements() {
		if kind == `"Unified"` {
			return true
		}
	}
	return false
}

// hasPlan reports whether a user has a plan of SharePoint.
func hasPlan(tx *store.Reader, user value.Object) bool {
	return workload.HasPlan(tx, user, "SharePoint", func(plan string) bool { return strings.HasPrefix(plan, "SHAREPOINT") })
}

// driveByID finds a drive by its id: one that is stored, or one that everybody finds there.
func driveByID(s workload.Scope, _ *workload.Node, id string) (workload.Item, bool) {
	if ref, ok := s.Tx.Find(0, "drives", id); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	o, ok := ownerOf(s.Tx, s.Switches, id)
	if !ok {
		return workload.Item{}, false
	}
	root := s.Model.Root()
	nav, ok := root.Navigation("drives")
	return workload.Item{At: 1, Ref: workload.NoRef, Home: &workload.Home{Owner: &workload.Node{Type: root, Exists: true}, Nav: nav, Key: id},
		Object: s.Shapes.Object(string(drive), value.Members{{Name: "id", Value: value.String(id)}, {Name: "driveType", Value: value.String(o.kind)}, {Name: "createdDateTime", Value: o.since()}, {Name: "lastModifiedDateTime", Value: o.since()}})}, ok
}

// driveOf finds the drive of a user, a group or a site (B-14.1, B-14.3, B-14.4).
func driveOf(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
	ids, ok := idsOf(n)
	if !ok {
		return workload.Item{}, false
	}
	if item, ok := linkedDrive(s, n, key); ok {
		return item, true
	}
	id := ids.Drive()
	if key != "" && key != id {
		if !n.Type.Is(site) {
			return workload.Item{}, false
		}
		if other, ok := sharepoint.ReadDrive(key); !ok || other.Collection != ids.Collection || other.Web != ids.Web {
			return workload.Item{}, false
		}
		id = key
	}
	return driveByID(s, nil, id)
}

// linkedDrive finds a drive that a tenant file has given to a user, a group or a site.
func linkedDrive(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
	if n.Ref <= 0 {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.One(n.Ref, "drive")
	if key != "" {
		ref, ok = s.Tx.Find(0, "drives", key)
		ok = ok && s.Tx.Contains(n.Ref, "drives", ref)
	}
	return workload.Item{At: 1, Ref: ref}, ok
}

const site edm.Name = "microsoft.graph.site"

// idsOf are those of the site and the default library of a user, a group or a site.
func idsOf(n *workload.Node) (sharepoint.IDs, bool) {
	id := n.Text("id")
	switch {
	case !n.Exists:
		return sharepoint.IDs{}, false
	case n.Type.Is(workload.User):
		return sharepoint.Of(id), true
	case n.Type.Is(site):
		return sharepoint.OfSite(id), true
	}
	return sharepoint.Of(id), isUnified(n.Object)
}

// drivesOf lists the drives of a user, a group or a site: the default one, and the libraries
// that a site has besides.
func drivesOf(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		item, ok := driveOf(s, n, "")
		item.At = 1
		if ok && after < 1 && !yield(item) || !n.Type.Is(site) || n.Ref <= 0 {
			return
		}
		ids, _ := idsOf(n)
		for ref := range s.Tx.Members(n.Ref, "lists", 0) {
			_, _, key, _ := s.Tx.Owner(ref)
			ids.List = key
			if item, ok := driveByID(s, nil, ids.Drive()); ok && key != sharepoint.Of(sharepoint.Owner(ids.Collection)).List {
				if item.At = ref + 1; item.At > after && !yield(item) {
					return
				}
			}
		}
	}
}

// drives lists the libraries of the root site (B-14.10), and the drives that a tenant file or a
// POST made, which no other list shows.
func drives(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if item, ok := driveByID(s, n, sharepoint.Of(sharepoint.TenantOwner(s.Tx)).Drive()); ok && after < 1 {
			if item.At = 1; !yield(item) {
				return
			}
		}
		for ref := range s.Tx.Members(0, "drives", 0) {
			_, _, id, _ := s.Tx.Owner(ref)
			ids, of := sharepoint.ReadDrive(id)
			if of && sharepoint.Owner(ids.Collection) != sharepoint.TenantOwner(s.Tx) || ids == sharepoint.Of(sharepoint.TenantOwner(s.Tx)) {
				continue
			}
			if ref+1 > after && !yield(workload.Item{At: ref + 1, Ref: ref}) {
				return
			}
		}
	}
}

// readDrive shows what follows from whom the drive belongs to (B-14.2), and its quota (B-14.6,
// B-14.7).
func readDrive(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	n := &res.One.Node
	var m value.Members
	set := func(name string, v value.Raw) {
		if _, has := n.Get(name); !has {
			m.Set(name, v)
		}
	}
	id, s := n.Text("id"), c.System.Switches()
	o, known := ownerOf(c.Tx, s, id)
	if known {
		at := address(c.Tx, s, &o)
		created := o.since()
		whose := value.Members{{Name: "user", Value: identityOf(o.of, "email")}}
		switch name := o.title(); {
		case o.kind == business:
			set("name", `"OneDrive"`)
		default:
			set("name", value.String(name))
			if group, ok := o.group(); ok {
				whose = value.Members{{Name: "group", Value: identityOf(group, "email")}}
			} else {
				whose = value.Members{{Name: "user", Value: `{"displayName":"System Account"}`}}
			}
		}
		set("webUrl", value.String(at))
		set("createdDateTime", created)
		set("lastModifiedDateTime", created)
		set("owner", whose.Object())
		set("createdBy", whose.Object())
		set("lastModifiedBy", whose.Object())
	}
	m.Set("quota", quota(n))
	res.One.Show(m...)
	return res, nil
}

// quota is that of a drive: what it stores, and what follows from it.
func quota(n *workload.Node) value.Raw {
	stored, _ := n.Get("quota")
	m := stored.Members()
	number := func(name string, otherwise int64) int64 {
		raw, _ := m.Get(name)
		if n, ok := raw.Int(); ok {
			return n
		}
		return otherwise
	}
	all, used, deleted := number("total", total), number("used", 0), number("deleted", 0)
	left := max(all-used-deleted, 0)
	state := "normal"
	switch {
	case left == 0:
		state = "exceeded"
	case left < all/100:
		state = "critical"
	case left < all/10:
		state = "nearing"
	}
	return value.Members{{Name: "deleted", Value: value.Int(deleted)}, {Name: "remaining", Value: value.Int(left)}, {Name: "state", Value: value.String(state)},
		{Name: "total", Value: value.Int(all)}, {Name: "used", Value: value.Int(used)}}.Object()
}

// charge adds to what a drive has used, and to what lies in its recycle bin. What would
// not fit any more is refused (B-14.149).
func charge(c *workload.Call, ref store.Ref, used, deleted int64) error {
	if used == 0 && deleted == 0 {
		return nil
	}
	n, ok := nodeOf(c, ref, drive)
	if !ok {
		return nil
	}
	stored, _ := n.Get("quota")
	m := stored.Members()
	add := func(name string, by int64) int64 {
		raw, _ := m.Get(name)
		was, _ := raw.Int()
		now := max(was+by, 0)
		m.Set(name, value.Int(now))
		return now
	}
	now := add("used", used) + add("deleted", deleted)
	raw, _ := m.Get("total")
	all, ok := raw.Int()
	if !ok {
		all = total
	}
	if used > 0 && now > all {
		return grapherr.NoSpace()
	}
	return c.System.Write(c, &n, value.Members{{Name: "quota", Value: m.Object()}})
}

// refuseDrive says of a user why there is no drive (B-14.9).
func refuseDrive(s workload.Scope, n *workload.Node) error {
	if n.Exists && n.Type.Is(workload.User) && s.Switches[holders] == licensed && !hasPlan(s.Tx, n.Object) {
		return &grapherr.Error{Status: 404, Code: "ResourceNotFound", Message: "User's mysite not found."}
	}
	return nil
}
