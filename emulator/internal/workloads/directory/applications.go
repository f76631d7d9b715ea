package directory

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const (
	applicationByID = "microsoft.graph.application/appId"
	principalByID   = "microsoft.graph.servicePrincipal/appId"
)

// first is the one entity that an index has under a key; false when there is none.
func first(tx *store.Reader, index, key string) (store.Ref, store.Entity, bool) {
	for ref := range tx.Lookup(index, key) {
		e, ok := tx.Get(ref)
		return ref, e, ok
	}
	return 0, store.Entity{}, false
}

// createApplication gives an application its client id. It makes no service
// principal (B-12.5).
func createApplication(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		withhold(c)
		return c.Next()
	}
	if err := entitled(c); err != nil {
		return workload.Result{}, err
	}
	if err := credentialed(c); err != nil {
		return workload.Result{}, err
	}
	c.Body.Set("appId", value.String(c.Tx.NewGUID()))
	if d := domains(c); d.first != "" {
		c.Body.Set("publisherDomain", value.String(d.first))
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	disclose(res.One)
	return res, own(c, &res.One.Node)
}

// updateApplication refuses to drop a role or scope that is still enabled (B-12.6). The service
// principal of the application follows the change.
func updateApplication(c *workload.Call) (workload.Result, error) {
	if err := entitled(c); err != nil {
		return workload.Result{}, err
	}
	if now, ok := c.Body.Get("appRoles"); ok {
		was, _ := c.Self.Get("appRoles")
		if err := stillEnabled(was, now); err != nil {
			return workload.Result{}, err
		}
	}
	if api, ok := c.Body.Get("api"); ok && api.Kind() == value.KindObject {
		if now, ok := api.Members().Get("oauth2PermissionScopes"); ok {
			had, _ := c.Self.Get("api")
			if had.Kind() == value.KindObject {
				was, _ := had.Members().Get("oauth2PermissionScopes")
				if err := stillEnabled(was, now); err != nil {
					return workload.Result{}, err
				}
			}
		}
	}
	if err := credentialed(c); err != nil {
		return workload.Result{}, err
	}
	was := c.Self
	res, err := c.Next()
	if err != nil || !was.Exists || c.Self.Ref != was.Ref {
		return res, err
	}
	return res, reflect(c, was.Object, c.Self.Object)
}

// entitled refuses identifier URIs that an application cannot have, roles without what a role needs, and two roles or scopes with one id.
func entitled(c *workload.Call) error {
	if c.Presumes() {
		return nil
	}
	if err := identifiable(c); err != nil {
		return err
	}
	roles, _ := c.Body.Get("appRoles")
	if roles.Kind() == value.KindArray {
		for el := range roles.Elements() {
			for _, name := range [...]string{"id", "displayName", "description", "allowedMemberTypes"} {
				if v, ok := el.Members().Get(name); !ok || v.IsNull() || v == `""` {
					return grapherr.Required("appRole", name)
				}
			}
		}
	}
	var scopes value.Raw
	if api, _ := c.Body.Get("api"); api.Kind() == value.KindObject {
		scopes, _ = api.Members().Get("oauth2PermissionScopes")
	}
	seen := map[string]shared{}
	for i, list := range [...]value.Raw{roles, scopes} {
		if list.Kind() != value.KindArray {
			continue
		}
		for el := range list.Elements() {
			m := el.Members()
			id := strings.ToLower(m.Text("id"))
			now := shared{of: i, value: m.Text("value"), name: m.Text("displayName"), description: m.Text("description")}
			if i == 1 {
				now.name, now.description = m.Text("adminConsentDisplayName"), m.Text("adminConsentDescription")
			}
			if was, twice := seen[id]; twice && id != "" && !was.as(now) {
				return bad("Request contains a property with duplicate values.").Because("Two roles or scopes have the id "+id+".", "A role and a scope may share an id when their value, name and description are the same.")
			}
			seen[id] = now
		}
	}
	return nil
}

// shared is what a role and a scope with one id have in common.
type shared struct {
	of                       int // 0: a role, 1: a scope
	value, name, description string
}

// as reports whether two of one id are a role and a scope that mean the same.
func (s shared) as(other shared) bool {
	different := s.of != other.of
	s.of = other.of
	return different && s == other
}

func stillEnabled(was, now value.Raw) error {
	kept := map[string]bool{}
	if now.Kind() == value.KindArray {
		for el := range now.Elements() {
			kept[el.Members().Text("id")] = true
		}
	}
	if was.Kind() != value.KindArray {
		return nil
	}
	for el := range was.Elements() {
		m := el.Members()
		if m.Bool("isEnabled") && !kept[m.Text("id")] {
			return &grapherr.Error{Status: 400, Code: "CannotDeleteOrUpdateEnabledEntitlement",
				Message: "Permission (scope or role) cannot be deleted or updated unless disabled first."}
		}
	}
	return nil
}

// createPrincipal makes the service principal of an application (B-12.4).
func createPrincipal(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		withhold(c)
		return c.Next()
	}
	appID := c.Body.Text("appId")
	if _, _, taken := first(c.Tx, principalByID, appID); taken {
		return workload.Result{}, &grapherr.Error{Status: 409, Code: "Request_MultipleObjectsWithSameKeyValue",
			Message: "The service principal cannot be created, updated, or restored because the service principal name " + appID + " is already in use."}
	}
	_, app, ok := first(c.Tx, applicationByID, appID)
	service := serviceOf(appID)
	switch {
	case ok:
		takeOver(c, app.Object)
	case service != nil:
		for _, m := range service {
			if m.Name != "id" {
				c.Body.SetMissing(m.Name, m.Value)
			}
		}
	case !c.Presumes():
		return workload.Result{}, bad("The appId '" + appID + "' of the service principal does not reference a valid application object.")
	}
	if err := credentialed(c); err != nil {
		return workload.Result{}, err
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	disclose(res.One)
	return res, own(c, &res.One.Node)
}

// serviceOf returns what a tenant has of one of Microsoft's own applications; nil: it is none.
func serviceOf(appID string) value.Members {
	for _, s := range services() {
		if strings.EqualFold(s.Text("appId"), appID) {
			return s
		}
	}
	return nil
}

// updatePrincipal makes the credentials that a body adds.
func updatePrincipal(c *workload.Call) (workload.Result, error) {
	if err := credentialed(c); err != nil {
		return workload.Result{}, err
	}
	return c.Next()
}

// deletePrincipal refuses to delete the service principal of an application of Microsoft's.
func deletePrincipal(c *workload.Call) (workload.Result, error) {
	if strings.EqualFold(c.Self.Text("appOwnerOrganizationId"), microsoft) && !c.Tx.Detached(c.Self.Ref) && !c.Presumes() {
		return workload.Result{}, &grapherr.Error{Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation.",
			Cause: "The service principal of an application of Microsoft's cannot be deleted."}
	}
	return remove(c)
}
