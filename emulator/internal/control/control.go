package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

// Actions is what the control plane can do to its emulator.
type Actions struct {
	Reset       func(keepFaults bool) error
	Save        func(context.Context) error
	Expire      func()              // delta tokens
	Tenant      func() (any, error) // what is in the tenants
	Version     func() string
	Coverage    func() (any, error)
	Clock       Clock
	CA          func() ([]byte, error) // the certificate to trust, as PEM
	Faults      *fault.Set
	Stubs       Stubs
	Jobs        Jobs
	Consistency Consistency
	Fail        func(http.ResponseWriter, *http.Request, error) // writes an error
}

// endpoint is one method on one path. do gives what is answered as JSON, or a pem; nil: 204.
type endpoint struct {
	method, path string // the path behind the prefix, in the syntax of http.ServeMux
	do           func(r *http.Request) (any, error)
}

func (a *Actions) endpoints() []endpoint {
	return slices.Concat([]endpoint{
		{"GET", "/health", func(*http.Request) (any, error) { return map[string]any{"status": "ok"}, nil }},
		{"GET", "/version", func(*http.Request) (any, error) {
			return map[string]any{"name": "graph-emulator", "version": a.Version()}, nil
		}},
		{"GET", "/coverage", func(*http.Request) (any, error) { return a.Coverage() }},
		{"GET", "/ca.pem", func(*http.Request) (any, error) {
			text, err := a.CA()
			return pem(text), err
		}},
		{"POST", "/reset", a.reset},
		{"POST", "/save", func(r *http.Request) (any, error) { return nil, a.Save(r.Context()) }},
		{"GET", "/tenant", func(*http.Request) (any, error) { return a.Tenant() }},
		{"POST", "/delta/expire", func(*http.Request) (any, error) { a.Expire(); return nil, nil }},
	}, clockEndpoints(a.Clock), faultEndpoints(a.Faults), stubEndpoints(a.Stubs), jobEndpoints(a.Jobs), consistencyEndpoints(a.Consistency))
}

// reset goes back to the start, faults too: what one test has set must not meet the next.
// Rules that are meant to last, such as those for a whole suite, stay by ?keep=faults.
func (a *Actions) reset(r *http.Request) (any, error) {
	q := r.URL.Query()
	keep := q.Get("keep") == "faults"
	if len(q) > 1 || len(q) == 1 && !keep {
		return nil, grapherr.BadRequest("A reset has one parameter, ?keep=faults, which keeps the rules of %s/faults; found ?%s.", admin.Prefix, r.URL.RawQuery)
	}
	return nil, a.Reset(keep)
}

// pem is an answer that is sent as it is.
type pem []byte

// Handler serves the control plane (B-12.29).
func Handler(a Actions) http.Handler {
	m := http.NewServeMux()
	methods := map[string][]string{}
	for _, e := range a.endpoints() {
		m.HandleFunc(e.method+" "+admin.Prefix+e.path, func(w http.ResponseWriter, r *http.Request) {
			v, err := e.do(r)
			switch {
			case err != nil:
				a.Fail(w, r, err)
			case v == nil:
				w.WriteHeader(http.StatusNoContent)
			default:
				answer(w, v)
			}
		})
		methods[e.path] = append(methods[e.path], e.method)
	}
	for path, allow := range methods {
		m.HandleFunc(admin.Prefix+path, func(w http.ResponseWriter, r *http.Request) {
			a.Fail(w, r, grapherr.NotAllowed(r.Method, allow))
		})
	}
	m.HandleFunc("GET "+admin.Prefix, a.root)
	m.HandleFunc("GET "+admin.Prefix+"/{$}", a.root)
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.Fail(w, r, grapherr.NotFound("endpoint", r.URL.Path).Because("The control plane has no such endpoint.", ""))
	})
	return m
}

// created is an answer with the status 201.
type created struct {
	body     any
	location string // a path
}

func answer(w http.ResponseWriter, v any) {
	if text, ok := v.(pem); ok {
		w.Header().Set("Content-Type", "application/x-pem-file")
		w.Write(text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if c, ok := v.(created); ok {
		w.Header().Set("Location", c.location)
		w.WriteHeader(http.StatusCreated)
		v = c.body
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) // an error here is the client's going away
}

// maxBody is what a request to the control plane may hold, in bytes.
const maxBody = 1 << 20

// content is the whole body.
func content(r *http.Request) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, grapherr.BadBody(err)
	case len(text) > maxBody:
		return nil, grapherr.TooLarge(maxBody)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, grapherr.EmptyPayload()
	}
	return text, nil
}

// read decodes a body strictly: what is misspelt is refused and not passed over.
func read(r *http.Request, into any) error {
	text, err := content(r)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return grapherr.BadRequest("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return grapherr.BadRequest("The body goes on behind its end.")
	}
	return nil
}
