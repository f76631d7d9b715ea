package authority

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
)

// Set is the sign-in services of an emulator's tenants. All lists them; the first is
// for whoever names none.
type Set struct{ All func() []*Authority }

// Handles reports whether a request is for the sign-in services.
func (s Set) Handles(r *http.Request) bool { return s.All()[0].Handles(r) }

// ServeHTTP answers one request of the sign-in service of its tenant.
func (s Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s.of(r).ServeHTTP(w, r)
}

// of finds the tenant that a request is about: the one its path names, or, where that
// is one of the names for all, the one its user, code or token is of.
func (s Set) of(r *http.Request) *Authority {
	all := s.All()
	if len(all) == 1 {
		return all[0]
	}
	_, name := find(r.URL.Path)
	if !sts.Shared(name) {
		return first(all, func(a *Authority) bool { return a.STS.Called(name) })
	}
	_ = r.ParseForm() // again by who answers, who says what is wrong with it
	for _, field := range [...]string{"code", "refresh_token", "device_code", "otc"} {
		if text := r.Form.Get(field); text != "" {
			return first(all, func(a *Authority) bool { return a.STS.Issued(text) })
		}
	}
	for _, text := range [...]string{r.Form.Get("pick"), r.Form.Get("loginfmt"), r.Form.Get("username"), r.Form.Get("login_hint"), r.Form.Get("domain_hint"),
		r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]} {
		domain := text[strings.LastIndexByte(text, '@')+1:]
		for _, a := range all {
			if domain != "" && a.STS.Hosts(domain) {
				return a
			}
		}
	}
	tenant := tenantIn(r.Form.Get("assertion"))
	if tenant == "" {
		tenant = Tenant(r)
	}
	return first(all, func(a *Authority) bool { return strings.EqualFold(tenant, a.STS.ID()) })
}

// first finds the service that fits, or else the first of all.
func first(all []*Authority, fits func(*Authority) bool) *Authority {
	for _, a := range all {
		if fits(a) {
			return a
		}
	}
	return all[0]
}

// named finds the tenant that the control plane names, by id or domain.
func (s Set) named(tenant string) (*Authority, bool) {
	all := s.All()
	if tenant == "" {
		return all[0], true
	}
	a := first(all, func(a *Authority) bool { return a.STS.Called(tenant) })
	return a, a.STS.Called(tenant)
}

// Tenant is the tid of a request's token, which nobody has checked yet; empty when
// there is none.
func Tenant(r *http.Request) string {
	scheme, token, _ := strings.Cut(one(r.Header["Authorization"]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return tenantIn(strings.TrimSpace(token))
}

func tenantIn(token string) string {
	if token == "" {
		return ""
	}
	payload, err := jose.Payload(token)
	if err != nil {
		return ""
	}
	var c struct{ TID string }
	_ = json.Unmarshal(payload, &c) // what cannot be read names no tenant
	return c.TID
}
