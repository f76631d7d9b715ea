package sts

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// code redeems an authorization code (B-10.13).
func (s *Service) code(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	text := r.get("code")
	if text == "" {
		return nil, Fail(900144, "code")
	}
	var g session
	if !s.box.Open("code", text, &g) || !strings.EqualFold(g.Client, c.ID) {
		return nil, Fail(70000, "code")
	}
	if s.Now().Unix() >= g.Until {
		return nil, Fail(70008)
	}
	if err := s.redeemable(r, c, how, &g); err != nil {
		return nil, err
	}
	if !s.spent.take(g.ID) {
		return nil, Fail(54005)
	}
	u, err := s.signedIn(&g)
	if err != nil {
		return nil, err
	}
	return s.delegate(r, &caller{client: c, how: how, user: u, tenant: g.Tenant}, &g)
}

// redeemable compares a redemption with the sign-in that it ends.
func (s *Service) redeemable(r *Request, c *client, how credential, g *session) error {
	if to := r.get("redirect_uri"); to != g.Redirect {
		return Fail(500112, clip(to), g.Redirect)
	}
	verifier := r.get("code_verifier")
	expected := verifier
	if !g.Plain {
		sum := sha256.Sum256([]byte(verifier))
		expected = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	switch {
	case g.Challenge == "" && verifier == "":
	case subtle.ConstantTimeCompare([]byte(expected), []byte(g.Challenge)) != 1:
		return Fail(501481)
	}
	if how == none && c.confidential() && !g.SPA && !registered(c.Mobile.Redirects, g.Redirect) {
		return Fail(7000218)
	}
	if _, sent := r.Form["scope"]; sent && !r.V1 {
		return g.narrow(r.get("scope"))
	}
	return nil
}

// narrow takes the scopes that a redemption names in the place of those of the
// sign-in; what was asked of OpenID stays.
func (g *session) narrow(text string) error {
	if strings.TrimSpace(text) == "" {
		return Fail(28003)
	}
	now := readScopes(text)
	if now.others {
		return Fail(28000, clip(text))
	}
	now.OpenID, now.Offline = now.OpenID || g.Scopes.OpenID, now.Offline || g.Scopes.Offline
	now.Profile, now.Email = now.Profile || g.Scopes.Profile, now.Email || g.Scopes.Email
	if now.Resource == "" {
		now.Resource, now.Names, now.Default = g.Scopes.Resource, g.Scopes.Names, g.Scopes.Default
	}
	g.Scopes = now
	return nil
}

// refresh gives a new token, and a new refresh token; the old one stays good (B-10.14).
func (s *Service) refresh(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	text := r.get("refresh_token")
	if text == "" {
		return nil, Fail(900144, "refresh_token")
	}
	var g session
	if !s.box.Open("refresh", text, &g) {
		return nil, Fail(9002313, "The refresh token cannot be read.").Named("invalid_grant")
	}
	if !strings.EqualFold(g.Client, c.ID) {
		return nil, Fail(70000, "refresh_token")
	}
	if s.Now().Unix() >= g.Until {
		number := 700082
		if g.SPA {
			number = 700084
		}
		return nil, Fail(number, time.Unix(0, g.Issued).UTC().Format(time.RFC3339))
	}
	if how == none && c.confidential() && !c.Public && !g.SPA && s.Checked().Applications {
		return nil, Fail(7000218)
	}
	if r.V1 {
		if to := r.get("resource"); to != "" {
			g.Scopes.Resource, g.Scopes.Default, g.Scopes.Names = to, true, nil
		}
	} else if r.get("scope") != "" {
		if err := g.narrow(r.get("scope")); err != nil {
			return nil, err
		}
	}
	u, err := s.signedIn(&g)
	if err != nil {
		return nil, err
	}
	return s.delegate(r, &caller{client: c, how: how, user: u, tenant: g.Tenant}, &g)
}

// Named gives an error another name, where the table pairs one number with several.
func (e *Error) Named(code string) *Error {
	out := *e
	out.Code = code
	return &out
}

// password signs a user in by name and password (B-10.15).
func (s *Service) password(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	for _, name := range [...]string{"username", "password"} {
		if r.get(name) == "" {
			return nil, Fail(900144, name)
		}
	}
	want := r.wanted()
	if !r.V1 && strings.TrimSpace(r.get("scope")) == "" {
		return nil, Fail(900144, "scope")
	}
	if want.others {
		return nil, Fail(28000, clip(r.get("scope")))
	}
	if how == none && c.confidential() && !c.Public {
		return nil, Fail(7000218)
	}
	u, err := s.Enter(r.get("username"), r.get("password"), tenant)
	if err != nil {
		return nil, err
	}
	return s.delegate(r, &caller{client: c, how: how, user: u, tenant: tenant}, &session{User: u.ID, Client: c.ID, Tenant: tenant, Scopes: want})
}

// Enter checks a name and a password. Where users are not checked any password
// does, also none; a user has to exist everywhere (C-2.23).
func (s *Service) Enter(name, password, tenant string) (*User, error) {
	u, ok := s.User(name)
	if !ok {
		if _, host, found := strings.Cut(name, "@"); found && s.Checked().Tenant && !s.Hosts(host) {
			return nil, Fail(50020, clip(name), tenant)
		}
		return nil, Fail(50034, clip(name), tenant)
	}
	if err := u.allowed(); err != nil {
		return nil, err
	}
	if !s.Checked().Users {
		return u, nil
	}
	switch kept := u.PasswordProfile.Password; {
	case kept == "":
		return nil, Fail(50056)
	case !passwords.Is(password, kept):
		return nil, Fail(50126)
	case u.PasswordProfile.Change:
		return nil, Fail(50055)
	}
	return u, nil
}

// Hosts reports whether a domain is the tenant's.
func (s *Service) Hosts(name string) bool {
	return slices.ContainsFunc(s.organization().Domains, func(d struct {
		Name string `json:"name"`
	}) bool {
		return strings.EqualFold(d.Name, name)
	})
}

// onBehalfOf gives an application that was called a token for the next one, in
// the name of who called (B-10.16).
func (s *Service) onBehalfOf(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	switch use := r.get("requested_token_use"); {
	case use == "":
		return nil, Fail(900144, "requested_token_use")
	case use != "on_behalf_of":
		return nil, Fail(90023, clip(use), "requested_token_use")
	case r.get("assertion") == "":
		return nil, Fail(900144, "assertion")
	case how == none:
		return nil, Fail(7000218)
	}
	want := r.wanted()
	if !r.V1 && strings.TrimSpace(r.get("scope")) == "" {
		return nil, Fail(900144, "scope")
	}
	said, err := s.presented(c, r.get("assertion"))
	if err != nil {
		return nil, err
	}
	g := &session{User: said.OID, Client: c.ID, Tenant: tenant, Scopes: want, Issued: s.Now().UnixNano()}
	u, err := s.signedIn(g)
	if err != nil {
		return nil, err
	}
	return s.delegate(r, &caller{client: c, how: how, user: u, tenant: tenant}, g)
}

// presented checks the token that an application was called with.
func (s *Service) presented(c *client, text string) (*Claims, error) {
	t, err := jose.Parse(text)
	if err != nil {
		return nil, Fail(50027, sentence(err))
	}
	k := s.keys.known(t.Header.Kid)
	if k == nil || t.Verify(k.Public()) != nil {
		return nil, Fail(50013, "It was not signed here.")
	}
	var said Claims
	if err := json.Unmarshal(t.Claims, &said); err != nil {
		return nil, Fail(50027, sentence(err))
	}
	names := append([]string{c.ID, "api://" + c.ID}, c.URIs...)
	switch {
	case s.Now().Unix() >= said.Expires:
		return nil, Fail(500133)
	case !slices.ContainsFunc(names, func(n string) bool { return sameResource(n, said.Audience) }):
		return nil, Fail(500131, said.Audience, c.ID)
	case said.Scope == "":
		return nil, Fail(7000114, c.ID)
	}
	return &said, nil
}
