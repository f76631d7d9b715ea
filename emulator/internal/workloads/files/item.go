package files

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	children = "children"
	content  = "content"
	// recycled holds deleted items, below their drive and where no path leads to.
	recycled = "$recycled"
	rootName = "root"
)

// nodeOf is a stored entity as a node without a place.
func nodeOf(c *workload.Call, ref store.Ref, name edm.Name) (workload.Node, bool) {
	e, ok := c.Tx.Get(ref)
	t, known := c.Model.Type(name)
	return workload.Node{Ref: ref, At: ref, Type: t, Object: e.Object, Seq: e.Seq, Exists: ok}, ok && known && e.Object.Type() == string(name)
}

// rootOf finds the root of a drive, which is there before anybody wrote to it (B-14.1).
func rootOf(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	if !n.Exists {
		return workload.Item{}, false
	}
	if n.Ref > 0 {
		if ref, ok := s.Tx.One(n.Ref, rootName); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	id := sharepoint.Item(n.Text("id"), sharepoint.RootGUID)
	m := value.Members{{Name: "id", Value: value.String(id)}, {Name: "name", Value: `"root"`}, {Name: "size", Value: "0"}, {Name: "root", Value: "{}"},
		{Name: "folder", Value: "{}"}, {Name: "createdDateTime", Value: value.Time(epoch)}, {Name: "lastModifiedDateTime", Value: value.Time(epoch)}}
	nav, ok := n.Type.Navigation(rootName)
	return workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object(string(driveItem), m), Home: &workload.Home{Owner: n, Nav: nav}}, ok
}

// itemByID finds an item of a drive by its id, however deep it lies (B-14.36, B-14.42).
func itemByID(s workload.Scope, n *workload.Node, id string) (workload.Item, bool) {
	root, ok := rootOf(s, n, "")
	if !ok || id == rootName {
		return root, ok
	}
	if root.Ref == workload.NoRef {
		of, _ := root.Object.Get("id")
		text, _ := of.Text()
		return root, text == id
	}
	for ref := range s.Tx.Lookup(workload.IndexOf(driveItem, "id"), id) {
		e, _ := s.Tx.Get(ref)
		if is := text(e.Object, "id"); is != id { // ids tell cases apart (B-14.18)
			continue
		}
		if of, ok := driveAbove(s.Tx, ref); ok && of == n.Ref {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// inRoot is where an item lies that is made up: in the root of the drive.
func inRoot(s workload.Scope, n *workload.Node, id string) *workload.Home {
	item, _ := rootOf(s, n, "")
	root := workload.Node{Ref: item.Ref, Object: item.Object, Exists: true}
	root.Type, _ = s.Model.Type(driveItem)
	if item.Ref > 0 {
		e, _ := s.Tx.Get(item.Ref)
		root.Object, root.Seq = e.Object, e.Seq
	} else if item.Home != nil {
		root.Home = *item.Home
	}
	nav, _ := root.Type.Navigation(children)
	return &workload.Home{Owner: &root, Nav: nav, Key: id}
}

// items walks the items of a drive, in the order in which they were made.
func items(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		root, ok := rootOf(s, n, "")
		if !ok || root.Ref == workload.NoRef {
			return
		}
		all := []store.Ref{root.Ref}
		for i := 0; i < len(all); i++ {
			all = slices.AppendSeq(all, s.Tx.Members(all[i], children, 0))
		}
		slices.Sort(all)
		for _, ref := range all {
			if ref > after && !yield(workload.Item{At: ref, Ref: ref}) {
				return
			}
		}
	}
}

// driveAbove is the drive that an item lies in; false for what lies in a recycle bin.
func driveAbove(tx *store.Reader, ref store.Ref) (store.Ref, bool) {
	for {
		from, nav, _, ok := tx.Owner(ref)
		switch {
		case !ok:
			return 0, false
		case nav == rootName:
			return from, true
		case nav != children:
			return 0, false
		}
		ref = from
	}
}

// guidOf is the GUID of an item, as its tags show it.
func guidOf(n *workload.Node) string { return strings.ToUpper(sharepoint.GUIDOf(n.Text("id"))) }

// isRoot reports whether an item is the root of its drive.
func isRoot(n *workload.Node) bool {
	_, ok := n.Get(rootName)
	return ok
}

func isFolder(n *workload.Node) bool { return has(n, "folder") && !has(n, "file") }

func isFile(n *workload.Node) bool { return has(n, "file") && !has(n, "folder") }

// has reports whether an item has a facet. What is made up of a page may have several.
func has(n *workload.Node, facet string) bool {
	raw, ok := n.Get(facet)
	return ok && !raw.IsNull()
}

func sizeOf(n *workload.Node) int64 {
	raw, _ := n.Get("size")
	size, _ := raw.Int()
	return size
}

// seconds is a time as business drives keep it (B-14.30).
func seconds(t time.Time) value.Raw { return value.Time(t.Truncate(time.Second)) }

// readItem shows what follows from where an item lies and what is in it (B-14.15 to B-14.33).
func readItem(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	n := &res.One.Node
	if err := redeem(c, n); err != nil {
		return res, err
	}
	at, ok := placeOf(c, n)
	if !ok {
		return res, nil
	}
	var m value.Members
	m.Set("parentReference", at.reference(isRoot(n)))
	if _, has := n.Get("webUrl"); !has {
		m.Set("webUrl", value.String(at.address(n)))
	}
	if folder, has := n.Get("folder"); has && !folder.IsNull() {
		f := folder.Members()
		count := 0
		if n.Ref > 0 {
			count = c.Tx.Count(n.Ref, children)
		}
		f.Set("childCount", value.Int(int64(count)))
		m.Set("folder", f.Object())
	}
	if isRoot(n) { // B-14.11
		for _, name := range [...]string{"eTag", "cTag", "createdBy", "lastModifiedBy"} {
			m.Set(name, "")
		}
	}
	if _, has := n.Get("fileSystemInfo"); !has {
		created, _ := n.Get("createdDateTime")
		changed, _ := n.Get("lastModifiedDateTime")
		m.Set("fileSystemInfo", value.Members{{Name: "createdDateTime", Value: created}, {Name: "lastModifiedDateTime", Value: changed}}.Object())
	}
	if facet := sharedFacet(c.Tx, n); facet != "" {
		m.Set("shared", facet)
	}
	m.Set("sharepointIds", at.sharepointIDs(n))
	m.Set("webDavUrl", value.String(at.base+at.path(n)))
	if n.Ref > 0 {
		if _, _, has := c.Tx.Blob(n.Ref, content); has {
			res.One.Content = "/drives/" + at.drive + "/items/" + n.Text("id") + "/content" // B-14.61
		}
	}
	res.One.Show(m...)
	return res, nil
}

// position is where an item lies.
type position struct {
	drive  string // its id
	kind   string
	parent string   // the id of the folder; empty: it is the root
	name   string   // and its name
	names  []string // of the folders from the root to the item, without both
	base   string   // the webUrl of the drive
	ids    sharepoint.IDs
	site   string // webUrl of the site
	tenant string
}

// placeOf tells where an item lies; false where it lies in no drive.
func placeOf(c *workload.Call, n *workload.Node) (position, bool) {
	var p position
	var above value.Object
	first := true
	ref := n.Ref
	if ref == workload.NoRef { // a root that nobody wrote to, or a special folder
		h := n.Home.Owner
		if h == nil || !h.Type.Is(drive) {
			return p, false
		}
		return p.inDrive(c, h.Object), true
	}
	for {
		from, nav, _, ok := c.Tx.Owner(ref)
		if !ok || nav != rootName && nav != children {
			return p, false
		}
		e, ok := c.Tx.Get(from)
		if !ok {
			return p, false
		}
		above = e.Object
		if nav == rootName {
			slices.Reverse(p.names)
			return p.inDrive(c, above), true
		}
		if first {
			p.parent, p.name, first = text(above, "id"), text(above, "name"), false
		}
		if _, top := above.Get(rootName); !top {
			p.names = append(p.names, text(above, "name"))
		}
		ref = from
	}
}

// inDrive adds what the drive says.
func (p position) inDrive(c *workload.Call, d value.Object) position {
	p.drive, p.kind = text(d, "id"), text(d, "driveType")
	s := c.System.Switches()
	o, ok := ownerOf(c.Tx, s, p.drive)
	switch {
	case ok:
		p.ids, p.kind, p.base = o.ids, o.kind, address(c.Tx, s, &o)
	case text(d, "webUrl") != "":
		p.base = text(d, "webUrl")
	default:
		p.base = "https://" + sharepoint.HostsOf(c.Tx, s).Sites + "/" + sharepoint.EscapePath(p.drive)
	}
	p.site = p.base[:max(strings.LastIndexByte(p.base, '/'), 0)]
	if p.kind == "" {
		p.kind = business
	}
	p.tenant = workload.TenantID(c.Tx)
	return p
}

// reference is the parentReference of the item (B-14.19).
func (p *position) reference(root bool) value.Raw {
	m := value.Texts("driveType", p.kind, "driveId", p.drive)
	if root {
		return m.Object()
	}
	m.Set("id", value.String(p.parent))
	name := p.name
	if name == rootName && len(p.names) == 0 {
		name = p.base[strings.LastIndexByte(p.base, '/')+1:]
		name = strings.ReplaceAll(name, "%20", " ")
	}
	m.Set("name", value.String(name))
	path := "/drives/" + p.drive + "/root:"
	if len(p.names) > 0 {
		path += "/" + strings.Join(p.names, "/")
	}
	m.Set("path", value.String(path))
	if p.ids.Collection != "" {
		m.Set("siteId", value.String(p.ids.Collection))
	}
	return m.Object()
}

// path is the escaped path of the item in its drive.
func (p *position) path(n *workload.Node) string {
	if isRoot(n) {
		return ""
	}
	return "/" + sharepoint.EscapePath(strings.Join(append(slices.Clip(p.names), n.Text("name")), "/"))
}

// address is the webUrl of the item (B-14.32).
func (p *position) address(n *workload.Node) string {
	if name := n.Text("name"); isOffice(name) && !isFolder(n) {
		return p.site + "/_layouts/15/Doc.aspx?sourcedoc=%7B" + guidOf(n) + "%7D&file=" + sharepoint.EscapePath(name) + "&action=default&mobileredirect=true"
	}
	return p.base + p.path(n)
}

// sharepointIDs names the item as SharePoint does (B-14.33).
func (p *position) sharepointIDs(n *workload.Node) value.Raw {
	stored, _ := n.Get("sharepointIds")
	m := stored.Members()
	m.Set("listItemUniqueId", value.String(strings.ToLower(guidOf(n))))
	if p.ids.Collection != "" {
		for _, x := range [...][2]string{{"listId", p.ids.List}, {"siteId", p.ids.Collection}, {"siteUrl", p.site}, {"tenantId", p.tenant}, {"webId", p.ids.Web}} {
			m.Set(x[0], value.String(x[1]))
		}
	}
	return m.Object()
}
