package files

import (
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// update renames, moves and changes an item (B-14.87 to B-14.93).
func update(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || n.Ref <= 0 && !isRoot(n) {
		return c.Next()
	}
	m := c.Body.Clone()
	name, named := m.Text("name"), false
	if raw, ok := m.Get("name"); ok && !raw.IsNull() {
		named = name != n.Text("name")
	}
	if isRoot(n) {
		if raw, moved := m.Get("parentReference"); named || moved && !raw.IsNull() { // B-14.12
			return workload.Result{}, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Cannot update the root folder"}
		}
		return c.Next()
	}
	was, ok := parentOf(c, n)
	if !ok {
		return c.Next()
	}
	to, err := target(c, n, &was, m)
	if err != nil {
		return workload.Result{}, err
	}
	m.Delete("parentReference")
	if !named {
		name = n.Text("name")
	}
	if err := checkName(&to, name); named && err != nil {
		return workload.Result{}, err
	}
	moved := to.Ref != was.Ref
	if moved || named {
		if name, err = vacate(c, n, &to, name); err != nil {
			return workload.Result{}, err
		}
		if moved {
			if err := grow(c, n, -sizeOf(n), 0); err != nil {
				return workload.Result{}, err
			}
		}
		if err := c.System.Place(c, n, &to, children, name); err != nil {
			return workload.Result{}, below(err)
		}
		if moved {
			if err := grow(c, n, sizeOf(n), 0); err != nil {
				return workload.Result{}, err
			}
		}
		m.Set("name", value.String(name))
		if raw, file := n.Get("file"); named && file && !raw.IsNull() {
			f := raw.Members()
			f.Set("mimeType", value.String(mimeOf(name)))
			m.Set("file", f.Object())
		}
	}
	if err := times(c, n, &m); err != nil {
		return workload.Result{}, err
	}
	if raw, given := m.Get("lastModifiedDateTime"); !given || raw.IsNull() {
		at, _ := n.Get("lastModifiedDateTime")
		if named || !moved { // a move alone leaves it (B-14.87)
			at = seconds(c.Now())
		}
		m.Set("lastModifiedDateTime", at)
	}
	m.Set("lastModifiedBy", by(c))
	e := next(n, "eTag", "")
	m.Set(e.Name, e.Value)
	c.Body = m
	return c.Next()
}

// below words the error of a folder that is moved into itself (B-14.90).
func below(err error) error {
	if e := grapherr.From(err); e.Case == grapherr.Plain {
		return invalid(e.Message)
	}
	return err
}

// times keeps the times of a file system (B-14.29): such a change of a file adds a version, and
// the last one stands in the item as well.
func times(c *workload.Call, n *workload.Node, m *value.Members) error {
	given, ok := m.Get("fileSystemInfo")
	if !ok || given.IsNull() {
		m.Delete("fileSystemInfo")
		return nil
	}
	stored, _ := n.Get("fileSystemInfo")
	info := stored.Members()
	for name, raw := range given.Fields() {
		if !raw.IsNull() {
			info.Set(name, wholeSeconds(raw))
		}
	}
	m.Set("fileSystemInfo", info.Object())
	for _, name := range [...]string{"createdDateTime", "lastModifiedDateTime"} { // as clients of business drives see them
		if at, ok := given.Members().Get(name); ok && !at.IsNull() {
			m.Set(name, wholeSeconds(at))
		}
	}
	if isFolder(n) {
		return nil
	}
	if err := keepVersion(c, n); err != nil {
		return err
	}
	m.Set("publication", publication(versionOf(n)+1))
	return grow(c, n, 0, sizeOf(n))
}

// vacate makes room for an item under a name: it gives the name that the item takes (B-14.89).
func vacate(c *workload.Call, n, to *workload.Node, name string) (string, error) {
	other, is := sibling(c, to, name)
	if !is || other.Ref == n.Ref {
		return name, nil
	}
	on, err := behavior(c, c.Sent, fail)
	if err != nil {
		return name, err
	}
	switch {
	case on == rename:
		return numbered(c, to, name, isFolder(n)), nil
	case on == replace && !isFolder(&other) && !isFolder(n):
		return name, discard(c, &other, true)
	}
	return name, taken(name)
}

// target is the folder that a change moves an item to; the one that it is in where the change
// names none.
func target(c *workload.Call, n, was *workload.Node, m value.Members) (workload.Node, error) {
	raw, ok := m.Get("parentReference")
	if !ok || raw.IsNull() {
		return *was, nil
	}
	ref := raw.Members()
	own, _ := driveAbove(c.Tx, n.Ref)
	d, ok := nodeOf(c, own, drive)
	if !ok {
		return *was, grapherr.NotFound("drive", "")
	}
	if other := ref.Text("driveId"); other != "" && other != d.Text("id") {
		if !strings.EqualFold(other, d.Text("id")) { // B-14.91
			return *was, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Requested move requires an async response, add 'Prefer: respond-async' to allow"}
		}
	}
	return folderIn(c, &d, ref, was)
}

// folderIn finds the folder of a drive that a reference names, by id or by path (B-14.88).
func folderIn(c *workload.Call, d *workload.Node, ref value.Members, otherwise *workload.Node) (workload.Node, error) {
	id, path := ref.Text("id"), ref.Text("path")
	if id == "" && path == "" {
		return *otherwise, nil
	}
	if id != "" {
		n, err := c.System.Named(c, d, "items", id)
		if err != nil {
			return n, err
		}
		return folderOnly(c, n)
	}
	_, names, ok := strings.Cut(path, "root:")
	if !ok {
		return *otherwise, invalid("The path of parentReference has the form /drive/root:/folder.")
	}
	n, err := c.System.Member(c, d, rootName, "")
	for name := range strings.SplitSeq(strings.Trim(names, "/"), "/") {
		if err != nil || name == "" {
			break
		}
		next, is := sibling(c, &n, name)
		if !is {
			return n, grapherr.NotFound("driveItem", name)
		}
		n = next
	}
	if err != nil {
		return n, err
	}
	return folderOnly(c, n)
}

func folderOnly(c *workload.Call, n workload.Node) (workload.Node, error) {
	if !isFolder(&n) && !c.Presumes() {
		return n, invalid("'" + n.Text("name") + "' is no folder.")
	}
	if c.Caller.Enforced {
		if err := judge(accessTo(c.Tx, c.System.Switches(), &c.Caller, &n), c, true); err != nil {
			return n, err
		}
	}
	return n, c.System.Keep(c, &n)
}

const (
	deletion = "deletion" // the record of a deleted item: where it was
	keeps    = 93 * 24 * time.Hour
)

// remove puts an item into the recycle bin of its drive (B-14.99).
func remove(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if n.Exists && isRoot(n) {
		return workload.Result{}, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Cannot delete the root folder"}
	}
	if !n.Exists || n.Ref <= 0 {
		return c.Next()
	}
	if _, in := driveAbove(c.Tx, n.Ref); !in { // in a bundle
		return c.Next()
	}
	return workload.Result{}, discard(c, n, true)
}

// purge deletes an item for good (B-14.100).
func purge(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	switch {
	case !n.Exists:
		return workload.Result{}, grapherr.NotFound("driveItem", n.Home.Key)
	case isRoot(n):
		return workload.Result{}, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Cannot delete the root folder"}
	}
	return workload.Result{Status: 204}, discard(c, n, false)
}

// discard takes an item out of its folder: into the bin, or away for good.
func discard(c *workload.Call, n *workload.Node, bin bool) error {
	parent, ok := parentOf(c, n)
	d, in := driveAbove(c.Tx, n.Ref)
	if !ok || !in {
		return nil
	}
	size, all := sizeOf(n), weight(c, n.Ref)
	if err := grow(c, n, -size, size-all); err != nil {
		return err
	}
	if !bin {
		return c.System.Purge(c, n)
	}
	if err := charge(c, d, 0, all); err != nil {
		return err
	}
	record := value.Members{{Name: "at", Value: value.Time(c.Now())}, {Name: "by", Value: by(c)}, {Name: "name", Value: value.String(n.Text("name"))},
		{Name: "parent", Value: value.String(parent.Text("id"))}}
	if err := c.System.Remember(c, n, deletion, "", record); err != nil {
		return err
	}
	to, ok := nodeOf(c, d, drive)
	if !ok {
		return nil
	}
	if err := c.System.Place(c, n, &to, recycled, n.Text("id")); err != nil {
		return err
	}
	return c.Wake(n, c.Now().Add(keeps), workload.Expire)
}

// weight is what an item and all below it take of the quota, with their versions.
func weight(c *workload.Call, ref store.Ref) (sum int64) {
	all := []store.Ref{ref}
	for i := 0; i < len(all); i++ {
		n, ok := nodeOf(c, all[i], driveItem)
		if !ok {
			continue
		}
		if isFolder(&n) {
			all = slices.AppendSeq(all, c.Tx.Members(all[i], children, 0))
			continue
		}
		sum += sizeOf(&n)
		for v := range c.Tx.Members(all[i], versions, 0) {
			if old, ok := nodeOf(c, v, itemVersion); ok {
				sum += sizeOf(&old)
			}
		}
	}
	return sum
}

// expire takes an item out of the recycle bin when its time is over (B-14.102).
func expire(c *workload.Call) (workload.Result, error) {
	d, nav, _, ok := c.Tx.Owner(c.Self.Ref)
	if !ok || nav != recycled {
		return workload.Result{}, nil
	}
	all := weight(c, c.Self.Ref)
	if err := c.System.Purge(c, &c.Self); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, charge(c, d, 0, -all)
}

// restore brings an item back from the recycle bin (B-14.101).
func restore(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && c.Presumes() { // it was made up
		shown, err := show(c, c.Self)
		return workload.Result{One: shown, Status: 200}, err
	}
	id := c.Self.Home.Key
	d := c.Self.Home.Owner
	if c.Self.Exists || d == nil || !d.Type.Is(drive) || d.Ref <= 0 {
		return workload.Result{}, grapherr.NotFound("driveItem", id)
	}
	ref, ok := c.Tx.Find(d.Ref, recycled, id)
	n, is := nodeOf(c, ref, driveItem)
	if !ok || !is || n.Text("id") != id {
		return workload.Result{}, grapherr.NotFound("driveItem", id)
	}
	var record value.Object
	for _, o := range c.System.Remembered(c, &n, deletion) {
		record = o
	}
	at, err := c.System.Member(c, d, "items", text(record, "parent"))
	if err != nil {
		return workload.Result{}, err
	}
	if ref, ok := c.Body.Get("parentReference"); ok && !ref.IsNull() {
		at, err = folderIn(c, d, ref.Members(), &at)
	}
	switch {
	case err != nil:
		return workload.Result{}, err
	case !at.Exists:
		return workload.Result{}, grapherr.NotFound("driveItem", text(record, "parent")).Because("The folder that the item was in is not there any more.", "Name another one in parentReference.")
	}
	name := n.Text("name")
	if other := c.Body.Text("name"); other != "" {
		if err := checkName(&at, other); err != nil {
			return workload.Result{}, err
		}
		name = other
	}
	if _, is := sibling(c, &at, name); is {
		return workload.Result{}, taken(name)
	}
	if err := c.System.Place(c, &n, &at, children, name); err != nil {
		return workload.Result{}, err
	}
	size, all := sizeOf(&n), weight(c, n.Ref)
	if err := c.System.Remember(c, &n, deletion, "", nil); err != nil {
		return workload.Result{}, err
	}
	if err := c.Wake(&n, time.Time{}, workload.Expire); err != nil {
		return workload.Result{}, err
	}
	changed := value.Members{{Name: "name", Value: value.String(name)}, {Name: "lastModifiedDateTime", Value: seconds(c.Now())}, next(&n, "eTag", "")}
	if err := c.System.Write(c, &n, changed); err != nil {
		return workload.Result{}, err
	}
	if err := charge(c, d.Ref, 0, -all); err != nil {
		return workload.Result{}, err
	}
	if err := grow(c, &n, size, all-size); err != nil {
		return workload.Result{}, err
	}
	shown, err := show(c, n)
	return workload.Result{One: shown, Status: 200}, err
}
