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
func first(tx *store.Tx, index, key string) (store.Ref, store.Entity, bool) {
	for ref := range tx.Lookup(index, key) {
		e, ok := tx.Get(ref)
		return ref, e, ok
	}
	return 0, store.Entity{}, false
}

// createApplication gives an application its client id. It makes no service
// principal (B-12.5).
func createApplication(c *workload.Call) (workload.Result, error) {
	if c.Loading {
		return c.Next()
	}
	if err := entitled(c); err != nil {
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
	return res, own(c, &res.One.Node)
}

// updateApplication refuses to drop a role or scope that is still enabled (B-12.6).
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
	return c.Next()
}

// entitled refuses roles without what a role needs, and two roles or scopes with one id.
func entitled(c *workload.Call) error {
	if c.Presumes {
		return nil
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
	once := map[string]bool{}
	for _, list := range [...]value.Raw{roles, scopes} {
		if list.Kind() != value.KindArray {
			continue
		}
		for el := range list.Elements() {
			id := strings.ToLower(el.Members().Text("id"))
			if once[id] && id != "" {
				return bad("Request contains a property with duplicate values.").Because("Two roles or scopes have the id "+id+".", "")
			}
			once[id] = true
		}
	}
	return nil
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
		if enabled, _ := m.Get("isEnabled"); enabled == "true" && !kept[m.Text("id")] {
			return &grapherr.Error{Status: 400, Code: "CannotDeleteOrUpdateEnabledEntitlement",
				Message: "Permission (scope or role) cannot be deleted or updated unless disabled first."}
		}
	}
	return nil
}

// copied are the properties that a service principal takes over from its application.
var copied = [][2]string{{"displayName", "displayName"}, {"appDisplayName", "displayName"}, {"appRoles", "appRoles"},
	{"signInAudience", "signInAudience"}, {"tags", "tags"}, {"verifiedPublisher", "verifiedPublisher"}}

// createPrincipal makes the service principal of an application (B-12.4).
func createPrincipal(c *workload.Call) (workload.Result, error) {
	if c.Loading {
		return c.Next()
	}
	appID := c.Body.Text("appId")
	if _, _, taken := first(c.Tx, principalByID, appID); taken {
		return workload.Result{}, &grapherr.Error{Status: 409, Code: "Request_MultipleObjectsWithSameKeyValue",
			Message: "The service principal cannot be created, updated, or restored because the service principal name " + appID + " is already in use."}
	}
	_, app, ok := first(c.Tx, applicationByID, appID)
	if !ok && !c.Presumes {
		return workload.Result{}, bad("The appId '" + appID + "' of the service principal does not reference a valid application object.")
	}
	if ok {
		takeOver(c, app.Object)
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	return res, own(c, &res.One.Node)
}

// takeOver fills what the body leaves open with what the application has.
func takeOver(c *workload.Call, app value.Object) {
	set := func(name string, v value.Raw) {
		if _, given := c.Body.Get(name); !given && !v.IsNull() {
			c.Body.Set(name, v)
		}
	}
	for _, by := range copied {
		v, _ := app.Get(by[1])
		set(by[0], v)
	}
	names := []string{c.Body.Text("appId")}
	uris, _ := app.Get("identifierUris")
	set("servicePrincipalNames", value.Strings(append(names, texts(uris)...)))
	if api, _ := app.Get("api"); api.Kind() == value.KindObject {
		scopes, _ := api.Members().Get("oauth2PermissionScopes")
		set("oauth2PermissionScopes", scopes)
	}
	if web, _ := app.Get("web"); web.Kind() == value.KindObject {
		home, _ := web.Members().Get("homePageUrl")
		set("homepage", home)
		urls, _ := web.Members().Get("redirectUris")
		set("replyUrls", urls)
	}
	if id := workload.TenantID(c.Tx); id != "" {
		set("appOwnerOrganizationId", value.String(id))
	}
}
