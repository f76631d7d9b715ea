package files

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// beginCopy answers the request of a copy (B-14.94). A name that is taken is an error at once;
// only the query can ask for something else (B-14.97). The job learns of it from the body.
func beginCopy(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || isRoot(n) {
		return workload.Result{}, invalid("The root of a drive cannot be copied.")
	}
	on, err := behavior(c, nil, fail)
	if err != nil {
		return workload.Result{}, err
	}
	m := c.Body.Clone()
	m.Set(behaviorName, value.String(on))
	to, name, err := destination(c, m)
	if err != nil {
		return workload.Result{}, err
	}
	if other, is := sibling(c, &to, name); is && !makesRoom(on, n, &other) {
		return workload.Result{}, taken(name)
	}
	c.Body = m
	return workload.Result{Status: 202}, nil
}

// makesRoom reports whether a name that is taken does not hinder a copy.
func makesRoom(on string, n, other *workload.Node) bool {
	return on == rename || on == replace && other.Ref != n.Ref && isFolder(other) == isFolder(n)
}

// destination is the folder that a copy goes to, and its name there.
func destination(c *workload.Call, m value.Members) (to workload.Node, name string, err error) {
	n := &c.Self
	was, ok := parentOf(c, n)
	own, in := driveAbove(c.Tx, n.Ref)
	d, known := nodeOf(c, own, drive)
	if !ok || !in || !known {
		return to, "", grapherr.NotFound("driveItem", n.Text("id"))
	}
	to = was
	if raw, given := m.Get("parentReference"); given && !raw.IsNull() {
		ref := raw.Members()
		if id := ref.Text("driveId"); id != "" && !strings.EqualFold(id, d.Text("id")) {
			if d, err = c.System.Named(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "drives", id); err != nil {
				return to, "", err
			}
			if was, err = c.System.Member(c, &d, rootName, ""); err != nil { // where the reference says no more
				return to, "", err
			}
		}
		if to, err = folderIn(c, &d, ref, &was); err != nil {
			return to, "", err
		}
	}
	if name = m.Text("name"); name == "" {
		name = n.Text("name")
	}
	return to, name, checkName(&to, name)
}

// copyItem is the end of a copy: the item and all below it are there once more, as new items
// with one version (B-14.98).
func copyItem(c *workload.Call) (workload.Result, error) {
	n := c.Self
	on := c.Body.Text(behaviorName)
	to, name, err := destination(c, c.Body)
	if err != nil {
		return workload.Result{}, err
	}
	if err := c.System.Keep(c, &to); err != nil {
		return workload.Result{}, err
	}
	parts := tree(c, &n) // before the copy is there, which may lie below
	if other, is := sibling(c, &to, name); is {
		switch {
		case !makesRoom(on, &n, &other):
			return workload.Result{}, taken(name)
		case on == rename:
			name = numbered(c, &to, name, isFolder(&n))
		default:
			if err := discard(c, &other, true); err != nil {
				return workload.Result{}, err
			}
		}
	}
	made := make([]workload.Node, len(parts))
	for i, p := range parts {
		owner := &to
		if i > 0 {
			owner, name = &made[p.parent], p.node.Text("name")
		}
		if made[i], err = duplicate(c, &p.node, owner, name); err != nil {
			return workload.Result{}, err
		}
	}
	one := made[0]
	one.Home.Key = one.Text("id") // which the monitor tells (B-14.95)
	return workload.Result{One: &workload.Entity{Node: one}}, nil
}

// part is an item of a tree, whose folder is another part.
type part struct {
	node   workload.Node
	parent int
}

// tree is an item and all below it, folders before what they hold.
func tree(c *workload.Call, n *workload.Node) []part {
	all := []part{{node: *n}}
	for i := 0; i < len(all); i++ {
		if !isFolder(&all[i].node) {
			continue
		}
		for ref := range c.Tx.Members(all[i].node.Ref, children, 0) {
			if child, ok := nodeOf(c, ref, driveItem); ok {
				all = append(all, part{child, i})
			}
		}
	}
	return all
}

// duplicate makes an item like another one.
func duplicate(c *workload.Call, n, to *workload.Node, name string) (workload.Node, error) {
	m := value.Members{{Name: "name", Value: value.String(name)}}
	for _, facet := range facets {
		if raw, ok := n.Get(facet); ok && !raw.IsNull() {
			m.Set(facet, "{}")
			if facet != "folder" && facet != "file" { // those two are counted and hashed anew
				m.Set(facet, raw)
			}
		}
	}
	made, err := c.System.Create(c, to, children, m)
	if err != nil {
		return made, err
	}
	if blob, _, ok := c.Tx.Blob(n.Ref, content); ok {
		return made, first(c, &made, blob)
	}
	return made, nil
}
