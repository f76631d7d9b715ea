package sts

import (
	"fmt"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Delegated makes a token of a user, by id or userPrincipalName, with the scopes
// given, as a sign-in would have come to it. It is for tests, which need no flow.
// An empty user is nobody: whoever reads the token takes the signed-in user. after
// is the least nbf that the token needs, as a claims challenge asks for; 0: none.
func (s *Service) Delegated(user, app string, after int64, names ...string) (string, error) {
	u, ok := s.User(user)
	if !ok && user != "" {
		return "", fmt.Errorf("the tenant has no user %q", user)
	}
	if u == nil {
		u = &User{}
	}
	if len(names) == 0 {
		names = []string{fallback.scope}
	}
	return s.direct(app, u, after, names)
}

// AppOnly makes a token of an application with the roles given.
func (s *Service) AppOnly(app string, after int64, roles ...string) (string, error) {
	return s.direct(app, nil, after, roles)
}

// direct makes a token that no flow led to. It stores nothing: an application that
// is not there stays so.
func (s *Service) direct(app string, u *User, after int64, granted []string) (string, error) {
	who := &caller{client: s.find(app), how: bySecret, user: u, tenant: s.organization().ID, after: after}
	token, _, err := s.access(&Request{}, who, &resource{graph: true, audience: "https://" + clouds.All()[0].Graph[0], version: 1}, granted)
	return token, err
}

// AnyClient is the client id that tokens without a flow are for: app if it is in the
// tenant, else that of the first service principal, else app.
func (s *Service) AnyClient(app string) string {
	_ = s.Store.View(func(tx *store.Tx) error {
		if _, ok := first(&tx.Reader, PrincipalByApp, app); ok {
			return nil
		}
		for ref := range tx.Members(0, "servicePrincipals", 0) {
			var p struct{ AppID string }
			if read(&tx.Reader, ref, &p); p.AppID != "" {
				app = p.AppID
			}
			break
		}
		return nil
	})
	return app
}

// Managed answers a machine's question for the token of its identity (B-10.9): of
// the named one, or of the machine's own.
func (s *Service) Managed(r *Request) (value.Members, error) {
	id := r.get("client_id")
	if id == "" {
		id = hexGUID(s.box.Digest("managed identity", 16))
	}
	name := r.get("resource")
	if name == "" {
		return nil, Fail(900144, "resource")
	}
	tenant := s.organization().ID
	c, err := s.meet(id, tenant, tenant)
	if err != nil {
		return nil, err
	}
	to, err := s.resolve(name, r.Origin, tenant)
	if err != nil {
		return nil, err
	}
	v1 := *r
	v1.V1 = true
	m, err := s.asApplication(&v1, &caller{client: c, how: byKey, tenant: tenant}, &to)
	if err != nil {
		return nil, err
	}
	m.Set("client_id", value.String(c.ID))
	m.Set("resource", value.String(strings.TrimSpace(name)))
	return m, nil
}

// Stamp is a moment as errors of the token service print it (B-10.22).
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// Subject is the sub that an application knows a user by.
func (s *Service) Subject(u *User, app string) string { return s.pairwise(u, &client{ID: app}) }

// Administers reports whether a directory role makes its owner more than an
// ordinary member (B-10.33).
func Administers(role string) bool { return role != ordinaryMember }
