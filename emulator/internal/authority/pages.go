package authority

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"strings"
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
		Who    string // the user, sealed; on the page of an administrator a proof of the page
	}
	device struct {
		Code, Problem, Client, Scope string
		Users                        []sts.User
		Proof                        string // that this page was shown for the code
	}
	post struct {
		Action template.URL
		Hidden []hidden
		Script template.JS
	}
)

// show writes a page whose form, if it has one, is answered by another page.
func (a *Authority) show(w http.ResponseWriter, status int, name string, data any) {
	a.page(w, status, name, "'self'", data)
}

// showFor writes a page whose form leads to the address of a client. Chromium applies
// form-action to the redirects of a form too, and an application may redirect again:
// on this machine to any port.
func (a *Authority) showFor(w http.ResponseWriter, address, name string, data any) {
	a.page(w, http.StatusOK, name, "'self' http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:* "+source(address), data)
}

// source is the origin of an address as a policy names it; of an address with a host that
// a policy cannot name, and of one with a scheme of an application, the scheme.
func source(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return ""
	}
	odd := strings.ContainsFunc(u.Host, func(r rune) bool {
		return r != '-' && r != '.' && r != ':' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if u.Host == "" || odd || u.Scheme != "http" && u.Scheme != "https" {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}

// submits is the one script there is, that of the page post.
const submits template.JS = "document.forms[0].submit()"

var submitHash = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(submits))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
})

// page writes a page whose form may lead to the sources of targets. It needs no script
// and allows none, except for the page that submits itself (B-10.20, C-2.20). That one
// may answer in a hidden frame; all others have something to click on, and no frame.
func (a *Authority) page(w http.ResponseWriter, status int, name, targets string, data any) {
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
	for _, cors := range []string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"} {
		h.Del(cors) // pages of other origins must not read the secrets of a form
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // addresses here hold codes and hints
	policy := "default-src 'none'; base-uri 'none'; form-action " + strings.TrimSpace(targets)
	if name == "post" {
		policy += "; script-src " + submitHash()
	} else {
		policy += "; style-src 'unsafe-inline'; frame-ancestors 'none'"
		h.Set("X-Frame-Options", "DENY")
	}
	h.Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	b.WriteTo(w)
}
