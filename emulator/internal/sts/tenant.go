package sts

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The indexes that the store must have. Signing in is about these types, so that the
// service knows them by name.
var (
	UserByName       = store.Index{Type: "microsoft.graph.user", Member: "userPrincipalName"}
	ApplicationByApp = store.Index{Type: "microsoft.graph.application", Member: "appId"}
	PrincipalByApp   = store.Index{Type: "microsoft.graph.servicePrincipal", Member: "appId"}
	GrantByClient    = store.Index{Type: "microsoft.graph.oAuth2PermissionGrant", Member: "clientId"}
)

// Graph is the client id of Microsoft Graph itself.
const Graph = "00000003-0000-0000-c000-000000000000"

// User is a user as far as tokens tell of one.
type User struct {
	ID              string
	Name            string `json:"displayName"`
	Principal       string `json:"userPrincipalName"`
	Given           string `json:"givenName"`
	Surname         string `json:"surname"`
	Mail            string `json:"mail"`
	Enabled         *bool  `json:"accountEnabled"`
	PasswordProfile struct {
		Password string `json:"password"`
		Change   bool   `json:"forceChangePasswordNextSignIn"`
	} `json:"passwordProfile"`
	ValidFrom time.Time `json:"signInSessionsValidFromDateTime"`

	wids []string
}

// client is an application with its service principal, as far as either is stored.
type client struct {
	ID       string   `json:"-"` // client id
	Name     string   `json:"displayName"`
	Audience string   `json:"signInAudience"`
	URIs     []string `json:"identifierUris"`
	Public   bool     `json:"isFallbackPublicClient"`
	Keys     []key    `json:"keyCredentials"`
	Groups   string   `json:"groupMembershipClaims"`
	Web      struct {
		Redirects []string `json:"redirectUris"`
		Implicit  struct {
			Access bool `json:"enableAccessTokenIssuance"`
			ID     bool `json:"enableIdTokenIssuance"`
		} `json:"implicitGrantSettings"`
	} `json:"web"`
	SPA struct {
		Redirects []string `json:"redirectUris"`
	} `json:"spa"`
	Mobile struct {
		Redirects []string `json:"redirectUris"`
	} `json:"publicClient"`
	API struct {
		Version int `json:"requestedAccessTokenVersion"`
	} `json:"api"`

	secrets   []value.Raw
	federated []federated
	principal principal
	stored    bool // the application is in the tenant
}

type key struct {
	Key   bytes64 `json:"key"` // a certificate
	Start string  `json:"startDateTime"`
	End   string  `json:"endDateTime"`
}

type federated struct {
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	Audiences []string `json:"audiences"`
}

type principal struct {
	ID       string
	Enabled  *bool    `json:"accountEnabled"`
	Assigned bool     `json:"appRoleAssignmentRequired"`
	Name     string   `json:"displayName"`
	Names    []string `json:"servicePrincipalNames"`
	Keys     []key    `json:"keyCredentials"`
}

// read decodes an entity; members of another kind than expected stay empty.
func read(tx *store.Reader, ref store.Ref, into any) (id string, o value.Object, ok bool) {
	e, ok := tx.Get(ref)
	if !ok {
		return "", o, false
	}
	_, _, id, _ = tx.Owner(ref)
	_ = json.Unmarshal([]byte(e.Object.Raw()), into) // stored objects are JSON
	return id, e.Object, true
}

func first(tx *store.Reader, index store.Index, key string) (store.Ref, bool) {
	for ref := range tx.Lookup(index.Name(), key) {
		return ref, true
	}
	return 0, false
}

// User finds a user by id or userPrincipalName.
func (s *Service) User(name string) (u *User, ok bool) {
	_ = s.Store.View(func(tx *store.Tx) error {
		ref, found := tx.Find(0, "users", name)
		if !found {
			ref, found = first(&tx.Reader, UserByName, name)
		}
		if found {
			u = &User{}
			u.ID, _, ok = read(&tx.Reader, ref, u)
			u.wids = wids(&tx.Reader, ref)
		}
		return nil
	})
	return u, ok && name != ""
}

// Users lists the first users of the tenant, for the page that asks who signs in.
func (s *Service) Users(limit int) []User {
	var out []User
	_ = s.Store.View(func(tx *store.Tx) error {
		for ref := range tx.Members(0, "users", 0) {
			var u User
			if u.ID, _, _ = read(&tx.Reader, ref, &u); len(out) < limit {
				out = append(out, u)
			} else {
				break
			}
		}
		return nil
	})
	return out
}

// The directory roles that tokens name most (B-10.26).
const (
	globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"
	ordinaryMember      = "b79fbf4d-3ef9-4689-8143-76b194e85509"
)

// Roles are the templates of the directory roles that a user has now; see wids.
func Roles(tx *store.Reader, user store.Ref) []string { return wids(tx, user) }

// wids are the templates of the directory roles that a user has. A tenant without
// any role says nothing of who may do what: there everybody is an administrator.
func wids(tx *store.Reader, user store.Ref) []string {
	var out []string
	if tx.Count(0, "directoryRoles") == 0 {
		return []string{globalAdministrator, ordinaryMember}
	}
	for role := range tx.Members(0, "directoryRoles", 0) {
		if !tx.Contains(role, "members", user) {
			continue
		}
		var r struct{ RoleTemplateID string }
		if _, _, ok := read(tx, role, &r); ok && r.RoleTemplateID != "" {
			out = append(out, strings.ToLower(r.RoleTemplateID))
		}
	}
	slices.Sort(out)
	return append(slices.Compact(out), ordinaryMember)
}

// find reads an application and its service principal.
func (s *Service) find(appID string) (c *client) {
	c = &client{ID: appID}
	_ = s.Store.View(func(tx *store.Tx) error {
		if ref, ok := first(&tx.Reader, ApplicationByApp, appID); ok {
			_, o, _ := read(&tx.Reader, ref, c)
			c.stored = true
			c.secrets = secretsOf(o)
			for f := range tx.Members(ref, "federatedIdentityCredentials", 0) {
				var x federated
				if _, _, ok := read(&tx.Reader, f, &x); ok {
					c.federated = append(c.federated, x)
				}
			}
		}
		if ref, ok := first(&tx.Reader, PrincipalByApp, appID); ok {
			id, o, _ := read(&tx.Reader, ref, &c.principal)
			c.principal.ID = id
			c.secrets = append(c.secrets, secretsOf(o)...)
			c.Keys = append(c.Keys, c.principal.Keys...)
			if c.Name == "" {
				c.Name = c.principal.Name
			}
		}
		return nil
	})
	return c
}

// secretsOf lists the client secrets of an object. Their texts are beside the list, by keyId,
// because no answer may show them.
func secretsOf(o value.Object) []value.Raw {
	list := elements(o, "passwordCredentials")
	kept, _ := o.Get(passwords.Beside)
	if kept.Kind() != value.KindObject {
		return list
	}
	for i, raw := range list {
		m := raw.Members().Clone()
		for _, secret := range kept.Members() {
			if strings.EqualFold(secret.Name, m.Text("keyId")) && !secret.Value.IsNull() {
				m.Set("secretText", secret.Value)
			}
		}
		list[i] = m.Object()
	}
	return list
}

func elements(o value.Object, name string) []value.Raw {
	raw, _ := o.Get(name)
	return slices.Collect(raw.Elements())
}

// organization is what tokens tell of the tenant.
type organization struct {
	ID      string
	Name    string    `json:"displayName"`
	Created time.Time `json:"createdDateTime"`
	Domains []struct {
		Name string `json:"name"`
	} `json:"verifiedDomains"`
}

func (s *Service) organization() (o organization) {
	_ = s.Store.View(func(tx *store.Tx) error {
		for ref := range tx.Members(0, "organization", 0) {
			o.ID, _, _ = read(&tx.Reader, ref, &o)
			break
		}
		return nil
	})
	return o
}

var domain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$`) })

// Tenant gives the id of the tenant that a path names: by its id, one of its domains or
// a name that stands for many (B-10.1). No other tenant gets a token, in no mode.
func (s *Service) Tenant(name string) (id string, err error) {
	o := s.organization()
	if o.ID == "" && domain().MatchString(name) || Shared(name) || strings.EqualFold(name, o.ID) || s.Hosts(name) {
		return o.ID, nil
	}
	return "", Fail(90002, name)
}

// ID is the tenant's: that of its organization; empty when it has none.
func (s *Service) ID() string { return s.organization().ID }

// Called reports whether a name is the tenant's own: its id, or one of its domains.
func (s *Service) Called(name string) bool {
	return name != "" && (strings.EqualFold(name, s.organization().ID) || s.Hosts(name))
}

// Issued reports whether a code, a refresh token, or a device's or a user's code is
// one that this service gave out.
func (s *Service) Issued(text string) bool {
	for _, kind := range [...]string{"code", "refresh", "device"} {
		if s.box.Open(kind, text, &session{}) {
			return true
		}
	}
	_, _, ok := s.Waiting(text)
	return ok
}

// Shared reports whether a tenant's name stands for many.
func Shared(name string) bool {
	return strings.EqualFold(name, "common") || strings.EqualFold(name, "organizations") || strings.EqualFold(name, "consumers")
}

// byURI finds the application that calls itself by an address or a client id; nil
// when there is none.
func (s *Service) byURI(name string) *client {
	id := name
	if !edm.IsGUID(name) {
		id = ""
		_ = s.Store.View(func(tx *store.Tx) error {
			for ref := range tx.Members(0, "applications", 0) {
				var a struct {
					AppID string   `json:"appId"`
					URIs  []string `json:"identifierUris"`
				}
				if _, _, ok := read(&tx.Reader, ref, &a); ok && slices.ContainsFunc(a.URIs, func(u string) bool { return sameResource(u, name) }) {
					id = a.AppID
					break
				}
			}
			return nil
		})
	}
	if rest, ok := strings.CutPrefix(name, "api://"); ok && id == "" && edm.IsGUID(rest) {
		id = rest
	}
	if id == "" {
		return nil
	}
	if c := s.find(id); c.stored || c.principal.ID != "" {
		return c
	}
	return nil
}

// groupsOf lists the groups that a user is a member of, at most limit.
func (s *Service) groupsOf(user string, limit int) []string {
	var out []string
	_ = s.Store.View(func(tx *store.Tx) error {
		ref, ok := tx.Find(0, "users", user)
		if !ok {
			return nil
		}
		for link := range tx.Referrers(ref) {
			from, nav, id, ok := tx.Owner(link.From)
			if ok && from == 0 && nav == "groups" && link.Nav == "members" && len(out) < limit {
				out = append(out, id)
			}
		}
		return nil
	})
	return out
}
