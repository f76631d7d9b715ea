package files

import (
	"iter"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// located finds the item with an address of its own (B-14.32).
func located(s workload.Scope, address string) (share, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return share{}, false
	}
	if d, rest, ok := driveAt(s, u); ok {
		return followed(s, &d, rest)
	}
	in, ok := siteAt(s, u)
	if !ok {
		return share{}, false
	}
	if guid := sourceDoc(u); guid != "" {
		return in.document(s, guid)
	}
	if len(in.rest) == 0 {
		return share{}, false
	}
	ids, rest, kind := in.list(s)
	if kind != "" {
		return share{kind: kind, ids: ids, site: in.site}, true
	}
	d, ok := driveNode(s, ids.Drive())
	if !ok && in.ids == sharepoint.Of(sharepoint.TenantOwner(s.Tx)) { // one of a tenant file has its id as its address
		d, ok = driveNode(s, in.rest[0])
		rest = in.rest[1:]
	}
	if !ok {
		return share{}, false
	}
	sh, ok := followed(s, &d, rest)
	sh.site = in.site
	return sh, ok
}

// driveAt finds the stored drive whose webUrl an address begins with, and the names behind it.
func driveAt(s workload.Scope, u *url.URL) (d workload.Node, rest []string, ok bool) {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for n := min(len(parts), maxNames); n > 0; n-- {
		at := "https://" + u.Host + "/" + strings.Join(parts[:n], "/")
		for ref := range s.Tx.Lookup(workload.IndexOf(drive, "webUrl"), at) {
			for _, name := range parts[n:] {
				if plain, err := url.PathUnescape(name); err == nil {
					name = plain
				}
				rest = append(rest, name)
			}
			e, is := s.Tx.Get(ref)
			return entityNode(s, ref, e), rest, is
		}
	}
	return d, nil, false
}

// followed follows names from the root of a drive.
func followed(s workload.Scope, d *workload.Node, names []string) (share, bool) {
	ids, _ := sharepoint.ReadDrive(d.Text("id"))
	root, ok := rootOf(s, d, "")
	if !ok {
		return share{}, false
	}
	n := itemNode(s, &root)
	for _, name := range names {
		if n.Ref <= 0 {
			return share{}, false
		}
		ref, is := s.Tx.Find(n.Ref, children, name)
		e, there := s.Tx.Get(ref)
		if !is || !there {
			return share{}, false
		}
		n = entityNode(s, ref, e)
	}
	return share{item: n, ids: ids}, true
}

// itemNode is what a view gives as a node.
func itemNode(s workload.Scope, it *workload.Item) workload.Node {
	if e, ok := s.Tx.Get(it.Ref); ok && it.Ref > 0 {
		return entityNode(s, it.Ref, e)
	}
	t, _ := s.Model.Type(edm.Name(it.Object.Type()))
	n := workload.Node{Ref: workload.NoRef, Type: t, Object: it.Object, Exists: t != nil}
	if it.Home != nil {
		n.Home = *it.Home
	}
	return n
}

// driveNode is the drive with an id, stored or not.
func driveNode(s workload.Scope, id string) (workload.Node, bool) {
	it, ok := driveByID(s, nil, id)
	if !ok {
		return workload.Node{}, false
	}
	return itemNode(s, &it), true
}

// inSite is an address as one in a site.
type inSite struct {
	ids  sharepoint.IDs // with those of the default library
	site store.Ref      // 0: the site is not stored
	rest []string       // of the path
}

// siteAt finds the site that an address lies in.
func siteAt(s workload.Scope, u *url.URL) (inSite, bool) {
	hosts := sharepoint.HostsOf(s.Tx, s.Switches)
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if strings.EqualFold(u.Host, hosts.Personal) && len(parts) > 1 && strings.EqualFold(parts[0], "personal") {
		id, ok := personalSite(s.Tx, parts[1])
		return inSite{ids: sharepoint.Of(id), rest: parts[2:]}, ok
	}
	named := len(parts) > 1 && (parts[0] == "sites" || parts[0] == "teams")
	if named {
		at := "https://" + u.Host + "/" + parts[0] + "/" + parts[1]
		for ref, e := range s.Tx.Entities(0, "sites", 0, nil) {
			if strings.EqualFold(text(e.Object, "webUrl"), at) {
				return inSite{sharepoint.OfSite(text(e.Object, "id")), ref, parts[2:]}, true
			}
		}
	}
	switch {
	case !strings.EqualFold(u.Host, hosts.Sites):
	case !named:
		return inSite{ids: sharepoint.Of(sharepoint.TenantOwner(s.Tx)), rest: parts}, true
	default:
		for ref := range s.Tx.Lookup(workload.IndexOf("microsoft.graph.group", "mailNickname"), parts[1]) {
			if e, _ := s.Tx.Get(ref); isUnified(e.Object) && parts[0] == "sites" {
				ids := sharepoint.Of(text(e.Object, "id"))
				site, _ := s.Tx.Find(0, "sites", ids.Site(hosts.Sites))
				return inSite{ids, site, parts[2:]}, true
			}
		}
	}
	return inSite{}, false
}

// maxNames bounds the user names that an address of a OneDrive is tried as: it has _ for both _
// and the dot.
const maxNames = 256

// personalSite finds the user whose OneDrive has a name in addresses.
func personalSite(tx *store.Reader, name string) (string, bool) {
	for domain := range domainsOf(tx) {
		local, ok := strings.CutSuffix(strings.ToLower(name), sharepoint.PersonalName("@"+domain))
		if !ok {
			continue
		}
		parts := strings.Split(local, "_")
		for n := range min(1<<min(len(parts)-1, 30), maxNames) {
			guess := parts[0]
			for i, part := range parts[1:] {
				sign := "_"
				if n>>i&1 == 0 {
					sign = "."
				}
				guess += sign + part
			}
			for ref := range tx.Lookup(workload.IndexOf(workload.User, "userPrincipalName"), guess+"@"+domain) {
				if _, nav, id, ok := tx.Owner(ref); ok && nav == "users" {
					return id, true
				}
			}
		}
	}
	return "", false
}

// sourceDoc is the GUID of a document in the address of its editor.
func sourceDoc(u *url.URL) string {
	if !strings.Contains(strings.ToLower(u.Path), "/_layouts/15/") {
		return ""
	}
	return strings.ToLower(strings.Trim(u.Query().Get("sourcedoc"), "{}"))
}

// document finds an item by its GUID in the libraries of the site.
func (in *inSite) document(s workload.Scope, guid string) (share, bool) {
	for d := range in.drives(s) {
		id := sharepoint.Item(d.Text("id"), guid)
		root, ok := rootOf(s, &d, "")
		if !ok || len(id) < 10 {
			continue
		}
		top := itemNode(s, &root)
		for _, first := range alphabet {
			// The ids of a tenant file begin as the one of the root does; two of the bits of the
			// ninth character are of the drive.
			try := top.Text("id")
			if len(try) < 8 || strings.IndexRune(alphabet, first)%8 != strings.IndexByte(alphabet, id[8])%8 {
				continue
			}
			if it, ok := itemByID(s, &d, try[:8]+string(first)+id[9:]); ok {
				ids, _ := sharepoint.ReadDrive(d.Text("id"))
				return share{item: itemNode(s, &it), ids: ids, site: in.site}, true
			}
		}
	}
	return share{}, false
}

// alphabet is that of the ids of items.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// drives walks the libraries of the site.
func (in *inSite) drives(s workload.Scope) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for ids, o := range in.lists(s) {
			info, _ := o.Get("list")
			if ids.List != in.ids.List && info.Members().Text("template") != library {
				continue
			}
			if d, ok := driveNode(s, ids.Drive()); ok && !yield(d) {
				return
			}
		}
		if in.site == 0 {
			return
		}
		for ref := range s.Tx.Members(in.site, "drives", 0) {
			if e, ok := s.Tx.Get(ref); ok && !yield(entityNode(s, ref, e)) {
				return
			}
		}
	}
}

// lists walks the lists of the site, the default library first.
func (in *inSite) lists(s workload.Scope) iter.Seq2[sharepoint.IDs, value.Object] {
	return func(yield func(sharepoint.IDs, value.Object) bool) {
		if !yield(in.ids, value.Object{}) || in.site == 0 {
			return
		}
		for ref, e := range s.Tx.Entities(in.site, "lists", 0, nil) {
			if _, _, key, _ := s.Tx.Owner(ref); key != in.ids.List && !yield(sharepoint.IDs{Collection: in.ids.Collection, Web: in.ids.Web, List: key}, e.Object) {
				return
			}
		}
	}
}

// list finds the list or library that the rest of the path begins with; kind says what it names
// where that is no item.
func (in *inSite) list(s workload.Scope) (ids sharepoint.IDs, rest []string, kind string) {
	named, rest := in.rest[0], in.rest[1:]
	switch {
	case strings.EqualFold(named, "SitePages") && len(rest) > 0:
		return in.ids, nil, aPage
	case strings.EqualFold(named, "Documents"), strings.EqualFold(named, "Shared Documents"):
		return in.ids, rest, ""
	case strings.EqualFold(named, "Lists") && len(rest) > 0:
		named, rest = rest[0], rest[1:]
	}
	for ids, o := range in.lists(s) {
		if ids.List == in.ids.List || !strings.EqualFold(text(o, "name"), named) && !strings.EqualFold(text(o, "displayName"), named) {
			continue
		}
		info, _ := o.Get("list")
		switch {
		case info.Members().Text("template") == library:
			return ids, rest, ""
		case len(rest) > 0:
			return ids, nil, aRow
		}
		return ids, nil, aList
	}
	return sharepoint.IDs{}, nil, ""
}
