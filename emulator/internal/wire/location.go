package wire

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// historical is the Location that the directory itself sends (B-1.19).
func (x *exchange) historical(a *engine.Answer) string {
	short := a.One.Type.Name.Short()
	return x.g.origin(x.r) + "/v2/" + tenantOf(x.world) + "/directoryObjects/" + escapeKey(a.One.Home.Key) +
		"/Microsoft.DirectoryServices." + strings.ToUpper(short[:1]) + short[1:]
}

// tenantOf is the id of the tenant: of its organization.
func tenantOf(w *engine.World) (id string) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		for ref := range tx.Members(0, "organization", 0) {
			_, _, id, _ = tx.Owner(ref)
			break
		}
		return nil
	})
	return id
}
