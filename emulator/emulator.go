package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/ca"
	"github.com/graph-emulator/graph-emulator/emulator/internal/clock"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/keep"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
	"github.com/graph-emulator/graph-emulator/emulator/internal/port"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/directory"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/files"
)

// Server is one emulator: one or more tenants and the service around them. It is an
// http.Handler and safe for concurrent use.
type Server struct {
	config  config
	clock   *clock.Clock
	faults  fault.Set
	idle    idle
	cat     *served
	origin  *origin.Origin // what links begin with
	graph   *wire.Graph
	handler http.Handler

	tenancy

	mu   sync.Mutex
	addr net.Addr // of the listener

	contents *store.Contents

	data   *keep.Folder // nil without WithData
	saving sync.Mutex
	saved  string // the state in data; under saving

	ca   func() (*ca.CA, error) // made when it is first needed
	port port.Server
}

// New returns an emulator. Without options it serves the built-in tenant in open mode. A
// mistake in what the options name is an error here and not at the first request.
func New(opts ...Option) (_ *Server, err error) {
	s := &Server{config: config{bodyLimit: DefaultBodyLimit, bodyMemory: DefaultBodyMemory, log: slog.New(slog.DiscardHandler)}}
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o(&s.config); err != nil {
			return nil, err
		}
	}
	if s.config.bodyMemory < s.config.bodyLimit {
		return nil, fmt.Errorf("body memory %d is less than the body limit %d", s.config.bodyMemory, s.config.bodyLimit)
	}
	s.clock = clock.New(s.config.now)
	s.config.now = s.clock.Now
	s.config.repeat = s.config.seed != 0
	for s.config.seed == 0 { // a snapshot's dice would go on where its own maker left them
		s.config.seed = rand.Uint64()
	}
	s.tenancy.log = s.config.log
	s.contents = store.NewContents(store.ContentOptions{Dir: s.config.contentDir, Limit: s.config.contentLimit})
	defer func() {
		if err != nil {
			err = errors.Join(err, s.contents.Close())
		}
	}()
	if s.cat, err = s.config.catalog(); err != nil {
		return nil, err
	}
	s.idle.log = s.config.log
	switches, err := s.cat.registry.Set(s.config.switches, s.config.strict)
	if err != nil {
		return nil, err
	}
	s.engine = engine.New(s.cat.registry, shapes(), op.Options{
		Strict: s.config.strict, Missing: op.Missing(s.config.missing), MinFidelity: workload.Fidelity(s.config.fidelity), Stable: s.cat.versions[0].Model, Models: s.cat.models(),
		PageTokenLife: s.config.tokenLife, EmptyPages: s.config.empty, ServicesDelay: s.config.services, Switches: switches,
		Key: s.config.key("token"), Pace: s.config.pace.is, Contents: s.contents})
	s.origin = &origin.Origin{PublicURL: s.config.publicURL, Forwarded: s.config.forwarded}
	if err := s.found(); err != nil {
		return nil, err
	}
	s.graph = &wire.Graph{
		Engine: s.engine, Versions: s.cat.versions, BodyLimit: s.config.bodyLimit, Memory: wire.NewBodyMemory(s.config.bodyMemory),
		Origin: s.origin, Historical: switches[directory.Location] == directory.Historical,
		Monitors: monitorPath, Uploads: uploadPath, Documented: switches[files.MonitorStatus] == files.Documented,
		Strict: s.config.strict, Log: s.config.log, Tickets: s.config.tickets(),
		Tenants: wired{&s.tenancy}, Faults: &s.faults, Wait: s.clock.Wait, Idle: s.idle.add,
		Permissions: s.config.auth == AuthEnforce || s.config.log.Enabled(context.Background(), slog.LevelDebug), Rights: s.config.auth == AuthEnforce,
	}
	if err := s.consistent(); err != nil {
		return nil, err
	}
	s.handler = s.observed(s.wrapped(s.routes(switches)))
	if err := s.openPort(); err != nil {
		return nil, err
	}
	if err := s.openData(); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Catalog returns what the emulator knows apart from its tenants. It is for the program
// graph-emulator and, unlike the rest of this package, makes no promise; see package
// catalog.
func (s *Server) Catalog() *catalog.Catalog {
	return catalog.New(s.cat.versions, s.cat.registry, s.cat.learn)
}

// Faults returns the rules by which requests fail. There are none at first.
func (s *Server) Faults() *fault.Set { return &s.faults }

// Reset puts the emulator back to its start: the tenants and stubs to those of the
// fixtures, the clock to the one it was made with, consistency to that of the options. It
// removes all faults.
func (s *Server) Reset() error { return s.reset(false) }

// reset is Reset, which may leave the faults as they are.
func (s *Server) reset(keepFaults bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.Reset()
	if !keepFaults {
		s.faults.Clear()
	}
	for r := range s.realms() {
		r.restore()
		s.signIn(r)
	}
	return s.consistent()
}

// ExpireDeltaTokens expires every delta token issued until now. A request with one is
// answered 410 and must start over, as when a service has lost its history.
func (s *Server) ExpireDeltaTokens() {
	for r := range s.realms() {
		r.world.ExpireDelta()
	}
}

// signIn makes the user of WithSignedInUser the signed-in one of a tenant; without the
// option, or where another tenant than the first lacks the user, the first of all. A
// user whom the first tenant has lost since stays it.
func (s *Server) signIn(r *realm) {
	id, ok := user(r.world.Store, s.config.user)
	if !ok && r != s.realm {
		id, ok = user(r.world.Store, "")
	}
	if ok || s.config.user == "" {
		r.world.SetSignedIn(id)
	}
}

// LoadFixtures replaces the tenants and the stubs by those of trees, layered as in
// WithFixtures. Reset then goes back to them. On an error, a *fixtures.Error where a file
// is at fault, nothing changes.
func (s *Server) LoadFixtures(trees ...fs.FS) error {
	list, err := s.tenants(trees)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var others, again []*realm
	for i := range list[1:] {
		x := &list[1+i]
		r := s.beside(x.name)
		if r == nil {
			if r, err = s.open(x); err != nil {
				return err
			}
		} else {
			again = append(again, r)
		}
		others = append(others, r)
	}
	for i, r := range append([]*realm{s.realm}, others...) {
		if i == 0 || slices.Contains(again, r) {
			r.settle(&list[i])
			r.restore()
			r.world.SetSignedIn(list[i].world.SignedIn())
		}
	}
	s.others.Store(&others)
	return s.Consistency().Set(s.Consistency().Get()) // of new tenants too
}

// beside finds a tenant other than the first; nil when it has no such name.
func (s *Server) beside(name string) *realm {
	for _, r := range *s.others.Load() {
		if r.name == name {
			return r
		}
	}
	return nil
}

// Serve answers connections of l until Shutdown or Close, and then returns
// http.ErrServerClosed. The same port takes HTTP, TLS and CONNECT. A server serves one
// listener.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.addr == nil {
		s.addr = l.Addr()
	}
	s.mu.Unlock()
	s.warn(l.Addr())
	return s.port.Serve(l)
}

// Shutdown stops taking connections and waits for requests in flight. When ctx ends, it
// cuts the requests and tunnels that are left and returns the error of ctx. After it no
// request changes the tenants, so that Save has all of them.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.port.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.port.Close())
	}
	return err
}

// Close ends the server at once, without saving, and removes file content from the disk. It
// may be called more than once.
func (s *Server) Close() error {
	return errors.Join(s.port.Close(), s.data.Close(), s.contents.Close())
}
