package control

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/internal/admin"
)

//go:embed page.html
var pageText string

// style is the only style that the page has; its policy names it by hash.
const style = template.CSS(`body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}h1{font-size:1.3rem}h2{font-size:1.05rem}li{margin:.15rem 0}`)

var pageTemplate = sync.OnceValues(func() (*template.Template, error) { return template.New("page").Parse(pageText) })

// pagePolicy lets the page load nothing, run nothing, send nothing and be framed nowhere.
var pagePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// WantsPage reports whether a request is a browser's for a document.
func WantsPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Page answers a browser with what this server is and where to go on.
func Page(version func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		t, err := pageTemplate()
		if err == nil {
			err = t.Execute(&b, map[string]any{"Style": style, "Version": version(), "Endpoints": index()})
		}
		if err != nil { // unreachable: the template and its values are fixed
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", pagePolicy())
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Add("Vary", "Accept")
		if r.Method != http.MethodHead {
			b.WriteTo(w)
		}
	})
}

// listed is an endpoint as an index shows it.
type listed struct{ Method, Path string }

// Open reports whether a link can lead there.
func (l listed) Open() bool { return l.Method == http.MethodGet && !strings.Contains(l.Path, "{") }

// index lists the endpoints by path.
func index() (out []listed) {
	for _, e := range new(Actions).endpoints() {
		out = append(out, listed{e.method, admin.Prefix + e.path})
	}
	slices.SortStableFunc(out, func(a, b listed) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// root answers at the prefix itself: a page for browsers, an index for programs.
func (a *Actions) root(w http.ResponseWriter, r *http.Request) {
	if WantsPage(r) {
		Page(a.Version).ServeHTTP(w, r)
		return
	}
	endpoints := []string{}
	for _, l := range index() {
		endpoints = append(endpoints, l.Method+" "+l.Path)
	}
	w.Header().Add("Vary", "Accept")
	answer(w, map[string]any{"name": "graph-emulator", "version": a.Version(), "endpoints": endpoints})
}
