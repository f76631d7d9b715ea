package directory

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

func grants() []workload.Rule {
	return []workload.Rule{
		{Type: "microsoft.graph.user", Verb: bind.Invoke("assignLicense"), Do: assignLicense},
		{Type: "microsoft.graph.group", Verb: bind.Invoke("assignLicense"), Do: assignLicense},
		{Type: "microsoft.graph.appRoleAssignment", Verb: bind.Create, Do: assignRole},
		{Type: "microsoft.graph.invitation", Verb: bind.Create, Do: invite},
		{Type: "microsoft.graph.directoryRole", Verb: bind.Create, Do: activate},
	}
}

// assignRole makes the grant of an app role. Whatever road it comes by, it lies with
// its principal and shows in the resource's appRoleAssignedTo (B-4.46).
func assignRole(c *workload.Call) (workload.Result, error) {
	if c.Loading() && c.Body.Text("id") == "" {
		identify(c)
	}
	if c.Loading() || c.Self.Ref == 0 { // the set of them all is beta's, and no page has it
		return c.Next()
	}
	principal, okP := object(c, c.Body.Text("principalId"))
	resource, okR := object(c, c.Body.Text("resourceId"))
	switch {
	case c.Presumes() && (!okP || !okR):
		return c.Next()
	case !okP:
		return workload.Result{}, grapherr.NoReference(c.Body.Text("principalId"))
	case !okR, !c.Presumes() && !resource.Type.Is("microsoft.graph.servicePrincipal"):
		return workload.Result{}, grapherr.NoReference(c.Body.Text("resourceId"))
	case !c.Presumes():
		if err := grantable(c, &principal, &resource); err != nil {
			return workload.Result{}, err
		}
	}
	c.Body.Set("principalDisplayName", value.String(principal.Text("displayName")))
	c.Body.Set("resourceDisplayName", value.String(resource.Text("displayName")))
	short := principal.Type.Name.Short()
	c.Body.Set("principalType", value.String(strings.ToUpper(short[:1])+short[1:]))
	if assigned(c, principal.Ref) {
		return workload.Result{}, bad("Permission being assigned already exists on the object").Because("The principal has the role already.", "")
	}
	nav, ok := principal.Type.Navigation("appRoleAssignments")
	if !ok {
		return workload.Result{}, grapherr.NotSupported()
	}
	identify(c)
	now := value.Time(c.Now())
	c.Body.Set("createdDateTime", now)
	c.Body.Set("creationTimestamp", now) // as beta calls it
	c.Self, c.Nav = principal, nav
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	res.Status = 201 // C-10.10: also where the page's example shows another
	return res, c.System.Link(c, &resource, "appRoleAssignedTo", res.One.Ref)
}

// identify gives the grant of an app role its id: the GUID of the principal and another one.
func identify(c *workload.Call) {
	if id, ok := value.GUIDBytes(c.Body.Text("principalId")); ok {
		made, _ := value.GUIDBytes(c.Tx.NewGUID())
		c.Body.Set("id", value.String(base64.RawURLEncoding.EncodeToString(slices.Concat(id[:], made[:]))))
	}
}

// grantID is the id of a delegated grant: the GUIDs of the client, the resource and the
// principal, if there is one. It is "" when one of them is no GUID.
func grantID(grant value.Members) string {
	var id []byte
	for _, name := range [...]string{"clientId", "resourceId", "principalId"} {
		text := grant.Text(name)
		if text == "" && name == "principalId" {
			continue
		}
		part, ok := value.GUIDBytes(text)
		if !ok {
			return ""
		}
		id = append(id, part[:]...)
	}
	return base64.RawURLEncoding.EncodeToString(id)
}

// noRole is what whoever has none of a resource's roles is granted.
const noRole = "00000000-0000-0000-0000-000000000000"

// grantable refuses a grant on the road to somebody else, and one of a role that the
// resource does not have.
func grantable(c *workload.Call, principal, resource *workload.Node) error {
	if by := c.Self.Ref; by != principal.Ref && by != resource.Ref {
		return bad("The principalId does not match the object that the role is assigned to.").Because("The path names "+c.Self.Text("id")+".", "")
	}
	id := c.Body.Text("appRoleId")
	roles, _ := resource.Get("appRoles")
	known := id == noRole
	if roles.Kind() == value.KindArray {
		for el := range roles.Elements() {
			known = known || strings.EqualFold(el.Members().Text("id"), id)
		}
	}
	if !known {
		return bad("Permission being assigned was not found on application '" + resource.Text("displayName") + "'.")
	}
	return nil
}

// assigned reports whether the principal has the role of the body already.
func assigned(c *workload.Call, principal store.Ref) bool {
	for ref := range c.Tx.Members(principal, "appRoleAssignments", 0) {
		e, _ := c.Tx.Get(ref)
		same := true
		for _, name := range [...]string{"appRoleId", "resourceId"} {
			was, _ := e.Object.Get(name)
			is, _ := c.Body.Get(name)
			same = same && strings.EqualFold(string(was), string(is))
		}
		if same {
			return true
		}
	}
	return false
}

// object finds a stored directory object by its id.
func object(c *workload.Call, id string) (workload.Node, bool) {
	n, err := c.System.Member(c, root(c), "directoryObjects", id)
	return n, err == nil && n.Exists && n.Ref > 0
}

// invite makes a guest of an address, or invites again whom it made before (B-12.3,
// B-4.11).
func invite(c *workload.Call) (workload.Result, error) {
	address := c.Body.Text("invitedUserEmailAddress")
	if c.Loading() || address == "" {
		return c.Next()
	}
	if name, domain, ok := strings.Cut(address, "@"); !c.Presumes() && (!ok || name == "" || domain == "") {
		return workload.Result{}, grapherr.InvalidValue("invitation", "invitedUserEmailAddress", "'"+address+"' is no address.")
	}
	d := domains(c)
	upn := strings.ReplaceAll(address, "@", "_") + "#EXT#@" + d.first
	name := c.Body.Text("invitedUserDisplayName")
	if name == "" {
		name, _, _ = strings.Cut(address, "@")
	}
	ref, _, ok := first(c.Tx, "microsoft.graph.user/userPrincipalName", upn)
	if !ok {
		guest, err := c.System.Create(c, root(c), "users", value.Members{
			{Name: "accountEnabled", Value: "true"}, {Name: "displayName", Value: value.String(name)},
			{Name: "mail", Value: value.String(address)}, {Name: "otherMails", Value: value.Strings([]string{address})},
			{Name: "userPrincipalName", Value: value.String(upn)}, {Name: "mailNickname", Value: value.String(strings.ReplaceAll(address, "@", "_") + "#EXT#")},
			{Name: "userType", Value: `"Guest"`}, {Name: "creationType", Value: `"Invitation"`},
			{Name: "externalUserState", Value: `"PendingAcceptance"`}, {Name: "externalUserStateChangeDateTime", Value: value.Time(c.Now())},
		})
		if err != nil {
			return workload.Result{}, err
		}
		ref = guest.Ref
	}
	c.Body.Set("status", `"PendingAcceptance"`)
	c.Body.Set("inviteRedeemUrl", value.String("https://login.microsoftonline.com/redeem?user="+c.Tx.NewGUID()))
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	if err := c.System.Link(c, &res.One.Node, "invitedUser", ref); err != nil {
		return res, err
	}
	_, _, id, _ := c.Tx.Owner(ref)
	res.One.Members = res.One.Object.Members()
	res.One.Members.Set("invitedUser", value.Members{{Name: "id", Value: value.String(id)}}.Object())
	return res, nil
}

// activate makes a directory role of its template; one that is active is a conflict
// (B-12.11).
func activate(c *workload.Call) (workload.Result, error) {
	id := c.Body.Text("roleTemplateId")
	if c.Loading() || id == "" {
		return c.Next()
	}
	if _, _, ok := first(c.Tx, "microsoft.graph.directoryRole/roleTemplateId", id); ok {
		return workload.Result{}, grapherr.Exists("directoryRole", id)
	}
	template, err := c.System.Member(c, root(c), "directoryRoleTemplates", id)
	if err != nil {
		return workload.Result{}, err
	}
	if !template.Exists && !c.Presumes() {
		return workload.Result{}, grapherr.NoReference(id)
	}
	if template.Exists {
		for _, name := range [...]string{"displayName", "description"} {
			if v, ok := template.Get(name); ok {
				c.Body.Set(name, v)
			}
		}
	}
	return c.Next()
}
