package batch

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Handler serves $batch.
type Handler struct {
	Item http.HandlerFunc                                // answers one request of the batch
	Read func(*http.Request) ([]byte, error)             // reads a request's JSON body
	Fail func(http.ResponseWriter, *http.Request, error) // writes an error
	// Relative refuses absolute URLs, as the documentation has it (B-5.3).
	Relative bool
	// Shuffle gives the answers another order, as rand.Shuffle does (B-5.19); nil: they
	// stand in that of the requests.
	Shuffle func(n int, swap func(i, j int))
}

// answer is one response of the batch (B-5.9).
type answer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// ServeHTTP answers POST /{version}/$batch.
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
	if err != nil {
		h.Fail(w, r, err)
		return
	}
	if h.Relative {
		for i := range items {
			if strings.Contains(items[i].url, "://") {
				h.Fail(w, r, malformed("The url of the request with id '%s' is absolute.", items[i].id))
				return
			}
		}
	}
	version, _, _ := strings.Cut(strings.TrimLeft(r.URL.Path, "/"), "/")
	run := &run{h: h, outer: r, header: w.Header(), version: version, items: items, done: map[string]*answer{}}
	out := struct {
		Responses []*answer `json:"responses"`
	}{Responses: make([]*answer, 0, len(items))}
	for i := range items {
		out.Responses = append(out.Responses, run.answer(&items[i]))
	}
	if h.Shuffle != nil {
		h.Shuffle(len(out.Responses), func(i, j int) { out.Responses[i], out.Responses[j] = out.Responses[j], out.Responses[i] })
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		h.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(text.Bytes()) // an error here is the client's going away
}

// run is one batch on its way.
type run struct {
	h       *Handler
	outer   *http.Request
	header  http.Header // of the outer answer: its ids are shared (B-5.13), and what all answers carry
	version string
	items   []item
	done    map[string]*answer
}

// answer runs an item after those it depends on. The items run in the order of
// the batch otherwise (B-5.19).
func (b *run) answer(it *item) *answer {
	key := strings.ToLower(it.id)
	if a, ok := b.done[key]; ok {
		return a
	}
	var a *answer
	for _, id := range it.dependsOn {
		for i := range b.items {
			if strings.EqualFold(b.items[i].id, id) && b.answer(&b.items[i]).Status >= 400 && a == nil {
				a = b.failed(it, id)
			}
		}
	}
	if a == nil {
		a = b.send(it)
	}
	b.done[key] = a
	return a
}

// failed is the answer to an item whose predecessor failed (B-5.16, B-5.17).
func (b *run) failed(it *item, id string) *answer {
	return b.record(it, func(w http.ResponseWriter, r *http.Request) {
		b.h.Fail(w, r, &grapherr.Error{Status: http.StatusFailedDependency, Code: "FailedDependency",
			Message: "The request with id '" + id + "', which this one depends on, failed."})
	})
}

func (b *run) send(it *item) *answer {
	return b.record(it, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(strings.ToLower(r.URL.Path), "/$batch") { // B-5.4
			b.h.Fail(w, r, grapherr.BadRequest("A batch cannot contain a batch."))
			return
		}
		b.h.Item(w, r)
	})
}

// record runs one request in memory and makes an answer of what it got.
func (b *run) record(it *item, do func(http.ResponseWriter, *http.Request)) *answer {
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	for _, name := range [...]string{"Request-Id", "Client-Request-Id", "Cache-Control"} {
		w.header[name] = b.header[name]
	}
	r, err := b.request(it)
	if err != nil {
		b.h.Fail(w, b.outer, err)
	} else {
		do(w, r)
	}
	return &answer{ID: it.id, Status: w.status, Headers: w.shown(), Body: w.json()}
}

// request makes the item's request. Its token is the batch's (B-5.14).
func (b *run) request(it *item) (*http.Request, error) {
	target, err := b.target(it.url)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(b.outer.Context(), it.method, target, bytes.NewReader(it.body))
	if err != nil {
		return nil, grapherr.BadRequest("The url '%s' is not valid.", it.url)
	}
	for name, v := range it.headers {
		r.Header.Set(name, v)
	}
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

// recorder is an answer in memory.
type recorder struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.wrote = true
	return r.body.Write(p)
}

// shown are the headers of an item, in the spelling clients look for (C-6.3).
func (r *recorder) shown() map[string]string {
	out := map[string]string{}
	for _, h := range [...]struct{ key, name string }{
		{"Cache-Control", "Cache-Control"}, {"Odata-Version", "OData-Version"}, {"Content-Type", "Content-Type"},
		{"Location", "Location"}, {"Retry-After", "Retry-After"}, {"X-Ms-Resource-Unit", "x-ms-resource-unit"}, {"Etag", "ETag"},
		{"Preference-Applied", "Preference-Applied"}, {"Content-Range", "Content-Range"}, {"Allow", "Allow"},
		{"X-Emulator-Fidelity", "X-Emulator-Fidelity"}, {"X-Emulator-Warning", "X-Emulator-Warning"},
	} {
		if v := r.header[h.key]; len(v) > 0 {
			out[h.name] = strings.Join(v, ", ")
		}
	}
	return out
}

// json is the body as the batch shows it: JSON as it is, text as a string,
// anything else in base64 (B-5.12). There is none where the item had none (C-6.4).
func (r *recorder) json() json.RawMessage {
	if r.body.Len() == 0 {
		return nil
	}
	kind := strings.ToLower(r.header.Get("Content-Type"))
	text := base64.StdEncoding.EncodeToString(r.body.Bytes())
	switch {
	case strings.Contains(kind, "json"):
		return r.body.Bytes()
	case strings.HasPrefix(kind, "text/"):
		text = r.body.String()
	}
	out, err := json.Marshal(text)
	if err != nil { // unreachable: strings always encode
		return nil
	}
	return out
}
