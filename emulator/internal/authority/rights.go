package authority

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed rights.txt
var rightsText string

// grant is what a role allows under a condition.
type grant struct {
	role, condition string
	actions         []string
}

// The conditions of grants.
const (
	always  = "-"
	isSelf  = "$ResourceIsSelf"
	isOwner = "$SubjectIsOwner"
	noAdmin = "NonAdministrator"
)

// member is the role of every user who is no guest.
const member = "a0b1b346-4d3e-4e8b-98f8-753987be4970"

// rights are the lines of rights.txt: actions by type and member, and what roles allow.
var rights = sync.OnceValues(func() (actions map[string]string, grants []grant) {
	actions = map[string]string{}
	for line := range strings.Lines(rightsText) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || f[0] == "#":
		case f[0] == "=":
			actions[f[1]+" "+f[2]] = f[3]
		default:
			grants = append(grants, grant{f[0], f[1], f[2:]})
		}
	}
	return actions, grants
})

// deed is what a call does to an entity of the directory: one action of microsoft.directory,
// and the property set that it falls into when no role names the property.
type deed struct{ action, set string }

// Rights judges a delegated call by what its user may do (B-10.33). A token permits no
// more than the user may do without it.
func (a *Authority) Rights(c *workload.Call) error {
	if c.Caller.AppOnly {
		return nil
	}
	if err := a.privacy(c); err != nil {
		return err
	}
	if !c.Target.Writes(c.Verb) {
		return nil
	}
	on, deeds := a.deeds(c)
	if len(deeds) == 0 {
		return nil
	}
	self, ok := c.Tx.Find(0, "users", c.Caller.User)
	if !ok {
		return nil
	}
	roles := sts.Roles(c.Tx, self)
	if e, ok := c.Tx.Get(self); ok {
		if kind, _ := e.Object.Get("userType"); kind != `"Guest"` {
			roles = append(roles, member)
		}
	}
	for _, d := range deeds {
		if !allowed(c.Tx, roles, d, on, self) {
			return grapherr.Denied(nil).Because("The signed-in user has no directory role that allows microsoft.directory/"+d.action+".",
				"Sign in as an administrator, or give the user a directory role.")
		}
	}
	return nil
}

// allowed reports whether one of the roles allows a deed.
func allowed(tx *store.Reader, roles []string, d deed, on *workload.Node, self store.Ref) bool {
	_, grants := rights()
	for _, g := range grants {
		if !slices.Contains(roles, g.role) || !slices.ContainsFunc(g.actions, func(has string) bool { return has == "*" || has == d.action || has == d.set }) {
			continue
		}
		switch g.condition {
		case always:
			return true
		case isSelf:
			if on.Ref == self {
				return true
			}
		case isOwner:
			if on.Ref > 0 && tx.Contains(on.Ref, "owners", self) {
				return true
			}
		case noAdmin:
			if on.Ref > 0 && !slices.ContainsFunc(sts.Roles(tx, on.Ref), sts.Administers) {
				return true
			}
		}
	}
	return false
}

// deeds are the actions of a write on the directory, and the entity that they are done to.
// There are none where the write is about what belongs to the caller, or to a service
// that knows no directory roles.
func (a *Authority) deeds(c *workload.Call) (*workload.Node, []deed) {
	on := &c.Self
	switch c.Verb {
	case bind.Create:
		if t := c.Target.Type; a.administered(t) {
			return on, []deed{{action: plural(t) + "/create"}}
		}
		return a.below(c, on, c.Nav)
	case bind.Link, bind.Unlink:
		nav := c.Nav
		if nav == nil {
			on, nav = c.Self.Home.Owner, c.Self.Home.Nav
		}
		if on == nil || nav == nil || !a.administered(on.Type) {
			return nil, nil
		}
		return on, []deed{done(on.Type, nav.Name)}
	}
	if !a.administered(on.Type) {
		return a.below(c, on.Home.Owner, on.Home.Nav)
	}
	if !on.Exists && c.Verb != bind.Upsert {
		return nil, nil // the engine says so
	}
	switch name, operation := c.Verb.Invoked(); {
	case operation && c.Nav != nil:
		return nil, nil
	case operation:
		if d := done(on.Type, name); d.action != "-" {
			d.set = ""
			return on, []deed{d}
		}
	case c.Verb == bind.Delete:
		return on, []deed{{action: plural(on.Type) + "/delete"}}
	case len(c.Path) > 0:
		return on, []deed{done(on.Type, c.Path[0])}
	default:
		var out []deed
		for _, m := range c.Body {
			if !strings.HasPrefix(m.Name, "@") {
				out = append(out, done(on.Type, m.Name))
			}
		}
		return on, out
	}
	return nil, nil
}

// below are the deeds of a write of something below an owner: a change of the user whose
// it is, when that is not the caller.
func (a *Authority) below(c *workload.Call, owner *workload.Node, nav *edm.Navigation) (*workload.Node, []deed) {
	for ; owner != nil && nav != nil; owner, nav = owner.Home.Owner, owner.Home.Nav {
		if owner.Type == nil || !owner.Type.Is(workload.User) {
			continue
		}
		if !strings.EqualFold(owner.Text("id"), c.Caller.User) && !a.private(c) {
			return owner, []deed{done(owner.Type, nav.Name)}
		}
		break
	}
	return nil, nil
}

// administered reports whether directory roles guard a type.
func (a *Authority) administered(t *edm.Type) bool {
	return t != nil && t.Kind == edm.Entity && a.Traits(t).Administered
}

// done is the action that changes a member of a type.
func done(t *edm.Type, name string) deed {
	actions, _ := rights()
	for at := t; at != nil; at = at.Base() {
		if action, ok := actions[at.Name.Short()+" "+name]; ok {
			return deed{action: action}
		}
	}
	return deed{action: plural(t) + "/" + name + "/update", set: plural(t) + "/basic/update"}
}

// plural is what microsoft.directory calls the entities of a type.
func plural(t *edm.Type) string {
	name := t.Name.Short()
	if stem, ok := strings.CutSuffix(name, "y"); ok {
		return stem + "ies"
	}
	return name + "s"
}

// privacy keeps the mailbox of another user closed, whatever path leads there, unless the
// token permits what others share.
func (a *Authority) privacy(c *workload.Call) error {
	if !a.private(c) {
		return nil
	}
	for n := &c.Self; n != nil; n = n.Home.Owner {
		if n.Type == nil || !n.Type.Is(workload.User) {
			continue
		}
		shared := func(scope string) bool { return strings.HasSuffix(strings.ToLower(scope), ".shared") }
		if strings.EqualFold(n.Text("id"), c.Caller.User) || slices.ContainsFunc(c.Caller.Scopes, shared) {
			return nil
		}
		return grapherr.Denied(nil).Because("The mailbox belongs to another user.", "Ask for a permission that ends in .Shared, or use an application permission.")
	}
	return nil
}

// private reports whether a call is about what lies in a mailbox.
func (a *Authority) private(c *workload.Call) bool {
	of := c.Target.Owning()
	return of != nil && a.Traits(of).Mailbox
}
