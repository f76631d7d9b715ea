package sts

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
)

// Request is what a client sends to the token endpoint or its neighbours.
type Request struct {
	Tenant     string     // the first segment of the path
	V1         bool       // the endpoint of version 1: resource= in scope's stead
	Form       url.Values // of the body, or of the query for authorize
	ID, Secret string     // of HTTP Basic
	Origin     string     // scheme, host and port the client used, without a slash
	Address    string     // the client's own, for ipaddr
}

func (r *Request) get(name string) string { return r.Form.Get(name) }

// credential says how a client has proved who it is.
type credential uint8

const (
	none      credential = iota
	bySecret             // appidacr 1
	byKey                // appidacr 2
	byForeign            // a federated token
)

// acr is the appidacr of a credential (B-10.24).
func (c credential) acr() string { return [...]string{"0", "1", "2", "2"}[c] }

// client finds out which client asks, and how it proves that. An unknown one is
// refused where applications are checked, and made known elsewhere.
func (s *Service) client(r *Request, tenant string) (*client, credential, error) {
	id := r.get("client_id")
	if id == "" {
		id = r.ID
	}
	assertion := r.get("client_assertion")
	if id == "" && assertion != "" { // RFC 7523: the assertion names it
		if t, err := jose.Parse(assertion); err == nil {
			id = claimsOf(t).Subject
		}
	}
	if id == "" {
		return nil, none, Fail(900144, "client_id")
	}
	c, err := s.meet(id, r.Tenant, tenant)
	if err != nil {
		return nil, none, err
	}
	secret := r.get("client_secret")
	if secret == "" {
		secret = r.Secret
	}
	switch {
	case secret == "" && assertion == "":
		return c, none, nil
	case s.public(c):
		return nil, none, Fail(700025)
	case assertion != "":
		how, err := s.assertion(c, r, assertion, tenant)
		return c, how, err
	}
	return c, bySecret, s.secret(c, secret)
}

// public reports whether a client is known to have no credential.
func (s *Service) public(c *client) bool {
	return c.stored && c.Public && len(c.secrets)+len(c.Keys)+len(c.federated) == 0 && s.Checked().Applications
}

// confidential reports whether a client has credentials that are always checked.
func (c *client) confidential() bool { return len(c.secrets)+len(c.Keys)+len(c.federated) > 0 }

// meet finds a client, or makes it known: its tokens name a service principal that
// must exist (C-2.17, C-2.23).
func (s *Service) meet(id, segment, tenant string) (*client, error) {
	s.meeting.Lock()
	defer s.meeting.Unlock()
	c := s.find(id)
	checked := s.Checked().Applications
	switch {
	case checked && !c.stored && c.principal.ID == "":
		return nil, Fail(700016, id, cmp.Or(s.organization().Name, tenant))
	case c.principal.ID == "":
		if err := s.Register(id, c.Name); err != nil {
			return nil, err
		}
		if c = s.find(id); c.principal.ID == "" { // a tenant without a catalog has no place for one
			c.principal.ID = hexGUID(s.box.Digest("principal "+strings.ToLower(id), 16))
		}
	}
	if c.principal.Enabled != nil && !*c.principal.Enabled {
		return nil, Fail(7000112, id)
	}
	if checked && strings.EqualFold(segment, "common") && strings.EqualFold(c.Audience, "AzureADMyOrg") {
		return nil, Fail(50194, id)
	}
	return c, nil
}

// secret checks a secret against those that the application has. An application
// without any takes every secret, unless applications are checked.
func (s *Service) secret(c *client, presented string) error {
	if !s.Checked().Applications && len(c.secrets) == 0 {
		if len(c.Keys)+len(c.federated) > 0 {
			return Fail(7000215, c.ID)
		}
		return nil
	}
	best := Wrong
	for _, kept := range c.secrets {
		best = max(best, CheckSecret(kept, presented, s.Now()))
	}
	switch best {
	case Right:
		return nil
	case Expired:
		return Fail(7000222, c.ID)
	}
	return Fail(7000215, c.ID)
}

// claims are those of a token that somebody else made.
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	Expires   int64    `json:"exp"`
	NotBefore int64    `json:"nbf"`
	Issued    int64    `json:"iat"`
}

// skew is how far the clocks of client and service may lie apart.
const skew = 5 * time.Minute

// timely says whether now lies in the life of a token. A token without an end has none.
func (c *claims) timely(now time.Time) bool {
	return c.Expires != 0 && now.Before(time.Unix(c.Expires, 0).Add(skew)) && !now.Add(skew).Before(time.Unix(c.NotBefore, 0))
}
