package wire

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
)

// stubbed answers in the engine's stead where a stub is for the request. Where it is not
// done, the engine answers, into what it returns.
func (x *exchange) stubbed(w http.ResponseWriter) (engine http.ResponseWriter, done bool, err error) {
	var body []byte
	read := false
	hit, err := x.tenant.Stubs.Find(&stub.Request{Method: x.HTTP.Method, Version: x.VersionName, Path: x.Path, Query: x.Request.Text, Header: x.HTTP.Header,
		Body: func() ([]byte, error) {
			if read {
				return body, nil
			}
			read = true
			err := readAll(x.HTTP, x.g.BodyLimit, &body)
			x.again(body)
			return body, err
		}})
	if err != nil || hit == nil {
		return w, false, err
	}
	h := w.Header()
	h["X-Emulator-Stub"] = []string{printable(hit.Place)}
	rule := fault.Rule{ID: hit.Place}
	if hit.Fault != nil {
		rule = *hit.Fault
	}
	if !hit.Through {
		h["X-Emulator-Fidelity"] = stubFidelity
	}
	rule.Delay = fault.Seconds(hit.Delay.Seconds())
	if err := x.strike(w, &fault.Hit{Rule: rule}, nil); err != nil {
		return w, true, err
	}
	if handler, ok := hit.Handler.(http.Handler); ok {
		r := *x.HTTP
		r.Body = http.MaxBytesReader(w, r.Body, x.g.BodyLimit)
		hit.Path(r.SetPathValue)
		handler.ServeHTTP(w, &r)
		return w, true, nil
	}
	values := &stub.Values{URL: x.g.Origin.Of(x.HTTP), GUID: x.guid, Time: x.now().UTC().Format(time.RFC3339Nano)}
	if hit.Through {
		return &overridden{ResponseWriter: w, hit: hit, values: values}, false, nil
	}
	hit.Header(values, h.Set, h.Del)
	text := hit.Body(nil, values)
	if bodyless := hit.Status < 200 || hit.Status == http.StatusNoContent || hit.Status == http.StatusNotModified; bodyless {
		text = nil
	} else {
		h["Content-Length"] = []string{strconv.Itoa(len(text))}
	}
	w.WriteHeader(hit.Status)
	if x.HTTP.Method != http.MethodHead && len(text) > 0 {
		w.Write(text) // an error here is the client's going away
	}
	return w, true, nil
}

var stubFidelity = []string{"stub"}

// again makes the request one whose body has not been read.
func (x *exchange) again(body []byte) {
	r := *x.HTTP
	r.Header = maps.Clone(x.HTTP.Header)
	r.Header.Del("Content-Encoding")
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	x.HTTP = &r
}

// guid is an id as the world makes it.
func (x *exchange) guid() (id string) {
	err := x.tenant.World.Store.Update(func(tx *store.Tx) error {
		id = tx.NewGUID()
		return nil
	})
	if err != nil { // unreachable: nothing is changed
		return newGUID()
	}
	return id
}

// overridden is an answer of the engine with headers of a stub.
type overridden struct {
	http.ResponseWriter
	hit    *stub.Hit
	values *stub.Values
	done   bool
}

func (o *overridden) WriteHeader(status int) {
	if !o.done {
		o.done = true
		h := o.Header()
		o.hit.Header(o.values, h.Set, h.Del)
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *overridden) Write(b []byte) (int, error) {
	if !o.done {
		o.WriteHeader(http.StatusOK)
	}
	return o.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (o *overridden) Unwrap() http.ResponseWriter { return o.ResponseWriter }
