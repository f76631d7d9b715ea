package emulator

import (
	"context"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/ca"
	"github.com/graph-emulator/graph-emulator/emulator/internal/clock"
	"github.com/graph-emulator/graph-emulator/emulator/internal/control"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/port"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/gateway"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/jobs"
)

// Server is one emulator: a tenant and the service around it. It is an
// http.Handler and safe for concurrent use.
type Server struct {
	config  config
	clock   *clock.Clock
	faults  fault.Set
	cat     *catalogue
	engine  *engine.Engine
	world   *engine.World
	graph   *wire.Graph
	handler http.Handler

	authority *authority.Authority
	checked   atomic.Pointer[sts.Checked] // what the fixtures list

	mu       sync.Mutex
	baseline *store.Snapshot // what Reset goes back to
	addr     net.Addr        // of the listener

	ca   func() (*ca.CA, error) // made when it is first needed
	port port.Server
}

// New makes an emulator. Everything that can be wrong with what the options name
// is an error here, not at the first request.
func New(opts ...Option) (*Server, error) {
	s := &Server{config: config{bodyLimit: DefaultBodyLimit, log: slog.New(slog.DiscardHandler)}}
	for _, o := range opts {
		if err := o(&s.config); err != nil {
			return nil, err
		}
	}
	s.clock = clock.New(s.config.now)
	s.config.now = s.clock.Now
	s.config.repeat = s.config.seed != 0
	for s.config.seed == 0 { // a snapshot's dice would go on where its own maker left them
		s.config.seed = rand.Uint64()
	}
	var err error
	if s.cat, err = s.config.catalogue(); err != nil {
		return nil, err
	}
	switches, err := s.cat.registry.Set(s.config.switches, s.config.strict)
	if err != nil {
		return nil, err
	}
	s.engine = engine.New(s.cat.registry, shapes(), engine.Options{
		Strict: s.config.strict, Missing: s.config.missing, MinFidelity: s.config.fidelity, Stable: s.cat.versions[0].Model, Models: s.cat.models(),
		PageTokenLife: s.config.tokenLife, EmptyPages: s.config.empty, ServicesDelay: s.config.services, Switches: switches,
		Key: s.config.key("token"), Pace: s.config.pace})
	if err := s.found(); err != nil {
		return nil, err
	}
	if s.authority, err = s.signIns(); err != nil {
		return nil, err
	}
	s.graph = &wire.Graph{
		Engine: s.engine, Versions: s.cat.versions, BodyLimit: s.config.bodyLimit, PublicURL: s.config.publicURL,
		Forwarded: s.config.forwarded, Historical: switches[gateway.Location] == gateway.Historical,
		Monitors: monitorPath, Documented: switches[jobs.MonitorStatus] == jobs.Documented,
		Strict: s.config.strict, Log: s.config.log, Caller: s.authority.Caller, Bearer: s.authority.Bearer, Challenged: s.authority.Challenged, Tickets: s.config.tickets(),
		World: func(*http.Request) *engine.World { return s.world }, CatchUp: s.catchUp, Faults: &s.faults, Wait: s.clock.Wait,
	}
	s.authority.Origin, s.authority.Own = s.graph.Origin, s.port.Hosts.Own
	if s.config.auth == authority.Enforce || s.config.log.Enabled(context.Background(), slog.LevelDebug) {
		s.graph.Permit = s.authority.Permit
	}
	s.handler = s.observed(s.routes(switches))
	if err := s.openPort(); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Faults are the rules by which requests go wrong. There are none at first.
func (s *Server) Faults() *fault.Set { return &s.faults }

// Reset puts the tenant back to its fixtures and the clock back to the one it was
// made with, and takes all faults away.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.Reset()
	s.faults.Clear()
	s.world.Store.Restore(s.baseline)
	s.signIn()
	s.authority.Reset()
	return nil
}

// ExpireDeltaTokens makes every delta token given out until now expire: who comes
// with one is answered 410 and has to start over, as happens when a service has lost
// its place.
func (s *Server) ExpireDeltaTokens() { s.world.ExpireDelta() }

// signIn makes the user of WithSignedInUser the signed-in one, without the option
// the first of the tenant. A user whom the tenant has lost since stays it.
func (s *Server) signIn() {
	if id, ok := user(s.world.Store, s.config.user); ok || s.config.user == "" {
		s.world.SetSignedIn(id)
	}
}

// LoadFixtures replaces the tenant by what trees hold, layered as in WithFixtures,
// and makes it what Reset goes back to. On an error, a *fixtures.Error where a
// file is at fault, the tenant stays as it was.
func (s *Server) LoadFixtures(trees ...fs.FS) error {
	fresh, listed, err := s.tenant(trees)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseline = fresh.Store.Snapshot()
	s.world.Store.Restore(s.baseline)
	s.world.SetSignedIn(fresh.SignedIn())
	s.checked.Store(&listed)
	s.authority.Reset()
	return nil
}

// Serve answers connections of l until Shutdown or Close; it then returns
// http.ErrServerClosed. HTTP, TLS and CONNECT are told apart by themselves. A server
// serves one listener.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.addr == nil {
		s.addr = l.Addr()
	}
	s.mu.Unlock()
	s.warn(l.Addr())
	return s.port.Serve(l)
}

// Shutdown stops taking connections and waits for requests in flight, until ctx
// ends. Tunnels to other hosts are cut then.
func (s *Server) Shutdown(ctx context.Context) error { return s.port.Shutdown(ctx) }

// Close ends the server at once. It may be called more than once.
func (s *Server) Close() error { return s.port.Close() }

// control is what the control plane may do.
func (s *Server) control() http.Handler {
	return control.Handler(control.Actions{Reset: s.Reset, Expire: s.ExpireDeltaTokens, Version: Version, Coverage: func() (any, error) { return s.Coverage() },
		CA: s.CertificatePEM, Clock: s.Clock(), Faults: &s.faults, Jobs: jobControl{s},
		Fail: func(w http.ResponseWriter, r *http.Request, err error) {
			wire.Fail(w, r, err, s.config.now(), s.config.log)
		}})
}
