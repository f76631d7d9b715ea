package graphtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	audience = "https://graph.microsoft.com"
	client   = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305" // the application that signs in, where the tenant has none
)

// Token gives an access token of the server's signed-in user with the scopes
// given; without any, User.Read. It is not signed: the emulator reads tokens and
// does not verify them, unless it is told to.
func (s *Server) Token(scopes ...string) string {
	me := s.look("/v1.0/me?$select=id,userPrincipalName")
	return s.delegated(me, scopes)
}

// AppToken gives an access token of an application that acts without a user.
func (s *Server) AppToken(roles ...string) string {
	claims := s.claims()
	claims["idtyp"] = "app"
	claims["roles"] = append([]string{}, roles...)
	if page, ok := s.look("/v1.0/servicePrincipals?$top=1&$select=id,appId")["value"].([]any); ok && len(page) > 0 {
		principal, _ := page[0].(map[string]any)
		set(claims, "oid", principal["id"])
		set(claims, "sub", principal["id"])
		set(claims, "appid", principal["appId"])
	}
	return encode(claims)
}

// tokenOf gives a token of a user by id or userPrincipalName.
func (s *Server) tokenOf(user string) string {
	s.t.Helper()
	found := s.look("/v1.0/users/" + url.PathEscape(user) + "?$select=id,userPrincipalName")
	if found["id"] == nil {
		s.t.Fatalf("graphtest: the tenant has no user %q", user)
	}
	return s.delegated(found, nil)
}

func (s *Server) delegated(user map[string]any, scopes []string) string {
	if len(scopes) == 0 {
		scopes = []string{"User.Read"}
	}
	claims := s.claims()
	claims["idtyp"] = "user"
	claims["scp"] = strings.Join(scopes, " ")
	set(claims, "oid", user["id"])
	set(claims, "sub", user["id"])
	set(claims, "upn", user["userPrincipalName"])
	return encode(claims)
}

// claims are those that every token has (B-10.23, B-10.24).
func (s *Server) claims() map[string]any {
	now := time.Now()
	claims := map[string]any{"aud": audience, "ver": "1.0", "appid": client,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	if page, ok := s.look("/v1.0/organization?$select=id")["value"].([]any); ok && len(page) > 0 {
		tenant, _ := page[0].(map[string]any)
		set(claims, "tid", tenant["id"])
		if id, ok := tenant["id"].(string); ok {
			claims["iss"] = "https://sts.windows.net/" + id + "/"
		}
	}
	return claims
}

// set adds a claim that the tenant knows. What it does not know stays out, and
// the emulator then takes the caller for its signed-in user.
func set(claims map[string]any, name string, v any) {
	if v, ok := v.(string); ok {
		claims[name] = v
	}
}

// look reads something of the tenant; nil when it is not there.
func (s *Server) look(path string) map[string]any {
	s.t.Helper()
	status, answer := s.call(s.client(""), http.MethodGet, path, nil)
	if status != http.StatusOK {
		return nil
	}
	return answer
}

// encode writes an unsigned token of three parts (C-2.17).
func encode(claims map[string]any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil { // unreachable: texts, numbers and lists of texts
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(map[string]string{"typ": "JWT", "alg": "none"}) + "." + part(claims) + "."
}
