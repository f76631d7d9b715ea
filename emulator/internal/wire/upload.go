package wire

import (
	"io"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// uploadSteps are those of the URL of an upload session: it says who calls and what the
// upload is for, and neither faults nor stubs are about it. A token that comes along is
// ignored (B-14.74).
var uploadSteps = [...]step{
	(*exchange).session, // which session, and the path that it is for
	(*exchange).parse, (*exchange).resolve,
	(*exchange).transfer,
}

// Upload answers the URLs of upload sessions.
func (g *Graph) Upload() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.Tenants.CatchUp()
		tenant, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, g.Uploads), "/")
		x := g.exchange(w, r)
		defer x.forget()
		x.tenant = g.Tenants.ByID(tenant)
		x.run(uploadSteps[:])
	})
}

// uploadURL is the URL of an upload session.
func (x *exchange) uploadURL(id string) string {
	return x.g.Origin.Of(x.HTTP) + x.g.Uploads + uploads.URL(tenantOf(x.tenant.World), id)
}

// showUpload adds the URL to what the create of a session answers.
func (x *exchange) showUpload(a *engine.Answer) {
	if a.Upload == "" {
		return
	}
	members := a.Value.Members()
	members.Set("uploadUrl", value.String(x.uploadURL(a.Upload)))
	a.Value = members.Object()
}

// session finds the session, which is about a path of a version.
func (x *exchange) session() (bool, error) {
	s, err := x.g.Engine.UploadSession(x.tenant.World, uploads.ID(x.HTTP.URL))
	if err != nil {
		return false, err
	}
	models := x.g.Engine.Options.Models
	for i := range x.g.Versions {
		if v := &x.g.Versions[i]; s.Model >= 0 && s.Model < len(models) && v.Model == models[s.Model] {
			x.upload, x.VersionName, x.Path = s, v.Name, strings.TrimPrefix(s.Path, "/")
			x.Request.Model, x.Request.Caller = v.Model, s.Caller
			return false, nil
		}
	}
	return false, grapherr.NoUploadSession()
}

// transfer does what the method says.
func (x *exchange) transfer() (bool, error) {
	r := &x.Request
	r.Target, r.Verb, r.Query, r.Done = &x.target, bind.Upload, &odata.Query{}, x.HTTP.Context().Done()
	x.method = x.HTTP.Method
	switch x.method {
	case http.MethodGet, http.MethodHead:
		return true, x.progress(x.upload, http.StatusOK)
	case http.MethodDelete:
		err := x.g.Engine.EndUpload(x.tenant.World, x.upload.ID)
		if err == nil {
			x.w.WriteHeader(http.StatusNoContent)
		}
		return true, err
	case http.MethodPost:
		answer, err := x.g.Engine.FinishUpload(x.tenant.World, r, x.upload.ID)
		return true, x.finished(answer, err)
	case http.MethodPut:
		return true, x.fragment()
	}
	return false, grapherr.NotAllowed(x.method, []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete})
}

// fragment takes a part of the content. Its body is not read before its range is known to fit.
func (x *exchange) fragment() error {
	h := x.HTTP
	part, err := uploads.ParseRange(first(h.Header["Content-Range"]))
	if err != nil {
		return err
	}
	if limit := x.g.Engine.Types.ContentLimit(x.Request.Target); part.Total > limit {
		return grapherr.TooLarge(limit)
	}
	s, answer, err := x.g.Engine.PutFragment(x.tenant.World, &x.Request, x.upload, part, func() (*workload.Media, error) {
		if n := h.ContentLength; n >= 0 && n != part.Len() && h.Header["Content-Encoding"] == nil {
			return nil, grapherr.BadRange("The body does not have the length of the range.")
		}
		body, err := decoded(h)
		if err != nil {
			return nil, err
		}
		return x.content("application/octet-stream", io.LimitReader(spilling(body, x.g.Engine.Options.Contents.Memory()), part.Len()+1), part.Len()+1)
	})
	if err != nil || answer != nil {
		return x.finished(answer, err)
	}
	_, status := s.State(x.g.Engine.Core)
	return x.progress(s, status)
}

// progress answers how far a session is.
func (x *exchange) progress(s *uploads.Session, status int) error {
	state, _ := s.State(x.g.Engine.Core)
	return x.send(x.w, status, jsonType, []byte(state))
}

// finished sends what the content has become, as the resource API does.
func (x *exchange) finished(answer *engine.Answer, err error) error {
	if err != nil {
		return err
	}
	defer answer.Release()
	return x.write(x.w, answer)
}
