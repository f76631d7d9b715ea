package emulator

import (
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/batch"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads/gateway"
)

// AdminPrefix is where the control plane lies. No path of Graph begins so.
const AdminPrefix = "/_emulator"

// signInAdmin is where the control plane is about sign-ins.
const signInAdmin = AdminPrefix + "/authority"

// monitorPath is where the progress of jobs is read without a token (B-9.24).
const monitorPath = AdminPrefix + "/monitor/"

// routes is the front door. Nearly every request is the resource API's: its prefix
// is tested before mux is asked, because a route of mux costs more than the
// whole walk of a path. The other doors are mux's, and made when somebody comes to one.
func (s *Server) routes(switches workload.Switches) http.Handler {
	doors := sync.OnceValue(s.doors)
	batches := &batch.Handler{Item: s.graph.Item, Read: s.graph.ReadJSON, Fail: s.fail, Relative: switches[gateway.AbsoluteURLs] == gateway.Refuse}
	if switches[gateway.Shuffle] == gateway.On {
		batches.Shuffle = s.config.shuffle()
	}
	return wire.Shared(s.config.log, s.config.now, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.isGraph(r.URL.Path):
			doors().ServeHTTP(w, r)
		case isBatch(r.URL.Path):
			batches.ServeHTTP(w, r)
		default:
			s.graph.ServeHTTP(w, r)
		}
	}))
}

func (s *Server) doors() *mux.Router {
	signIns := authority.Set{All: s.signServices}
	doors := mux.NewRouter().SkipClean(true).UseEncodedPath()
	doors.PathPrefix(contentPath).Handler(s.graph.Content())
	doors.PathPrefix(signInAdmin + "/").Handler(signIns.Admin(signInAdmin, s.fail))
	doors.PathPrefix(monitorPath).Handler(s.graph.Monitor())
	doors.PathPrefix(AdminPrefix + "/").Handler(s.control())
	doors.MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return signIns.Handles(r) }).Handler(signIns)
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
