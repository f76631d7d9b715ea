package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

var methods = []string{"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}

// operation is one operation of the catalog with what its requests are made from.
type operation struct {
	version, method, template string
	model                     *edm.Model
	typ                       *edm.Type       // that the path denotes; nil: none of ours
	parameters                []edm.Parameter // of an action
	action                    bool
}

// catalog lists the operations of all versions, in the order of their templates.
func catalog(emu *emulator.Server) (all []operation, err error) {
	for _, version := range emu.Catalog().Versions() {
		model, err := schemas.Model(version)
		if err != nil {
			return nil, err
		}
		for doc, err := range emu.Catalog().Operations(version) {
			if err != nil {
				return nil, err
			}
			op := operation{version: version, method: doc.Method, template: doc.Template, model: model}
			if about, err := emu.Catalog().Operation(version, doc.Method, doc.Template); err == nil {
				op.typ, _ = model.Type(edm.Name(about.Type))
				if name, invoked := strings.CutPrefix(about.Verb, "invoke "); invoked && doc.Method == http.MethodPost {
					op.action, op.parameters = true, parameters(emu, &op, name)
				}
			}
			all = append(all, op)
		}
	}
	return all, nil
}

// parameters are those of the action that a template ends in.
func parameters(emu *emulator.Server, op *operation, name string) []edm.Parameter {
	owner := op.template[:strings.LastIndexByte(op.template, '/')]
	t, ok := op.model.Root(), true
	if owner != "" {
		about, err := emu.Catalog().Operation(op.version, http.MethodGet, owner)
		if err != nil {
			return nil
		}
		if t, ok = op.model.Type(edm.Name(about.Type)); !ok {
			return nil
		}
	}
	for _, many := range [...]bool{false, true} {
		if overloads := t.Operation(name, many); len(overloads) > 0 {
			return overloads[0].Parameters
		}
	}
	return nil
}

// known is what answers have shown: addresses of entities by template, and links.
type known struct {
	paths map[string][]string
	links []string
}

// most is how many are remembered of a kind.
const most = 24

func remember(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	if len(list) == most {
		list = slices.Delete(list, 0, 1)
	}
	return append(list, one)
}

// learn reads the keys and links of an answer.
func (k *known) learn(r *request, o *outcome) {
	if o.status >= 300 || r.template == "" || o.body.Len() > 256<<10 || r.Method != http.MethodGet && r.Method != http.MethodPost {
		return
	}
	var answer struct {
		ID    any `json:"id"`
		Value any
		Next  string `json:"@odata.nextLink"`
		Delta string `json:"@odata.deltaLink"`
	}
	if json.Unmarshal(o.body.Bytes(), &answer) != nil {
		return
	}
	for _, link := range [...]string{answer.Next, answer.Delta} {
		if _, rest, ok := strings.Cut(link, "://"); ok {
			k.links = remember(k.links, rest[strings.IndexByte(rest+"/", '/'):])
		}
	}
	line, _, _ := strings.Cut(r.URL, "?")
	_, at, _ := strings.Cut(strings.TrimPrefix(line, "/"), "/")
	if k.paths == nil {
		k.paths = map[string][]string{}
	}
	add := func(id any) {
		if text, ok := id.(string); ok && text != "" && !strings.HasSuffix(r.template, "}") {
			t := r.template + "/{}"
			k.paths[t] = remember(k.paths[t], "/"+at+"/"+url.PathEscape(text))
		}
	}
	add(answer.ID)
	if list, ok := answer.Value.([]any); ok {
		for _, el := range list[:min(len(list), most)] {
			if m, ok := el.(map[string]any); ok {
				add(m["id"])
			}
		}
	}
}

func pick[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// chance reports true in one of n cases.
func (w *worker) chance(n int) bool { return w.dice.IntN(n) == 0 }

// next makes a request.
func (w *worker) next() request {
	switch n := w.dice.IntN(100); {
	case n < 4:
		return w.control()
	case n < 7 && len(w.known.links) > 0:
		return request{Method: http.MethodGet, URL: pick(w.dice, w.known.links...)}
	case n < 11:
		return w.batch()
	}
	return w.operation()
}

// operation makes a request of the next operation of a round through all of them.
func (w *worker) operation() request {
	if len(w.order) == 0 {
		w.order = w.dice.Perm(len(w.operations))
	}
	op := &w.operations[w.order[0]]
	w.order = w.order[1:]
	r := request{Method: op.method, template: op.template}
	path := w.fill(op.template)
	if w.chance(25) {
		path, r.template = path+pick(w.dice, "/$count", "/$ref", "/$value", "/", "//", "/microsoft.graph.user", "/nothing", "/delta()", "/x", "('x')", "/photo/$value", "/content"), ""
	}
	if w.chance(40) {
		r.Method = pick(w.dice, methods...)
	}
	if w.chance(60) {
		path = strings.ToUpper(path)
	}
	r.URL = "/" + op.version + path
	if r.Method == http.MethodGet || w.chance(8) {
		r.URL += w.query(op)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && (r.Method != http.MethodDelete || w.chance(10)) {
		r.Body = w.body(op)
		r.Headers = append(r.Headers, header{"Content-Type", "application/json"})
	}
	w.decorate(&r)
	return r
}

// fill puts keys into a template: of what is known, or of nothing.
func (w *worker) fill(template string) string {
	path, at := "", ""
	for seg := range strings.SplitSeq(strings.TrimPrefix(template, "/"), "/") {
		at += "/" + seg
		switch known := w.known.paths[at]; {
		case seg == "{}" && len(known) > 0 && !w.chance(12):
			path = w.below(known, path)
		case seg == "{}":
			path += "/" + w.key(at)
		default:
			for strings.Contains(seg, "{") {
				from := strings.IndexByte(seg, '{')
				to := from + strings.IndexByte(seg[from:]+"}", '}')
				seg = seg[:from] + w.argument() + seg[min(to+1, len(seg)):]
			}
			path += "/" + seg
		}
	}
	return path
}

// below picks a known path, if possible one that goes on from path.
func (w *worker) below(known []string, path string) string {
	start := w.dice.IntN(len(known))
	for i := range known {
		if k := known[(start+i)%len(known)]; strings.HasPrefix(k, path+"/") {
			return k
		}
	}
	return known[start]
}

func (w *worker) key(template string) string {
	if template == "/users/{}" && !w.chance(4) {
		return pick(w.dice, "ida@northgale.test", "c26302f8-02f8-c263-f802-63c2f80263c2", "zoe@northgale.test")
	}
	return pick(w.dice, "x", "0", "11111111-2222-4333-8444-555555555555", "inbox", "root", "%20", "..", "a%2Fb", "'a'", "$count", "me", "%00", "%C3%A9", "a b", strings.Repeat("k", 300))
}

func (w *worker) argument() string {
	return pick(w.dice, "'x'", "'D7'", "7", "2026-11-22", "'2026-11-22T08:00:00Z'", "true", "null", "''", "-1", "a.txt", "99999999999999999999", "'A1:B2'")
}

// batch joins several requests.
func (w *worker) batch() request {
	type item struct {
		ID        string            `json:"id"`
		Method    string            `json:"method"`
		URL       string            `json:"url"`
		Headers   map[string]string `json:"headers,omitempty"`
		Body      json.RawMessage   `json:"body,omitempty"`
		DependsOn []string          `json:"dependsOn,omitempty"`
	}
	var items []item
	for i := range 1 + w.dice.IntN(6) {
		r := w.operation()
		it := item{ID: fmt.Sprint(i), Method: r.Method, URL: r.URL[strings.IndexByte(r.URL[1:]+"/", '/')+1:], Headers: map[string]string{}}
		for _, h := range r.Headers {
			it.Headers[h.Name] = h.Value
		}
		if json.Valid([]byte(r.Body)) && r.Body != "" {
			it.Body = json.RawMessage(r.Body)
		}
		if i > 0 && w.chance(3) {
			it.DependsOn = []string{fmt.Sprint(w.dice.IntN(i + 1))}
		}
		items = append(items, it)
	}
	text, err := json.Marshal(map[string]any{"requests": items})
	if err != nil { // a raw body that is valid always encodes
		text = nil
	}
	return request{Method: http.MethodPost, URL: "/" + pick(w.dice, "v1.0", "beta") + "/$batch", Headers: []header{{"Content-Type", "application/json"}}, Body: string(text)}
}

// query makes query options that may fit the type.
func (w *worker) query(op *operation) string {
	if !w.chance(3) {
		return ""
	}
	prop, nav := "id", "owner"
	if op.typ != nil {
		if p := op.typ.Properties(); len(p) > 0 {
			prop = p[w.dice.IntN(len(p))].Name
		}
		if n := op.typ.Navigations(); len(n) > 0 {
			nav = n[w.dice.IntN(len(n))].Name
		}
	}
	var out []string
	for range 1 + w.dice.IntN(3) {
		name, value := "$top", pick(w.dice, "1", "5", "999", "0", "-1", "9223372036854775807", "99999999999999999999", "x", "")
		switch w.dice.IntN(12) {
		case 0:
			name = "$skip"
		case 1:
			name, value = "$count", pick(w.dice, "true", "false", "x")
		case 2:
			name, value = "$select", pick(w.dice, prop, prop+",id", "nothing", "*", nav, prop+"/x", ",")
		case 3, 4:
			name, value = "$expand", pick(w.dice, nav, nav+"($select=id)", nav+"($levels=max)", nav+"($top=2;$orderby=id)", "*", nav+"("+nav, nav+"/$ref", nav+"($expand="+nav+"($levels=3))")
		case 5, 6, 7:
			name, value = "$filter", pick(w.dice, prop+" eq 'x'", prop+" eq null", "startswith("+prop+",'a')", prop+" ge 2020-01-01T00:00:00Z", "not("+prop+" in ('a','b'))",
				prop+"/any(x:x eq 'a')", nav+"/any(x:x/id eq 'a')", nav+"/$count gt 0", "contains("+prop+",'a') or "+prop+" ne 7", prop+" eq", "(((", "length("+prop+") lt 3", prop+" has 'x'", "year("+prop+") eq 2026")
		case 8:
			name, value = "$orderby", pick(w.dice, prop, prop+" desc", prop+" desc,id", nav+"/id", "x y z")
		case 9:
			name, value = "$search", pick(w.dice, `"a"`, `"displayName:a"`, "a OR b", `"`, `"displayName:a" AND "mail:b"`, "")
		case 10:
			name, value = pick(w.dice, "$format", "$skiptoken", "$deltatoken", "token", "$apply", "$compute", "q", "startDateTime", "%24top", "$id"), pick(w.dice, "json", "latest", "x", "RFNwdA", "2026-11-22T08:00:00Z", "")
		}
		out = append(out, name+"="+url.QueryEscape(value))
	}
	return "?" + strings.Join(out, "&")
}

// decorate adds headers.
func (w *worker) decorate(r *request) {
	if !w.chance(3) {
		return
	}
	name, value := "ConsistencyLevel", pick(w.dice, "eventual", "x")
	switch w.dice.IntN(11) {
	case 0:
		name, value = "Prefer", pick(w.dice, "return=minimal", "return=representation", "odata.maxpagesize=2", `outlook.timezone="Pacific Standard Time"`, `outlook.timezone="Nowhere"`, "create-if-missing", "include-unknown-enum-members", `IdType="ImmutableId"`, `outlook.body-content-type="text"`)
	case 1:
		name, value = "If-Match", pick(w.dice, "*", `W/"x"`, `"x"`, "x", "")
	case 2:
		name, value = "If-None-Match", pick(w.dice, "*", `W/"x"`, "x")
	case 3:
		name, value = "Accept", pick(w.dice, "application/json;odata.metadata=full", "application/json;odata.metadata=none;IEEE754Compatible=true", "text/xml", "*/*", "image/jpeg")
	case 4:
		name, value = "Range", pick(w.dice, "bytes=0-3", "bytes=5-2", "bytes=-1", "bytes=0-0,2-3", "x")
	case 5:
		name, value = "Content-Encoding", pick(w.dice, "gzip", "identity", "br")
	case 6:
		name, value = "Authorization", pick(w.dice, "Bearer x", "Bearer ", "Basic eDp5", "Bearer eyJhbGciOiJub25lIn0.eyJhcHBpZCI6IngifQ.")
	case 7:
		name, value = "Accept-Encoding", pick(w.dice, "gzip", "br", "gzip;q=0")
	case 8:
		if r.Body != "" {
			name, value = "Content-Type", pick(w.dice, "text/plain", "application/octet-stream", "image/png", "application/json; charset=utf-8", "x", "multipart/form-data", "text/html")
			r.Headers = slices.DeleteFunc(r.Headers, func(h header) bool { return h.Name == name })
		}
	}
	r.Headers = append(r.Headers, header{name, value})
}
