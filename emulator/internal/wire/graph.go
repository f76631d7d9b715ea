package wire

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
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
	World    func(tenant string) *op.World // of a tenant, by id; empty for whoever names none
	Tenant   func(*http.Request) string    // that a request's token names
	Caller   func(*http.Request, *op.World) (workload.Caller, error)
	// Permit judges a part of a request by what its caller's token holds. nil: everything
	// is permitted.
	Permit func(r *http.Request, c *workload.Caller, t *bind.Target, need workload.Need) error
	// Rights judges what the signed-in user may do to the entity that a path leads to; nil:
	// everything.
	Rights     func(*workload.Call) error
	BodyLimit  int64 // bytes
	Memory     *BodyMemory
	Tickets    Tickets
	Monitors   string // the path that monitors lie under, ending in a slash
	Documented bool   // a monitor whose job is done says 202, as the documentation has it, and not 200
	PublicURL  string // empty: links begin with what the caller used
	Forwarded  bool   // they begin with what a gateway says the caller used
	// Historical makes the Location of directory objects the service's own (B-1.19).
	Historical bool
	Strict     bool
	Log        *slog.Logger
	CatchUp    func() // does what has become due; called before the world is looked at
	Faults     *fault.Set
	Stubs      func(*op.World) *stub.Set              // nil where there are none
	Wait       func(context.Context, time.Time) error // for the clock
	Idle       func(operation string)                 // hears of operations without effect
	// Bearer is the WWW-Authenticate of a 401, Challenged the refusal of a token that is
	// older than a time.
	Bearer     func(*http.Request) string
	Challenged func(r *http.Request, since int64) error

	projections projections
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
	g.CatchUp()
	world := g.World(g.Tenant(r))
	if err := g.serve(w, r, world, item); err != nil {
		Fail(w, r, err, world.Now(), g.Log)
	}
}

func (g *Graph) serve(w http.ResponseWriter, r *http.Request, world *op.World, item bool) error {
	if len(r.RequestURI) > maxURL && !item {
		return grapherr.URITooLong(maxURL)
	}
	buf := buffers.Get().(*[]byte)
	defer putBuffer(buf)
	x := exchanges.Get().(*exchange)
	defer x.forget()
	x.g, x.r, x.world, x.buf, x.item = g, r, world, buf, item
	if err := x.split(); err != nil {
		return err
	}
	if strings.Trim(x.path, "/") == "$metadata" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		return x.metadata(w) // needs no token (B-1.7)
	}
	var err error
	if x.caller, err = g.Caller(r, world); err != nil {
		return err
	}
	if err := x.faulty(w); err != nil {
		return err
	}
	if stubs := g.Stubs(world); stubs.Any() {
		over, done, err := x.stubbed(w, stubs)
		if done || err != nil {
			return err
		}
		if err := x.act(over); err != nil {
			Fail(over, r, err, world.Now(), g.Log)
		}
		return nil
	}
	return x.act(w)
}

// act has the engine answer.
func (x *exchange) act(w http.ResponseWriter) error {
	if err := x.read(); err != nil {
		return err
	}
	if x.req.Verb == bind.Service {
		return x.service(w)
	}
	answer, err := x.g.Engine.Do(x.world, &x.req)
	if err != nil {
		return x.restart(err)
	}
	defer answer.Release()
	return x.write(w, answer)
}

// exchanges holds memory for exchanges between two requests.
var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// forget gives the exchange back, empty but for memory that the next one can use.
func (x *exchange) forget() {
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
	g       *Graph
	r       *http.Request
	world   *op.World
	caller  workload.Caller
	version *Version
	path    string // escaped, behind the version
	query   string
	token   string   // page token of the query; empty: none
	warn    []string // for X-Emulator-Warning
	parsed  odata.Path
	target  bind.Target
	req     op.Request
	prefer  prefer
	level   level // of metadata
	reform  reform
	texts   int // 1: 64-bit numbers are texts, in levelTypes
	buf     *[]byte
	chosen  map[chosen]*projection // by $select
	last    chosen                 // the one asked for last
	shown   *projection            // and what it got
	item    bool                   // of a batch
	direct  bool                   // content is answered here, not redirected to
	lookAt  int                    // how long the answer is when left looks again
	gone    bool                   // the client has gone
}

// read is steps 4 to 8 of a request's life: syntax, meaning, law, body.
func (x *exchange) read() error {
	if err := x.parsed.Parse(x.path); err != nil {
		return grapherr.BadRequest("%s", err.Error())
	}
	target := &x.target
	if err := target.Resolve(x.version.Model, x.parsed); err != nil {
		return x.g.Engine.Registry.Word(target.Owning(), grapherr.From(err))
	}
	method := x.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	doc, err := x.documented(target, method)
	if err != nil {
		return err
	}
	documented, own := doc != nil, doc
	if doc == nil {
		if doc, err = x.elsewhere(target, method); err != nil {
			return err
		}
		documented = doc != nil && (target.Op() != nil || method == http.MethodPut)
	}
	elsewhere := !documented && doc != nil
	verb, err := target.Verb(method, documented)
	if err != nil {
		if e := grapherr.From(err); e.Case != grapherr.CaseNotAllowed {
			return e
		}
		return x.notAllowed(target)
	}
	if x.g.Permit != nil {
		if err := x.permit(target, method, own); err != nil {
			return err
		}
	}
	query, err := x.options(doc)
	if err != nil {
		return err
	}
	if x.g.Permit != nil && len(query.Expand) > 0 {
		if err := x.permitExpansions(target, query); err != nil {
			return err
		}
	}
	if x.caller.Basic && target.Type != nil && target.Type.Is("microsoft.graph.user") {
		query = basic(query)
	}
	h := x.r.Header
	x.prefer.read(h["Prefer"])
	x.level = readLevel(h["Accept"], query.Format)
	if f := query.Format; f != "" && !strings.EqualFold(f, "json") && !hasFold(f, "application/json") { // B-3.85
		x.warn = append(x.warn, "$format="+f+" is ignored: answers are JSON")
	}
	if x.reform, err = x.prefer.reform(x.preferences()); err != nil {
		return err
	}
	x.reform.model = x.version.Model
	if wantsTexts(h["Accept"]) || wantsTexts([]string{query.Format}) {
		x.reform.forms, x.texts = x.reform.forms|asText, 1
	}
	x.req = op.Request{Model: x.version.Model, Target: target, Verb: verb, Op: doc, Elsewhere: elsewhere, Caller: x.caller, Query: query, Text: x.query, PageToken: x.token,
		IfMatch: first(h["If-Match"]), IfNoneMatch: first(h["If-None-Match"]),
		Minimal: x.prefer.minimal, Representation: x.prefer.representation, MaxPageSize: x.prefer.maxPageSize, CreateIfMissing: x.prefer.createIfMissing,
		Eventual: strings.EqualFold(first(h["Consistencylevel"]), "eventual"), Done: x.r.Context().Done()}
	if !x.caller.AppOnly {
		x.req.Permit = x.g.Rights
	}
	return x.body()
}

// first is Header.Get for a name in its canonical form.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// split finds the version, the first segment of the path (B-1.1, C-1.12).
func (x *exchange) split() error {
	path, query, _ := strings.Cut(x.r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") { // absolute-form
		path = x.r.URL.EscapedPath()
	}
	first, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	for i := range x.g.Versions {
		if v := &x.g.Versions[i]; strings.EqualFold(first, v.Name) {
			x.version, x.path, x.query = v, rest, query
			return nil
		}
	}
	return grapherr.NoVersion(strings.ToLower(first))
}

// documented looks up what the documentation says of the method and the path.
func (x *exchange) documented(t *bind.Target, method string) (*fixtures.Operation, error) {
	if x.version.Catalog == nil {
		return nil, nil
	}
	op, _, err := x.version.Catalog.Operation(method, t.Template())
	if err != nil {
		return nil, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
	}
	return op, nil
}

// elsewhere looks up what is documented of the same request on another road.
func (x *exchange) elsewhere(t *bind.Target, method string) (*fixtures.Operation, error) {
	r := fixtures.Road{Method: method}
	switch {
	case x.version.Catalog == nil || t.Type == nil && t.Op() == nil:
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
	op, _, err := x.version.Catalog.Elsewhere(r)
	if err != nil {
		return nil, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
	}
	return op, nil
}

// body reads what the verb needs of the request's body (B-2.26).
func (x *exchange) body() error {
	verb := x.req.Verb
	if !x.req.Target.Writes(verb) || verb == bind.Delete || verb == bind.Clear || verb == bind.Unlink {
		return nil // what comes along is ignored (C-1.10)
	}
	contentType := first(x.r.Header["Content-Type"])
	if verb == bind.Upload {
		return x.media(contentType)
	}
	if err := readBody(x.r, x.g.BodyLimit, x.buf); err != nil {
		return x.g.Engine.Registry.Word(x.target.Owning(), grapherr.From(err))
	}
	_, action := verb.Invoked()
	switch {
	case len(*x.buf) == 0 && action:
		return nil
	case len(*x.buf) == 0 && x.bodiless():
		x.warn = append(x.warn, "the request has no body; the page "+x.req.Op.Page+" shows it without one, and {} is assumed")
		x.req.Body = value.Members{}
		return nil
	case contentType == "":
		return grapherr.NoContentType()
	case x.req.Target.Shape == bind.IsRaw:
		x.req.Body = rawValue(*x.buf)
		return nil
	case isForm(contentType) && !x.g.Strict && looksLikeJSON(*x.buf): // what axios says of a text
		x.warn = append(x.warn, "the body is JSON and the Content-Type is "+contentType+"; send application/json")
		contentType = "application/json"
	case !isJSON(contentType) && x.takes(contentType):
		media, err := content(contentType, bytes.NewReader(*x.buf), x.g.BodyLimit)
		x.req.Media = media
		return err
	case !isJSON(contentType):
		return grapherr.BadPayload("The Content-Type is " + contentType + ", and application/json is expected.")
	case len(*x.buf) == 0 && x.req.Target.Shape == bind.IsRefs:
		return nil // the engine refuses it in the words of the workload
	case len(*x.buf) == 0:
		return grapherr.EmptyPayload()
	}
	members, err := object(*x.buf)
	if err == nil && wantsTexts(x.r.Header["Content-Type"]) {
		members = x.numbers(members)
	}
	x.req.Body = members
	return err
}

// bodiless reports whether the request may come without a body because its own page shows
// it so.
func (x *exchange) bodiless() bool {
	op := x.req.Op
	return op != nil && op.Bodiless && !x.req.Elsewhere && !x.g.Strict
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
	f := reform{forms: asText, numbers: true, model: x.version.Model}
	if t := x.target.Type; t != nil && x.target.Op() == nil {
		return f.members(t, body)
	}
	out := body.Clone()
	if op := x.target.Op(); op != nil {
		for i, m := range out {
			if p, ok := op.Parameter(m.Name); ok {
				def, _ := x.version.Model.Type(p.Type.Name)
				out[i].Value = f.value(p.Type, def, m.Value)
			}
		}
	} else if p := x.target.Last().Prop; p != nil {
		for i, m := range out {
			out[i].Value = f.value(p.Type, p.Def(), m.Value)
		}
	}
	return out
}

// media lets the engine read an upload once it knows where the content goes.
func (x *exchange) media(contentType string) error {
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	r, limit := x.r, min(x.g.uploadLimit(), x.g.Engine.ContentLimit(x.req.Target))
	x.req.Content = func() (*workload.Media, error) {
		body, err := decoded(r)
		if err != nil {
			return nil, err
		}
		return content(contentType, body, limit)
	}
	return nil
}

// content reads what is kept as a stream.
func content(contentType string, body io.Reader, limit int64) (*workload.Media, error) {
	blob, err := store.ReadBlob(contentType, body, limit)
	if err == store.ErrBlobs {
		return nil, grapherr.TooLarge(limit)
	}
	if err != nil {
		return nil, grapherr.BadBody(err)
	}
	return &workload.Media{Type: contentType, Blob: blob}, nil
}

// takes reports whether the request may have content of this type in JSON's stead.
func (x *exchange) takes(contentType string) bool {
	t := x.req.Target.Type
	if _, ok := x.req.Verb.Invoked(); ok {
		t = x.req.Target.Bound()
	}
	return x.g.Engine.Registry.Takes(t, x.req.Verb, contentType)
}

// uploadLimit caps the content of a stream (B-4.50); the world's own limit on all
// content holds besides.
func (g *Graph) uploadLimit() int64 { return max(g.BodyLimit, 250<<20) }

// now is the time that answers show.
func (x *exchange) now() time.Time { return x.world.Now() }
