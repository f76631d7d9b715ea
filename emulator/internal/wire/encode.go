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
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

var (
	odataVersion = []string{"4.0"}
	textType     = []string{"text/plain"}
)

// write sends the answer to a request.
func (x *exchange) write(w http.ResponseWriter, a *engine.Answer) error {
	h := w.Header()
	h["X-Emulator-Fidelity"] = fidelity[a.Fidelity]
	if a.Fidelity == workload.Generic {
		x.g.Idle(x.r.Method + " /" + x.version.Name + x.target.Template())
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
	if a.One != nil && !a.IsRef && a.One.Ref > 0 && x.g.Engine.Types.Of(a.One.Type).Traits.Tag != "none" {
		h["Etag"] = []string{heap.Tag(a.One.Seq)}
	}
	if a.Status == http.StatusNotModified {
		w.WriteHeader(a.Status)
		return nil
	}
	if a.Created && a.Status == http.StatusCreated {
		h["Location"] = []string{x.location(a)}
	}
	x.prefer.applied(h, a.Status, x.req.Target.Writes(x.req.Verb))
	switch {
	case a.Bare:
		w.WriteHeader(a.Status)
		return nil
	case a.Stream != nil:
		return x.stream(w, a)
	case a.IsText:
		return x.send(w, a.Status, textType, []byte(a.Text))
	case x.req.Verb == bind.Count:
		return x.send(w, a.Status, textType, strconv.AppendInt(nil, int64(a.Total), 10))
	}
	out := buffers.Get().(*[]byte)
	defer putBuffer(out)
	if *out = x.encode((*out)[:0], a); x.gone {
		return grapherr.ClientGone()
	}
	h["Odata-Version"] = odataVersion
	return x.send(w, a.Status, levelTypes[x.level][x.texts], *out)
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
	body = zip(h, x.r, body)
	h["Content-Type"] = contentType
	if len(body) >= countedBelow || x.r.Method == http.MethodHead {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		w.Write(body) // an error here is the client's going away
	}
	return nil
}

func (x *exchange) stream(w http.ResponseWriter, a *engine.Answer) error {
	found := a.Status == http.StatusFound || x.item && a.Status == http.StatusOK && x.g.Engine.Preauthenticated(x.req.Target)
	if found && x.redirect(w) {
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", a.Stream.Type)
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = sandbox, nosniff
	r := x.r
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
	return x.g.Engine.Registry.Word(x.req.Target.Owning(), grapherr.Changed())
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

// ReadFrom keeps the quick way of net/http to copy content.
func (c *contentWriter) ReadFrom(from io.Reader) (int64, error) {
	if c.refused != 0 {
		return 0, nil
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
	dst := append(x.appendBase(make([]byte, 0, 128)), '/')
	dst = append(dst, strings.TrimRight(x.path, "/")...)
	if x.req.Target.Shape == bind.IsCollection && key != "" {
		dst = append(append(dst, '/'), escapeKey(key)...)
	}
	return string(dst)
}

// lookEvery is how many bytes are written between two looks at whether the client is there.
const lookEvery = 64 << 10

// left reports whether the client has gone. What has been written then is not sent.
func (x *exchange) left(dst []byte) bool {
	if x.gone || len(dst) < x.lookAt {
		return x.gone
	}
	x.lookAt = len(dst) + lookEvery
	select {
	case <-x.req.Done:
		x.gone = true
	default:
	}
	return x.gone
}

// encode appends the JSON answer.
func (x *exchange) encode(dst []byte, a *engine.Answer) []byte {
	dst = append(dst, '{')
	if x.level != none {
		dst = append(dst, `"@odata.context":"`...)
		dst = append(x.appendBase(dst), "/$metadata#"...)
		dst = append(x.appendContext(dst, a), `",`...)
	}
	switch {
	case a.IsRef && a.One != nil:
		dst = append(dst, `"@odata.id":`...)
		dst = value.AppendString(dst, x.reference(&a.One.Node))
		if id := a.One.Text("id"); id != "" && x.selects("id") { // C-3.5
			dst = value.AppendString(append(dst, `,"id":`...), id)
		}
		return append(dst, '}')
	case a.IsList:
		return x.list(dst, a)
	case a.One != nil:
		dst = x.entity(dst, a.One, x.declared(), a.Selection)
		return append(trimComma(dst), '}')
	}
	if a.HasOf {
		def, _ := x.version.Model.Type(a.Of.Name)
		a.Value = x.reform.value(a.Of, def, a.Value)
	}
	switch {
	case a.Value.Kind() == value.KindObject:
		dst = append(dst, a.Value[1:len(a.Value)-1]...)
		return append(trimComma(dst), '}')
	}
	dst = append(dst, `"value":`...)
	if a.Value == "" {
		a.Value = value.Null
	}
	return append(append(dst, a.Value...), '}')
}

// appendCount writes the number of members, a 64-bit integer (B-1.38).
func (x *exchange) appendCount(dst []byte, n int) []byte {
	if x.texts == 0 {
		return strconv.AppendInt(dst, int64(n), 10)
	}
	return append(strconv.AppendInt(append(dst, '"'), int64(n), 10), '"')
}

// selects reports whether $select names a member.
func (x *exchange) selects(name string) bool {
	text, _ := x.req.Query.Raw("$select")
	for part := range strings.SplitSeq(text, ",") {
		if strings.EqualFold(strings.TrimSpace(part), name) {
			return true
		}
	}
	return false
}

func trimComma(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		return dst[:len(dst)-1]
	}
	return dst
}

// list appends the members of a collection in the order of B-1.25.
func (x *exchange) list(dst []byte, a *engine.Answer) []byte {
	if a.Total >= 0 {
		dst = append(dst, `"@odata.count":`...)
		dst = append(x.appendCount(dst, a.Total), ',')
	}
	if a.Feed != nil {
		dst = x.feed(dst, a.Feed)
	}
	if a.Next != "" {
		dst = append(dst, `"@odata.nextLink":`...)
		dst = append(value.AppendString(dst, x.nextLink(a)), ',')
	}
	dst = append(dst, `"value":[`...)
	declared := x.declared()
	for i := range a.List {
		if x.left(dst) {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if a.IsRef {
			dst = append(dst, `"@odata.id":`...)
			dst = value.AppendString(dst, x.reference(&a.List[i].Node))
		} else {
			dst = trimComma(x.entity(dst, &a.List[i], declared, a.Selection))
		}
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}

// entity appends the members of one entity, each followed by a comma. @odata.type
// stands where the runtime type is not the declared one (B-1.32).
func (x *exchange) entity(dst []byte, e *workload.Entity, declared *edm.Type, sel *eval.Selection) []byte {
	switch {
	case x.level == full && !e.Gone:
		dst = x.annotate(dst, e)
	case x.level == none:
	case e.Type != declared && declared != nil:
		dst = append(dst, `"@odata.type":"#`...)
		dst = append(append(dst, e.Type.Name...), `",`...)
	}
	shown := x.projection(e.Type, sel)
	if shown.etag && e.Ref > 0 && x.level != none { // B-1.34
		dst = append(dst, `"@odata.etag":`...)
		dst = append(value.AppendString(dst, heap.Tag(e.Seq)), ',')
	}
	if m := e.Media; m != nil && x.level != none {
		dst = append(value.AppendString(append(dst, `"@odata.mediaContentType":`...), m.Type), ',')
		dst = append(value.AppendString(append(dst, `"@odata.mediaEtag":`...), m.Tag), ',')
	}
	e = x.masked(shown, x.reformed(shown, e), sel)
	if e.Exact {
		dst = appendExact(dst, e.Members)
	} else if sel == nil {
		dst = shown.append(dst, e)
	} else {
		dst = x.selected(dst, e, sel)
	}
	for i := range e.Expanded {
		dst = x.expanded(dst, e, &e.Expanded[i])
	}
	return dst
}

// selected appends of an entity what $select names.
func (x *exchange) selected(dst []byte, e *workload.Entity, sel *eval.Selection) []byte {
	if _, flat := sel.Names(); flat {
		return x.projection(e.Type, sel).append(dst, e)
	}
	part := *e // members of complex values are selected
	if part.Members == nil {
		part.Members = e.Object.Members()
	}
	part.Members = sel.Members(part.Members)
	return x.projection(e.Type, sel).append(dst, &part)
}

// declared is the type that the path promises for its entities.
func (x *exchange) declared() *edm.Type {
	t := x.req.Target
	if n := t.Last(); n.Kind == edm.Cast {
		return n.Type
	}
	return t.Type
}

// reference is the canonical URL of an entity.
func (x *exchange) reference(n *workload.Node) string {
	set := "directoryObjects"
	if !n.Type.Is("microsoft.graph.directoryObject") {
		set = setOf(x.version.Model, n.Type.Name)
	}
	key := n.Text("id")
	if key == "" {
		key = n.Home.Key
	}
	return x.base() + "/" + set + "/" + escapeKey(key)
}
