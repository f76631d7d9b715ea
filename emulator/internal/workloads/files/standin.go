package files

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// place is where content goes: an item, or a name in a folder.
type place struct {
	item   workload.Node
	parent *workload.Node
	name   string
}

// put puts content there.
func put(c *workload.Call, at place, behavior string, members value.Members, content *store.Blob) (node workload.Node, created bool, err error) {
	if node = at.item; !node.Exists && at.parent.Exists {
		for ref := range c.Tx.Members(at.parent.Ref, "children", 0) {
			ent, _ := c.Tx.Get(ref)
			raw, _ := ent.Object.Get("name")
			if name, _ := raw.Text(); strings.EqualFold(name, at.name) {
				_, _, key, _ := c.Tx.Owner(ref)
				if node, err = c.System.Member(c, at.parent, "children", key); err != nil {
					return node, false, err
				}
			}
		}
	}
	switch {
	case node.Exists && behavior == "fail":
		return node, false, grapherr.Exists("driveItem", node.Text("name"))
	case node.Exists && behavior == "rename":
		if at.parent == nil {
			at.parent = node.Home.Owner
		}
		at.name = numbered(node.Text("name"))
		fallthrough
	case !node.Exists:
		owner, err := folderAt(c, at.parent)
		if err != nil {
			return node, false, err
		}
		created = true
		members.Set("name", value.String(at.name))
		if node, err = c.System.Create(c, &owner, "children", members); err != nil {
			return node, false, err
		}
	}
	return node, created, c.System.PutContent(c, &node, "content", content)
}

func numbered(name string) string {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' {
			return name[:i] + " 1" + name[i:]
		}
	}
	return name + " 1"
}

func folderAt(c *workload.Call, n *workload.Node) (workload.Node, error) {
	if n.Exists || n.Home.Owner == nil || n.Home.Key == "" {
		return *n, nil
	}
	owner, err := folderAt(c, n.Home.Owner)
	if err != nil {
		return owner, err
	}
	return c.System.Create(c, &owner, "children", value.Members{{Name: "name", Value: value.String(n.Home.Key)}, {Name: "folder", Value: "{}"}})
}
