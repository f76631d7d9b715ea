package emulatortest

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Ids of the built-in tenant.
const (
	Ida  = "c26302f8-02f8-c263-f802-63c2f80263c2" // the user who is signed in
	Crew = "a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6" // a group
)

// New is an emulator that is closed when the test ends.
func New(t testing.TB, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	emu, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { emu.Close() })
	return emu
}

// Do sends a request. Headers are names and values in turns: Host says which host is asked.
// A body is JSON unless they say otherwise; an empty Content-Type sends none. Spaces of the
// path are escaped.
func Do(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		switch name, v := headers[i], headers[i+1]; {
		case name == "Host":
			r.Host = v
		case name == "Content-Type" && v == "":
			r.Header.Del(name)
		default:
			r.Header.Set(name, v)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Get is Do without a body.
func Get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	return Do(h, http.MethodGet, path, "", headers...)
}

// Must is Do for an answer whose status is known.
func Must(t testing.TB, h http.Handler, method, path, body string, want int, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	w := Do(h, method, path, body, headers...)
	if w.Code != want {
		t.Fatalf("%s %s: %d, want %d\n%.2000s", method, path, w.Code, want, w.Body)
	}
	return w
}

// Into is Must for an answer of JSON, which it decodes into a value.
func Into(t testing.TB, into any, h http.Handler, method, path, body string, want int) {
	t.Helper()
	w := Must(t, h, method, path, body, want)
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%s %s: %v\n%s", method, path, err, w.Body)
	}
}

// Gzip packs a body.
func Gzip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// Object decodes a JSON object.
func Object(t testing.TB, text []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// Members are the objects in the value of a list.
func Members(list map[string]any) (out []map[string]any) {
	all, _ := list["value"].([]any)
	for _, m := range all {
		if o, ok := m.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// Claims are those of a token, which may be a member of a decoded answer.
func Claims(t testing.TB, token any) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %v", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return Object(t, raw)
}
