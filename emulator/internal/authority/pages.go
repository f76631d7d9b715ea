package authority

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
)

//go:embed pages
var pages embed.FS

// templates are parsed when the first page is shown.
var templates = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pages, "pages/*.html") })

// The contents of the pages, by the name of their template.
type (
	message struct{ Title, Text string }
	// hidden are parameters that a page hands on, in a fixed order.
	hidden struct{ Name, Value string }
	signin struct {
		Action  string
		Hidden  []hidden
		Client  string
		Hint    string
		Problem string
		Users   []sts.User
	}
	consent struct {
		Action string
		Hidden []hidden
		Client string
		User   string
		Scopes []string
		Who    string // the user, sealed
	}
	device struct {
		Code, Problem, Client, Scope string
		Users                        []sts.User
	}
	post struct {
		Action template.URL
		Hidden []hidden
	}
)

// show writes a page. It needs no script, and allows none; the one page that
// submits itself says so (B-10.20, C-2.20).
func (a *Authority) show(w http.ResponseWriter, status int, name string, data any) {
	t, err := templates()
	var b bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&b, name, data)
	}
	if err != nil {
		a.Log.Error("a page cannot be made", "page", name, "error", err)
		a.json(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // addresses here hold codes and hints
	if name != "post" {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
	}
	w.WriteHeader(status)
	b.WriteTo(w)
}
