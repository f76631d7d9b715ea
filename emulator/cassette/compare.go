package cassette

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// normalPath is a path as it is compared: without regard to the case of names and of
// keys that are GUIDs or addresses, with keys in quotes as segments, without a slash at
// the end. The case of long ids means something.
func normalPath(u *url.URL) string {
	var b strings.Builder
	for s := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		if len(s) < 48 || strings.Contains(s, "@") {
			s = strings.ToLower(s)
		}
		if name, key, ok := strings.Cut(s, "('"); ok && strings.HasSuffix(key, "')") && !strings.Contains(key, "=") && !strings.Contains(name, "=") {
			s = name + "/" + strings.TrimSuffix(key, "')") // users('ida'): users/ida
		}
		b.WriteString("/" + s)
	}
	return b.String()
}

// query is the query of a request as it is compared: by names in lower case, those of
// OData with their dollar.
type query map[string][]string

// systemOptions may be written without their dollar.
var systemOptions = []string{"select", "filter", "expand", "orderby", "top", "skip", "count", "search", "format", "skiptoken", "deltatoken", "apply", "compute"}

// momentary are parameters that a client makes up each time, or that hold what is not
// recorded.
var momentary = []string{"client-request-id", "state", "nonce", "code_challenge", "code", "client_secret", "client_assertion", "assertion", "refresh_token", "access_token",
	"code_verifier", "device_code", "password", "id_token_hint", "sig", "tempauth", "x-client-current-telemetry", "x-client-last-telemetry", "x-client-sku", "x-client-ver", "x-client-os", "x-client-cpu", "haschrome", "sso_nonce"}

func parseQuery(raw string) query {
	q := query{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		name = strings.ToLower(name)
		if slices.Contains(momentary, name) {
			continue
		}
		if slices.Contains(systemOptions, name) {
			name = "$" + name
		}
		if name == "$select" || name == "$expand" && !strings.Contains(value, "(") {
			list := strings.Split(strings.ReplaceAll(value, " ", ""), ",")
			slices.Sort(list)
			value = strings.Join(list, ",")
		}
		q[name] = append(q[name], value)
	}
	for _, values := range q {
		slices.Sort(values)
	}
	return q
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func (q query) differences(got query) (out []string) {
	keys := map[string]bool{}
	for name := range q {
		keys[name] = true
	}
	for name := range got {
		keys[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if a, b := strings.Join(q[name], ", "), strings.Join(got[name], ", "); a != b || len(q[name]) != len(got[name]) {
			out = append(out, fmt.Sprintf("query %s: got %s, recorded %s", name, shown(got[name]), shown(q[name])))
		}
	}
	return out
}

func shown(values []string) string {
	if values == nil {
		return "none"
	}
	return strings.Join(values, ", ")
}

// content is a body as it is compared: JSON as values, forms as fields, anything else as
// bytes.
type content struct {
	form string // "JSON", "form", "text", or "nothing"
	json any
	data string
	q    query
}

// contentOf reads a body; nil is none.
func contentOf(contentType string, data []byte) content {
	if data == nil {
		return content{form: "nothing"}
	}
	media, parameters, _ := mime.ParseMediaType(contentType) // what is no type is compared as bytes
	switch {
	case media == "application/x-www-form-urlencoded":
		return content{form: "form", q: parseQuery(string(data))}
	case strings.HasPrefix(media, "multipart/") && parameters["boundary"] != "": // which is made up each time
		return content{form: "text", data: strings.ReplaceAll(string(data), parameters["boundary"], "boundary")}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if d.Decode(&v) == nil && !d.More() {
		return content{form: "JSON", json: v}
	}
	return content{form: "text", data: string(data)}
}

func (c content) differences(got content) []string {
	switch {
	case c.form != got.form:
		return []string{fmt.Sprintf("body: got %s, recorded %s", got.form, c.form)}
	case c.form == "JSON":
		return differ("", c.json, got.json, nil)
	case c.form == "form":
		return c.q.differences(got.q)
	case c.data != got.data:
		return []string{fmt.Sprintf("body: got %d bytes, recorded %d others", len(got.data), len(c.data))}
	}
	return nil
}

// maxDifferences are told of one body.
const maxDifferences = 8

// differ compares JSON values: members without regard to order, numbers by value.
func differ(at string, want, got any, out []string) []string {
	if len(out) >= maxDifferences {
		return out
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		names := map[string]bool{}
		for n := range w {
			names[n] = true
		}
		for n := range g {
			names[n] = true
		}
		for _, n := range slices.Sorted(maps.Keys(names)) {
			a, there := w[n]
			b, here := g[n]
			switch {
			case !there:
				out = append(out, fmt.Sprintf("body %s/%s: got %s, recorded nothing", at, n, text(b)))
			case !here:
				out = append(out, fmt.Sprintf("body %s/%s: got nothing, recorded %s", at, n, text(a)))
			default:
				out = differ(at+"/"+n, a, b, out)
			}
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			out = differ(at+"/"+strconv.Itoa(i), w[i], g[i], out)
		}
		return out
	case json.Number:
		if g, ok := got.(json.Number); ok {
			x, err1 := w.Float64()
			y, err2 := g.Float64()
			if w == g || err1 == nil && err2 == nil && x == y {
				return out
			}
		}
	default:
		if reflect.DeepEqual(want, got) {
			return out
		}
	}
	return append(out, fmt.Sprintf("body %s: got %s, recorded %s", at, text(got), text(want)))
}

// text is a value as JSON, not too long for a line.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // unreachable: it was decoded from JSON
		return err.Error()
	}
	if len(b) > 120 {
		return string(b[:120]) + "…"
	}
	return string(b)
}
