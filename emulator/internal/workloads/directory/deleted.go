package directory

import (
	"slices"
	"strings"
	"time"

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

const (
	bin  = "deletedItems"      // the navigation of /directory that deleted objects lie in
	kept = 30 * 24 * time.Hour // how long they do (B-4.28)
	// took remembers the service principal that went with its application. It is
	// stored and never shown.
	took = "@servicePrincipal"
)

func deletions() []workload.Rule {
	const object edm.Name = "microsoft.graph.directoryObject"
	var out []workload.Rule
	for _, t := range restorable {
		do := remove
		if t == "microsoft.graph.servicePrincipal" {
			do = deletePrincipal
		}
		out = append(out, workload.Rule{Type: t, Verb: bind.Delete, Do: do})
	}
	return append(out, workload.Rule{Type: object, Verb: bind.Invoke("restore"), Do: restore},
		workload.Rule{Type: object, Verb: bind.Invoke(workload.Expire), ByTime: true, Do: purge})
}

// remove moves an object to the deleted items, where its links are hidden and from
// where it can come back. What lies there already is deleted for good (B-4.29).
func remove(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if n.Exists && n.Type.Is("microsoft.graph.group") && len(licensed(n)) > 0 && !c.Presumes() {
		return workload.Result{}, bad("The group has active licenses. Remove them before it is deleted.")
	}
	if !n.Exists || n.Ref == workload.NoRef || c.Tx.Detached(n.Ref) || !c.Owned() || !soft(n) {
		return c.Next()
	}
	owner, err := c.System.Member(c, root(c), "directory", "")
	if err != nil {
		return workload.Result{}, err
	}
	if err := c.System.Keep(c, &owner); err != nil {
		return workload.Result{}, err
	}
	changed := value.Members{}
	if n.Type.Is("microsoft.graph.application") { // B-4.32
		if ref, e, ok := first(c.Tx, principalByID, n.Text("appId")); ok {
			_, _, key, _ := c.Tx.Owner(ref)
			changed.Set(took, value.String(key))
			principal := workload.Node{Ref: ref, Type: typeOf(c, "microsoft.graph.servicePrincipal"), Object: e.Object, Exists: true}
			if err := discard(c, &principal, &owner, nil); err != nil {
				return workload.Result{}, err
			}
		}
	}
	return workload.Result{}, discard(c, n, &owner, changed)
}

// discard marks an object as deleted and puts it into the bin for its time.
func discard(c *workload.Call, n, to *workload.Node, changed value.Members) error {
	changed.Set("deletedDateTime", value.Time(c.Now()))
	if upn := n.Text("userPrincipalName"); upn != "" { // B-4.30: the name is free again
		changed.Set("userPrincipalName", value.String(bare(n)+upn))
	}
	if err := release(c, n, -1); err != nil {
		return err
	}
	if err := c.System.Write(c, n, changed); err != nil {
		return err
	}
	if err := c.System.Detach(c, n, to, bin); err != nil {
		return err
	}
	return c.Wake(n, c.Now().Add(kept), workload.Expire)
}

// bury puts what a file lists among the deleted items where a delete would have put it.
func bury(c *workload.Call, owner, n *workload.Node) error {
	if err := c.System.Unlink(c, owner, bin, n.Ref); err != nil {
		return err
	}
	if from, nav, _, ok := c.Tx.Owner(n.Ref); ok {
		if to, set := collection(c, owner, n); set != "" && (from != to.Ref || nav != set) {
			if err := c.System.Move(c, n, to, set, ""); err != nil {
				return err
			}
		}
	}
	if err := together(c, n); err != nil {
		return err
	}
	if err := c.System.Detach(c, n, owner, bin); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, n.Text("deletedDateTime"))
	if err != nil {
		at = c.Now()
	}
	return c.Wake(n, at.Add(kept), workload.Expire)
}

// collection returns the collection that an object is in unless it is deleted. Beta models
// the deleted items as contained, so a file may have put an object among them and nowhere else.
func collection(c *workload.Call, directory, n *workload.Node) (*workload.Node, string) {
	if n.Type.Is("microsoft.graph.administrativeUnit") { // the root has no set of them
		return directory, units
	}
	for _, set := range c.Model.Root().Navigations() {
		if set.Set && set.Type.Many && set.Type.Name != "microsoft.graph.directoryObject" && n.Type.Is(set.Type.Name) {
			return root(c), set.Name
		}
	}
	return nil, ""
}

// together says of an application and a service principal that a file lists as deleted at
// the same time that one went with the other. Either may be told of first.
func together(c *workload.Call, n *workload.Node) error {
	other := principalByID
	switch {
	case n.Type.Is("microsoft.graph.servicePrincipal"):
		other = applicationByID
	case !n.Type.Is("microsoft.graph.application"):
		return nil
	}
	ref, e, ok := first(c.Tx, other, n.Text("appId"))
	if at, _ := e.Object.Get("deletedDateTime"); !ok || at != value.String(n.Text("deletedDateTime")) {
		return nil
	}
	app, principal := *n, ref
	if other == applicationByID {
		app, principal = workload.Node{Ref: ref, Type: typeOf(c, "microsoft.graph.application"), Object: e.Object, Exists: true}, n.Ref
	}
	_, _, key, _ := c.Tx.Owner(principal)
	return c.System.Write(c, &app, value.Members{{Name: took, Value: value.String(key)}})
}

// bare is an object's id without dashes, which stands before the name of a deleted user.
func bare(n *workload.Node) string { return strings.ReplaceAll(n.Text("id"), "-", "") }

func typeOf(c *workload.Call, name edm.Name) *edm.Type {
	t, _ := c.Model.Type(name)
	return t
}

// purge removes for good what has lain in the bin long enough.
func purge(c *workload.Call) (workload.Result, error) {
	if !c.Tx.Detached(c.Self.Ref) {
		return workload.Result{}, nil
	}
	return workload.Result{}, c.System.Purge(c, &c.Self)
}

func soft(n *workload.Node) bool {
	if !n.Type.Is("microsoft.graph.group") {
		return true
	}
	types, _ := n.Get("groupTypes")
	unified, _ := kindOf(types)
	return unified
}

// restore brings a deleted object back with its links (B-4.29).
func restore(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists || n.Ref == workload.NoRef {
		return workload.Result{}, grapherr.NotFound(n.Type.Name.Short(), n.Home.Key)
	}
	if !c.Tx.Detached(n.Ref) {
		if h := n.Home; c.Presumes() && h.Owner != nil && h.Nav != nil { // made up for the request: it was never deleted
			return workload.Result{Status: 200, One: &workload.Entity{Node: *n}}, c.System.Unlink(c, h.Owner, h.Nav.Name, n.Ref)
		}
		return workload.Result{}, grapherr.NotFound(n.Type.Name.Short(), n.Home.Key)
	}
	principal := n.Text(took)
	if err := revive(c, n); err != nil {
		return workload.Result{}, err
	}
	if from, _, _, ok := c.Tx.Owner(n.Ref); ok && principal != "" && from == 0 {
		if err := restorePrincipal(c, principal); err != nil {
			return workload.Result{}, err
		}
	}
	return workload.Result{Status: 200, One: &workload.Entity{Node: *n}}, nil
}

// restorePrincipal brings back the service principal that went with its application.
func restorePrincipal(c *workload.Call, key string) error {
	owner, ok := c.Tx.One(0, "directory")
	if !ok {
		return nil
	}
	ref, ok := c.Tx.Find(owner, bin, key)
	if !ok {
		return nil
	}
	e, _ := c.Tx.Get(ref)
	return revive(c, &workload.Node{Ref: ref, Type: typeOf(c, "microsoft.graph.servicePrincipal"), Object: e.Object, Exists: true})
}

// revive takes an object out of the bin. What it may share with no other is judged
// as in a create (B-4.30).
func revive(c *workload.Call, n *workload.Node) error {
	changed := value.Members{{Name: "deletedDateTime", Value: value.Null}}
	if _, ok := n.Get(took); ok {
		changed.Set(took, value.Null)
	}
	if upn := n.Text("userPrincipalName"); upn != "" {
		name := strings.TrimPrefix(upn, bare(n))
		if other := c.Body.Text("newUserPrincipalName"); other != "" {
			if err := domains(c).check(c, other); err != nil {
				return err
			}
			name = other
		}
		changed.Set("userPrincipalName", value.String(name))
	}
	if addresses, _ := n.Get("proxyAddresses"); addresses.Kind() == value.KindArray {
		list := texts(addresses)
		if c.Body.Bool("autoReconcileProxyConflict") {
			list = slices.DeleteFunc(list, func(a string) bool { return addressTaken(c, a) })
		}
		changed.Set("proxyAddresses", value.Strings(list))
	}
	if err := release(c, n, +1); err != nil {
		return err
	}
	if err := c.System.Write(c, n, changed); err != nil {
		return err
	}
	if err := c.Wake(n, time.Time{}, workload.Expire); err != nil {
		return err
	}
	return c.System.Attach(c, n)
}

func addressTaken(c *workload.Call, address string) bool {
	for _, t := range [...]string{"user", "group"} {
		if _, _, ok := first(c.Tx, "microsoft.graph."+t+"/proxyAddresses", address); ok {
			return true
		}
	}
	return false
}
