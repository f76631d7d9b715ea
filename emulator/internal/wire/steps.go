package wire

import (
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/metadata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// step is a part of the work on a request. done says that it has answered.
type step func(x *exchange) (done bool, err error)

// steps is what happens to a request of the resource API, in this order. Each step
// relies on those before it.
var steps = [...]step{
	(*exchange).locate,       // whose tenant
	(*exchange).address,      // which version; the path and the query string
	(*exchange).metadata,     // $metadata needs no token
	(*exchange).authenticate, // who calls
	(*exchange).faults,       // what the fault rules do to it
	(*exchange).stubs,        // what a stub answers
	(*exchange).parse,        // the path as segments
	(*exchange).resolve,      // the path as types of the model
	(*exchange).document,     // what the documentation says of it, and the verb
	(*exchange).authorize,    // whether the caller may do it
	(*exchange).options,      // the query options
	(*exchange).headers,      // Accept, Prefer and the conditions
	(*exchange).body,         // the request body
	(*exchange).answer,       // the engine's answer
}

// contentSteps are those of a content address: it says who calls, and neither faults nor
// stubs are about it.
var contentSteps = [...]step{
	(*exchange).address, (*exchange).parse, (*exchange).resolve, (*exchange).document, (*exchange).authorize,
	(*exchange).options, (*exchange).headers, (*exchange).body, (*exchange).answer,
}

// locate finds the tenant, whose clock and stubs count from here on.
func (x *exchange) locate() (bool, error) {
	x.tenant = x.g.Tenants.Of(x.HTTP)
	return false, nil
}

// address finds the version, the first segment of the path (B-1.1, C-1.12).
func (x *exchange) address() (bool, error) {
	if len(x.HTTP.RequestURI) > maxURL && !x.item && !x.direct {
		return false, grapherr.URITooLong(maxURL)
	}
	path, query, _ := strings.Cut(x.HTTP.RequestURI, "?")
	if !strings.HasPrefix(path, "/") { // absolute-form
		path = x.HTTP.URL.EscapedPath()
	}
	first, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	for i := range x.g.Versions {
		if v := &x.g.Versions[i]; strings.EqualFold(first, v.Name) {
			x.VersionName, x.Request.Model, x.catalog, x.Path, x.Request.Text = v.Name, v.Model, v.Catalog, rest, query
			return false, nil
		}
	}
	return false, grapherr.NoVersion(strings.ToLower(first))
}

// metadata answers $metadata (B-1.7).
func (x *exchange) metadata() (bool, error) {
	if strings.Trim(x.Path, "/") != "$metadata" || x.HTTP.Method != http.MethodGet && x.HTTP.Method != http.MethodHead {
		return false, nil
	}
	return true, x.send(x.w, http.StatusOK, []string{"application/xml"}, metadata.CSDL(x.Request.Model))
}

func (x *exchange) authenticate() (done bool, err error) {
	x.Request.Caller, err = x.tenant.Gate.Caller(x.HTTP, x.tenant.World)
	return false, err
}

func (x *exchange) faults() (bool, error) { return false, x.faulty(x.w) }

func (x *exchange) stubs() (done bool, err error) {
	if !x.tenant.Stubs.Any() {
		return false, nil
	}
	x.w, done, err = x.stubbed(x.w)
	return done, err
}

func (x *exchange) parse() (bool, error) {
	if err := x.parsed.Parse(x.Path); err != nil {
		return false, grapherr.BadRequest("%s", err.Error())
	}
	return false, nil
}

func (x *exchange) resolve() (bool, error) {
	if err := x.target.Resolve(x.Request.Model, x.parsed); err != nil {
		return false, x.g.Engine.Registry.Word(x.target.Owning(), grapherr.From(err))
	}
	return false, nil
}

// document finds the page of the operation, or that of the same operation on another path
// to the type, and with it the verb.
func (x *exchange) document() (bool, error) {
	target := &x.target
	if x.method = x.HTTP.Method; x.method == http.MethodHead {
		x.method = http.MethodGet
	}
	own, err := x.documented(target, x.method)
	if err != nil {
		return false, err
	}
	doc, documented := own, own != nil
	if doc == nil {
		if doc, err = x.elsewhere(target, x.method); err != nil {
			return false, err
		}
		documented = doc != nil && (target.Op() != nil || x.method == http.MethodPut)
	}
	verb, err := target.Verb(x.method, documented || x.puts(target))
	if err != nil {
		if e := grapherr.From(err); e.Case != grapherr.CaseNotAllowed {
			return false, e
		}
		return false, x.notAllowed(target)
	}
	x.own = own
	r := &x.Request
	r.Target, r.Verb, r.Op, r.Elsewhere, r.Done = target, verb, doc, !documented && doc != nil, x.HTTP.Context().Done()
	if x.g.Rights && !r.Caller.AppOnly {
		r.Permit = x.tenant.Gate.Rights
	}
	return false, nil
}

// puts reports whether a workload says what a PUT of an entity does, which no page documents.
func (x *exchange) puts(target *bind.Target) bool {
	if x.method != http.MethodPut || target.Shape != bind.IsEntity {
		return false
	}
	_, ok := x.g.Engine.Registry.Rule(target.Type, bind.Upsert)
	return ok
}

func (x *exchange) authorize() (bool, error) {
	if !x.g.Permissions {
		return false, nil
	}
	return false, x.permit(&x.target, x.method, x.own)
}

// options reads the query string. What it expands needs permissions of its own.
func (x *exchange) options() (bool, error) {
	query, err := x.readQuery(x.Request.Op)
	if err != nil {
		return false, err
	}
	if x.g.Permissions && len(query.Expand) > 0 {
		if err := x.permitExpansions(&x.target, query); err != nil {
			return false, err
		}
	}
	if t := x.target.Type; x.Request.Caller.Basic && t != nil && t.Is(workload.User) {
		query = basic(query)
	}
	x.Request.Query = query
	return false, nil
}

// headers reads what the client wants of the answer, and its conditions.
func (x *exchange) headers() (done bool, err error) {
	h, query := x.HTTP.Header, x.Request.Query
	x.prefer.read(h["Prefer"], &x.Request)
	if _, alone := h["Deltaexcludeparent"]; alone {
		x.Request.ExcludeParents = true
	}
	x.Immutable = x.prefer.immutable
	x.Level = odatajson.ReadLevel(h["Accept"], query.Format)
	if f := query.Format; f != "" && !strings.EqualFold(f, "json") && !odatajson.HasPrefixFold(f, "application/json") { // B-3.85
		x.warn = append(x.warn, "$format="+f+" is ignored: answers are JSON")
	}
	if x.Formatting, err = x.prefer.reform(x.preferences()); err != nil {
		return false, err
	}
	x.Formatting.Model = x.Request.Model
	if odatajson.WantsTexts(h["Accept"]) || odatajson.WantsTexts([]string{query.Format}) {
		x.Formatting.Forms, x.Texts = x.Formatting.Forms|odatajson.AsText, 1
	}
	x.Request.IfMatch, x.Request.IfNoneMatch = first(h["If-Match"]), first(h["If-None-Match"])
	x.Request.Eventual = strings.EqualFold(first(h["Consistencylevel"]), "eventual")
	return false, nil
}

// body reads what the verb needs of the request's body.
func (x *exchange) body() (bool, error) { return false, x.readBody() }

// answer has the engine answer.
func (x *exchange) answer() (bool, error) {
	if x.Request.Verb == bind.Service {
		return true, x.service(x.w)
	}
	answer, err := x.g.Engine.Do(x.tenant.World, &x.Request)
	if err != nil {
		return false, x.restart(err)
	}
	defer answer.Release()
	x.showUpload(answer)
	return true, x.write(x.w, answer)
}
