package emulator

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/batch"
	"github.com/graph-emulator/graph-emulator/emulator/internal/control"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

// signInAdmin is where the control plane is about sign-ins.
const signInAdmin = admin.Prefix + "/authority"

// monitorPath is where the progress of jobs is read without a token (B-9.24).
const monitorPath = admin.Prefix + "/monitor/"

// uploadPath is where the content of upload sessions is sent without a token (B-14.74).
const uploadPath = admin.Prefix + "/upload/"

// routes is the front door. Nearly every request is the resource API's: its prefix
// is tested before mux is asked, because a route of mux costs more than the
// whole walk of a path. The other doors are mux's, and made when somebody comes to one.
func (s *Server) routes(switches workload.Switches) http.Handler {
	doors := sync.OnceValue(s.doors)
	batches := &batch.Handler{Item: s.graph.Item, Read: s.graph.ReadJSON, Fail: s.fail, Body: wire.Part,
		Relative: switches[workloads.AbsoluteURLs] == workloads.Refuse, Strict: s.config.strict}
	if switches[workloads.Shuffle] == workloads.On {
		batches.Shuffle = s.config.shuffle()
	}
	resources := wire.CORS(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.isGraph(r.URL.Path):
			doors().ServeHTTP(w, r)
		case isBatch(r.URL.Path):
			batches.ServeHTTP(w, r)
		default:
			s.graph.ServeHTTP(w, r)
		}
	}))
	control := sync.OnceValue(s.control)
	return wire.Shared(s.config.log, s.config.now, s.graph.Memory, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isControl(r.URL.Path) {
			control().ServeHTTP(w, r)
			return
		}
		resources.ServeHTTP(w, r)
	}))
}

// isControl reports whether a path is of the control plane. What answers hand out to be
// called without a token, contents, monitors and upload sessions, is of the resource API.
func isControl(path string) bool {
	rest, ok := strings.CutPrefix(path, admin.Prefix)
	return ok && (rest == "" || rest[0] == '/') && !strings.HasPrefix(path, monitorPath) && !strings.HasPrefix(path, contentPath) && !strings.HasPrefix(path, uploadPath)
}

// control is the control plane, for programs and for pages of its own.
func (s *Server) control() http.Handler {
	m := http.NewServeMux()
	m.Handle(signInAdmin+"/", authority.Set{All: s.signServices}.Admin(signInAdmin, s.fail))
	m.Handle("/", control.Handler(control.Actions{Reset: s.reset, Save: s.save, Expire: s.ExpireDeltaTokens, Version: Version, Coverage: func() (any, error) { return s.Catalog().Coverage() },
		Tenant: s.shown, CA: s.CertificatePEM, Clock: s.Clock(), Faults: &s.faults, Jobs: jobControl{s.Jobs()}, Stubs: s.stubControl(), Consistency: consistencyControl{s.Consistency()}, Fail: s.fail}))
	return control.Guard{Own: s.known, Fail: s.fail}.Wrap(m)
}

// save is Save for the control plane. It does not end with the client that asked.
func (s *Server) save(ctx context.Context) error {
	err := s.Save(context.WithoutCancel(ctx))
	if errors.Is(err, ErrNoData) {
		return grapherr.BadRequest("There is no folder to save to: the server was started without --data.")
	}
	return err
}

// known reports whether options name a host, which is without a port.
func (s *Server) known(host string) bool {
	public := url.URL{Host: s.port.Hosts.Public}
	return slices.Contains(s.config.controlHosts, host) || slices.Contains(s.config.tls.names, host) || strings.EqualFold(public.Hostname(), host)
}

func (s *Server) doors() *mux.Router {
	signIns := authority.Set{All: s.signServices}
	doors := mux.NewRouter().SkipClean(true).UseEncodedPath()
	doors.PathPrefix(contentPath).Handler(s.graph.Content())
	doors.PathPrefix(uploadPath).Handler(s.graph.Upload())
	doors.PathPrefix(monitorPath).Handler(s.graph.Monitor())
	doors.MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return signIns.Handles(r) }).Handler(signIns)
	doors.Path("/").MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return control.WantsPage(r) }).Handler(control.Page(Version))
	doors.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimLeft(r.URL.Path, "/"), "/")
		s.fail(w, r, grapherr.NoVersion(strings.ToLower(first)))
	})
	return doors
}

func (s *Server) isGraph(path string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	for i := range s.cat.versions {
		if strings.EqualFold(first, s.cat.versions[i].Name) {
			return true
		}
	}
	return false
}

// isBatch reports whether a path is /{version}/$batch.
func isBatch(path string) bool {
	_, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.EqualFold(strings.Trim(rest, "/"), "$batch")
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	wire.Fail(w, r, err, s.config.now(), s.config.log)
}
