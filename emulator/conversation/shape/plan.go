package shape

import (
	"bytes"
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

//go:embed setup.yaml requests.yaml keys.txt reasons.txt tenant
var embedded embed.FS

// Tenant is the fixtures that an emulator is started with before it is scored, on top of the
// built-in tenant northgale. They hold what no documented request creates.
func Tenant() fs.FS {
	sub, err := fs.Sub(embedded, "tenant")
	if err != nil {
		panic(err) // unreachable: the folder is embedded
	}
	return sub
}

const origin = "https://graph.microsoft.com"

// Emulators are what recordings are compared with.
type Emulators struct {
	// Open lets every request in. It has the fixtures of Tenant on top of the built-in ones, and
	// has not been asked anything yet.
	Open http.RoundTripper
	// Guarded is another one with the same fixtures, which enforces permissions. Nil: errors of
	// authorization are not compared.
	Guarded http.RoundTripper
	// Token gives an access token of Guarded for whom as names in a conversation.
	Token func(as string) (string, error)
}

// plan makes requests of emulators that are comparable with recorded ones.
type plan struct {
	emulators Emulators
	vars      conversation.Vars
	keys      map[string]string // the variable for a path that ends in {}
	requests  []*conversation.Exchange
	found     map[string]string // keys that a list gave
	succeeds  map[string]bool   // operations that some recording answers with success
	wrong     []string          // what of the setup failed
}

// answer is what the emulator says.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newPlan(ctx context.Context, emulators Emulators) (*plan, error) {
	p := &plan{emulators: emulators, vars: conversation.Vars{}, keys: map[string]string{}, found: map[string]string{}, succeeds: map[string]bool{}}
	text, err := embedded.ReadFile("keys.txt")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if path, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && path[0] == '/' {
			p.keys[path] = strings.TrimSpace(name)
		}
	}
	requests, err := conversationOf("requests.yaml")
	if err != nil {
		return nil, err
	}
	p.requests = requests.Exchanges
	setup, err := conversationOf("setup.yaml")
	if err != nil {
		return nil, err
	}
	for _, x := range setup.Exchanges {
		req, err := x.NewRequest(ctx, origin, p.vars)
		if err != nil {
			p.wrong = append(p.wrong, fmt.Sprintf("setup.yaml:%d: %v", x.Line, err))
			continue
		}
		a, err := p.send(req)
		if err != nil {
			return nil, err
		}
		for _, d := range x.Differences(a.status, a.header, a.body, p.vars) {
			if d.At == "status" && a.status < 300 && x.Status < 300 {
				continue // that is for the score to say
			}
			p.wrong = append(p.wrong, fmt.Sprintf("setup.yaml:%d: %s: %s", x.Line, x.Request, d))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.vars)) {
		if what, ok := strings.CutSuffix(name, "Url"); ok {
			p.vars[what+"Share"] = share(p.vars[name])
		}
	}
	return p, nil
}

func conversationOf(name string) (*conversation.File, error) {
	text, err := embedded.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return conversation.Parse(name, text, nil)
}

func (p *plan) send(req *http.Request) (*answer, error) {
	return sendTo(p.emulators.Open, req)
}

func sendTo(transport http.RoundTripper, req *http.Request) (*answer, error) {
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return &answer{resp.StatusCode, resp.Header, body}, err
}

// ask makes the request that is comparable with a recorded one. why says that there is none.
func (p *plan) ask(ctx context.Context, r *recorded) (a *answer, why string, err error) {
	x, why := p.exchange(ctx, r)
	if why != "" {
		return nil, why, nil
	}
	if r.shape.BatchPart {
		return p.inBatch(ctx, r, x)
	}
	req, err := x.NewRequest(ctx, origin, p.vars)
	if err != nil {
		return nil, err.Error(), nil
	}
	if x.As == "" && !x.Says("Authorization") {
		a, err = p.send(req)
		return a, "", err
	}
	if p.emulators.Guarded == nil {
		return nil, "there is no emulator that enforces permissions", nil
	}
	if x.As != "" {
		token, err := p.emulators.Token(x.As)
		if err != nil {
			return nil, "", err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err = sendTo(p.emulators.Guarded, req)
	return a, "", err
}

// exchange is the request of the recipes, or the recorded one with keys of the emulator.
func (p *plan) exchange(ctx context.Context, r *recorded) (*conversation.Exchange, string) {
	if x := p.recipe(r); x != nil {
		method, target, _ := strings.Cut(x.Request, " ")
		path, query, given := strings.Cut(target, "?")
		out := *x
		out.Request = method + " /" + r.version + unversioned(path)
		if given && query != "" {
			out.Request += "?" + query
		} else if r.query != "" {
			out.Request += "?" + conversation.Escape(r.query)
		}
		out.Headers = append(slices.Clone(x.Headers), r.accept()...)
		return &out, ""
	}
	if r.status >= 400 && (!r.sameAnywhere() || r.status == http.StatusBadRequest && p.succeeds[r.operation]) {
		return nil, "the state that the error is about cannot be had by a generic request"
	}
	if strings.Contains(r.query, "skiptoken") {
		return p.secondPage(ctx, r)
	}
	path, why := p.path(ctx, r)
	if why != "" {
		return nil, why
	}
	if r.query != "" {
		path += "?" + r.query
	}
	x := &conversation.Exchange{Request: r.method + " " + conversation.Escape(path), Body: r.shape.Exchange.Body}
	for _, h := range r.shape.Exchange.Headers {
		if slices.ContainsFunc([]string{"Prefer", "ConsistencyLevel", "Content-Type"}, func(n string) bool { return strings.EqualFold(n, h.Name) }) {
			x.Headers = append(x.Headers, h)
		}
	}
	x.Headers = append(x.Headers, r.accept()...)
	if r.shape.Derived && x.Body.Form == conversation.None && r.method != "GET" && r.method != "DELETE" {
		return nil, "the recording has no body of the request, and requests.yaml has none"
	}
	return x, ""
}

// accept is what the client of derived recordings asks for, except in a batch: numbers of 64 bits
// as texts (B-1.38).
func (r *recorded) accept() []conversation.Header {
	if !r.shape.Derived || r.shape.BatchPart {
		return nil
	}
	return []conversation.Header{{Name: "Accept", Value: "application/json;odata.metadata=minimal;IEEE754Compatible=true"}}
}

// recipe finds the request of requests.yaml: with the same options of the query if it has any.
func (p *plan) recipe(r *recorded) *conversation.Exchange {
	var general *conversation.Exchange
	for _, x := range p.requests {
		method, target, _ := strings.Cut(x.Request, " ")
		path, query, _ := strings.Cut(target, "?")
		if method != r.method || blanked(unversioned(path)) != r.path || !r.likely(x) {
			continue
		}
		if query == "" {
			general = x
		} else if sameOptions(query, r.query) {
			return x
		}
	}
	return general
}

// unversioned is a path below the version of the service.
func unversioned(path string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return "/" + rest
}

// likely reports whether a recipe is for the status of a recorded answer; one for an error is
// for that error only.
func (r *recorded) likely(x *conversation.Exchange) bool {
	if x.Status < 400 {
		return r.status < 400
	}
	if x.Status != r.status {
		return false
	}
	want, _ := x.Answer.Source()
	return len(want) == 0 || bytes.Contains(r.body, bytes.Trim(want, `"`))
}

// blanked is a path of a recipe as an operation has it.
func blanked(path string) string {
	for {
		i := strings.Index(path, "${")
		if i < 0 {
			return path
		}
		j := strings.IndexByte(path[i:], '}')
		if j < 0 {
			return path
		}
		path = path[:i] + "{}" + path[i+j+1:]
	}
}

func sameOptions(a, b string) bool {
	options := func(s string) (out []string) {
		for part := range strings.SplitSeq(s, "&") {
			name, _, _ := strings.Cut(part, "=")
			if plain, err := url.QueryUnescape(name); err == nil {
				name = plain
			}
			out = append(out, strings.TrimPrefix(name, "$"))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(options(a), options(b))
}

// path is the recorded path with keys of the emulator.
func (p *plan) path(ctx context.Context, r *recorded) (string, string) {
	here := strings.Split(strings.TrimPrefix(r.path, "/"), "/")
	there := strings.Split(strings.TrimPrefix(r.urlPath, "/"), "/")
	if len(here) != len(there) {
		there = here
	}
	var out []string
	prefix := ""
	for i, seg := range here {
		prefix += "/" + seg
		switch {
		case seg != "{}":
			out = append(out, there[i])
		case r.status >= 400 && i == len(here)-1:
			out = append(out, there[i])
		default:
			key := p.key(ctx, r.version, prefix, strings.Join(out, "/"), encodedForm(there[i]))
			if key == "" {
				return "", "no entity stands for " + prefix
			}
			out = append(out, segment(key))
		}
	}
	return "/" + r.version + "/" + strings.Join(out, "/"), ""
}

// segment writes a key into a path. Clients send commas and exclamation marks as they are.
func segment(key string) string {
	return strings.NewReplacer("%2C", ",", "%21", "!").Replace(url.PathEscape(key))
}

// key is the key of the entity that stands for a path: that of keys.txt, or the first one of
// its collection. A client that names a user by address does so here too.
func (p *plan) key(ctx context.Context, version, prefix, collection, form string) string {
	if name, ok := p.keys[prefix]; ok {
		if address, ok := p.vars[name+"Address"]; ok && strings.HasPrefix(form, "address") {
			return address
		}
		return p.vars[name]
	}
	at := "/" + version + "/" + collection
	if key, ok := p.found[at]; ok {
		return key
	}
	var list struct {
		Value []struct {
			ID string `json:"id"`
		} `json:"value"`
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+at, nil)
	if err == nil {
		if a, err := p.send(req); err == nil && a.status == http.StatusOK {
			_ = json.Unmarshal(a.body, &list)
		}
	}
	key := ""
	if len(list.Value) > 0 {
		key = list.Value[0].ID
	}
	p.found[at] = key
	return key
}

// share is the token of a sharing URL.
func share(target string) string {
	return "u!" + base64.RawURLEncoding.EncodeToString([]byte(target))
}

// secondPage is the request for the second page of a list.
func (p *plan) secondPage(ctx context.Context, r *recorded) (*conversation.Exchange, string) {
	path, why := p.path(ctx, r)
	if why != "" {
		return nil, why
	}
	options := []string{"$top=2"} // or that of the client
	for part := range strings.SplitSeq(r.query, "&") {
		switch name, _, _ := strings.Cut(strings.TrimPrefix(strings.ReplaceAll(part, "%24", "$"), "$"), "="); name {
		case "skiptoken":
		case "top":
			options[0] = part
		default:
			options = append(options, part)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+path+"?"+strings.Join(options, "&"), nil)
	if err != nil {
		return nil, err.Error()
	}
	a, err := p.send(req)
	if err != nil {
		return nil, err.Error()
	}
	var page struct {
		Next string `json:"@odata.nextLink"`
	}
	if json.Unmarshal(a.body, &page) != nil || page.Next == "" {
		return nil, "the list has no second page"
	}
	return &conversation.Exchange{Request: "GET " + conversation.Escape(page.Next)}, ""
}

// inBatch makes the request in a $batch.
func (p *plan) inBatch(ctx context.Context, r *recorded, x *conversation.Exchange) (*answer, string, error) {
	line, err := p.vars.Fill(x.Request)
	if err != nil {
		return nil, err.Error(), nil
	}
	method, target, _ := strings.Cut(line, " ")
	part := map[string]any{"id": "1", "method": method, "url": strings.TrimPrefix(strings.TrimPrefix(target, origin), "/"+r.version)}
	headers := map[string]string{}
	for _, h := range x.Headers {
		headers[h.Name] = h.Value
	}
	if x.Body.Form != conversation.None {
		body, err := x.Body.Bytes(p.vars)
		if err != nil {
			return nil, err.Error(), nil
		}
		headers["Content-Type"] = "application/json"
		part["body"] = json.RawMessage(body)
	}
	if len(headers) > 0 {
		part["headers"] = headers
	}
	text, err := json.Marshal(map[string]any{"requests": []any{part}})
	if err != nil {
		return nil, err.Error(), nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+"/"+r.version+"/$batch", bytes.NewReader(text))
	if err != nil {
		return nil, err.Error(), nil
	}
	req.Header.Set("Content-Type", "application/json")
	whole, err := p.send(req)
	if err != nil {
		return nil, "", err
	}
	var out struct {
		Responses []struct {
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    json.RawMessage   `json:"body"`
		} `json:"responses"`
	}
	if err := json.Unmarshal(whole.body, &out); err != nil || len(out.Responses) != 1 {
		return whole, "", nil
	}
	only := out.Responses[0]
	a := &answer{status: only.Status, header: http.Header{}, body: only.Body}
	for name, v := range only.Headers {
		a.header.Set(name, v)
	}
	if string(a.body) == "null" {
		a.body = nil
	}
	return a, "", nil
}
