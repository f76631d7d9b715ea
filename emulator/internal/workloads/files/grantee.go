package files

import (
	"cmp"
	"encoding/base64"
	"hash/crc32"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// granteeIDs are the ids of users and groups that a permission names.
func granteeIDs(n *workload.Node) (out []string) {
	add := func(set value.Raw) {
		for _, kind := range [...]string{"user", "group"} {
			raw, _ := set.Members().Get(kind)
			if id := raw.Members().Text("id"); id != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	for _, name := range [...]string{"grantedToV2", "grantedTo"} {
		raw, _ := n.Get(name)
		add(raw)
	}
	for _, name := range [...]string{"grantedToIdentitiesV2", "grantedToIdentities"} {
		raw, _ := n.Get(name)
		for one := range raw.Elements() {
			add(one)
		}
	}
	return out
}

// grantee is a user or a group that something is shared with.
type grantee struct {
	ref   store.Ref
	of    value.Object
	group bool
}

func granteeByID(tx *store.Reader, id string) (grantee, bool) {
	for i, set := range [...]string{"users", "groups"} {
		if ref, e, ok := byID(tx, set, id); ok && id != "" {
			return grantee{ref, e.Object, i == 1}, true
		}
	}
	return grantee{}, false
}

// granteeOf finds whom a driveRecipient names: by id, by address or by alias (B-14.135).
func granteeOf(tx *store.Reader, r value.Members) (grantee, bool) {
	if id := r.Text("objectId"); id != "" {
		return granteeByID(tx, id)
	}
	find := func(set, typ, member, text string) (grantee, bool) {
		for ref := range tx.Lookup(workload.IndexOf(edm.Name(typ), member), text) {
			if from, nav, _, ok := tx.Owner(ref); ok && from == 0 && nav == set {
				e, _ := tx.Get(ref)
				return grantee{ref, e.Object, set == "groups"}, true
			}
		}
		return grantee{}, false
	}
	const group = "microsoft.graph.group"
	if email := r.Text("email"); email != "" {
		for _, by := range [...][3]string{{"users", string(workload.User), "mail"}, {"users", string(workload.User), "userPrincipalName"}, {"groups", group, "mail"}} {
			if g, ok := find(by[0], by[1], by[2], email); ok {
				return g, true
			}
		}
	}
	if alias := r.Text("alias"); alias != "" {
		if g, ok := find("groups", group, "mailNickname", alias); ok {
			return g, true
		}
		for domain := range domainsOf(tx) {
			if g, ok := find("users", string(workload.User), "userPrincipalName", alias+"@"+domain); ok {
				return g, true
			}
		}
	}
	return grantee{}, false
}

// domainsOf walks the domains of the tenant.
func domainsOf(tx *store.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range tx.Entities(0, "organization", 0, nil) {
			domains, _ := e.Object.Get("verifiedDomains")
			for d := range domains.Elements() {
				if name := d.Members().Text("name"); name != "" && !yield(name) {
					return
				}
			}
		}
	}
}

// login is the name by which SharePoint knows a user or a group.
func (g *grantee) login() string {
	switch {
	case !g.group:
		return "i:0#.f|membership|" + strings.ToLower(text(g.of, "userPrincipalName"))
	case isUnified(g.of):
		return "c:0o.c|federateddirectoryclaimprovider|" + text(g.of, "id")
	}
	return "c:0t.c|tenant|" + text(g.of, "id")
}

// key is the id of the permission of a user or a group: there is one on an item (B-14.137).
func (g *grantee) key() string { return base64.RawURLEncoding.EncodeToString([]byte(g.login())) }

func (g *grantee) mail() string {
	if mail := text(g.of, "mail"); mail != "" {
		return mail
	}
	return text(g.of, "userPrincipalName")
}

// identities are a grantee in the two forms that stand side by side (B-14.139).
func (g *grantee) identities() (old, v2 value.Raw) {
	who := identityOf(g.of, "email")
	// SharePoint counts the users that it has met in a site. The number follows from the name,
	// so that it is the same on all items.
	number := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(g.login())))%9000+10, 10)
	site := value.Texts("displayName", text(g.of, "displayName"), "email", g.mail(), "id", number, "loginName", g.login()).Object()
	kind := "user"
	if g.group {
		kind = "group"
	}
	return value.Members{{Name: "user", Value: who}}.Object(), value.Members{{Name: kind, Value: who}, {Name: "siteUser", Value: site}}.Object()
}

// grant is the permission of a grantee, without roles.
func (g *grantee) grant() value.Members {
	old, v2 := g.identities()
	return value.Members{{Name: "id", Value: value.String(g.key())}, {Name: "grantedToV2", Value: v2}, {Name: "grantedTo", Value: old}}
}

// link notes that a permission reaches the grantee.
func (g *grantee) link(c *workload.Call, perm *workload.Node) error {
	return c.System.Link(c, &workload.Node{Ref: g.ref, Exists: true}, granted, perm.Ref)
}

// unlink notes that it does no more.
func (g *grantee) unlink(c *workload.Call, perm *workload.Node) error {
	return c.System.Unlink(c, &workload.Node{Ref: g.ref, Exists: true}, granted, perm.Ref)
}

// unresolved is the error about recipients that the tenant does not know (B-14.136).
func unresolved() *grapherr.Error {
	return &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "One or more users could not be resolved", Inner: "noResolvedUsers"}
}

// recipientsOf resolves the recipients of a body. It is an error when it names none, and when
// none of them is known; failed are those that are not.
func recipientsOf(c *workload.Call, name string) (found []grantee, failed []value.Members, err error) {
	raw, _ := c.Body.Get(name)
	for one := range raw.Elements() {
		r := one.Members()
		g, ok := granteeOf(c.Tx, r)
		if !ok && c.Presumes() {
			n, err := c.System.Named(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "users", cmp.Or(r.Text("objectId"), r.Text("email"), r.Text("alias")))
			if err != nil {
				return nil, nil, err
			}
			g, ok = grantee{ref: n.Ref, of: n.Object}, true
		}
		switch {
		case !ok:
			failed = append(failed, r)
		case !slices.ContainsFunc(found, func(has grantee) bool { return has.ref == g.ref }):
			found = append(found, g)
		}
	}
	switch {
	case len(found) == 0 && len(failed) == 0:
		return nil, nil, invalid("The " + name + " are missing.")
	case len(found) == 0:
		return nil, nil, unresolved()
	}
	return found, failed, nil
}
