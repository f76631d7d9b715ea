package batch

import (
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Handler serves $batch.
type Handler struct {
	Item http.HandlerFunc                                // answers one request of the batch
	Read func(*http.Request) ([]byte, error)             // reads a request's JSON body
	Fail func(http.ResponseWriter, *http.Request, error) // writes an error
	// Body makes the body of one request of the batch; what is unpacked of it counts for
	// the batch.
	Body func(batch *http.Request, content []byte) io.ReadCloser
	// Relative refuses absolute URLs, as the documentation has it (B-5.3).
	Relative bool
	// Strict refuses dependencies of a shape that the service does not run (B-5.16).
	Strict bool
	// Shuffle gives the answers another order, as rand.Shuffle does (B-5.19); nil: they
	// stand in that of the requests.
	Shuffle func(n int, swap func(i, j int))
}

// ServeHTTP answers POST /{version}/$batch. It stops when the client has gone.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		h.Fail(w, r, grapherr.NotAllowed(r.Method, []string{http.MethodPost})) // B-5.22
		return
	}
	body, err := h.Read(r)
	if err != nil {
		h.Fail(w, r, err)
		return
	}
	items, err := parse(body)
	if err == nil {
		err = h.check(w, items)
	}
	if err != nil {
		h.Fail(w, r, err)
		return
	}
	version, _, _ := strings.Cut(strings.TrimLeft(r.URL.Path, "/"), "/")
	run := &run{h: h, outer: r, header: w.Header(), version: version, status: make(map[string]int, len(items))}
	var parts []span
	for i := range items {
		if r.Context().Err() != nil {
			return
		}
		parts = append(parts, run.answer(&items[i]))
	}
	if h.Shuffle != nil {
		h.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	w.Header().Del("Cache-Control") // R-H13: only the parts have one
	const head, tail = `{"responses":[`, `]}`
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(run.text)+max(len(parts)-1, 0)+len(tail)))
	io.WriteString(w, head) // an error here and below is the client's going away
	for i, p := range parts {
		if i > 0 {
			io.WriteString(w, ",")
		}
		w.Write(run.text[p.from:p.to])
	}
	io.WriteString(w, tail)
}

// check judges what parse takes and the service does not, by the mode.
func (h *Handler) check(w http.ResponseWriter, items []item) error {
	if h.Relative {
		for i := range items {
			if strings.Contains(items[i].url, "://") {
				return malformed("The url of the request with id '%s' is absolute.", items[i].id)
			}
		}
	}
	if supported(items) {
		return nil
	}
	if h.Strict {
		return errShape()
	}
	w.Header().Add("X-Emulator-Warning", "the service refuses this batch: "+errShape().Message)
	return nil
}

// run is one batch while it runs.
type run struct {
	h       *Handler
	outer   *http.Request
	header  http.Header // of the outer answer: its ids are shared (B-5.13)
	version string
	status  map[string]int // of the answers so far, by id
	text    []byte         // the answers so far, one behind the other
}

// answer runs an item, unless one that it depends on has failed (B-5.16, B-5.17). Items
// run in the order of the batch (B-5.19), and depend on earlier ones only.
func (b *run) answer(it *item) span {
	p := b.part(it, MaxAnswer)
	for _, id := range it.dependsOn {
		if b.status[strings.ToLower(id)] >= 400 {
			b.h.Fail(p, b.outer, &grapherr.Error{Status: http.StatusFailedDependency, Code: "FailedDependency",
				Message: "The request with id '" + id + "', which this one depends on, failed."})
			return p.end()
		}
	}
	r, err := b.request(it)
	switch {
	case err != nil:
		b.h.Fail(p, b.outer, err)
	case strings.HasSuffix(strings.ToLower(r.URL.Path), "/$batch"): // B-5.4
		b.h.Fail(p, r, grapherr.BadRequest("A batch cannot contain a batch."))
	default:
		b.h.Item(p, r)
	}
	if p.quote(); !p.full {
		return p.end()
	}
	if it.method != http.MethodGet { // it has been done, and must not look as if it had not
		p.header.Add("X-Emulator-Warning", "the body of the answer is left out: the answers of the batch are too large")
		return p.bare()
	}
	b.text = b.text[:p.from]
	p = b.part(it, math.MaxInt)
	b.h.Fail(p, b.outer, grapherr.AnswerTooLarge(MaxAnswer))
	return p.end()
}

// request makes the item's request. Its token is the batch's (B-5.14).
func (b *run) request(it *item) (*http.Request, error) {
	target, err := b.target(it.url)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(b.outer.Context(), it.method, target, b.h.Body(b.outer, it.body))
	if err != nil {
		return nil, grapherr.BadRequest("The url '%s' is not valid.", it.url)
	}
	for name, v := range it.headers {
		r.Header.Set(name, v)
	}
	r.Header.Del("Accept-Encoding") // parts are not compressed one by one
	r.Header.Del("Authorization")
	if token, ok := b.outer.Header["Authorization"]; ok {
		r.Header["Authorization"] = token
	}
	r.Host, r.TLS, r.RemoteAddr, r.RequestURI = b.outer.Host, b.outer.TLS, b.outer.RemoteAddr, target
	return r, nil
}

// target is the path and query of an item: below the version of the batch, or the
// whole of an absolute URL, whatever its host (B-5.3, C-6.2).
func (b *run) target(raw string) (string, error) {
	if _, rest, ok := strings.Cut(raw, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		first, _, _ := strings.Cut(path, "/")
		if strings.EqualFold(first, "v1.0") || strings.EqualFold(first, "beta") {
			return clean("/" + path)
		}
		raw = path
	}
	return clean("/" + b.version + "/" + strings.TrimLeft(raw, "/"))
}

// clean escapes what a URL inside JSON may hold raw, so that the path reads as
// it would on a request line.
func clean(target string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(target); i++ {
		switch c := target[i]; {
		case c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}':
			out.WriteString(escape(c))
		case c == '#':
			return "", grapherr.BadRequest("The url '%s' has a fragment.", target).Because("", "Write # as %23.")
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), nil
}

func escape(c byte) string {
	const hex = "0123456789ABCDEF"
	return string([]byte{'%', hex[c>>4], hex[c&15]})
}
