package directory

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const grant edm.Name = "microsoft.graph.oAuth2PermissionGrant"

const grantSet = "oauth2PermissionGrants"

// tenant holds the rules on what a tenant has once: domains, grants, policies.
func tenant() []workload.Rule {
	return []workload.Rule{
		{Type: "microsoft.graph.domain", Verb: bind.Create, Do: createDomain},
		{Type: "microsoft.graph.domain", Verb: bind.Delete, Do: deleteDomain},
		{Type: "microsoft.graph.domain", Verb: bind.Invoke("verify"), Do: verifyDomain},
		{Type: grant, Verb: bind.Create, Do: createGrant},
		{Type: "microsoft.graph.directoryObject", Verb: bind.Invoke("validateProperties"), Do: validateProperties},
		{Type: "microsoft.graph.group", Verb: bind.Invoke("validateProperties"), Do: validateProperties},
	}
}

func tenantViews() []workload.View {
	const policies edm.Name = "microsoft.graph.policyRoot"
	out := []workload.View{
		{Type: policies, Nav: "conditionalAccessPolicies", To: "/identity/conditionalAccess/policies"},
		{Type: "microsoft.graph.user", Nav: "licenseDetails", Members: licences, Find: licenceOf},
		granted("microsoft.graph.user", "principalId"),
		granted("microsoft.graph.servicePrincipal", "clientId"),
	}
	return append(out, policyViews()...)
}

// createDomain adds a domain that has yet to be verified, with the record that proves it.
func createDomain(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || c.Loading() {
		return res, err
	}
	name := res.One.Text("id")
	_, err = c.System.Create(c, &res.One.Node, "verificationDnsRecords", value.Members{{Name: "isOptional", Value: "false"}, {Name: "label", Value: value.String(name)},
		{Name: "recordType", Value: `"Txt"`}, {Name: "supportedService", Value: `"Email"`}, {Name: "ttl", Value: "3600"}})
	return res, err
}

// verifyDomain makes a domain one that names may end in. Nobody looks into the DNS.
func verifyDomain(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	if err := c.System.Write(c, &c.Self, value.Members{{Name: "isVerified", Value: "true"}}); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Status: 200, One: &workload.Entity{Node: c.Self}}, nil
}

// deleteDomain keeps the domains that names end in.
func deleteDomain(c *workload.Call) (workload.Result, error) {
	for _, name := range [...]string{"isDefault", "isInitial"} {
		if is, _ := c.Self.Get(name); is == "true" && !c.Presumes() {
			return workload.Result{}, bad("The default and the initial domain of a tenant cannot be deleted.")
		}
	}
	suffix := "@" + strings.ToLower(c.Self.Text("id"))
	for ref := range c.Tx.Members(0, "users", 0) {
		e, _ := c.Tx.Get(ref)
		if upn, _ := e.Object.Get("userPrincipalName"); !c.Presumes() && strings.HasSuffix(strings.ToLower(string(upn)), suffix+`"`) {
			return workload.Result{}, bad("The domain cannot be deleted because users refer to it.")
		}
	}
	return c.Next()
}

// createGrant refuses a second grant of the same client, resource and user.
func createGrant(c *workload.Call) (workload.Result, error) {
	if id := grantID(c.Body); id != "" && (!c.Loading() || c.Body.Text("id") == "") {
		c.Body.Set("id", value.String(id))
	}
	if c.Loading() || c.Presumes() {
		return c.Next()
	}
	for _, name := range [...]string{"clientId", "resourceId"} {
		if n, err := c.System.Member(c, root(c), "servicePrincipals", c.Body.Text(name)); err != nil || !n.Exists {
			return workload.Result{}, grapherr.NoReference(c.Body.Text(name))
		}
	}
	switch who, kind := c.Body.Text("principalId"), c.Body.Text("consentType"); {
	case kind != "AllPrincipals" && kind != "Principal":
		return workload.Result{}, grapherr.InvalidValue("oAuth2PermissionGrant", "consentType", "It is AllPrincipals or Principal.")
	case kind == "AllPrincipals" && who != "":
		return workload.Result{}, grapherr.InvalidValue("oAuth2PermissionGrant", "principalId", "A grant for all principals names none.")
	case kind == "Principal" && who == "":
		return workload.Result{}, grapherr.Required("oAuth2PermissionGrant", "principalId")
	case who != "":
		if _, ok := c.Tx.Find(0, "users", who); !ok {
			return workload.Result{}, grapherr.NoReference(who)
		}
	}
	if _, twin := workload.Same(c.Tx, 0, grantSet, grant, c.Body.Text, "clientId", "resourceId", "consentType", "principalId"); twin {
		return workload.Result{}, &grapherr.Error{Status: 409, Code: "Request_MultipleObjectsWithSameKeyValue", Message: "Permission entry already exists."}
	}
	return c.Next()
}

// granted is a view of the grants whose member, which is indexed, says that they are the
// owner's.
func granted(t edm.Name, member string) workload.View {
	index := workload.IndexOf(grant, member)
	return workload.View{Type: t, Nav: grantSet, Computed: true,
		Members: func(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
			return func(yield func(workload.Item) bool) {
				for ref := range s.Tx.Lookup(index, owner.Text("id")) {
					if ref > after && !yield(workload.Item{At: ref, Ref: ref}) {
						return
					}
				}
			}
		},
		Find: func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
			ref, ok := s.Tx.Find(0, grantSet, key)
			e, _ := s.Tx.Get(ref)
			raw, _ := e.Object.Get(member)
			is, _ := raw.Text()
			return workload.Item{At: ref, Ref: ref}, ok && strings.EqualFold(is, owner.Text("id"))
		}}
}

// validateProperties judges the names of a group to be: what a create would refuse is
// refused.
func validateProperties(c *workload.Call) (workload.Result, error) {
	if kind := c.Body.Text("entityType"); kind != "" && !strings.EqualFold(kind, "Group") && !c.Presumes() {
		return workload.Result{}, bad("The entity type '" + kind + "' cannot be validated; Group can.")
	}
	if nick := c.Body.Text("mailNickname"); strings.ContainsAny(nick, `@()\[]";:<>, `) && !c.Presumes() {
		return workload.Result{}, grapherr.InvalidValue("group", "mailNickname", "It has a character that a mailNickname must not have.")
	}
	return workload.Result{Status: 204}, nil
}
