package sts

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
)

// Claims are those of an access token that say who calls, and how long.
type Claims struct {
	Issuer    string   `json:"iss"`
	Version   string   `json:"ver"`
	Audience  string   `json:"aud"`
	OID       string   `json:"oid"`
	TID       string   `json:"tid"`
	AppID     string   `json:"appid"`
	AZP       string   `json:"azp"`
	IdTyp     string   `json:"idtyp"`
	Scope     string   `json:"scp"`
	Roles     []string `json:"roles"`
	WIDs      []string `json:"wids"`
	Expires   int64    `json:"exp"`
	NotBefore int64    `json:"nbf"`
}

// What makes a token no key to Graph (B-2.16 to B-2.18).
var (
	ErrForm      = errors.New("the token is no JWT")
	ErrSignature = errors.New("the token was not signed here")
	ErrExpired   = errors.New("the token is expired, or not valid yet")
	ErrAudience  = errors.New("the token is for another resource")
	ErrKind      = errors.New("the token is no access token")
	ErrIssuer    = errors.New("the token was issued for another tenant")
)

// Verify checks an access token for Graph: its signature, its time, its resource, its
// kind and its tenant.
func (s *Service) Verify(text, origin string) (*Claims, error) {
	t, err := jose.Parse(text)
	if err != nil {
		return nil, ErrForm
	}
	k := s.keys.known(t.Header.Kid)
	if k == nil || t.Verify(k.Public()) != nil {
		return nil, ErrSignature
	}
	var c Claims
	if json.Unmarshal(t.Claims, &c) != nil {
		return nil, ErrForm
	}
	now := s.Now().Unix()
	switch {
	case now >= c.Expires || now < c.NotBefore:
		return nil, ErrExpired
	case c.Audience == "" || !isGraph(c.Audience, origin):
		return nil, ErrAudience
	case c.Version != "1.0" || c.IdTyp != "app" && c.IdTyp != "user" || c.IdTyp == "user" && c.Scope == "":
		return nil, ErrKind // an id token has neither a type nor permissions
	case !strings.EqualFold(c.TID, s.ID()) || c.Issuer != "https://sts.windows.net/"+c.TID+"/":
		return nil, ErrIssuer
	}
	return &c, nil
}
