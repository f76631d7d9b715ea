package wire

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

var (
	odataVersion = []string{"4.0"}
	textType     = []string{"text/plain"}
)

// write sends the answer to a request.
func (x *exchange) write(w http.ResponseWriter, a *engine.Answer) error {
	h := w.Header()
	h["X-Emulator-Fidelity"] = fidelity[a.Fidelity]
	backend := x.backend()
	if cache := backend.CacheControl(); cache != nil {
		h["Cache-Control"] = cache
	} else {
		delete(h, "Cache-Control")
	}
	if a.Fidelity == workload.Generic {
		x.g.Idle(x.HTTP.Method + " /" + x.VersionName + x.target.Template())
	}
	if a.Units > 0 {
		h["X-Ms-Resource-Unit"] = unitTexts[min(a.Units, len(unitTexts)-1)]
	}
	for _, warn := range a.Warn {
		h["X-Emulator-Warning"] = append(h["X-Emulator-Warning"], printable(warn))
	}
	for _, warn := range x.warn {
		h["X-Emulator-Warning"] = append(h["X-Emulator-Warning"], printable(warn))
	}
	if ignored := x.ignored(); ignored != nil {
		h["X-Emulator-Warning"] = append(h["X-Emulator-Warning"], ignored...)
	}
	for k, v := range a.Header {
		h.Set(k, v)
	}
	for _, l := range a.Links {
		h.Set(l.Header, x.link(l))
	}
	if a.One != nil && !a.IsRef && x.tagged(a) {
		if tag := heap.TagOf(x.g.Engine.Types.Of(a.One.Type), a.One); tag != "" {
			h["Etag"] = []string{tag}
		}
	}
	if a.Status == http.StatusNotModified {
		w.WriteHeader(a.Status)
		return nil
	}
	switch {
	case len(h["Location"]) > 0: // the answer names it
	case a.Created && (a.Status == http.StatusCreated || a.Status == http.StatusOK && x.HTTP.Method == http.MethodPost):
		h["Location"] = []string{x.location(a)}
	case x.HTTP.Method == http.MethodPost && a.Status < http.StatusAccepted && !a.Bare && a.Stream == nil:
		h["Location"] = []string{x.Origin.Of(x.HTTP) + "/"} // R-H7
	}
	x.prefer.applied(h, a.Status, &x.Request)
	switch {
	case a.Bare:
		w.WriteHeader(a.Status)
		return nil
	case a.Stream != nil:
		return x.stream(w, a)
	case a.IsText:
		return x.send(w, a.Status, textType, []byte(a.Text))
	case x.Request.Verb == bind.Count:
		return x.send(w, a.Status, textType, strconv.AppendInt(nil, int64(a.Total), 10))
	}
	out := buffers.Get().(*[]byte)
	defer putBuffer(out)
	if *out = x.Encode((*out)[:0], a); x.Gone {
		return grapherr.ClientGone()
	}
	if !backend.Unversioned {
		h["Odata-Version"] = odataVersion
	}
	return x.send(w, a.Status, odatajson.ContentType(x.Level, x.Texts, backend.Spaced), *out)
}

// backend is the service that the request is about: that of an operation's rule, else that of
// the type which the path ends in.
func (x *exchange) backend() *workload.Backend {
	if _, ok := x.Request.Verb.Invoked(); ok {
		if b := x.g.Engine.Registry.Acting(x.target.Bound(), x.Request.Verb); b != nil {
			return b
		}
	}
	return x.g.Engine.Types.Of(x.target.Owning()).Backend
}

// tagged reports whether the header says the version of the entity: where its body does
// (R-H9), and where the body is content.
func (x *exchange) tagged(a *engine.Answer) bool {
	traits := &x.g.Engine.Types.Of(a.One.Type).Traits
	return traits.Etag || traits.Tag != "none" && (a.Stream != nil || a.Status == http.StatusNotModified)
}

var fidelity = [...][]string{
	workload.None: {"none"}, workload.Generic: {"generic"}, workload.Stateful: {"stateful"}, workload.Modelled: {"modelled"},
}

// unitTexts are the costs of answers as headers.
var unitTexts = [...][]string{{"0"}, {"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}}

// printable makes a text fit for a header: a name that a client sent may hold anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}

// countedBelow is the size below which net/http finds the Content-Length of a body by
// itself; a header that it adds costs less than one of ours.
const countedBelow = 2048

func (x *exchange) send(w http.ResponseWriter, status int, contentType []string, body []byte) error {
	h := w.Header()
	body = zip(h, x.HTTP, body)
	h["Content-Type"] = contentType
	if len(body) >= countedBelow || x.HTTP.Method == http.MethodHead {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	if x.HTTP.Method != http.MethodHead {
		w.Write(body) // an error here is the client's going away
	}
	return nil
}

func (x *exchange) stream(w http.ResponseWriter, a *engine.Answer) error {
	found := a.Status == http.StatusFound || x.item && a.Status == http.StatusOK && x.g.Engine.Types.Preauthenticated(x.Request.Target)
	if found && x.redirect(w) {
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", a.Stream.Type)
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = sandbox, nosniff
	r := x.HTTP
	if r.Method != http.MethodGet && r.Method != http.MethodHead { // what an action answers has neither conditions nor ranges
		r = r.WithContext(r.Context())
		r.Header = http.Header{}
	}
	content := &contentWriter{ResponseWriter: w}
	http.ServeContent(content, r, "", time.Time{}, a.Stream.Blob.Reader()) // no date: the tag says whether it changed
	switch content.refused {
	case 0:
		return nil
	case http.StatusRequestedRangeNotSatisfiable:
		return grapherr.NoRange(r.Header.Get("Range"), a.Stream.Blob.Len())
	}
	return x.g.Engine.Registry.Word(x.Request.Target.Owning(), grapherr.Changed())
}

// contentWriter takes down that http.ServeContent refuses a request, instead of letting
// it answer in its own words.
type contentWriter struct {
	http.ResponseWriter
	refused int // status; 0: it is not refused
}

func (c *contentWriter) WriteHeader(status int) {
	if status >= 400 {
		c.refused = status
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *contentWriter) Write(b []byte) (int, error) {
	if c.refused != 0 {
		return len(b), nil
	}
	return c.ResponseWriter.Write(b)
}

// ReadFrom keeps the quick way of net/http to copy a file: it is told which file the range
// of a blob lies in.
func (c *contentWriter) ReadFrom(from io.Reader) (int64, error) {
	if c.refused != 0 {
		return 0, nil
	}
	if limited, ok := from.(*io.LimitedReader); ok {
		if section, ok := limited.R.(*io.SectionReader); ok {
			whole, start, _ := section.Outer()
			at, err := section.Seek(0, io.SeekCurrent)
			if blob, ok := whole.(*store.Blob); ok && err == nil {
				return blob.WriteRange(c.ResponseWriter, start+at, limited.N)
			}
		}
	}
	return io.Copy(c.ResponseWriter, from)
}

// Any page may upload HTML; it must not run scripts with the origin of the control plane
// when a browser shows it.
var (
	sandbox = []string{"sandbox"}
	nosniff = []string{"nosniff"}
)

// location is where a created entity can be read (B-1.19, C-4.14): below the
// collection that the client called, by its key.
func (x *exchange) location(a *engine.Answer) string {
	key := a.One.Home.Key
	if x.g.Historical && x.g.Engine.Registry.Service(a.One.Type) == "directory" {
		return x.historical(a)
	}
	if at := x.backend().Address; x.g.Historical && at != "" {
		return x.addressed(at, key)
	}
	if x.g.Engine.Types.Of(a.One.Type).Traits.InParens {
		at := x.Base() + x.InParens(x.Request.Caller.User)
		if x.Request.Target.Shape == bind.IsCollection && key != "" {
			at += odatajson.KeyInParens(key)
		}
		return at
	}
	dst := append(x.AppendBase(make([]byte, 0, 128)), '/')
	dst = append(dst, strings.TrimRight(x.Path, "/")...)
	if x.Request.Target.Shape == bind.IsCollection && key != "" {
		dst = append(append(dst, '/'), odatajson.EscapeKey(key)...)
	}
	return string(dst)
}

// restart tells where a request whose token leads nowhere starts anew (B-6.13).
func (x *exchange) restart(err error) error {
	e := grapherr.From(err)
	if e.Restart == "" {
		return err
	}
	c := *e
	c.Header = map[string]string{"Location": x.DeltaURL(e.Query, e.Restart)}
	return &c
}
