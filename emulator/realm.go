package emulator

import (
	"fmt"
	"hash/fnv"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// realm is one tenant as it runs: its world and its sign-in service. They share
// nothing with those of another but the clock and the engine.
type realm struct {
	engine    *engine.Engine
	models    []*edm.Model
	name      string // its folder below tenants; empty: the one outside
	world     *op.World
	baseline  *store.Snapshot             // what Reset goes back to; under the server's lock
	checked   atomic.Pointer[sts.Checked] // what the fixtures list
	authority *authority.Authority
	stubs     stub.Set
	tenant    wire.Tenant // the realm as requests meet it
}

// tenancy is the tenants of an emulator. It knows nothing of the server around them.
type tenancy struct {
	engine *engine.Engine
	log    *slog.Logger
	*realm                          // the first tenant
	others atomic.Pointer[[]*realm] // and those beside it
}

// realms yields the tenants, the first of which is whoever's who names none.
func (t *tenancy) realms() iter.Seq[*realm] {
	return func(yield func(*realm) bool) {
		if !yield(t.realm) {
			return
		}
		for _, r := range *t.others.Load() {
			if !yield(r) {
				return
			}
		}
	}
}

// find finds a tenant by its id; any other id is taken for the first tenant's (C-2.23).
func (t *tenancy) find(id string) *realm {
	if id != "" {
		for _, r := range *t.others.Load() {
			if strings.EqualFold(id, r.id()) {
				return r
			}
		}
	}
	return t.realm
}

// of is the tenant that a request is for.
func (t *tenancy) of(r *http.Request) *realm {
	if len(*t.others.Load()) == 0 {
		return t.realm
	}
	return t.find(authority.Tenant(r))
}

// catchUp does what has become due. What fails is undone, logged and not tried again.
func (t *tenancy) catchUp() {
	for r := range t.realms() {
		if err := t.engine.CatchUp(r.world); err != nil {
			t.log.Error("what was due has failed", slog.Any("error", err))
		}
	}
}

// signServices are those of all tenants.
func (t *tenancy) signServices() []*authority.Authority {
	var out []*authority.Authority
	for r := range t.realms() {
		out = append(out, r.authority)
	}
	return out
}

// wired are the tenants as package wire asks for them. Its methods would be public as
// those of tenancy, which Server embeds.
type wired struct{ t *tenancy }

func (w wired) Of(r *http.Request) *wire.Tenant { return &w.t.of(r).tenant }
func (w wired) ByID(id string) *wire.Tenant     { return &w.t.find(id).tenant }
func (w wired) CatchUp()                        { w.t.catchUp() }

// settled is what the fixtures hold of a tenant.
type settled struct {
	name   string
	world  *op.World
	listed sts.Checked
	stubs  []*stub.Stub
}

// open makes a realm run.
func (s *Server) open(x *settled) (*realm, error) {
	r := &realm{engine: s.engine, models: s.cat.models(), name: x.name, world: x.world}
	r.stubs.Folder = folderOf(x.name)
	r.settle(x)
	var err error
	if r.authority, err = s.signIns(r); err != nil {
		return nil, err
	}
	r.tenant = wire.Tenant{World: r.world, Stubs: &r.stubs, Gate: r.authority}
	return r, nil
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

// Tenant is one of the tenants of an emulator.
type Tenant struct {
	ID   string // the tid of tokens: the id of its organization
	Name string // of its folder below tenants; empty for the one outside
	s    *Server
	r    *realm
}

// Tenants returns the tenants. The first answers requests that name no tenant, and the
// methods of Server are about it. The others are those of the folders below "tenants" in
// the fixtures.
func (s *Server) Tenants() []Tenant {
	var out []Tenant
	for r := range s.realms() {
		out = append(out, Tenant{r.id(), r.name, s, r})
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
