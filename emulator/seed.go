package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// served is what an emulator serves: models, operations and exceptions.
type served struct {
	versions []wire.Version
	registry *workload.Registry
}

// The write-once caches that all emulators of a process share: member lists of
// stored entities, the exceptions, the built-in tenant.
var (
	shapes  = sync.OnceValue(value.NewShapes)
	builtIn = sync.OnceValues(func() (*served, error) {
		c := &served{}
		for _, name := range schemas.Versions() {
			m, err := schemas.Model(name)
			if err != nil {
				return nil, err
			}
			c.versions = append(c.versions, wire.Version{Name: name, Model: m, Catalog: fixtures.Operations(name)})
		}
		var err error
		c.registry, err = workload.NewRegistry(nil, workloads.All()...) // TestWorkloadsFitTheModels
		return c, err
	})
	northgale = sync.OnceValues(func() (*tenant, error) { return loadBuiltIn(fixtures.Northgale()) })
	// governed is northgale with directory roles.
	governed = sync.OnceValues(func() (*tenant, error) {
		return loadBuiltIn(fixtures.Layer(fixtures.NorthgaleRoles(), fixtures.Northgale()))
	})
)

func loadBuiltIn(files fs.FS) (*tenant, error) {
	c, err := builtIn()
	if err != nil {
		return nil, err
	}
	e := engine.New(c.registry, shapes(), op.Options{Stable: c.versions[0].Model, Proven: true}) // TestNorthgaleFitsItsSchemas
	return load(e, c, store.Options{Seed: 1}, files, fixtures.Reader{})
}

// tenant is a loaded world that can be copied.
type tenant struct {
	snapshot *store.Snapshot
	signedIn string
	listed   sts.Checked // by the user's own files
	stubs    []*stub.Stub
}

func (c *served) models() []*edm.Model {
	out := make([]*edm.Model, len(c.versions))
	for i := range c.versions {
		out[i] = c.versions[i].Model
	}
	return out
}

// catalog lays what the options give in front of the built-in files.
func (c *config) catalog() (*served, error) {
	base, err := builtIn()
	if err != nil || !c.bare && c.schemas == nil && c.docs == nil {
		return base, err
	}
	out := &served{registry: base.registry}
	for _, v := range base.versions {
		if c.bare {
			v.Model, v.Catalog = edm.Open(nothing, nil), nil
		}
		if v.Model, err = c.overlay(v); err != nil {
			return nil, err
		}
		if err := c.compile(&v); err != nil {
			return nil, err
		}
		out.versions = append(out.versions, v)
	}
	if len(c.docs) > 0 && !c.described {
		return nil, errors.New("docs: no page describes an operation or a type")
	}
	return out, nil
}

// nothing is an empty tree.
var nothing fs.FS = derive.Files(nil)

// overlay lays the type files of WithSchemas in front.
func (c *config) overlay(v wire.Version) (*edm.Model, error) {
	if c.schemas == nil {
		return v.Model, nil
	}
	files, err := versioned(c.schemas, v.Name)
	if err != nil {
		return nil, fmt.Errorf("schemas: %w", err)
	}
	m := schemas.Overlay(v.Model, files)
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("schemas: %w", err)
	}
	return m, nil
}

// compile lays what the pages of WithDocs promise in front.
func (c *config) compile(v *wire.Version) error {
	for _, tree := range c.docs {
		pages, err := versioned(tree, v.Name)
		if err != nil {
			return fmt.Errorf("docs: %w", err)
		}
		cat, ledger, err := derive.Compile(derive.Sources{Version: v.Name, Base: v.Model, Pages: pages})
		if err != nil {
			return fmt.Errorf("docs: %w", err)
		}
		for _, reason := range ledger.Reasons(v.Name) {
			c.log.Info("pages: noted by the compiler", "version", v.Name, "reason", reason, "places", ledger.Places(v.Name, reason))
		}
		c.described = c.described || len(cat.Schemas)+len(cat.Operations) > 0
		v.Model = schemas.Overlay(v.Model, cat.Schemas)
		v.Catalog = fixtures.NewCatalog(cat.Operations, v.Catalog)
	}
	return nil
}

// versioned gives the files of a tree that count for one version: those below a
// folder of its name, if the tree has folders of versions, else all.
func versioned(tree fs.FS, version string) (fs.FS, error) {
	some := false
	for _, v := range schemas.Versions() {
		if info, err := fs.Stat(tree, v); err == nil && info.IsDir() {
			if v == version {
				return fs.Sub(tree, v)
			}
			some = true
		}
	}
	if some {
		return nothing, nil
	}
	return tree, nil
}

// found makes the tenants: a copy of the built-in one, or the caller's own.
func (s *Server) found() error {
	list, err := s.tenants(s.config.fixtures)
	if err != nil {
		return err
	}
	var others []*realm
	for i := range list {
		r, err := s.open(&list[i])
		switch {
		case err != nil:
			return err
		case i == 0:
			s.realm = r
		default:
			others = append(others, r)
		}
	}
	s.others.Store(&others)
	return nil
}

// running sets the ids that requests make apart from those that the same seed
// gave to what a tenant's files leave without one.
const running = 0x9e3779b97f4a7c15

// tenants makes worlds of fixture trees; of none, the one of the built-in tenant.
// The first is what lies outside the folder of tenants, if anything does.
func (s *Server) tenants(trees []fs.FS) ([]settled, error) {
	if len(trees) == 0 {
		load := northgale
		if s.config.auth == AuthEnforce {
			load = governed
		}
		if s.config.bare {
			load = func() (*tenant, error) { return s.tenantIn(nothing, "", fixtures.Reader{}) }
		}
		t, err := load()
		if err != nil {
			return nil, err
		}
		x, err := s.settled(t, "", true)
		return []settled{x}, err
	}
	var tree fs.FS
	for i := len(trees) - 1; i >= 0; i-- {
		tree = fixtures.Layer(trees[i], tree)
	}
	rest, parts, err := fixtures.Tenants(tree)
	if err != nil {
		return nil, err
	}
	if rest != nil || len(parts) == 0 {
		parts = slices.Insert(parts, 0, fixtures.Tenant{Files: rest})
	}
	below := fixtures.Empty()
	if s.config.bare {
		below = nothing
	}
	var out []settled
	var errs []error
	for i, p := range parts {
		t, err := s.tenantIn(fixtures.Layer(p.Files, below), p.Name, fixtures.Reader{})
		if err == nil && len(parts) == 1 && !s.config.bare {
			t, err = inFront(t, p.Files)
		}
		if err != nil || len(errs) > 0 {
			errs = append(errs, beneath(p.Name, err))
			continue
		}
		x, err := s.settled(t, p.Name, i == 0)
		if err != nil {
			return nil, err
		}
		x.listed.Tenant = x.listed.Tenant || len(parts) > 1 // who lists several means no other
		out = append(out, x)
	}
	switch {
	case len(errs) == 1:
		return nil, errs[0]
	case len(errs) > 1:
		return nil, errors.Join(errs...)
	case len(out) > 1:
		return out, distinct(out)
	}
	return out, nil
}

// beneath names the files in the errors of a tenant by their paths in the whole tree.
func beneath(tenant string, err error) error {
	if tenant == "" || err == nil {
		return err
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, beneath(tenant, e))
		}
		return errors.Join(out...)
	}
	if f, ok := errors.AsType[*fixtures.Error](err); ok {
		there := *f
		there.File = "tenants/" + tenant + "/" + f.File
		return &there
	}
	return fmt.Errorf("tenants/%s: %w", tenant, err)
}

// inFront is a tenant, or, where there is nothing but stubs in its files, the built-in
// one with them.
func inFront(t *tenant, files fs.FS) (*tenant, error) {
	if len(t.stubs) == 0 {
		return t, nil
	}
	if records, _, err := read(files, fixtures.Reader{}); err != nil || len(records) > 0 {
		return t, err
	}
	built, err := northgale()
	if err != nil {
		return nil, err
	}
	out := *built
	out.stubs = t.stubs
	return &out, nil
}

// settled makes a world of a loaded tenant. Only the first has to have the signed-in
// user of the options.
func (s *Server) settled(t *tenant, name string, first bool) (settled, error) {
	opts := s.storeOptions()
	if opts.Seed = apart(opts.Seed, name); opts.Seed != 0 { // 0 asks for a random one
		opts.Seed ^= running
	}
	w, err := s.worldOf(t, opts)
	if err != nil && !first {
		w, err = op.NewWorld(t.snapshot.Open(opts), s.config.now), nil
		w.SetSignedIn(t.signedIn)
	}
	for _, st := range t.stubs {
		st.PutIn(folderOf(name))
	}
	return settled{name, w, t.listed, t.stubs}, err
}

// worldOf makes a world of a loaded tenant, with the signed-in user that the
// options name.
func (s *Server) worldOf(t *tenant, opts store.Options) (*op.World, error) {
	w := op.NewWorld(t.snapshot.Open(opts), s.config.now)
	w.SetSignedIn(t.signedIn)
	if s.config.user != "" {
		id, ok := user(w.Store, s.config.user)
		if !ok {
			return nil, fmt.Errorf("signed-in user %q is not in the fixtures", s.config.user)
		}
		w.SetSignedIn(id)
	}
	return w, nil
}

// tenantIn loads one tree.
func (s *Server) tenantIn(files fs.FS, name string, reader fixtures.Reader) (*tenant, error) {
	opts := s.storeOptions()
	opts.Seed = apart(opts.Seed, name)
	return load(s.engine, s.cat, opts, files, reader)
}

func (s *Server) storeOptions() store.Options {
	return store.Options{Now: s.config.now, Seed: s.config.seed, Shapes: shapes(), Indexes: s.cat.indexes}
}

// indexes lists what entities of a type are found by.
func (c *served) indexes(typ string) (out []store.Index) {
	for _, name := range c.bases(typ) {
		out = append(out, c.registry.Indexes(edm.Name(name))...)
	}
	return out
}

// bases names a type and those it derives from, as the first version says that has it.
func (c *served) bases(name string) []string {
	for _, v := range c.versions {
		if t, ok := v.Model.Type(edm.Name(name)); ok {
			var out []string
			for ; t != nil; t = t.Base() {
				out = append(out, string(t.Name))
			}
			return out
		}
	}
	return []string{name}
}

// load reads a tenant tree into a world of its own.
func load(e *engine.Engine, c *served, opts store.Options, files fs.FS, reader fixtures.Reader) (*tenant, error) {
	records, stubs, err := read(files, reader)
	w := c.world(opts)
	if err != nil { // what could be read may have mistakes as well
		return nil, errors.Join(err, tenantfile.Check(e.Core, w, counting(files, records), c.models()...))
	}
	t := &tenant{listed: listed(files, records), stubs: stubs}
	if err := tenantfile.Load(e.Core, w, counting(files, records), c.models()...); err != nil {
		return nil, err
	}
	t.snapshot = w.Store.Snapshot()
	var ok bool
	if t.signedIn, ok = user(w.Store, firstUser(records)); !ok {
		t.signedIn, _ = user(w.Store, "")
	}
	return t, nil
}

// firstUser names the first user of a tenant by the order of file names, which is not the
// order in which layers are loaded; empty: the one that was loaded first. Entries that add
// to a user of an earlier file do not count.
func firstUser(records []fixtures.Record) string {
	users := slices.DeleteFunc(slices.Clone(records), func(r fixtures.Record) bool { return r.Name != "users" })
	if !slices.ContainsFunc(users, func(r fixtures.Record) bool { return r.File != users[0].File }) {
		return ""
	}
	first, file := "", ""
	known := map[string]bool{}
	for i := range users {
		for j := range users[i].Members {
			r := &users[i].Members[j]
			var keys []string
			for _, name := range [...]string{"userPrincipalName", "id"} {
				if m, ok := r.Member(name); ok {
					if key, ok := m.Text(); ok {
						keys = append(keys, strings.ToLower(key))
					}
				}
			}
			if len(keys) == 0 || slices.ContainsFunc(keys, func(k string) bool { return known[k] }) {
				continue
			}
			for _, k := range keys {
				known[k] = true
			}
			if first == "" || r.File < file {
				first, file = keys[0], r.File
			}
		}
	}
	return first
}

// world makes an empty world.
func (c *served) world(opts store.Options) *op.World {
	opts.Shapes, opts.Indexes = shapes(), c.indexes
	return op.NewWorld(store.New(opts), opts.Now)
}

// counting are the records of a tree without our organization, where it has its own.
func counting(files fs.FS, records []fixtures.Record) []fixtures.Record {
	if !owns(files, records) {
		return records
	}
	return slices.DeleteFunc(records, func(r fixtures.Record) bool { return r.Name == "organization" && ours(files, r.File) })
}

// user finds a user's id by id or userPrincipalName; an empty key finds the first.
func user(st *store.Store, key string) (id string, ok bool) {
	err := st.View(func(tx *store.Tx) error {
		ref, found := tx.Find(0, "users", key)
		if key == "" {
			for ref = range tx.Members(0, "users", 0) {
				found = true
				break
			}
		} else if !found {
			for ref = range tx.Lookup(sts.UserByName.Name(), key) {
				found = true
				break
			}
		}
		if found {
			_, _, id, ok = tx.Owner(ref)
		}
		return nil
	})
	return id, ok && err == nil
}
