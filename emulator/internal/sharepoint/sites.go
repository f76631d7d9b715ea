package sharepoint

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Types that both workloads name.
const (
	SiteType  edm.Name = "microsoft.graph.site"
	GroupType edm.Name = "microsoft.graph.group"
)

// Kind says whom a site belongs to.
type Kind uint8

// The kinds of sites.
const (
	Made         Kind = iota // somebody made it: it is stored
	Root                     // of the tenant
	Team                     // of a Microsoft 365 group (B-14.157)
	Personal                 // of a user: the site of a OneDrive (B-14.159)
	PersonalRoot             // of the host of OneDrives
)

// Seat is where a site lies, and whose it is.
type Seat struct {
	IDs
	Kind  Kind
	Owner store.Ref // the group or the user; 0: neither
	Host  string
	Path  string // behind the host, escaped: /sites/harbour; empty for the root
}

// ID is the id of the site.
func (s *Seat) ID() string { return s.Site(s.Host) }

// URL is the address of the site.
func (s *Seat) URL() string { return "https://" + s.Host + s.Path }

// ReadSite reads the id of a site: a host and two GUIDs, or the GUIDs alone, or the first of
// them (B-14.154). What is not there is empty; false: it is no such id.
func ReadSite(id string) (host string, ids IDs, ok bool) {
	parts := strings.Split(strings.ToLower(id), ",")
	if len(parts) == 3 {
		host, parts = parts[0], parts[1:]
	}
	if len(parts) > 2 || !isGUID(parts[0]) || len(parts) == 2 && !isGUID(parts[1]) {
		return "", IDs{}, false
	}
	ids.Collection = parts[0]
	if len(parts) == 2 {
		ids.Web = parts[1]
	}
	return host, ids, true
}

// IDsOf are the GUIDs of a site and its default library by the site's id, of whatever form.
func IDsOf(site string) IDs {
	_, ids, ok := ReadSite(site)
	if !ok {
		return Of(site)
	}
	top := Of(Owner(ids.Collection))
	if ids.Web == "" || ids.Web == top.Web {
		return top
	}
	ids.List = salted(ids.Web, 2) // of a subsite
	return ids
}

// personalRoot is the owner of the site at the root of the host of OneDrives.
func personalRoot(tenant string) string { return value.NamedGUID("personal " + tenant) }

// SeatOf finds the site that belongs to a user, a group or the tenant by the owner's id; false:
// nobody of that id has one.
func SeatOf(tx *store.Reader, s workload.Switches, owner string) (Seat, bool) {
	hosts, tenant := HostsOf(tx, s), TenantOwner(tx)
	seat := Seat{IDs: Of(owner), Host: hosts.Sites}
	switch {
	case strings.EqualFold(owner, tenant):
		seat.Kind = Root
		return seat, true
	case strings.EqualFold(owner, personalRoot(tenant)):
		seat.Kind, seat.Host = PersonalRoot, hosts.Personal
		return seat, true
	}
	if ref, ok := tx.Find(0, "groups", owner); ok {
		e, _ := tx.Get(ref)
		seat.Kind, seat.Owner, seat.Path = Team, ref, "/sites/"+EscapePath(text(e.Object, "mailNickname"))
		return seat, Unified(e.Object)
	}
	if ref, ok := tx.Find(0, "users", owner); ok {
		e, _ := tx.Get(ref)
		seat.Kind, seat.Owner, seat.Host = Personal, ref, hosts.Personal
		seat.Path = "/personal/" + EscapePath(PersonalName(text(e.Object, "userPrincipalName")))
		return seat, Licensed(e.Object)
	}
	return Seat{}, false
}

// Unified reports whether a group is a Microsoft 365 group, which has a site.
func Unified(group value.Object) bool {
	types, _ := group.Get("groupTypes")
	for t := range types.Elements() {
		if s, _ := t.Text(); s == "Unified" {
			return true
		}
	}
	return false
}

// Licensed reports whether a user has a license, and so a OneDrive.
func Licensed(user value.Object) bool {
	licenses, _ := user.Get("assignedLicenses")
	for range licenses.Elements() {
		return true
	}
	return false
}

func text(o value.Object, name string) string {
	raw, _ := o.Get(name)
	s, _ := raw.Text()
	return s
}

// Site finds a site of the tenant by any form of its id, by the name of a host, or by "root".
func Site(s workload.Scope, key string) (workload.Item, bool) {
	hosts := HostsOf(s.Tx, s.Switches)
	switch {
	case strings.EqualFold(key, "root"), strings.EqualFold(key, hosts.Sites):
		return SiteOf(s, TenantOwner(s.Tx))
	case strings.EqualFold(key, hosts.Personal):
		return SiteOf(s, personalRoot(TenantOwner(s.Tx)))
	}
	if ref, ok := s.Tx.Find(0, "sites", key); ok {
		return stored(s, ref, key)
	}
	host, ids, ok := ReadSite(key)
	if !ok {
		return workload.Item{}, false
	}
	owner := Owner(ids.Collection)
	top := Of(owner)
	if ids.Web == "" {
		ids.Web = top.Web
	}
	if ids.Web == top.Web {
		if seat, ok := SeatOf(s.Tx, s.Switches, owner); ok {
			return seat.item(s), host == "" || host == seat.Host
		}
	}
	for _, at := range [...]string{hosts.Sites, hosts.Personal} {
		if host != "" && host != at {
			continue
		}
		if ref, ok := s.Tx.Find(0, "sites", ids.Site(at)); ok {
			return stored(s, ref, ids.Site(at))
		}
	}
	return workload.Item{}, false
}

// SiteOf finds the site of a user, a group or the tenant.
func SiteOf(s workload.Scope, owner string) (workload.Item, bool) {
	seat, ok := SeatOf(s.Tx, s.Switches, owner)
	if !ok {
		return workload.Item{}, false
	}
	return seat.item(s), true
}

// item is the site as a member of the sites of the service root. What it has not stored of
// itself, a read computes.
func (seat *Seat) item(s workload.Scope) workload.Item {
	id := seat.ID()
	at := max(seat.Owner, 1)
	if ref, ok := s.Tx.Find(0, "sites", id); ok {
		return workload.Item{At: at, Ref: ref, Home: siteHome(s, id)}
	}
	m := value.Members{{Name: "id", Value: value.String(id)}}
	if since := seat.since(s.Tx); since != "" {
		m.Set("createdDateTime", since)
		m.Set("lastModifiedDateTime", since)
	}
	return workload.Item{At: at, Ref: workload.NoRef, Object: s.Shapes.Object(string(SiteType), m), Home: siteHome(s, id)}
}

// since is when the owner of a site was made; empty: nobody knows.
func (seat *Seat) since(tx *store.Reader) value.Raw {
	ref := seat.Owner
	if ref == 0 {
		for ref = range tx.Members(0, "organization", 0) {
			break
		}
	}
	if ref == 0 {
		return ""
	}
	e, _ := tx.Get(ref)
	raw, _ := e.Object.Get("createdDateTime")
	if raw.IsNull() {
		return ""
	}
	return raw
}

// stored is a stored site, unless it belonged to somebody who is gone: what belongs to an
// owner stores no name of its own.
func stored(s workload.Scope, ref store.Ref, key string) (workload.Item, bool) {
	e, _ := s.Tx.Get(ref)
	if _, ids, ok := ReadSite(key); ok && text(e.Object, "displayName") == "" && text(e.Object, "name") == "" {
		if top := Of(Owner(ids.Collection)); top.Web == ids.Web {
			if _, ok := SeatOf(s.Tx, s.Switches, Owner(ids.Collection)); !ok {
				return workload.Item{}, false
			}
		}
	}
	return workload.Item{At: ref, Ref: ref, Home: siteHome(s, key)}, true
}

func siteHome(s workload.Scope, key string) *workload.Home {
	root := s.Model.Root()
	nav, _ := root.Navigation("sites")
	return &workload.Home{Owner: &workload.Node{Type: root, Exists: true}, Nav: nav, Key: key}
}

// SiteNode makes a node of a site that was found.
func SiteNode(s workload.Scope, it workload.Item) workload.Node {
	t, _ := s.Model.Type(SiteType)
	n := workload.Node{Ref: it.Ref, At: it.At, Type: t, Object: it.Object, Exists: true, Home: *it.Home}
	if e, ok := s.Tx.Get(it.Ref); ok && it.Ref > 0 {
		n.Object, n.Seq = e.Object, e.Seq
	}
	return n
}

// Lying finds whose a site is and where it lies, by its node. A site that somebody made lies
// where its webUrl says, else at its name.
func Lying(s workload.Scope, n *workload.Node) Seat {
	id := n.Text("id")
	host, ids, ok := ReadSite(id)
	if ok {
		if top := Of(Owner(ids.Collection)); ids.Web == top.Web {
			if seat, ok := SeatOf(s.Tx, s.Switches, Owner(ids.Collection)); ok {
				return seat
			}
		}
	}
	seat := Seat{IDs: IDsOf(id), Host: host, Path: "/sites/" + EscapePath(n.Text("name"))}
	if seat.Host == "" {
		seat.Host = HostsOf(s.Tx, s.Switches).Sites
	}
	if rest, ok := strings.CutPrefix(n.Text("webUrl"), "https://"); ok {
		seat.Host, seat.Path, _ = strings.Cut(rest, "/")
		if seat.Path != "" {
			seat.Path = "/" + seat.Path
		}
	}
	return seat
}

// SiteAt finds the site at a path of a host; rest are the names that are left behind the last
// site which the path leads to.
func SiteAt(s workload.Scope, host string, names []string) (it workload.Item, rest []string, ok bool) {
	if len(names) < 2 {
		return workload.Item{}, names, false
	}
	hosts := HostsOf(s.Tx, s.Switches)
	switch area := strings.ToLower(names[0]); {
	case area == "personal" && strings.EqualFold(host, hosts.Personal):
		it, ok = personal(s, strings.ToLower(names[1]))
	case area == "sites" || area == "teams":
		it, ok = named(s, names[1])
	}
	return it, names[2:], ok
}

// named finds the site at /sites/{name}.
func named(s workload.Scope, name string) (workload.Item, bool) {
	for ref := range s.Tx.Lookup(workload.IndexOf(SiteType, "name"), name) {
		from, nav, key, _ := s.Tx.Owner(ref)
		e, _ := s.Tx.Get(ref)
		if at, _ := e.Object.Get("parentReference"); from == 0 && nav == "sites" && at.IsNull() {
			return stored(s, ref, key)
		}
	}
	for ref := range s.Tx.Lookup(workload.IndexOf(GroupType, "mailNickname"), name) {
		if from, nav, id, _ := s.Tx.Owner(ref); from == 0 && nav == "groups" {
			if it, ok := SiteOf(s, id); ok {
				return it, true
			}
		}
	}
	return workload.Item{}, false
}

// personal finds the site of a OneDrive by the name of its user in addresses. Where the name
// says with certainty which user it means, no user is looked at but that one.
func personal(s workload.Scope, name string) (workload.Item, bool) {
	index := workload.IndexOf(workload.User, "userPrincipalName")
	for _, e := range s.Tx.Entities(0, "organization", 0, nil) {
		domains, _ := e.Object.Get("verifiedDomains")
		for d := range domains.Elements() {
			domain := d.Members().Text("name")
			local, ok := strings.CutSuffix(name, "_"+PersonalName(domain))
			if !ok {
				continue
			}
			for _, as := range [...]string{local, strings.ReplaceAll(local, "_", ".")} {
				for ref := range s.Tx.Lookup(index, as+"@"+domain) {
					if it, ok := ofUser(s, ref); ok {
						return it, true
					}
				}
			}
		}
	}
	for ref, e := range s.Tx.Entities(0, "users", 0, nil) {
		if PersonalName(text(e.Object, "userPrincipalName")) == name {
			return ofUser(s, ref)
		}
	}
	return workload.Item{}, false
}

func ofUser(s workload.Scope, ref store.Ref) (workload.Item, bool) {
	from, nav, id, _ := s.Tx.Owner(ref)
	if from != 0 || nav != "users" {
		return workload.Item{}, false
	}
	return SiteOf(s, id)
}
