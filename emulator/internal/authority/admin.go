package authority

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
)

// order is what the control plane may ask of the sign-in service.
type order struct {
	Tenant  string     `json:"tenant"`  // id or domain; empty: the first
	Code    int        `json:"code"`    // AADSTS number
	Times   int        `json:"times"`   // 0: once
	User    string     `json:"user"`    // id or userPrincipalName
	App     string     `json:"app"`     // client id
	Decline bool       `json:"decline"` // the user says no
	Issuer  string     `json:"issuer"`  // of federated tokens
	Keys    []jose.JWK `json:"keys"`    // of the issuer
	Scopes  []string   `json:"scopes"`
	Roles   []string   `json:"roles"`
}

// Admin serves the part of the control plane below prefix that is about sign-ins.
// fail writes an error.
func (s Set) Admin(prefix string, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	m := http.NewServeMux()
	on := func(pattern string, do func(*Authority, *http.Request, *order) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
			var o order
			d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm))
			d.DisallowUnknownFields()
			if err := d.Decode(&o); err != nil && r.ContentLength != 0 {
				if _, busy := errors.AsType[*grapherr.Error](err); !busy {
					err = grapherr.BadPayload(err.Error())
				}
				fail(w, r, err)
				return
			}
			a, ok := s.named(o.Tenant)
			if !ok {
				fail(w, r, grapherr.NotFound("tenant", o.Tenant).Because("There is no tenant of that id or domain.", ""))
				return
			}
			out, err := do(a, r, &o)
			switch {
			case err != nil:
				fail(w, r, err)
			case out == nil:
				w.WriteHeader(http.StatusNoContent)
			default:
				a.json(w, http.StatusOK, out)
			}
		})
	}
	on("POST /challenge", func(a *Authority, _ *http.Request, _ *order) (any, error) { a.Challenge(); return nil, nil })
	on("DELETE /challenge", func(a *Authority, _ *http.Request, _ *order) (any, error) { a.Calm(); return nil, nil })
	on("POST /keys/roll", func(a *Authority, _ *http.Request, _ *order) (any, error) { a.STS.Roll(); return nil, nil })
	on("POST /failures", (*Authority).fails)
	on("POST /devices/{code}", func(a *Authority, r *http.Request, o *order) (any, error) {
		if o.Tenant == "" {
			a = first(s.All(), func(a *Authority) bool { return a.STS.Issued(r.PathValue("code")) })
		}
		return a.approves(r, o)
	})
	on("POST /tokens", (*Authority).issues)
	on("POST /issuers", func(_ *Authority, _ *http.Request, o *order) (any, error) {
		for _, a := range s.All() { // whom to trust is each application's to say
			if err := a.STS.Trust(o.Issuer, o.Keys); err != nil {
				return nil, grapherr.BadRequest("%s", err.Error())
			}
		}
		return nil, nil
	})
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, grapherr.NotFound("endpoint", r.URL.Path).Because("The control plane has no such endpoint.", ""))
	})
	return m
}

// fails makes the next requests for a token fail.
func (a *Authority) fails(_ *http.Request, o *order) (any, error) {
	if !sts.Known(o.Code) {
		return nil, grapherr.BadRequest("code %d is no AADSTS number that the emulator knows.", o.Code)
	}
	a.STS.FailNext(o.Code, max(o.Times, 1))
	return nil, nil
}

// approves answers for the person in front of the page of the user code.
func (a *Authority) approves(r *http.Request, o *order) (any, error) {
	id := ""
	if !o.Decline {
		if o.User == "" {
			o.User = a.SignedIn()
		}
		u, ok := a.STS.User(o.User)
		if !ok {
			return nil, grapherr.NotFound("user", o.User)
		}
		id = u.ID
	}
	if !a.STS.Approve(r.PathValue("code"), id) {
		return nil, grapherr.NotFound("user code", r.PathValue("code"))
	}
	return nil, nil
}

// issues gives a token without a flow: of a user with scopes, or with roles of an
// application.
func (a *Authority) issues(_ *http.Request, o *order) (any, error) {
	var token string
	var err error
	switch {
	case len(o.Roles) > 0 && len(o.Scopes) > 0:
		return nil, grapherr.BadRequest("A token holds scopes or roles, not both.")
	case len(o.Roles) > 0:
		token, err = a.AppToken(o.App, o.Roles...)
	default:
		token, err = a.Token(o.User, o.App, o.Scopes...)
	}
	if err != nil {
		return nil, grapherr.BadRequest("%s", err.Error())
	}
	return map[string]string{"token_type": "Bearer", "access_token": token}, nil
}

// app is the client that tokens without a flow are for: the one of the built-in tenant.
const app = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"

// Token makes a token of a user with scopes; an empty user is the signed-in one, an
// empty client one of the tenant's.
func (a *Authority) Token(user, client string, scopes ...string) (string, error) {
	if user == "" {
		user = a.SignedIn()
	}
	return a.STS.Delegated(user, a.orAny(client), a.challenge.Load(), scopes...)
}

// AppToken makes a token of an application without a user.
func (a *Authority) AppToken(client string, roles ...string) (string, error) {
	return a.STS.AppOnly(a.orAny(client), a.challenge.Load(), roles...)
}

func (a *Authority) orAny(client string) string {
	if client == "" {
		return a.STS.AnyClient(app)
	}
	return client
}
