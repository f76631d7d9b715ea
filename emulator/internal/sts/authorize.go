package sts

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Ask is a request for a sign-in that has been read (B-10.20).
type Ask struct {
	Tenant   string
	Redirect string
	Mode     string // query, fragment or form_post
	State    string
	HasState bool
	Prompt   string // none, login, consent, select_account, or empty
	Hint     string // who is to sign in; empty: anybody

	c      *client
	types  []string // of the answer: code, id_token, token
	g      session
	to     resource
	wanted scopes
	info   bool
}

// codeLife is how long a code waits to be redeemed (B-10.13).
const codeLife = 10 * time.Minute

// Ask reads a request for a sign-in. An error of a page has no ask: its address
// cannot be trusted. Any other goes there, and the ask says how.
func (s *Service) Ask(r *Request) (*Ask, error) {
	a := &Ask{Redirect: r.get("redirect_uri"), State: r.get("state"), Prompt: strings.ToLower(r.get("prompt")), Hint: r.get("login_hint"),
		info: r.get("client_info") == "1", HasState: r.Form.Has("state")}
	var err error
	if a.Tenant, err = s.Tenant(r.Tenant); err != nil {
		return nil, page(err)
	}
	if r.get("client_id") == "" {
		return nil, page(Fail(900144, "client_id"))
	}
	if a.c, err = s.meet(r.get("client_id"), r.Tenant, a.Tenant); err != nil {
		return nil, page(err)
	}
	if err := s.reply(a); err != nil {
		return nil, page(err)
	}
	if err := a.respond(r); err != nil {
		return a, err
	}
	return a, s.purpose(a, r)
}

func page(err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	out := *e
	out.Page = true
	return &out
}

// reply checks where the answer goes (B-10.21). Where applications are not checked
// any absolute address does.
func (s *Service) reply(a *Ask) error {
	known := slices.Concat(a.c.Web.Redirects, a.c.SPA.Redirects, a.c.Mobile.Redirects)
	if a.Redirect == "" && len(known) == 1 {
		a.Redirect = known[0]
	}
	if a.Redirect == "" {
		return Fail(900144, "redirect_uri")
	}
	if u, err := url.Parse(a.Redirect); err != nil || u.Fragment != "" || !reachable(u) && !slices.Contains(known, a.Redirect) || scripted(u) {
		return Fail(50011, clip(a.Redirect), a.c.ID)
	}
	if s.Checked().Applications && !registered(known, a.Redirect) {
		return Fail(50011, clip(a.Redirect), a.c.ID)
	}
	return nil
}

// scripted reports whether a browser would run what an address holds.
func scripted(u *url.URL) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(u.Scheme))
}

// reachable reports whether an address is one of the web or of an application on a device:
// those of MSAL and of Windows, and schemes that are a domain backwards (RFC 8252). Any
// other scheme has to be registered.
func reachable(u *url.URL) bool {
	scheme := strings.ToLower(u.Scheme)
	switch {
	case scheme == "http", scheme == "https":
		return u.Host != ""
	case scheme == "urn":
		return strings.EqualFold(u.Opaque, "ietf:wg:oauth:2.0:oob")
	}
	for _, native := range [...]string{"msal", "msauth", "ms-app", "brk-"} {
		if strings.HasPrefix(scheme, native) {
			return true
		}
	}
	return strings.Contains(scheme, ".")
}

// registered reports whether an address is one of a list: exactly, but for the
// port of loopback (B-10.21).
func registered(list []string, address string) bool {
	return slices.ContainsFunc(list, func(known string) bool {
		return known == address || plain(known) != "" && plain(known) == plain(address)
	})
}

// plain is an address of loopback without its port; empty for any other.
func plain(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || !loopback(u.Hostname()) {
		return ""
	}
	return u.Hostname() + u.Path + "?" + u.RawQuery
}

// respond reads what the answer holds and how it travels.
func (a *Ask) respond(r *Request) error {
	a.Mode = strings.ToLower(r.get("response_mode"))
	kind := r.get("response_type")
	a.types = strings.Fields(strings.ToLower(kind))
	code := len(a.types) == 1 && a.types[0] == "code"
	if a.Mode == "" {
		a.Mode = "fragment"
		if code || kind == "" {
			a.Mode = "query"
		}
	}
	if !slices.Contains([]string{"query", "fragment", "form_post"}, a.Mode) {
		mode := a.Mode
		a.Mode = "query"
		return Fail(90023, clip(mode), "response_mode")
	}
	if kind == "" {
		return Fail(900144, "response_type")
	}
	for _, t := range a.types {
		if t != "code" && t != "id_token" && t != "token" {
			return Fail(70005, clip(kind))
		}
	}
	if a.Mode == "query" && !code {
		return Fail(90023, "query", "response_mode")
	}
	return nil
}

// purpose reads what the tokens are for.
func (s *Service) purpose(a *Ask, r *Request) (err error) {
	a.wanted = r.wanted()
	if !r.V1 && strings.TrimSpace(r.get("scope")) == "" {
		return Fail(900144, "scope")
	}
	if a.to, err = s.resolve(a.wanted.Resource, r.Origin, a.Tenant); err != nil {
		return err
	}
	if err := s.known(a.c, &a.wanted, &a.to); err != nil {
		return err
	}
	spa := registered(a.c.SPA.Redirects, a.Redirect)
	method := r.get("code_challenge_method")
	a.g = session{Client: a.c.ID, Tenant: a.Tenant, Scopes: a.wanted, Redirect: a.Redirect, Challenge: r.get("code_challenge"),
		Plain: method == "" || strings.EqualFold(method, "plain"), Nonce: r.get("nonce"), SPA: spa}
	switch {
	case method != "" && !a.g.Plain && method != "S256":
		return Fail(90023, clip(method), "code_challenge_method")
	case spa && a.g.Challenge == "" && slices.Contains(a.types, "code") && s.Checked().Applications:
		return Fail(9002325)
	case slices.Contains(a.types, "id_token") && a.g.Nonce == "":
		return Fail(900144, "nonce")
	}
	implicit := a.c.Web.Implicit
	for _, t := range a.types {
		if s.Checked().Applications && (t == "id_token" && !implicit.ID || t == "token" && !implicit.Access) {
			return Fail(700054, t)
		}
	}
	if !slices.Contains([]string{"", "none", "login", "consent", "select_account", "create"}, a.Prompt) {
		return Fail(90023, clip(a.Prompt), "prompt")
	}
	return nil
}

// Client is the name of the application for the person in front of the page.
func (a *Ask) Client() string {
	if a.c.Name != "" {
		return a.c.Name
	}
	return a.c.ID
}

// ClientID is the id of the application.
func (a *Ask) ClientID() string { return a.c.ID }

// Wanted are the permissions that the application asks for.
func (a *Ask) Wanted() []string { return a.wanted.Names }

// Consents reports whether a user has yet to consent to something.
func (s *Service) Consents(a *Ask, u *User) bool { return len(s.missing(a.c, u, &a.wanted, &a.to)) > 0 }

// Agree stores the consent of a user to what is missing.
func (s *Service) Agree(a *Ask, u *User) error {
	if names := s.missing(a.c, u, &a.wanted, &a.to); len(names) > 0 {
		return s.agree(a.c, u, names, &a.to)
	}
	return nil
}

// Admit ends a sign-in: what is sent to the address of the ask.
func (s *Service) Admit(a *Ask, r *Request, u *User) (value.Members, error) {
	if err := u.allowed(); err != nil {
		return nil, err
	}
	if a.c.principal.Assigned && !s.assigned(a.c, u) {
		return nil, Fail(50105, a.c.ID)
	}
	var m value.Members
	who := &caller{client: a.c, user: u, tenant: a.Tenant}
	if slices.Contains(a.types, "code") {
		g, now := a.g, s.Now()
		g.ID, g.User, g.Issued, g.Until = s.next(), u.ID, now.UnixNano(), now.Add(codeLife).Unix()
		code, err := s.box.Seal("code", g)
		if err != nil {
			return nil, err
		}
		m.Set("code", value.String(code))
	}
	if slices.Contains(a.types, "token") {
		scp, err := s.scp(a.c, u, &a.wanted, &a.to)
		if err != nil {
			return nil, err
		}
		token, life, err := s.access(r, who, &a.to, scp)
		if err != nil {
			return nil, err
		}
		m.Set("access_token", value.String(token))
		m.Set("token_type", value.String("Bearer"))
		m.Set("expires_in", value.Int(int64(life/time.Second)))
		m.Set("scope", value.String(a.wanted.echo(scp, r.V1)))
	}
	if slices.Contains(a.types, "id_token") {
		id, err := s.idToken(r, who, a.g.Nonce)
		if err != nil {
			return nil, err
		}
		m.Set("id_token", value.String(id))
	}
	if a.info {
		m.Set("client_info", value.String(ClientInfo(u.ID, a.Tenant)))
	}
	m.Set("session_state", value.String(s.sid(u)))
	return m, nil
}

// assigned reports whether a user may use an application that not everybody may.
func (s *Service) assigned(c *client, u *User) (ok bool) {
	_ = s.Store.View(func(tx *store.Tx) error {
		among := func(owner store.Ref, nav, other string) {
			for ref := range tx.Members(owner, nav, 0) {
				var x struct{ PrincipalID, ResourceID string }
				read(&tx.Reader, ref, &x)
				ok = ok || strings.EqualFold(x.PrincipalID, other) || strings.EqualFold(x.ResourceID, other)
			}
		}
		if self, found := tx.Find(0, "servicePrincipals", c.principal.ID); found {
			among(self, "appRoleAssignedTo", u.ID)
		}
		if user, found := tx.Find(0, "users", u.ID); found {
			among(user, "appRoleAssignments", c.principal.ID)
		}
		return nil
	})
	return ok
}

// session of a browser: who signed in with it last.
type browser struct {
	User string `json:"u"`
	At   int64  `json:"t"` // nanoseconds
}

// Cookie is what a browser keeps of a sign-in.
func (s *Service) Cookie(u *User) (string, error) {
	return s.box.Seal("browser", browser{u.ID, s.Now().UnixNano()})
}

// Recall finds who signed in with a browser; false when nobody did, or no longer may.
func (s *Service) Recall(cookie string) (*User, bool) {
	var b browser
	if cookie == "" || !s.box.Open("browser", cookie, &b) {
		return nil, false
	}
	u, err := s.signedIn(&session{User: b.User, Issued: b.At})
	return u, err == nil
}

// Administer reads a request for the consent of an administrator (B-10.8).
func (s *Service) Administer(r *Request) (*Ask, error) {
	a := &Ask{Redirect: r.get("redirect_uri"), State: r.get("state"), HasState: r.Form.Has("state"), Mode: "query"}
	var err error
	if a.Tenant, err = s.Tenant(r.Tenant); err != nil {
		return nil, page(err)
	}
	if r.get("client_id") == "" {
		return nil, page(Fail(900144, "client_id"))
	}
	if a.c, err = s.meet(r.get("client_id"), r.Tenant, a.Tenant); err != nil {
		return nil, page(err)
	}
	if err := s.reply(a); err != nil {
		return nil, page(err)
	}
	a.wanted = readScopes(r.get("scope"))
	if a.to, err = s.resolve(a.wanted.Resource, r.Origin, a.Tenant); err != nil {
		return nil, page(err)
	}
	return a, nil
}

// AgreeForAll stores the consent of an administrator, for every user.
func (s *Service) AgreeForAll(a *Ask) error {
	if len(a.wanted.Names) == 0 {
		return nil
	}
	return s.agree(a.c, &User{wids: []string{globalAdministrator}}, a.wanted.Names, &a.to)
}
