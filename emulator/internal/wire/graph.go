package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/ticket"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Version is one version of Graph as it is served.
type Version struct {
	Name    string // "v1.0"
	Model   *edm.Model
	Catalog *fixtures.Catalog
}

// Graph serves the resource API. All fields are set before the first request.
type Graph struct {
	Engine   *engine.Engine
	Versions []Version
	Tenants  Tenants
	// Permissions says that the permissions of tokens are judged, Rights that the rights of
	// signed-in users are.
	Permissions bool
	Rights      bool
	BodyLimit   int64 // bytes
	Memory      *BodyMemory
	Tickets     ticket.Tickets
	Monitors    string         // the path that monitors lie under, ending in a slash
	Uploads     string         // the path that upload sessions lie under, ending in a slash
	Documented  bool           // a monitor whose job is done says 202, as the documentation has it, and not 200
	Origin      *origin.Origin // what links begin with
	// Historical makes the Location of directory objects the service's own (B-1.19).
	Historical bool
	Strict     bool
	Log        *slog.Logger
	Faults     *fault.Set
	Wait       func(context.Context, time.Time) error // for the clock
	Idle       func(operation string)                 // hears of operations without effect

	projections odatajson.Projections
	queries     queries
}

// maxURL is where the front door gives up (B-2.31).
const maxURL = 8 << 10

// ServeHTTP answers one request of the resource API.
func (g *Graph) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.run(w, r, false) }

// Item answers a request that is part of a batch: it has not come through the front
// door, so that its URL may be longer (B-5.21).
func (g *Graph) Item(w http.ResponseWriter, r *http.Request) { g.run(w, r, true) }

func (g *Graph) run(w http.ResponseWriter, r *http.Request, item bool) {
	g.Tenants.CatchUp()
	x := g.exchange(w, r)
	defer x.forget()
	x.item = item
	x.run(steps[:])
}

// exchange begins the work on a request.
func (g *Graph) exchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := exchanges.Get().(*exchange)
	x.g, x.w, x.HTTP, x.buf = g, w, r, buffers.Get().(*[]byte)
	x.Types, x.Projections, x.Origin = g.Engine.Types, &g.projections, g.Origin
	if len(g.Tickets.Key) > 0 {
		x.Contents = x
	}
	return x
}

// run takes the steps in their order until one has answered or failed.
func (x *exchange) run(steps []step) {
	for _, do := range steps {
		done, err := do(x)
		if err != nil {
			x.fail(err)
		}
		if done || err != nil {
			return
		}
	}
}

// fail answers an error, with the headers of the service that refuses the request (B-1.13,
// B-1.17); of the gateway, which has none, until the path is resolved.
func (x *exchange) fail(err error) {
	cache, kind := []string(nil), jsonType
	e := grapherr.From(err)
	broker := e.Case == grapherr.CaseNoSegment && e.Shape == grapherr.Bare && x.target.Owning() != nil
	if x.Request.Target != nil || broker {
		b := x.backend()
		if b.Refusals {
			cache = b.CacheControl()
		}
		if broker { // it answers as if nothing were wrong (R-H3)
			kind = odatajson.ContentType(x.Level, x.Texts, b.Spaced)
		}
		if x.g.Engine.Types.Of(x.target.Owning()).Traits.Units != nil {
			x.w.Header()["X-Ms-Resource-Unit"] = unitTexts[1]
		}
	}
	fail(x.w, x.HTTP, err, cache, kind, x.now(), x.g.Log)
}

// exchanges holds memory for exchanges between two requests.
var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// forget gives the exchange back, empty but for memory that the next one can use.
func (x *exchange) forget() {
	putBuffer(x.buf)
	if cap(x.parsed.Segments) > keptSegments {
		*x = exchange{}
	} else {
		clear(x.parsed.Segments)
		clear(x.target.Steps)
		*x = exchange{parsed: x.parsed, target: bind.Target{Steps: x.target.Steps}}
	}
	exchanges.Put(x)
}

// keptSegments is how many segments' memory an exchange keeps.
const keptSegments = 32

// exchange is one request with what the answer needs of it.
type exchange struct {
	odatajson.Encoder
	g       *Graph
	w       http.ResponseWriter
	tenant  *Tenant
	catalog *fixtures.Catalog // of the version; nil: nothing is documented
	method  string            // GET for HEAD
	warn    []string          // for X-Emulator-Warning
	parsed  odata.Path
	target  bind.Target
	own     *fixtures.Operation // what a page says of this very path; nil: nothing
	prefer  prefer
	buf     *[]byte
	item    bool             // of a batch
	direct  bool             // content is answered here, not redirected to
	upload  *uploads.Session // of its URL; nil elsewhere
}

// first is Header.Get for a name in its canonical form.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// documented looks up what the documentation says of the method and the path.
func (x *exchange) documented(t *bind.Target, method string) (*fixtures.Operation, error) {
	if x.catalog == nil {
		return nil, nil
	}
	op, _, err := x.catalog.Operation(method, t.Template())
	if err != nil {
		return nil, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
	}
	return op, nil
}

// elsewhere looks up what is documented of the same request on another road.
func (x *exchange) elsewhere(t *bind.Target, method string) (*fixtures.Operation, error) {
	r := fixtures.Road{Method: method}
	switch {
	case x.catalog == nil || t.Type == nil && t.Op() == nil:
		return nil, nil
	case t.Op() != nil:
		r.Type, r.To = string(t.Bound().Name), t.Op().Name
	case t.Shape == bind.IsEntity:
		r.Type, r.To = string(t.Type.Name), fixtures.RoadOne
	case t.Shape == bind.IsCollection:
		r.Type, r.To = string(t.Type.Name), fixtures.RoadMany
	default:
		return nil, nil
	}
	op, _, err := x.catalog.Elsewhere(r)
	if err != nil {
		return nil, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
	}
	return op, nil
}

// readBody reads what the verb needs of the request's body (B-2.26).
func (x *exchange) readBody() error {
	verb := x.Request.Verb
	if !x.Request.Target.Writes(verb) || verb == bind.Delete || verb == bind.Clear || verb == bind.Unlink {
		return nil // what comes along is ignored (C-1.10)
	}
	contentType := first(x.HTTP.Header["Content-Type"])
	if verb == bind.Upload {
		return x.media(contentType)
	}
	if err := readAll(x.HTTP, x.g.BodyLimit, x.buf); err != nil {
		return x.g.Engine.Registry.Word(x.target.Owning(), grapherr.From(err))
	}
	_, action := verb.Invoked()
	json := isJSON(contentType)
	switch {
	case len(*x.buf) == 0 && action:
		return nil
	case len(*x.buf) == 0 && x.bodiless():
		x.warn = append(x.warn, "the request has no body; the page "+x.Request.Op.Page+" shows it without one, and {} is assumed")
		x.Request.Body = value.Members{}
		return nil
	case contentType == "":
		return grapherr.NoContentType()
	case x.Request.Target.Shape == bind.IsRaw:
		x.Request.Body = rawValue(*x.buf)
		return nil
	case !json && isForm(contentType) && !x.g.Strict && looksLikeJSON(*x.buf): // what axios says of a text
		x.warn = append(x.warn, "the body is JSON and the Content-Type is "+contentType+"; send application/json")
		contentType = "application/json"
	case !json && x.takes(contentType):
		media, err := x.content(contentType, bytes.NewReader(*x.buf), x.g.BodyLimit)
		x.Request.Media = media
		return err
	case !json:
		return grapherr.BadPayload("The Content-Type is " + contentType + ", and application/json is expected.")
	case len(*x.buf) == 0 && x.Request.Target.Shape == bind.IsRefs:
		return nil // the engine refuses it in the words of the workload
	case len(*x.buf) == 0:
		return grapherr.EmptyPayload()
	}
	members, err := object(*x.buf)
	if err == nil && odatajson.WantsTexts(x.HTTP.Header["Content-Type"]) {
		members = x.numbers(members)
	}
	x.Request.Body = members
	return err
}

// bodiless reports whether the request may come without a body because its own page shows
// it so.
func (x *exchange) bodiless() bool {
	op := x.Request.Op
	return op != nil && op.Bodiless && !x.Request.Elsewhere && !x.g.Strict
}

// preferences are those that the type which the request is about honours.
func (x *exchange) preferences() []string {
	if t := x.target.Owning(); t != nil {
		return x.g.Engine.Types.Of(t).Traits.Prefers
	}
	return nil
}

// numbers makes numbers of the texts that a body has in their stead (B-1.38).
func (x *exchange) numbers(body value.Members) value.Members {
	f := odatajson.Formatting{Forms: odatajson.AsText, Numbers: true, Model: x.Request.Model}
	if t := x.target.Type; t != nil && x.target.Op() == nil {
		return f.Members(t, body)
	}
	out := body.Clone()
	if op := x.target.Op(); op != nil {
		for i, m := range out {
			if p, ok := op.Parameter(m.Name); ok {
				def, _ := x.Request.Model.Type(p.Type.Name)
				out[i].Value = f.Value(p.Type, def, m.Value)
			}
		}
	} else if p := x.target.Last().Prop; p != nil {
		for i, m := range out {
			out[i].Value = f.Value(p.Type, p.Def(), m.Value)
		}
	}
	return out
}

// media lets the engine read an upload once it knows where the content goes.
func (x *exchange) media(contentType string) error {
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	r, limit := x.HTTP, min(x.g.uploadLimit(), x.g.Engine.Types.ContentLimit(x.Request.Target))
	x.Request.Content = func() (*workload.Media, error) {
		body, err := decoded(r)
		if err != nil {
			return nil, err
		}
		return x.content(contentType, spilling(body, x.g.Engine.Options.Contents.Memory()), limit)
	}
	return nil
}

// content reads what is kept as a stream.
func (x *exchange) content(contentType string, body io.Reader, limit int64) (*workload.Media, error) {
	blob, err := x.g.Engine.Options.Contents.Read(contentType, body, limit)
	switch {
	case errors.Is(err, store.ErrBlobs):
		return nil, grapherr.TooLarge(limit)
	case errors.Is(err, store.ErrFull):
		return nil, grapherr.TooLarge(0).Because(err.Error(), "Delete content, or raise --content-limit.")
	case errors.Is(err, store.ErrDisk):
		return nil, err
	case err != nil:
		return nil, grapherr.BadBody(err)
	}
	return &workload.Media{Type: contentType, Blob: blob}, nil
}

// takes reports whether the request may have content of this type in JSON's stead.
func (x *exchange) takes(contentType string) bool {
	t := x.Request.Target.Type
	if _, ok := x.Request.Verb.Invoked(); ok {
		t = x.Request.Target.Bound()
	}
	return x.g.Engine.Registry.TakesMedia(t, x.Request.Verb, contentType)
}

// uploadLimit caps the content of a stream (B-4.50); the world's own limit on all
// content holds besides.
func (g *Graph) uploadLimit() int64 { return max(g.BodyLimit, 250<<20) }

// now is the time that answers show.
func (x *exchange) now() time.Time { return x.tenant.World.Now() }
