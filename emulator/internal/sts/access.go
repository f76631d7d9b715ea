package sts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// early is how long before its issue a token is valid (B-10.28).
const early = 5 * time.Minute

// caller is whom a token is about.
type caller struct {
	client *client
	how    credential
	user   *User // nil: the application itself
	tenant string
	cae    bool  // the client understands claims challenges (C-2.10)
	after  int64 // the least nbf that the claims parameter asks for (B-2.20); 0: none
}

// access makes an access token (B-10.23 to B-10.28). granted are its scp or roles.
func (s *Service) access(r *Request, who *caller, to *resource, granted []string) (token string, life time.Duration, err error) {
	now := s.Now()
	serial := s.next()
	life = s.life(who, serial)
	start := max(now.Add(-early).Unix(), who.after)
	m := s.issuer(r, to, who.tenant)
	m.Set("iat", value.Int(start))
	m.Set("nbf", value.Int(start))
	m.Set("exp", value.Int(now.Add(life).Unix()))
	s.application(&m, who, to.version)
	if who.user == nil {
		s.appOnly(&m, who, granted)
	} else {
		s.delegation(&m, r, who, granted)
	}
	m.Set("tid", value.String(who.tenant))
	m.Set("uti", value.String(s.box.Digest("uti "+serial, 22)))
	m.Set("ver", value.String(strconv.Itoa(to.version)+".0"))
	if who.cae {
		m.Set("xms_cc", value.Strings([]string{"CP1"}))
	}
	if o := s.organization(); !o.Created.IsZero() {
		m.Set("xms_tcdt", value.Int(o.Created.Unix()))
	}
	token, err = s.sign(m)
	return token, life, err
}

// issuer begins the claims: tokens of version 1 come from one address whatever the
// tenant's endpoint, those of version 2 from the endpoint.
func (s *Service) issuer(r *Request, to *resource, tenant string) value.Members {
	iss := "https://sts.windows.net/" + tenant + "/"
	if to.version == 2 {
		iss = s.Issuer(r.Origin, tenant)
	}
	return value.Members{{Name: "aud", Value: value.String(to.audience)}, {Name: "iss", Value: value.String(iss)}}
}

// Issuer is what documents and id tokens name as their issuer (C-2.4, C-2.5).
func (s *Service) Issuer(origin, tenant string) string {
	if s.Cloud {
		origin = "https://" + clouds.All()[0].Logins[0]
	}
	return origin + "/" + tenant + "/v2.0"
}

// life is how long a token lives: an hour for applications, some minutes around
// 75 for users, a day where the client understands challenges (B-10.26, B-10.27).
func (s *Service) life(who *caller, serial string) time.Duration {
	switch {
	case s.Lifetime > 0:
		return s.Lifetime
	case who.user == nil:
		return 3599 * time.Second
	case who.cae:
		return 20*time.Hour + time.Duration(s.box.Number("life "+serial, 8*3600))*time.Second
	}
	return time.Hour + time.Duration(s.box.Number("life "+serial, 1801))*time.Second
}

func (s *Service) application(m *value.Members, who *caller, version int) {
	c := who.client
	if c.Name != "" {
		m.Set("app_displayname", value.String(c.Name))
	}
	if version == 2 {
		m.Set("azp", value.String(c.ID))
		m.Set("azpacr", value.String(who.how.acr()))
		return
	}
	m.Set("appid", value.String(c.ID))
	m.Set("appidacr", value.String(who.how.acr()))
	m.Set("idp", value.String("https://sts.windows.net/"+who.tenant+"/"))
	m.Set("rh", value.String("1."+s.box.Digest("rh "+c.ID, 40)+"."))
	m.Set("tenant_region_scope", value.String("EU"))
}

// appOnly are the claims of a token without a user (B-10.25).
func (s *Service) appOnly(m *value.Members, who *caller, roles []string) {
	m.Set("idtyp", value.String("app"))
	if id := who.client.principal.ID; id != "" {
		m.Set("oid", value.String(id))
		m.Set("sub", value.String(id))
	}
	if len(roles) > 0 {
		m.Set("roles", value.Strings(roles))
	}
	m.Set("wids", value.Strings([]string{"0997a1d0-0d1d-4acb-b408-d5ca73121e90"}))
}

// delegation are the claims of a token that acts for a user (B-10.26).
func (s *Service) delegation(m *value.Members, r *Request, who *caller, scopes []string) {
	u := who.user
	text := func(name, v string) {
		if v != "" {
			m.Set(name, value.String(v))
		}
	}
	m.Set("idtyp", value.String("user"))
	text("oid", u.ID)
	m.Set("sub", value.String(s.pairwise(u, who.client)))
	m.Set("acct", value.Int(0))
	m.Set("acr", value.String("1"))
	m.Set("amr", value.Strings([]string{"pwd"}))
	text("name", u.Name)
	text("given_name", u.Given)
	text("family_name", u.Surname)
	text("upn", u.Principal)
	text("unique_name", u.Principal)
	text("ipaddr", r.Address)
	m.Set("puid", value.String("10032"+strings.ToUpper(strconv.FormatUint(s.box.Number("puid "+u.ID, 1<<44)+1<<43, 16))))
	m.Set("platf", value.String("14"))
	m.Set("signin_state", value.Strings([]string{"kmsi"}))
	m.Set("scp", value.String(strings.Join(scopes, " ")))
	m.Set("wids", value.Strings(u.wids))
	m.Set("xms_st", value.Members{{Name: "sub", Value: value.String(s.box.Digest("st "+u.ID, 43))}}.Object())
}

// pairwise is the subject that one application knows a user by.
func (s *Service) pairwise(u *User, c *client) string {
	return s.box.Digest("sub "+u.ID+" "+strings.ToLower(c.ID), 43)
}

// sign makes a token of claims, with the key that is made for the first of them.
func (s *Service) sign(m value.Members) (string, error) {
	k, err := s.keys.signing()
	if err != nil {
		return "", err
	}
	return k.Sign([]byte(m.Object()))
}

// idToken makes an id token (B-10.29, C-2.14). nonce is empty where none was sent.
func (s *Service) idToken(r *Request, who *caller, nonce string) (string, error) {
	now, u, c := s.Now(), who.user, who.client
	m := value.Members{{Name: "aud", Value: value.String(c.ID)}, {Name: "iss", Value: value.String(s.Issuer(r.Origin, who.tenant))},
		{Name: "iat", Value: value.Int(now.Add(-early).Unix())}, {Name: "nbf", Value: value.Int(now.Add(-early).Unix())},
		{Name: "exp", Value: value.Int(now.Add(time.Hour).Unix())}}
	text := func(name, v string) {
		if v != "" {
			m.Set(name, value.String(v))
		}
	}
	text("name", u.Name)
	text("nonce", nonce)
	m.Set("oid", value.String(u.ID))
	text("preferred_username", u.Principal)
	text("email", u.Mail)
	text("upn", u.Principal)
	text("login_hint", "O."+s.box.Digest("hint "+u.ID, 40))
	m.Set("rh", value.String("1."+s.box.Digest("rh "+c.ID, 40)+"."))
	m.Set("sid", value.String(s.sid(u)))
	m.Set("sub", value.String(s.pairwise(u, c)))
	m.Set("tid", value.String(who.tenant))
	m.Set("uti", value.String(s.box.Digest("uti "+s.next(), 22)))
	m.Set("ver", value.String("2.0"))
	if c.Groups != "" && !strings.EqualFold(c.Groups, "None") {
		s.groups(&m, u, r)
	}
	return s.sign(m)
}

// sid names the session of a user.
func (s *Service) sid(u *User) string {
	d := s.box.Digest("sid "+u.ID, 43)
	return hexGUID(d)
}

// maxGroups is how many groups an id token lists before it only says where they
// can be read (C-2.15).
const maxGroups = 200

// groups tells the groups of a user to an application that asks for them.
func (s *Service) groups(m *value.Members, u *User, r *Request) {
	ids := s.groupsOf(u.ID, maxGroups+1)
	if len(ids) <= maxGroups {
		slices.Sort(ids)
		m.Set("groups", value.Strings(ids))
		return
	}
	m.Set("_claim_names", value.Members{{Name: "groups", Value: value.String("src1")}}.Object())
	where := value.Members{{Name: "endpoint", Value: value.String(r.Origin + "/v1.0/users/" + u.ID + "/getMemberObjects")}}
	m.Set("_claim_sources", value.Members{{Name: "src1", Value: where.Object()}}.Object())
}
