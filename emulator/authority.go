package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// signIns makes the sign-in service of the tenant.
func (s *Server) signIns(r *realm) (*authority.Authority, error) {
	w, types := r.world, r.engine.Types
	scopes, roles, err := s.grants()
	if err != nil {
		return nil, err
	}
	service, err := sts.New(sts.Options{
		Store: w.Store, Now: w.Now, Seed: apart(s.config.seed, r.name), KeySeed: s.config.seed, Repeat: s.config.repeat,
		Checked: func() sts.Checked { return *r.checked.Load() }, Enforce: s.config.auth == AuthEnforce, GrantedScopes: scopes, GrantedRoles: roles,
		Register: r.register, Consent: r.consent, Scope: s.cat.scope, Lifetime: s.config.lifetime, Cloud: s.config.issuer == IssuerCloud,
	})
	if err != nil {
		return nil, err
	}
	return &authority.Authority{STS: service, Traits: func(t *edm.Type) *workload.Traits { return &types.Of(t).Traits }, Mode: authority.Mode(s.config.auth), Unpublished: s.engine.Switch(workloads.Unpublished) == workloads.Allow, Pages: s.config.signIn == SignInPage, SignedIn: w.SignedIn, Now: w.Now, Log: s.config.log,
		Origin: s.origin.Of, Own: func(host string) bool { return s.port.Hosts.Own(host) }}, nil
}

// Token returns an access token for Microsoft Graph of the signed-in user with these
// scopes, as if a sign-in had led to it. Without scopes it has User.Read. It is signed and
// passes in every mode of WithAuth, unless AuthEnforce needs other permissions.
func (s *Server) Token(scopes ...string) (string, error) { return s.authority.Token("", "", scopes...) }

// TokenOf is Token for another user, by id or userPrincipalName. A user that the tenant
// does not have is an error.
func (s *Server) TokenOf(user string, scopes ...string) (string, error) {
	return s.authority.Token(user, "", scopes...)
}

// AppToken returns an access token of an application without a user, with these
// application permissions. Without permissions AuthEnforce refuses every operation that
// needs one.
func (s *Server) AppToken(roles ...string) (string, error) { return s.authority.AppToken("", roles...) }

// AuthorityURL returns the address of the sign-in service, which clients call the
// authority or its host, without a tenant and without a slash at the end. It is the public
// URL, else the https address that Serve listens on, because clients refuse http (C-1.1),
// as localhost where it is loopback (C-1.7). It is empty where there is neither.
func (s *Server) AuthorityURL() string {
	if s.config.publicURL != "" {
		return s.config.publicURL
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.addr == nil {
		return ""
	}
	if at, ok := s.addr.(*net.TCPAddr); ok && at.IP.IsLoopback() {
		return "https://localhost:" + strconv.Itoa(at.Port)
	}
	return "https://" + s.addr.String()
}

// warn says what an open door means where others can reach it.
func (s *Server) warn(addr net.Addr) {
	if host, _, err := net.SplitHostPort(addr.String()); err == nil && s.config.auth == AuthOpen {
		if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
			s.config.log.Warn("whoever reaches this address may do everything: requests need no token in open mode", "address", addr.String())
		}
	}
}

// grants are the permissions of WithGrants by their kinds, in the catalog's spelling.
func (s *Server) grants() (scopes, roles []string, err error) {
	for _, name := range s.config.granted {
		known := false
		for i := range s.cat.versions {
			p, ok := s.cat.versions[i].Catalog.Scope(name)
			if !ok {
				continue
			}
			known = true
			if p.Delegated && !slices.Contains(scopes, p.Name) {
				scopes = append(scopes, p.Name)
			}
			if p.App && !slices.Contains(roles, p.Name) {
				roles = append(roles, p.Name)
			}
		}
		if !known {
			return nil, nil, fmt.Errorf("grant %q: Microsoft Graph has no permission of this name", name)
		}
	}
	return scopes, roles, nil
}

// scope says whether Graph has a delegated permission of a name.
func (c *served) scope(name string) (known, admin bool) {
	for i := range c.versions {
		if p, ok := c.versions[i].Catalog.Scope(name); ok && p.Delegated {
			return true, p.AdminDelegated
		}
	}
	return false, false
}

// register stores an application that nobody had met, and its service principal,
// as a fixture would (C-2.23).
func (r *realm) register(appID, name string) error {
	if _, ok := r.models[0].Root().Navigation("servicePrincipals"); !ok {
		return nil // a server without the catalog knows no such thing
	}
	if err := provision.Tenant(r.engine.Core, r.world); err != nil || r.stored(sts.PrincipalByApp, appID) {
		return err
	}
	if name == "" {
		name = appID
	}
	doc := map[string]any{"servicePrincipals": []any{map[string]any{"appId": appID, "displayName": name, "appDisplayName": name,
		"accountEnabled": true, "servicePrincipalType": "Application", "servicePrincipalNames": []string{appID}}}}
	if !r.stored(sts.ApplicationByApp, appID) && appID != sts.Graph {
		doc["applications"] = []any{map[string]any{"appId": appID, "displayName": name, "signInAudience": "AzureADMyOrg"}}
	}
	return r.add(doc)
}

func (r *realm) stored(index store.Index, key string) (found bool) {
	_ = r.world.Store.View(func(tx *store.Tx) error {
		for range tx.Lookup(index.Name(), key) {
			found = true
			break
		}
		return nil
	})
	return found
}

// add loads a document as if it stood in a fixture.
func (r *realm) add(doc map[string]any) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	records, err := fixtures.Records(derive.Files{"sign-in.yaml": []byte(fixtures.EscapeJSON(string(text)))})
	if err != nil {
		return err
	}
	return tenantfile.Load(r.engine.Core, r.world, records, r.models...)
}

// consent stores that a user, or everybody, lets a client have scopes of a
// resource: a grant of their own, or more in the one they have (B-10.39).
func (r *realm) consent(client, resource, user string, scopes []string) error {
	kind := "Principal"
	grant := map[string]any{"clientId": client, "resourceId": resource, "scope": strings.Join(scopes, " ")}
	if user == "" {
		kind = "AllPrincipals"
	} else {
		grant["principalId"] = user
	}
	grant["consentType"] = kind
	id, has := r.grant(client, resource, kind, user)
	if id == "" {
		return r.add(map[string]any{"oauth2PermissionGrants": []any{grant}})
	}
	path, err := odata.ParsePath("/oauth2PermissionGrants/" + url.PathEscape(id))
	if err != nil {
		return err
	}
	model := r.models[0]
	target, err := bind.Resolve(model, path)
	if err != nil {
		return err
	}
	_, err = r.engine.Do(r.world, &op.Request{Request: workload.Request{Model: model, Target: target, Caller: workload.Caller{AppOnly: true}, Query: &odata.Query{}}, Verb: bind.Update,
		Body: value.Members{{Name: "scope", Value: value.String(strings.Join(append(has, scopes...), " "))}}})
	return err
}

// grant finds the grant that a consent adds to.
func (r *realm) grant(client, resource, kind, user string) (id string, scopes []string) {
	_ = r.world.Store.View(func(tx *store.Tx) error {
		for ref := range tx.Members(0, "oauth2PermissionGrants", 0) {
			e, _ := tx.Get(ref)
			text := func(name string) string {
				raw, _ := e.Object.Get(name)
				v, _ := raw.Text()
				return v
			}
			if strings.EqualFold(text("clientId"), client) && strings.EqualFold(text("resourceId"), resource) &&
				strings.EqualFold(text("consentType"), kind) && strings.EqualFold(text("principalId"), user) {
				_, _, id, _ = tx.Owner(ref)
				scopes = strings.Fields(text("scope"))
				break
			}
		}
		return nil
	})
	return id, scopes
}

// listed says which kinds of things a tenant's own files list. What is ours, byte
// for byte, is not the user's own.
func listed(files fs.FS, records []fixtures.Record) (c sts.Checked) {
	for i := range records {
		r := &records[i]
		first, _, _ := strings.Cut(strings.TrimLeft(r.Name, "/"), "/")
		if len(r.Members) == 0 || ours(files, r.File) {
			continue
		}
		switch strings.ToLower(first) {
		case "applications", "serviceprincipals":
			c.Applications = true
		case "users":
			c.Users = true
		case "organization":
			c.Tenant = true
		}
	}
	return c
}

// owns reports whether a tenant's own files, whatever their names, list its
// organization: then the one of the tenant "empty" is not wanted.
func owns(files fs.FS, records []fixtures.Record) bool {
	return slices.ContainsFunc(records, func(r fixtures.Record) bool {
		return r.Name == "organization" && len(r.Members) > 0 && !ours(files, r.File)
	})
}

// ours reports whether a file is one of the built-in tenants'.
func ours(files fs.FS, name string) bool {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return false
	}
	for _, tree := range [...]fs.FS{fixtures.Northgale(), fixtures.Empty()} {
		if same, err := fs.ReadFile(tree, name); err == nil && bytes.Equal(text, same) {
			return true
		}
	}
	return false
}
