// Package enginetest runs requests against an engine without HTTP, for the tests of the
// packages that the engine consists of. A test of such a package is an external one
// (package query_test): this package imports them all.
package enginetest

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// World is an empty tenant of v1.0 with an engine and a clock that stands still.
type World struct {
	*engine.Engine
	*op.World
	Model *edm.Model
	Time  time.Time // of the clock; a test moves it

	t testing.TB
}

// New makes a World whose types behave as the workloads say.
func New(t testing.TB, opt op.Options, ws ...workload.Workload) *World {
	t.Helper()
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	reg, err := workload.NewRegistry(func(n edm.Name) bool { _, ok := m.Type(n); return ok }, ws...)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Model: m, Time: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), t: t}
	shapes := value.NewShapes()
	now := func() time.Time { return w.Time }
	opt.Models = []*edm.Model{m}
	w.Engine = engine.New(reg, shapes, opt)
	indexes := func(name string) (out []store.Index) {
		for typ, _ := m.Type(edm.Name(name)); typ != nil; typ = typ.Base() {
			out = append(out, reg.Indexes(typ.Name)...)
		}
		return out
	}
	w.World = op.NewWorld(store.New(store.Options{Now: now, Seed: 1, Shapes: shapes, Indexes: indexes}), now)
	return w
}

// Do runs a request on a path with a query, such as "/users?$top=5", behind the changes
// that the functions make of it. An empty body is none.
func (w *World) Do(method, path, body string, change ...func(*op.Request)) (*engine.Answer, error) {
	w.t.Helper()
	path, raw, _ := strings.Cut(path, "?")
	p, err := odata.ParsePath(path)
	if err != nil {
		w.t.Fatal(err)
	}
	r := &op.Request{Request: workload.Request{Model: w.Model}}
	if r.Target, err = bind.Resolve(w.Model, p); err != nil {
		return nil, err
	}
	if r.Verb, err = r.Target.Verb(method, false); err != nil {
		return nil, err
	}
	if token, ok := strings.CutPrefix(raw, "$skiptoken="); ok {
		if r.PageToken, err = url.QueryUnescape(token); err != nil {
			w.t.Fatal(err)
		}
		raw, _ = query.TokenQuery(w.Core, r.PageToken)
	}
	if r.Query, err = odata.ParseQuery(raw); err != nil {
		return nil, err
	}
	r.Text = raw
	if body != "" {
		if r.Body, err = value.ParseObject([]byte(body), value.Limits{}); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, f := range change {
		f(r)
	}
	return w.Engine.Do(w.World, r)
}

// Must is Do of a request that has to succeed.
func (w *World) Must(method, path, body string, change ...func(*op.Request)) *engine.Answer {
	w.t.Helper()
	ans, err := w.Do(method, path, body, change...)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return ans
}

// Create is a POST that has to succeed; it returns the id of what it makes.
func (w *World) Create(path, body string) string {
	w.t.Helper()
	return w.Must("POST", path, body).One.Text("id")
}

// Told is an error in one line: the status, the code and the message. No error is "".
func Told(err error) string {
	if err == nil {
		return ""
	}
	e := grapherr.From(err)
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}
