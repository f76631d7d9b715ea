package authority

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Authority is the sign-in service of one tenant. All fields are set before the
// first request.
type Authority struct {
	STS    *sts.Service
	Mode   Mode
	Traits func(*edm.Type) *workload.Traits // what workloads say of a type
	// Unpublished allows operations of which no permissions are published.
	Unpublished bool
	Pages       bool // a person signs in on a page; else the signed-in user does, at once (B-10.20)
	SignedIn    func() string
	Origin      func(*http.Request) string // scheme, host and port that links begin with
	Own         func(host string) bool     // whether a host, which may have a port, is the emulator's own
	Now         func() time.Time
	Log         *slog.Logger

	challenge atomic.Int64 // tokens valid before this moment are challenged (B-2.20); 0: none are
}

// handler answers one address of the sign-in service. tenant is the first segment.
type handler func(a *Authority, w http.ResponseWriter, r *http.Request, tenant string) error

// whole are the addresses that belong to no tenant, in lower case.
var whole = map[string]handler{
	"common/discovery/instance":      (*Authority).instance,
	"metadata/endpoints":             (*Authority).endpoints,
	"metadata/identity/oauth2/token": (*Authority).managed,
	"oidc/userinfo":                  (*Authority).userinfo,
	"devicelogin":                    (*Authority).devicePage,
	"error":                          (*Authority).explain,
}

// below are the addresses behind a tenant, in lower case (C-2.1).
var below = map[string]handler{
	"v2.0/.well-known/openid-configuration": (*Authority).configuration,
	".well-known/openid-configuration":      (*Authority).configurationV1,
	"discovery/v2.0/keys":                   (*Authority).keys,
	"discovery/keys":                        (*Authority).keys,
	"discovery/instance":                    (*Authority).instance,
	"oauth2/v2.0/authorize":                 (*Authority).authorize,
	"oauth2/authorize":                      (*Authority).authorize,
	"oauth2/v2.0/token":                     (*Authority).token,
	"oauth2/token":                          (*Authority).token,
	"oauth2/v2.0/devicecode":                (*Authority).deviceCode,
	"oauth2/devicecode":                     (*Authority).deviceCode,
	"oauth2/deviceauth":                     (*Authority).devicePage,
	"oauth2/v2.0/deviceauth":                (*Authority).devicePage,
	"oauth2/v2.0/logout":                    (*Authority).logout,
	"oauth2/logout":                         (*Authority).logout,
	"adminconsent":                          (*Authority).adminConsent,
	"v2.0/adminconsent":                     (*Authority).adminConsent,
}

// find gives the handler of a path, which compares without case (C-2.1).
func find(path string) (h handler, tenant string) {
	path = strings.Trim(path, "/")
	folded := strings.ToLower(path)
	if h, ok := whole[folded]; ok {
		return h, "common"
	}
	tenant, _, _ = strings.Cut(path, "/")
	_, rest, _ := strings.Cut(folded, "/")
	if strings.HasPrefix(rest, "userrealm/") {
		return (*Authority).realm, tenant
	}
	return below[rest], tenant
}

// Handles reports whether a request is for the sign-in service: by its path, or
// because it came to one of the service's names.
func (a *Authority) Handles(r *http.Request) bool {
	if h, _ := find(r.URL.Path); h != nil {
		return true
	}
	return clouds.OfLogin(r.Host) != nil
}

// ServeHTTP answers one request of the sign-in service.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Ms-Request-Id"] = h["Request-Id"]
	h["Cache-Control"] = []string{"no-store, no-cache"} // B-10.10
	h["Pragma"] = []string{"no-cache"}
	do, tenant := find(r.URL.Path)
	if do == nil {
		a.refuse(w, r, &sts.Error{Number: 90019, Code: "not_found", Status: http.StatusNotFound, Text: "The sign-in service has no such address."})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := do(a, w, r, tenant); err != nil {
		a.refuse(w, r, err)
	}
}

// maxForm bounds the form of a request, in bytes.
const maxForm = 256 << 10

// request reads a form into what the token service understands.
func (a *Authority) request(r *http.Request, tenant string, form url.Values) *sts.Request {
	out := &sts.Request{Tenant: tenant, Form: form, Origin: a.Origin(r), V1: !strings.Contains(strings.ToLower(r.URL.Path), "/v2.0/")}
	if id, secret, ok := r.BasicAuth(); ok { // RFC 6749, 2.3.1: both are encoded as in a form
		out.ID, out.Secret = unescaped(id), unescaped(secret)
	}
	out.Address, _, _ = net.SplitHostPort(r.RemoteAddr)
	return out
}

func unescaped(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// form reads the parameters of the body alone.
func form(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		if _, busy := errors.AsType[*grapherr.Error](err); busy {
			return nil, &sts.Error{Number: 90033, Code: "temporarily_unavailable", Status: http.StatusServiceUnavailable,
				Text: "A transient error has occurred. Please try again."}
		}
		return nil, sts.Fail(9002313, "The form cannot be read.")
	}
	return r.PostForm, nil
}

// refusal is the body of an error (B-10.22, C-2.22).
type refusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri"`
	Sub         string `json:"suberror,omitempty"`
	Claims      string `json:"claims,omitempty"`
}

// refusalOf makes what a client reads of an error. What is no error of the token
// service is logged and not shown.
func (a *Authority) refusalOf(w http.ResponseWriter, r *http.Request, err error) (refusal, *sts.Error) {
	e, ok := errors.AsType[*sts.Error](err)
	if !ok {
		a.Log.LogAttrs(r.Context(), slog.LevelError, "internal error", slog.String("path", r.URL.Path), slog.Any("error", err))
		e = sts.Fail(90033)
	}
	h := w.Header()
	out := refusal{Error: e.Code, Codes: []int{e.Number}, Timestamp: sts.Stamp(a.Now()), Trace: one(h["Request-Id"]), Correlation: one(h["Client-Request-Id"]),
		URI: a.Origin(r) + "/error?code=" + strconv.Itoa(e.Number), Sub: e.Sub, Claims: e.Claims}
	if id := r.URL.Query().Get("client-request-id"); edm.IsGUID(id) && r.Header.Get("client-request-id") == "" {
		out.Correlation = id
	} else if id := r.PostForm.Get("client-request-id"); edm.IsGUID(id) {
		out.Correlation = id
	}
	out.Description = e.Error() + " Trace ID: " + out.Trace + " Correlation ID: " + out.Correlation + " Timestamp: " + out.Timestamp
	return out, e
}

// refuse writes an error. It is the only place of the sign-in service that does.
func (a *Authority) refuse(w http.ResponseWriter, r *http.Request, err error) {
	body, e := a.refusalOf(w, r, err)
	if e.Page {
		a.show(w, e.Status, "message", message{Title: "Sign-in is not possible", Text: body.Description})
		return
	}
	if e.Number == 900561 {
		w.Header().Set("Allow", http.MethodPost)
	}
	a.json(w, e.Status, body)
}

func (a *Authority) json(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // unreachable: texts, numbers and lists
		status, body = http.StatusInternalServerError, []byte(`{"error":"server_error"}`)
	}
	a.write(w, status, body)
}

func (a *Authority) write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}

// answer writes an object in its order.
func (a *Authority) answer(w http.ResponseWriter, m value.Members) error {
	a.write(w, http.StatusOK, []byte(m.Object()))
	return nil
}

func one(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
