package governance

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// place is what a role of a resource stands for: a navigation of a group, or an app role of a
// service principal.
type place struct{ owner, nav, role string }

const assignedNav = "appRoleAssignedTo"

func (p place) key() string {
	key := p.nav + "_" + strings.ToLower(p.owner)
	if p.role != "" {
		key += "_" + strings.ToLower(p.role)
	}
	return key
}

// placeOf reads the key of a record.
func placeOf(key string) place {
	nav, owner, _ := strings.Cut(key, "_")
	owner, role, _ := strings.Cut(owner, "_")
	return place{owner, nav, role}
}

// ownerOf finds the group or the service principal.
func (p place) ownerOf(c *workload.Call) (workload.Node, error) {
	set := "groups"
	if p.role != "" {
		set = "servicePrincipals"
	}
	return c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, set, p.owner)
}

// held finds what a principal has of a place: itself in a group, or its assignment of a role.
func (p place) held(tx *store.Reader, owner, who store.Ref) (store.Ref, bool) {
	if p.role == "" {
		return who, tx.Linked(owner, p.nav, who)
	}
	for ref := range tx.Members(who, "appRoleAssignments", 0) {
		if strings.EqualFold(text(tx, ref, "appRoleId"), p.role) && tx.Linked(owner, p.nav, ref) {
			return ref, true
		}
	}
	return 0, false
}

// give makes the link or the assignment, if it is not there.
func (p place) give(c *workload.Call, owner *workload.Node, who store.Ref) error {
	if p.role == "" {
		return c.System.Link(c, owner, p.nav, who)
	}
	if _, has := p.held(c.Tx, owner.Ref, who); has {
		return nil
	}
	by := *c
	if by.Loading() {
		by.Mode = workload.ModeWrite // it is made as a request would make it
	}
	_, err := c.System.Create(&by, owner, p.nav, value.Members{{Name: "principalId", Value: value.String(text(c.Tx, who, "id"))},
		{Name: "resourceId", Value: value.String(owner.Text("id"))}, {Name: "appRoleId", Value: value.String(p.role)}})
	return err
}

// take removes it.
func (p place) take(c *workload.Call, owner *workload.Node, who store.Ref) error {
	if p.role == "" {
		return c.System.Unlink(c, owner, p.nav, who)
	}
	if ref, has := p.held(c.Tx, owner.Ref, who); has {
		return c.System.Delete(c, ref)
	}
	return nil
}
