package sts

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// assertionType is the only kind of client assertion.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// exchange is the audience of federated tokens in every cloud (B-10.12).
const exchange = "api://AzureADTokenExchange"

// maxAssertion is the longest life that an assertion may claim (B-10.12, unsure).
const maxAssertion = 24 * time.Hour

// audience reads aud, a text or a list of them.
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

func claimsOf(t *jose.Token) claims {
	var c claims
	_ = json.Unmarshal(t.Claims, &c) // a claim of another kind counts as missing, and is refused as that
	return c
}

// assertion checks a client assertion: one that the client signed itself, or the
// token of somebody it trusts (B-10.12).
func (s *Service) assertion(c *client, r *Request, text, tenant string) (credential, error) {
	if kind := r.get("client_assertion_type"); kind != assertionType {
		return none, Fail(90023, kind, "client_assertion_type")
	}
	t, err := jose.Parse(text)
	if err != nil {
		return none, Fail(50027, sentence(err))
	}
	a := claimsOf(t)
	if !a.timely(s.Now()) {
		return none, Fail(700024, "")
	}
	if strings.EqualFold(a.Issuer, c.ID) || strings.EqualFold(a.Subject, c.ID) {
		return byKey, s.selfSigned(c, r, t, &a, tenant)
	}
	return byForeign, s.foreign(c, t, &a)
}

// selfSigned checks what a client says of itself. The signature is checked by the
// certificates of the application; where it has none and none is demanded, by the
// certificate that came along, if one did.
func (s *Service) selfSigned(c *client, r *Request, t *jose.Token, a *claims, tenant string) error {
	switch {
	case !strings.EqualFold(a.Issuer, c.ID) || !strings.EqualFold(a.Subject, c.ID):
		return Fail(700021, "Its iss and its sub must be the client id.")
	case !slices.ContainsFunc(a.Audience, func(aud string) bool { return s.ours(aud, r, tenant) }):
		return Fail(700023, "Its aud must be the token endpoint.")
	case time.Unix(a.Expires, 0).Sub(time.Unix(max(a.NotBefore, a.Issued), 0)) > maxAssertion && max(a.NotBefore, a.Issued) > 0:
		return Fail(700024, "It claims to live longer than a day.")
	}
	if len(c.Keys) > 0 || s.Checked().Applications || c.confidential() {
		return s.signedBy(c, t)
	}
	for _, cert := range t.Header.X5C {
		if key, ok := publicKey(decoded(cert)); ok {
			if t.Verify(key) != nil {
				return Fail(700027, "The signature is not that of the certificate in x5c.")
			}
			return nil
		}
	}
	if t.Header.Alg != "RS256" && t.Header.Alg != "PS256" {
		return Fail(700027, sentence(jose.ErrAlgorithm))
	}
	return nil
}

// ours reports whether an assertion is meant for this service: the token endpoint
// or the issuer, under any name of ours and of the tenant.
func (s *Service) ours(aud string, r *Request, tenant string) bool {
	aud = strings.ToLower(aud)
	rest, ok := strings.CutPrefix(aud, strings.ToLower(r.Origin)+"/")
	if after, secure := strings.CutPrefix(aud, "https://"); secure && !ok {
		host, path, _ := strings.Cut(after, "/")
		if clouds.OfLogin(host) != nil {
			rest = path
		}
	}
	name, path, _ := strings.Cut(strings.TrimRight(rest, "/"), "/")
	if id, err := s.Tenant(name); err != nil || id != tenant && !Shared(name) {
		return false
	}
	return slices.Contains([]string{"", "v2.0", "oauth2/token", "oauth2/v2.0/token"}, path)
}

// signedBy checks the signature by the certificates of the application.
func (s *Service) signedBy(c *client, t *jose.Token) error {
	named := false
	for _, k := range c.Keys {
		h := t.Header
		thumb, thumb256 := jose.Thumbprint(k.Key), jose.Thumbprint256(k.Key)
		if h.X5T != "" && urlSafe(h.X5T) != thumb || h.X5TS256 != "" && urlSafe(h.X5TS256) != thumb256 {
			continue
		}
		named = true
		key, ok := publicKey(k.Key)
		if !ok || t.Verify(key) != nil {
			continue
		}
		if !within(k.Start, k.End, s.Now()) {
			return Fail(700027, "The certificate is expired, or not valid yet.")
		}
		return nil
	}
	if !named {
		return Fail(700027, "The key was not found: no certificate of the application has the thumbprint of the assertion.")
	}
	return Fail(700027, "The signature is not that of the application's certificate.")
}

// foreign checks somebody else's token against what the application trusts. Its
// signature is checked where Trust has told the keys of its issuer: the network, where
// they lie, is not asked.
func (s *Service) foreign(c *client, t *jose.Token, a *claims) error {
	if err := s.issuers.check(a.Issuer, t); err != nil {
		return err
	}
	if !c.confidential() && !s.Checked().Applications {
		return nil
	}
	for _, f := range c.federated {
		trusted := f.Audiences
		if len(trusted) == 0 {
			trusted = []string{exchange}
		}
		if f.Issuer == a.Issuer && f.Subject == a.Subject && slices.ContainsFunc(trusted, func(x string) bool { return slices.Contains(a.Audience, x) }) {
			return nil
		}
	}
	return Fail(70021, "Its issuer is '"+clip(a.Issuer)+"', its subject '"+clip(a.Subject)+"', its audience '"+clip(strings.Join(a.Audience, " "))+"'.")
}

func publicKey(der []byte) (*rsa.PublicKey, bool) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, false
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return key, ok
}
