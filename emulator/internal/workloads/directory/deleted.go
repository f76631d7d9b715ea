package directory

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// restorable are the types whose deleted objects go to /directory/deletedItems
// (B-4.28). A group goes there only when it is a Microsoft 365 group.
var restorable = []edm.Name{
	"microsoft.graph.user", "microsoft.graph.group", "microsoft.graph.application",
	"microsoft.graph.servicePrincipal", "microsoft.graph.administrativeUnit",
}

// bin is the navigation of /directory that deleted objects lie in.
const bin = "deletedItems"

func deletions() []workload.Rule {
	var out []workload.Rule
	for _, t := range restorable {
		out = append(out, workload.Rule{Type: t, Verb: bind.Delete, Do: remove})
	}
	return append(out, workload.Rule{Type: "microsoft.graph.directoryObject", Verb: bind.Invoke("restore"), Do: restore})
}

// remove moves an object to the deleted items, where its links are hidden and from
// where it can come back. What lies there already is deleted for good (B-4.29).
func remove(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || n.Ref == workload.NoRef || c.Tx.Detached(n.Ref) || !c.Owned() || !soft(n) {
		return c.Next()
	}
	root := &workload.Node{Type: c.Model.Root(), Exists: true}
	owner, err := c.System.Member(c, root, "directory", "")
	if err != nil {
		return workload.Result{}, err
	}
	if err := c.System.Keep(c, &owner); err != nil {
		return workload.Result{}, err
	}
	changed := value.Members{{Name: "deletedDateTime", Value: value.Time(c.Now())}}
	if upn := n.Text("userPrincipalName"); upn != "" { // B-4.30: the name is free again
		changed.Set("userPrincipalName", value.String(strings.ReplaceAll(n.Text("id"), "-", "")+upn))
	}
	if err := c.System.Write(c, n, changed); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, c.Tx.Detach(n.Ref, owner.Ref, bin)
}

func soft(n *workload.Node) bool {
	if !n.Type.Is("microsoft.graph.group") {
		return true
	}
	kinds, _ := n.Get("groupTypes")
	for k := range kinds.Elements() {
		if s, _ := k.Text(); s == "Unified" {
			return true
		}
	}
	return false
}

// restore brings a deleted object back with its links (B-4.29).
func restore(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || n.Ref == workload.NoRef {
		return workload.Result{}, grapherr.NotFound(n.Type.Name.Short(), n.Home.Key)
	}
	if !c.Tx.Detached(n.Ref) {
		if from, nav, _, ok := c.Tx.Owner(n.Ref); ok && from != 0 && nav == bin { // made up where it lies: it was nowhere before
			return workload.Result{Status: 200, One: &workload.Entity{Node: *n}}, nil
		}
		return workload.Result{}, grapherr.NotFound(n.Type.Name.Short(), n.Home.Key)
	}
	changed := value.Members{{Name: "deletedDateTime", Value: value.Null}}
	if upn := n.Text("userPrincipalName"); upn != "" {
		changed.Set("userPrincipalName", value.String(strings.TrimPrefix(upn, strings.ReplaceAll(n.Text("id"), "-", ""))))
	}
	if err := c.System.Write(c, n, changed); err != nil {
		return workload.Result{}, err
	}
	if err := c.Tx.Attach(n.Ref); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Status: 200, One: &workload.Entity{Node: *n}}, nil
}
