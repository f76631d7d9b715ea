package directory

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// reflected lists the members of a service principal that its application in the same tenant
// determines, and where the application has them. A principal may change some of them; its
// value stays until the application changes the same member.
var reflected = []struct{ member, of, below string }{
	{"appDescription", "description", ""},
	{"appDisplayName", "displayName", ""},
	{"appRoles", "appRoles", ""},
	{"displayName", "displayName", ""},
	{"homepage", "web", "homePageUrl"},
	{"info", "info", ""},
	{"logoutUrl", "web", "logoutUrl"},
	{"oauth2PermissionScopes", "api", "oauth2PermissionScopes"},
	{"replyUrls", "web", "redirectUris"},
	{"samlMetadataUrl", "samlMetadataUrl", ""},
	{"signInAudience", "signInAudience", ""},
	{"tags", "tags", ""},
	{"verifiedPublisher", "verifiedPublisher", ""},
}

// reflection returns what the principal of an application has of it, without
// servicePrincipalNames.
func reflection(app value.Object) value.Members {
	out := make(value.Members, 0, len(reflected))
	for _, r := range reflected {
		raw, _ := app.Get(r.of)
		if r.below != "" && raw.Kind() == value.KindObject {
			raw, _ = raw.Members().Get(r.below)
		} else if r.below != "" {
			raw = value.Null
		}
		if raw == "" {
			raw = value.Null
		}
		out = append(out, value.Member{Name: r.member, Value: raw})
	}
	return out
}

// takeOver fills what the body of a new principal leaves open with what the application has.
func takeOver(c *workload.Call, app value.Object) {
	for _, m := range reflection(app) {
		if !m.Value.IsNull() {
			c.Body.SetMissing(m.Name, m.Value)
		}
	}
	c.Body.SetMissing("servicePrincipalNames", value.Strings(append([]string{c.Body.Text("appId")}, uris(app)...)))
	if id := workload.TenantID(c.Tx); id != "" {
		c.Body.SetMissing("appOwnerOrganizationId", value.String(id))
	}
}

func uris(app value.Object) []string {
	raw, _ := app.Get("identifierUris")
	return texts(raw)
}

// reflect writes what changed of an application into its service principal.
func reflect(c *workload.Call, was, now value.Object) error {
	id, _ := now.Get("appId")
	key, _ := id.Text()
	ref, e, ok := first(c.Tx, principalByID, key)
	if !ok {
		return nil
	}
	old, changed := reflection(was), value.Members{}
	for i, m := range reflection(now) {
		if m.Value != old[i].Value {
			changed = append(changed, m)
		}
	}
	if had, has := uris(was), uris(now); !slices.Equal(had, has) {
		raw, _ := e.Object.Get("servicePrincipalNames")
		own := slices.DeleteFunc(texts(raw), func(name string) bool {
			return name == key || slices.Contains(had, name) || slices.Contains(has, name)
		})
		changed.Set("servicePrincipalNames", value.Strings(slices.Concat([]string{key}, has, own)))
	}
	if len(changed) == 0 {
		return nil
	}
	principal := workload.Node{Ref: ref, Type: typeOf(c, "microsoft.graph.servicePrincipal"), Object: e.Object, Exists: true}
	return c.System.Write(c, &principal, changed)
}
