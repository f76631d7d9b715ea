package files

import (
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// What becomes of an item whose name is taken (B-14.49 to B-14.54).
const (
	fail    = "fail"
	rename  = "rename"
	replace = "replace"

	behaviorName = "@microsoft.graph.conflictBehavior"
)

// behavior is what the request wants of a name that is taken. The query comes before the body
// (B-14.54).
func behavior(c *workload.Call, sent value.Members, otherwise string) (string, error) {
	text := sent.Text(behaviorName)
	if asked, ok := c.Query.Param(behaviorName); ok {
		text = asked
	}
	return oneOf(c, behaviorName, text, otherwise, fail, rename, replace)
}

// oneOf is the value among those that the service knows, in any case; otherwise where the
// request gives none. Another value is an error, unless what is missing is made up.
func oneOf(c *workload.Call, name, text, otherwise string, known ...string) (string, error) {
	i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, text) })
	switch {
	case i >= 0:
		return known[i], nil
	case text == "" || c.Presumes():
		return otherwise, nil
	}
	return "", invalid("The value '" + text + "' of " + name + " is none of " + strings.Join(known, ", ") + ".")
}

// invalid is the error of a request that the service does not understand.
func invalid(why string) error {
	return (&grapherr.Error{Status: 400, Code: "invalidRequest", Message: sharepoint.Malformed}).Because(why, "")
}

// taken is the error of a name that another item has (B-14.49).
func taken(name string) error { return grapherr.Exists("driveItem", name) }

// checkName refuses a name that a drive does not take (B-14.44 to B-14.47).
func checkName(parent *workload.Node, name string) error {
	why := sharepoint.BadName(name)
	switch {
	case name == "":
		return grapherr.Required("driveItem", "name")
	case why == "" && isRoot(parent) && strings.EqualFold(name, "forms"):
		why = "The name is reserved."
	case why == "":
		return nil
	}
	return grapherr.InvalidValue("driveItem", "name", why)
}

// sibling finds an item of a folder by its name.
func sibling(c *workload.Call, parent *workload.Node, name string) (workload.Node, bool) {
	if parent.Ref <= 0 {
		return workload.Node{}, false
	}
	ref, ok := c.Tx.Find(parent.Ref, children, name)
	if !ok {
		return workload.Node{}, false
	}
	return nodeOf(c, ref, driveItem)
}

// numbered is the first free name like one that is taken (B-14.50).
func numbered(c *workload.Call, parent *workload.Node, name string, folder bool) string {
	stem, end := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && !folder {
		stem, end = name[:i], name[i:]
	}
	for n := 1; ; n++ {
		free := stem + " " + strconv.Itoa(n) + end
		if _, is := sibling(c, parent, free); !is {
			return free
		}
	}
}

// create makes an item in a folder (B-14.55).
func create(c *workload.Call) (workload.Result, error) {
	switch {
	case c.Nav != nil && c.Nav.Name == rootName && c.Self.Type.Is(drive):
		m := c.Body.Clone()
		m.Set(rootName, "{}")
		m.SetMissing("folder", "{}")
		m.SetMissing("size", "0")
		m.SetMissing("name", `"root"`)
		if m.Text("id") == "" || !c.Loading() {
			m.Set("id", value.String(sharepoint.Item(c.Self.Text("id"), sharepoint.RootGUID)))
		}
		for _, name := range [...]string{"eTag", "cTag", "createdBy", "lastModifiedBy"} { // B-14.11
			m.Delete(name)
		}
		c.Body = m
		return c.Next()
	case has(&c.Self, "bundle"), c.Presumes() && len(c.Body) == 1 && c.Body.Text("id") != "":
		return bundled(c)
	case c.Nav != nil && c.Nav.Name == "bundles":
		return bundle(c)
	case c.Nav == nil || c.Nav.Name != children && c.Nav.Name != "items":
		return c.Next()
	case c.Self.Type.Is(drive): // a tenant file lists what lies in the root
		if !c.Loading() {
			return workload.Result{}, invalid("Items are made among the children of a folder.")
		}
		root, err := c.System.Member(c, &c.Self, rootName, "")
		if err != nil {
			return workload.Result{}, err
		}
		c.Self = root
		c.Nav, _ = root.Type.Navigation(children)
	}
	if isFile(&c.Self) {
		return workload.Result{}, invalid("The item is a file, and has no children.")
	}
	m := c.Body.Clone()
	name := m.Text("name")
	if err := checkName(&c.Self, name); err != nil {
		return workload.Result{}, err
	}
	kind, err := facet(m)
	if err != nil && !c.Loading() {
		return workload.Result{}, err
	}
	on, err := behavior(c, c.Sent, fail)
	if err != nil {
		return workload.Result{}, err
	}
	if other, is := sibling(c, &c.Self, name); is {
		switch {
		case on == rename:
			m.Set("name", value.String(numbered(c, &c.Self, name, kind == "folder")))
		case on == replace && kind == "file" && !isFolder(&other):
			res := workload.Result{One: &workload.Entity{Node: other}}
			return res, fill(c, &res.One.Node, emptyFile(), nil)
		default: // a folder replaces nothing (B-14.52)
			return workload.Result{}, taken(name)
		}
	}
	at, ok := placeOf(c, &c.Self)
	if !ok && !c.Loading() {
		return workload.Result{}, grapherr.NotFound("driveItem", c.Self.Text("id"))
	}
	complete(c, &m, at.drive, kind)
	c.Body = m
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	return res, grow(c, &res.One.Node, sizeOf(&res.One.Node), 0)
}

// facets say what an item is: each item has one of them.
var facets = [...]string{"folder", "file", "package", "remoteItem", "bundle"}

func facet(m value.Members) (kind string, err error) {
	for _, name := range facets {
		if raw, ok := m.Get(name); ok && !raw.IsNull() {
			if kind != "" {
				return kind, invalid("An item is either a " + kind + " or a " + name + ".")
			}
			kind = name
		}
	}
	if kind == "" {
		return "", invalid("The item is neither a folder nor a file: send one of the two as {}.")
	}
	return kind, nil
}

// complete adds what the service says of a new item (B-14.15).
func complete(c *workload.Call, m *value.Members, drive, kind string) {
	guid := c.Tx.NewGUID()
	if id := m.Text("id"); id == "" || !c.Loading() {
		m.Set("id", value.String(sharepoint.Item(drive, guid)))
	} else {
		guid = sharepoint.GUIDOf(id)
	}
	guid = strings.ToUpper(guid)
	for _, name := range [...]string{"parentReference", "webUrl", "webDavUrl"} {
		m.Delete(name)
	}
	now := seconds(c.Now())
	times := map[string]value.Raw{"createdDateTime": now, "lastModifiedDateTime": now}
	if given, ok := m.Get("fileSystemInfo"); ok && !given.IsNull() { // B-14.29
		info := given.Members()
		for name := range times {
			if at, ok := info.Get(name); ok && !at.IsNull() {
				times[name] = wholeSeconds(at)
			}
		}
	}
	m.Set("fileSystemInfo", fileSystemInfo(times["createdDateTime"], times["lastModifiedDateTime"]))
	m.SetMissing("createdDateTime", times["createdDateTime"])
	m.SetMissing("lastModifiedDateTime", times["lastModifiedDateTime"])
	m.SetMissing("createdBy", by(c))
	m.SetMissing("lastModifiedBy", by(c))
	m.SetMissing("eTag", tag("", guid, 1))
	mark := int64(1)
	if kind == "folder" {
		mark = 0 // B-14.23
	}
	m.SetMissing("cTag", tag("c:", guid, mark))
	m.SetMissing("size", "0")
	if kind == "file" {
		given, _ := m.Get("file")
		f := given.Members()
		f.SetMissing("mimeType", value.String(mimeOf(m.Text("name"))))
		if _, ok := f.Get("hashes"); !ok {
			f.Set("hashes", hashes(emptyFile()))
		}
		m.Set("file", f.Object())
		m.SetMissing("publication", publication(1))
	}
}

func fileSystemInfo(created, changed value.Raw) value.Raw {
	return value.Members{{Name: "createdDateTime", Value: created}, {Name: "lastModifiedDateTime", Value: changed}}.Object()
}

// put gives a place in a folder to a file. Folders that the path names and that are not there
// are made (B-14.56). extra are members that the client sent beside the content.
func put(c *workload.Call, at *workload.Node, on string, extra value.Members, blob *store.Blob) (n workload.Node, made bool, err error) {
	if at.Exists {
		parent, ok := parentOf(c, at)
		switch {
		case isRoot(at):
			return *at, false, invalid("The root of a drive is a folder, and has no content.")
		case on == fail, !c.Presumes() && (isFolder(at) || !ok):
			return *at, false, taken(at.Text("name"))
		case on == rename && ok:
			name := numbered(c, &parent, at.Text("name"), false)
			n, err := add(c, &parent, name, extra, blob)
			return n, true, err
		}
		n = *at
		return n, false, fill(c, &n, blob, extra)
	}
	parent, err := folderAt(c, at.Home.Owner)
	if err != nil {
		return n, false, err
	}
	if other, is := sibling(c, &parent, at.Home.Key); is { // it came into being meanwhile
		return put(c, &other, on, extra, blob)
	}
	n, err = add(c, &parent, at.Home.Key, extra, blob)
	return n, true, err
}

// add makes a file with content.
func add(c *workload.Call, parent *workload.Node, name string, extra value.Members, blob *store.Blob) (workload.Node, error) {
	m := extra.Clone()
	m.Set("name", value.String(name))
	m.Set("file", "{}")
	n, err := c.System.Create(c, parent, children, m)
	if err != nil {
		return n, err
	}
	return n, first(c, &n, blob)
}

// folderAt is the folder that a node stands for; it is made if it is not there.
func folderAt(c *workload.Call, n *workload.Node) (workload.Node, error) {
	if n.Exists {
		if isFile(n) {
			return *n, invalid("'" + n.Text("name") + "' is a file, and has no children.")
		}
		return *n, nil
	}
	if n.Home.Owner == nil || n.Home.Key == "" {
		return *n, grapherr.NotFound("driveItem", n.Home.Key)
	}
	parent, err := folderAt(c, n.Home.Owner)
	if err != nil {
		return parent, err
	}
	if is, ok := sibling(c, &parent, n.Home.Key); ok {
		return is, nil
	}
	return c.System.Create(c, &parent, children, value.Members{{Name: "name", Value: value.String(n.Home.Key)}, {Name: "folder", Value: "{}"}})
}

func parentOf(c *workload.Call, n *workload.Node) (workload.Node, bool) {
	from, nav, _, ok := c.Tx.Owner(n.Ref)
	if !ok || nav != children {
		return workload.Node{}, false
	}
	return nodeOf(c, from, driveItem)
}

// upload puts content into a file, which is made where a name is (B-14.66 to B-14.69).
func upload(c *workload.Call) (workload.Result, error) {
	if len(c.Path) != 1 || c.Path[0] != content || c.Media == nil {
		return c.Next()
	}
	on, err := behavior(c, nil, replace)
	if err != nil {
		return workload.Result{}, err
	}
	n, made, err := put(c, &c.Self, on, nil, c.Media.Blob)
	if err != nil {
		return workload.Result{}, err
	}
	shown, err := show(c, n)
	return workload.Result{One: shown, Created: made || c.Mode == workload.ModeSynthesized}, err
}

// show is what a read of an item answers.
func show(c *workload.Call, n workload.Node) (*workload.Entity, error) {
	one := *c
	one.Self, one.Nav, one.Path = n, nil, nil
	res, err := readItem(one.With(func(c *workload.Call) (workload.Result, error) {
		return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
	}))
	return res.One, err
}

// bundle makes a bundle, which has a name among the bundles of its drive.
func bundle(c *workload.Call) (workload.Result, error) {
	m := c.Body.Clone()
	on, err := behavior(c, c.Sent, fail)
	if err != nil {
		return workload.Result{}, err
	}
	name := m.Text("name")
	for n := 1; (on == rename || c.Presumes()) && c.Self.Ref > 0; n++ {
		if _, is := c.Tx.Find(c.Self.Ref, "bundles", m.Text("name")); !is {
			break
		}
		m.Set("name", value.String(name+" "+strconv.Itoa(n)))
	}
	if m.Text("id") == "" || !c.Loading() {
		m.Set("id", value.String(sharepoint.Item(c.Self.Text("id"), c.Tx.NewGUID())))
	}
	c.Body = m
	return c.Next()
}

// bundled adds a member to a bundle, which names it by its id.
func bundled(c *workload.Call) (workload.Result, error) {
	m := c.Body.Clone()
	name := m.Text("name")
	if name == "" {
		name = m.Text("id")
	}
	if _, is := sibling(c, &c.Self, name); is || name == "" {
		name = numbered(c, &c.Self, name, true)
	}
	m.Set("name", value.String(name))
	c.Body = m
	return c.Next()
}
