package sts

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// fallback are what a token holds where nothing was consented to and nothing is
// enforced: clients break on a token with neither scp nor roles (C-2.17).
var fallback = struct{ scope, role string }{"User.Read", "Directory.ReadWrite.All"}

// scp are the delegated permissions of a token: what was asked for, or, where
// permissions are enforced, everything that has been consented to (B-10.39). The
// error is 65001 when something asked for has not been.
func (s *Service) scp(c *client, u *User, want *scopes, to *resource) ([]string, error) {
	names := want.Names
	consented := s.consented(c, u, to)
	switch {
	case s.Enforce:
		if missing := without(names, consented); len(missing) > 0 || want.Default && len(consented) == 0 {
			return nil, Fail(65001, c.ID)
		}
		names = consented
	case want.Default && len(consented) > 0:
		names = consented
	case len(names) == 0 && to.graph:
		names = []string{fallback.scope}
	}
	out := slices.Clone(names)
	for _, oidc := range []struct {
		asked bool
		name  string
	}{{want.OpenID, "openid"}, {want.Profile, "profile"}, {want.Email, "email"}} {
		if oidc.asked && !slices.Contains(out, oidc.name) {
			out = append(out, oidc.name)
		}
	}
	return out, nil
}

// without gives the names of a that b lacks, whatever their letter case.
func without(a, b []string) []string {
	var out []string
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) }) {
			out = append(out, x)
		}
	}
	return out
}

// owner is the service principal of a resource; empty where none is stored.
func (s *Service) owner(to *resource) string {
	if to.graph {
		return s.find(Graph).principal.ID
	}
	return to.principal
}

// serves reports whether a grant on a service principal is one on the resource whose
// own is owner. What names no service principal of the tenant is a grant on Graph.
func serves(tx *store.Reader, granted, owner string, to *resource) bool {
	if owner == "" || strings.EqualFold(granted, owner) {
		return true
	}
	_, other := tx.Find(0, "servicePrincipals", granted)
	return to.graph && !other
}

// consented are the scopes of the grants that are for this client, resource and
// user. In a tenant without a service principal of Graph, every grant is Graph's.
func (s *Service) consented(c *client, u *User, to *resource) []string {
	owner := s.owner(to)
	var out []string
	if to.graph {
		out = slices.Clone(s.GrantedScopes)
	}
	_ = s.Store.View(func(tx *store.Tx) error {
		for ref := range tx.Lookup(GrantByClient.Name(), c.principal.ID) {
			var g struct{ ConsentType, PrincipalID, ResourceID, Scope string }
			if _, _, ok := read(&tx.Reader, ref, &g); !ok || !serves(&tx.Reader, g.ResourceID, owner, to) ||
				!strings.EqualFold(g.ConsentType, "AllPrincipals") && !strings.EqualFold(g.PrincipalID, u.ID) {
				continue
			}
			for _, name := range strings.Fields(g.Scope) {
				if !slices.Contains(out, name) && !slices.Contains([]string{"openid", "profile", "email", "offline_access"}, name) {
					out = append(out, name)
				}
			}
		}
		return nil
	})
	return out
}

// roles are the application permissions that a client has been assigned (B-10.39).
func (s *Service) roles(c *client, to *resource) []string {
	owner := s.owner(to)
	var out []string
	if to.graph {
		out = slices.Clone(s.GrantedRoles)
	}
	_ = s.Store.View(func(tx *store.Tx) error {
		self, ok := first(&tx.Reader, PrincipalByApp, c.ID)
		if !ok {
			return nil
		}
		for ref := range tx.Members(self, "appRoleAssignments", 0) {
			var a struct{ AppRoleID, ResourceID string }
			if _, _, ok := read(&tx.Reader, ref, &a); !ok || !serves(&tx.Reader, a.ResourceID, owner, to) {
				continue
			}
			if name := roleName(&tx.Reader, a.ResourceID, a.AppRoleID); name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		return nil
	})
	if len(out) == 0 && to.graph && !s.Enforce {
		return []string{fallback.role}
	}
	return out
}

// roleName finds what a resource calls one of its roles; empty when it has none.
func roleName(tx *store.Reader, resource, role string) string {
	ref, ok := tx.Find(0, "servicePrincipals", resource)
	if !ok {
		return ""
	}
	var p struct {
		AppRoles []struct{ ID, Value string }
	}
	read(tx, ref, &p)
	for _, r := range p.AppRoles {
		if strings.EqualFold(r.ID, role) {
			return r.Value
		}
	}
	return ""
}

// missing are the scopes that a sign-in asks for and nobody has consented to yet.
func (s *Service) missing(c *client, u *User, want *scopes, to *resource) []string {
	if !s.Enforce {
		return nil
	}
	return without(want.Names, s.consented(c, u, to))
}

// agree stores a consent. A user who is no administrator cannot consent to what
// only administrators may (90094).
func (s *Service) agree(c *client, u *User, names []string, to *resource) error {
	for _, name := range names {
		if s.Scope == nil || !to.graph {
			break
		}
		if _, admin := s.Scope(name); admin && !slices.Contains(u.wids, globalAdministrator) {
			return Fail(90094, s.organization().ID, name)
		}
	}
	owner := s.owner(to)
	if owner == "" && to.graph {
		if err := s.Register(Graph, "Microsoft Graph"); err != nil {
			return err
		}
		owner = s.owner(to)
	}
	return s.Consent(c.principal.ID, owner, u.ID, names)
}
