package wire

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// link is where a header leads (B-1.20): relative where the service sends it so (C-7.12),
// else absolute (C-1.15).
func (x *exchange) link(l workload.Link) string {
	switch {
	case l.Relative:
		return l.Path
	case l.Monitor:
		at := x.g.Origin.Of(x.HTTP) + x.g.Monitors
		if x.tenant != x.g.Tenants.ByID("") {
			at += tenantOf(x.tenant.World) + "/"
		}
		return at + l.Path
	}
	return x.Base() + l.Path
}

// historical is the Location that the directory itself sends (B-1.19).
func (x *exchange) historical(a *engine.Answer) string {
	short := a.One.Type.Name.Short()
	return x.g.Origin.Of(x.HTTP) + "/v2/" + tenantOf(x.tenant.World) + "/directoryObjects/" + odatajson.EscapeKey(a.One.Home.Key) +
		"/Microsoft.DirectoryServices." + strings.ToUpper(short[:1]) + short[1:]
}

// addressed is the Location by which a service names itself (R-H8): below at, keys in
// parentheses.
func (x *exchange) addressed(at, key string) string {
	_, host, _ := strings.Cut(x.g.Origin.Of(x.HTTP), "://")
	at = strings.NewReplacer("{version}", x.VersionName, "{host}", host).Replace(at) + x.InParens("")
	if x.Request.Target.Shape == bind.IsCollection && key != "" {
		at += odatajson.KeyInParens(key)
	}
	return at
}

// tenantOf is the id of the tenant: of its organization.
func tenantOf(w *op.World) (id string) {
	w.Store.View(func(tx *store.Tx) error { // it never fails
		id = workload.TenantID(&tx.Reader)
		return nil
	})
	return id
}
