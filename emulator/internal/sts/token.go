package sts

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// grants are the ways to a token (C-2.9).
var grants = map[string]func(*Service, *Request, string) (value.Members, error){
	"client_credentials": (*Service).clientCredentials,
	"authorization_code": (*Service).code,
	"refresh_token":      (*Service).refresh,
	"password":           (*Service).password,
	"device_code":        (*Service).device,
	"urn:ietf:params:oauth:grant-type:device_code": (*Service).device,
	"urn:ietf:params:oauth:grant-type:jwt-bearer":  (*Service).onBehalfOf,
}

// Token answers a request for a token (B-10.10 to B-10.19).
func (s *Service) Token(r *Request) (value.Members, error) {
	if number, ok := s.faults.take(); ok {
		return nil, Fail(number)
	}
	tenant, err := s.Tenant(r.Tenant)
	if err != nil {
		return nil, err
	}
	kind := r.get("grant_type")
	if kind == "" {
		return nil, Fail(900144, "grant_type")
	}
	f, ok := grants[kind]
	if !ok {
		return nil, Fail(70003, clip(kind))
	}
	if (kind == "client_credentials" || kind == "password") && Shared(r.Tenant) && !(kind == "password" && strings.EqualFold(r.Tenant, "organizations")) {
		return nil, Fail(9001023, kind, strings.ToLower(r.Tenant))
	}
	return f(s, r, tenant)
}

// wanted reads scope, or resource on the endpoint of version 1.
func (r *Request) wanted() scopes {
	if !r.V1 {
		return readScopes(r.get("scope"))
	}
	w := readScopes(r.get("scope"))
	return scopes{Resource: r.get("resource"), Default: true, OpenID: true, Profile: true, Offline: true, Email: w.Email}
}

// clientCredentials gives a token to an application (B-10.11).
func (s *Service) clientCredentials(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	if how == none {
		return nil, Fail(7000216)
	}
	want := r.wanted()
	switch {
	case !r.V1 && strings.TrimSpace(r.get("scope")) == "":
		return nil, Fail(90014, "scope")
	case want.others:
		return nil, Fail(70011, "The scope "+clip(r.get("scope"))+" names more than one resource.")
	case !want.Default || len(want.Names) > 0:
		return nil, Fail(1002012, clip(r.get("scope")))
	}
	to, err := s.resolve(want.Resource, r.Origin, tenant)
	if err != nil {
		return nil, err
	}
	return s.asApplication(r, &caller{client: c, how: how, tenant: tenant, cae: r.understands(), after: r.after()}, &to)
}

func (s *Service) asApplication(r *Request, who *caller, to *resource) (value.Members, error) {
	token, life, err := s.access(r, who, to, s.roles(who.client, to))
	if err != nil {
		return nil, err
	}
	return s.answer(r, to, token, life), nil
}

// answer begins the answer with what every one has; numbers are texts in version
// 1 (B-10.18, C-2.16).
func (s *Service) answer(r *Request, to *resource, token string, life time.Duration) value.Members {
	seconds := int64(life / time.Second)
	m := value.Members{{Name: "token_type", Value: value.String("Bearer")}}
	if !r.V1 {
		m.Set("expires_in", value.Int(seconds))
		m.Set("ext_expires_in", value.Int(seconds))
	} else {
		now := s.Now()
		text := func(n int64) value.Raw { return value.String(strconv.FormatInt(n, 10)) }
		m.Set("expires_in", text(seconds))
		m.Set("ext_expires_in", text(seconds))
		m.Set("expires_on", text(now.Add(life).Unix()))
		m.Set("not_before", text(now.Add(-early).Unix()))
		m.Set("resource", value.String(to.audience))
	}
	m.Set("access_token", value.String(token))
	return m
}

// request is the part of the claims parameter that we honour (C-2.10, B-2.20).
type request struct {
	Access struct {
		Capabilities struct{ Values []string } `json:"xms_cc"`
		NotBefore    struct{ Value string }    `json:"nbf"`
	} `json:"access_token"`
}

func (r *Request) claims() (out request) {
	_ = json.Unmarshal([]byte(r.get("claims")), &out) // one that cannot be read asks for nothing
	return out
}

func (r *Request) understands() bool {
	return slices.ContainsFunc(r.claims().Access.Capabilities.Values, func(v string) bool { return strings.EqualFold(v, "cp1") })
}

func (r *Request) after() int64 {
	n, err := strconv.ParseInt(r.claims().Access.NotBefore.Value, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// session is what a code or a refresh token stands for.
type session struct {
	ID        string `json:"i"`
	User      string `json:"u"`
	Client    string `json:"c"`
	Tenant    string `json:"t"`
	Scopes    scopes `json:"s"`
	Redirect  string `json:"re,omitempty"`
	Challenge string `json:"ch,omitempty"`
	Plain     bool   `json:"pl,omitempty"` // the challenge is the verifier itself
	Nonce     string `json:"n,omitempty"`
	SPA       bool   `json:"spa,omitempty"`
	Issued    int64  `json:"at"` // nanoseconds
	Until     int64  `json:"un"` // seconds
}

// delegate gives a token that acts for a user, with all that goes with it (B-10.13).
func (s *Service) delegate(r *Request, who *caller, g *session) (value.Members, error) {
	to, err := s.resolve(g.Scopes.Resource, r.Origin, who.tenant)
	if err != nil {
		return nil, err
	}
	if err := s.known(who.client, &g.Scopes, &to); err != nil {
		return nil, err
	}
	if who.client.principal.Assigned && !s.assigned(who.client, who.user) {
		return nil, Fail(50105, who.client.ID)
	}
	scp, err := s.scp(who.client, who.user, &g.Scopes, &to)
	if err != nil {
		return nil, err
	}
	who.cae, who.after = r.understands(), r.after()
	token, life, err := s.access(r, who, &to, scp)
	if err != nil {
		return nil, err
	}
	m := s.answer(r, &to, token, life)
	m.Set("scope", value.String(g.Scopes.echo(scp, r.V1)))
	if g.Scopes.Offline {
		again, err := s.refreshToken(g)
		if err != nil {
			return nil, err
		}
		m.Set("refresh_token", value.String(again))
	}
	if g.Scopes.OpenID {
		id, err := s.idToken(r, who, g.Nonce)
		if err != nil {
			return nil, err
		}
		m.Set("id_token", value.String(id))
	}
	if r.get("client_info") == "1" {
		m.Set("client_info", value.String(ClientInfo(who.user.ID, who.tenant)))
	}
	return m, nil
}

// ClientInfo is what clients make the id of an account from (C-2.13).
func ClientInfo(user, tenant string) string {
	info := value.Members{{Name: "uid", Value: value.String(user)}, {Name: "utid", Value: value.String(tenant)}}
	return base64.RawURLEncoding.EncodeToString([]byte(info.Object()))
}

// echo is the scope of an answer: the words asked for as they were written, and
// what .default came to (C-2.12).
func (w *scopes) echo(scp []string, v1 bool) string {
	if v1 {
		return strings.Join(scp, " ")
	}
	out := slices.Clone(w.Asked)
	if w.Default {
		for _, name := range scp {
			if name != "openid" && name != "profile" && name != "email" {
				out = append(out, strings.TrimRight(w.Resource, "/")+"/"+name)
			}
		}
	}
	return strings.Join(out, " ")
}

// The lives of refresh tokens (B-10.14).
const (
	refreshLife = 90 * 24 * time.Hour
	spaLife     = 24 * time.Hour
)

// refreshToken seals a session anew. That of a single page keeps the end of the first.
func (s *Service) refreshToken(g *session) (string, error) {
	next := session{ID: s.next(), User: g.User, Client: g.Client, Tenant: g.Tenant, Scopes: g.Scopes, SPA: g.SPA,
		Issued: s.Now().UnixNano(), Until: s.Now().Add(refreshLife).Unix()}
	if g.SPA {
		next.Until = s.Now().Add(spaLife).Unix()
		if g.Redirect == "" { // a refresh: no code stands behind it
			next.Until = g.Until
		}
	}
	return s.box.Seal("refresh", next)
}

// signedIn finds the user of a session, who may have changed since.
func (s *Service) signedIn(g *session) (*User, error) {
	u, ok := s.User(g.User)
	if !ok {
		return nil, Fail(50034, g.User, g.Tenant)
	}
	if err := u.allowed(); err != nil {
		return nil, err
	}
	if u.ValidFrom.After(time.Unix(0, g.Issued)) {
		return nil, Fail(50173, time.Unix(0, g.Issued).UTC().Format(time.RFC3339))
	}
	return u, nil
}

func (u *User) allowed() error {
	if u.Enabled != nil && !*u.Enabled {
		return Fail(50057)
	}
	return nil
}
