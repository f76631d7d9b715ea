package authority

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// claims are those that say who a caller is (C-2.17).
type claims struct {
	OID   string   `json:"oid"`
	TID   string   `json:"tid"`
	AppID string   `json:"appid"`
	AZP   string   `json:"azp"`
	IdTyp string   `json:"idtyp"`
	Scope string   `json:"scp"`
	Roles []string `json:"roles"`
}

// maxToken bounds what is read of a token.
const maxToken = 64 << 10

// Open takes any readable JWT at its word, and any other token, or none, for the
// tenant's signed-in user (B-10.30).
func Open(r *http.Request, w *engine.World) (workload.Caller, error) {
	sent := r.Header["Authorization"]
	if len(sent) == 0 {
		return workload.Caller{User: w.SignedIn()}, nil
	}
	c, ok := read(sent[0])
	if !ok {
		return workload.Caller{User: w.SignedIn()}, nil
	}
	caller := workload.Caller{App: c.AppID, Tenant: c.TID, Roles: c.Roles, Scopes: strings.Fields(c.Scope)}
	if caller.App == "" {
		caller.App = c.AZP
	}
	caller.AppOnly = c.IdTyp == "app" || c.Scope == "" && len(c.Roles) > 0
	switch {
	case caller.AppOnly:
	case c.OID != "":
		caller.User = strings.ToLower(c.OID)
	default:
		caller.User = w.SignedIn()
	}
	return caller, nil
}

// read takes the claims out of a bearer token without checking its signature.
func read(authorization string) (claims, bool) {
	scheme, token, ok := strings.Cut(authorization, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(token) > maxToken {
		return claims{}, false
	}
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 {
		return claims{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{}, false
	}
	var c claims
	if json.Unmarshal(payload, &c) != nil {
		return claims{}, false
	}
	return c, true
}
