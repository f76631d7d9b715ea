package wire

import (
	"net/http"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Tenant is one tenant as a request meets it.
type Tenant struct {
	World *op.World
	Stubs *stub.Set
	Gate  Gate
}

// Gate is the sign-in service of a tenant: it tells who sends a request, and judges what
// they may do.
type Gate interface {
	Caller(*http.Request, *op.World) (workload.Caller, error)
	// Permit judges a part of a request by what its caller's token holds.
	Permit(r *http.Request, c *workload.Caller, t *bind.Target, need workload.Need) error
	// Rights judges what the signed-in user may do to the entity that a path leads to.
	Rights(*workload.Call) error
	// Bearer is the WWW-Authenticate of a 401.
	Bearer(*http.Request) string
	// Challenged is the refusal of a token that is older than a time.
	Challenged(r *http.Request, since int64) error
}

// Tenants finds the tenant of a request. The first one stands for every tenant that it
// does not know.
type Tenants interface {
	Of(*http.Request) *Tenant // that the token of the request names
	ByID(id string) *Tenant
	CatchUp() // does what has become due in all of them; called before one is looked at
}
