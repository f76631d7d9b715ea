package emulator

import (
	"fmt"
	"hash/fnv"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// realm is one tenant as it runs: its world and its sign-in service. They share
// nothing with those of another but the clock.
type realm struct {
	of        *Server
	name      string // its folder below tenants; empty: the one outside
	world     *op.World
	baseline  *store.Snapshot             // what Reset goes back to; under the server's lock
	checked   atomic.Pointer[sts.Checked] // what the fixtures list
	authority *authority.Authority
	stubs     stub.Set
}

// realms yields the tenants, the first of which is whoever's who names none.
func (s *Server) realms() iter.Seq[*realm] {
	return func(yield func(*realm) bool) {
		if !yield(s.realm) {
			return
		}
		for _, r := range *s.others.Load() {
			if !yield(r) {
				return
			}
		}
	}
}

// settled is what the fixtures hold of a tenant.
type settled struct {
	name   string
	world  *op.World
	listed sts.Checked
	stubs  []*stub.Stub
}

// open makes a realm run.
func (s *Server) open(x *settled) (*realm, error) {
	r := &realm{of: s, name: x.name, world: x.world}
	r.stubs.Folder = folderOf(x.name)
	r.settle(x)
	var err error
	r.authority, err = r.signIns()
	return r, err
}

// settle makes what the fixtures hold the baseline.
func (r *realm) settle(x *settled) {
	r.baseline = x.world.Store.Snapshot()
	r.checked.Store(&x.listed)
	r.stubs.Replace(x.stubs)
}

// restore puts a realm back to its baseline.
func (r *realm) restore() {
	r.world.Store.Restore(r.baseline)
	r.authority.Reset()
	r.stubs.Reset()
}

// id is the tenant's: that of its organization; empty when there is none.
func (r *realm) id() string { return r.authority.STS.ID() }

// distinct refuses tenants that tokens cannot tell apart.
func distinct(list []settled) error {
	seen := map[string]string{}
	for i := range list {
		x := &list[i]
		id, _ := organization(x.world.Store)
		other, twice := seen[strings.ToLower(id)]
		switch {
		case id == "":
			return fmt.Errorf("fixtures: tenants/%s lists no organization, whose id is the tenant's", x.name)
		case twice:
			return fmt.Errorf("fixtures: the tenants %q and %q have the same organization %s; give each an organization of its own", other, x.name, id)
		}
		seen[strings.ToLower(id)] = x.name
	}
	return nil
}

func organization(st *store.Store) (id string, err error) {
	err = st.View(func(tx *store.Tx) error {
		id = workload.TenantID(&tx.Reader)
		return nil
	})
	return id, err
}

// apart makes the ids and secrets of a tenant others than those of its neighbors,
// where one seed is given for all.
func apart(seed uint64, name string) uint64 {
	if name == "" || seed == 0 {
		return seed
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return seed ^ h.Sum64() | 1
}

// worldFor finds the world of a tenant by its id; any other id is taken for the
// first tenant's (C-2.23).
func (s *Server) worldFor(tenant string) *op.World { return s.realmFor(tenant).world }

func (s *Server) realmFor(tenant string) *realm {
	if tenant != "" {
		for _, r := range *s.others.Load() {
			if strings.EqualFold(tenant, r.id()) {
				return r
			}
		}
	}
	return s.realm
}

// tenantOf says which tenant a request is for; empty for the first.
func (s *Server) tenantOf(r *http.Request) string {
	if len(*s.others.Load()) == 0 {
		return ""
	}
	return authority.Tenant(r)
}

// caller says who sends a request to the world of a tenant.
func (s *Server) caller(r *http.Request, w *op.World) (workload.Caller, error) {
	for x := range s.realms() {
		if x.world == w {
			return x.authority.Caller(r, w)
		}
	}
	return s.authority.Caller(r, w) // of a tenant that LoadFixtures has just taken away
}

// stubsIn are those of the tenant of a world.
func (s *Server) stubsIn(w *op.World) *stub.Set {
	for x := range s.realms() {
		if x.world == w {
			return &x.stubs
		}
	}
	return nil
}

func (s *Server) permit(r *http.Request, c *workload.Caller, t *bind.Target, need workload.Need) error {
	return s.realmFor(c.Tenant).authority.Permit(r, c, t, need)
}

// rights judges what the signed-in user of a call may do.
func (s *Server) rights(c *workload.Call) error {
	return s.realmFor(c.Caller.Tenant).authority.Rights(c)
}

// signServices are those of all tenants.
func (s *Server) signServices() []*authority.Authority {
	var out []*authority.Authority
	for r := range s.realms() {
		out = append(out, r.authority)
	}
	return out
}

// Tenant is one of the tenants of an emulator.
type Tenant struct {
	ID   string // the tid of tokens: the id of its organization
	Name string // of its folder below tenants; empty for the one outside
	r    *realm
}

// Tenants returns the tenants. The first answers requests that name no tenant, and the
// methods of Server are about it. The others are those of the folders below "tenants" in
// the fixtures.
func (s *Server) Tenants() []Tenant {
	var out []Tenant
	for r := range s.realms() {
		out = append(out, Tenant{r.id(), r.name, r})
	}
	return out
}

// Token returns an access token of a user of the tenant, by id or userPrincipalName; empty
// is its signed-in user. See Server.TokenOf.
func (t Tenant) Token(user string, scopes ...string) (string, error) {
	return t.r.authority.Token(user, "", scopes...)
}

// AppToken is Server.AppToken for this tenant.
func (t Tenant) AppToken(roles ...string) (string, error) {
	return t.r.authority.AppToken("", roles...)
}
