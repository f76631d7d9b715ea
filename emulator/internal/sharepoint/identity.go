package sharepoint

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Identity is what createdBy and lastModifiedBy say of a caller (B-14.31).
func Identity(tx *store.Reader, c *workload.Caller) value.Raw {
	var who value.Members
	if c.AppOnly {
		app := value.Members{{Name: "id", Value: value.String(c.App)}, {Name: "displayName", Value: value.String(appName(tx, c.App))}}
		who.Set("application", app.Object())
		who.Set("user", value.Texts("displayName", "SharePoint App").Object())
		return who.Object()
	}
	user := value.Members{}
	if ref, ok := tx.Find(0, "users", c.User); ok {
		e, _ := tx.Get(ref)
		if mail := text(e.Object, "mail"); mail != "" {
			user.Set("email", value.String(mail))
		}
		user.Set("id", value.String(text(e.Object, "id")))
		user.Set("displayName", value.String(text(e.Object, "displayName")))
	} else {
		user.Set("displayName", value.String("System Account"))
	}
	who.Set("user", user.Object())
	return who.Object()
}

func appName(tx *store.Reader, app string) string {
	for ref := range tx.Lookup(workload.IndexOf("microsoft.graph.servicePrincipal", "appId"), app) {
		e, _ := tx.Get(ref)
		return text(e.Object, "displayName")
	}
	return "SharePoint App"
}
