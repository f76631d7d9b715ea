package authority

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Mode says what a caller has to bring (B-10.30).
type Mode uint8

// The modes.
const (
	Open    Mode = iota // any token, or none
	Verify              // a token that was issued here and is still good
	Enforce             // and that permits the operation
)

// said are the claims that say who a caller is (C-2.17).
type said sts.Claims

func (c *said) app() string {
	if c.AppID == "" {
		return c.AZP
	}
	return c.AppID
}

func (c *said) appOnly() bool { return c.IdTyp == "app" || c.Scope == "" && len(c.Roles) > 0 }

// Caller says who sends a request to Graph. In open mode any readable token is
// taken at its word, and any other, or none, for the tenant's signed-in user.
func (a *Authority) Caller(r *http.Request, w *op.World) (workload.Caller, error) {
	c, err := a.claims(r)
	if err != nil {
		if a.Mode == Open {
			return workload.Caller{User: w.SignedIn()}, nil
		}
		return workload.Caller{}, a.unauthorized(r, err)
	}
	if since := a.challenge.Load(); since != 0 && c.NotBefore < since {
		return workload.Caller{}, a.Challenged(r, since)
	}
	caller := workload.Caller{App: c.app(), Tenant: c.TID, Roles: c.Roles, Scopes: strings.Fields(c.Scope), AppOnly: c.appOnly(),
		Enforced: a.Mode == Enforce, Admin: slices.ContainsFunc(c.WIDs, sts.Administers)}
	switch {
	case caller.AppOnly:
	case c.OID != "":
		caller.User = strings.ToLower(c.OID)
	default:
		caller.User = w.SignedIn()
	}
	return caller, nil
}

var errNone = errors.New("there is no token")

// claims reads the token of a request: without checking it in open mode.
func (a *Authority) claims(r *http.Request) (*said, error) {
	scheme, token, _ := strings.Cut(one(r.Header["Authorization"]), " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		return nil, errNone
	}
	if a.Mode != Open {
		c, err := a.STS.Verify(token, a.Origin(r))
		return (*said)(c), err
	}
	payload, err := jose.Payload(token)
	if err != nil {
		return nil, err
	}
	c := &said{}
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, err
	}
	return c, nil
}

// Bearer is the WWW-Authenticate of every 401 (B-2.19).
func (a *Authority) Bearer(r *http.Request) string {
	return fmt.Sprintf(`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="%s"`, a.login(r), sts.Graph)
}

// login is where one signs in for the Graph that was called: at the name of its
// cloud, or here.
func (a *Authority) login(r *http.Request) string {
	if c := clouds.OfGraph(r.Host); c != nil {
		return "https://" + c.Logins[0]
	}
	return a.Origin(r)
}

// unauthorized is the refusal of a token, in the words of the gateway (B-2.15 to B-2.18).
func (a *Authority) unauthorized(r *http.Request, err error) error {
	e := &grapherr.Error{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Header: map[string]string{"WWW-Authenticate": a.Bearer(r)}}
	switch {
	case errors.Is(err, errNone):
		e.Message = "Access token is empty."
		e.Cause = "The client sent no token with this request." // C-2.25
		e.Cure = "Some clients send none to a host that is not on their list of hosts: add the host of the emulator."
	case errors.Is(err, sts.ErrExpired):
		e.Message = "Lifetime validation failed, the token is expired."
	case errors.Is(err, sts.ErrAudience):
		e.Message = "Access token validation failure. Invalid audience."
		e.Cure = "Ask for a token of " + audience(r) + "/.default."
	case errors.Is(err, sts.ErrSignature):
		e.Message = "Access token validation failure. Invalid signature."
		e.Cure = "Ask the token endpoint of the emulator for a token."
	case errors.Is(err, sts.ErrKind):
		e.Message = "Access token validation failure."
		e.Cause = "The token is an id token, not an access token."
		e.Cure = "Send the access_token of the token endpoint's answer."
	case errors.Is(err, sts.ErrIssuer):
		e.Message = "Access token validation failure. Invalid issuer."
		e.Cure = "Ask the token endpoint of this tenant for a token."
	default:
		e.Message = notJWT
	}
	return e
}

// notJWT is the service's sentence about a token that is no JWT, with its typing error
// (recorded.md E23).
const notJWT = "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. " +
	"(JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."

func audience(r *http.Request) string {
	if c := clouds.OfGraph(r.Host); c != nil {
		return "https://" + c.Graph[0]
	}
	return "https://" + clouds.All()[0].Graph[0]
}

// Challenged asks for a newer token (B-2.20, C-11.8).
func (a *Authority) Challenged(r *http.Request, since int64) error {
	claims := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, since)
	return &grapherr.Error{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken",
		Message: "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies",
		Header:  map[string]string{"WWW-Authenticate": a.Bearer(r) + `, error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(claims)) + `"`},
		Cure:    "Fetch a token with the claims of the header and repeat the request."}
}

// Challenge makes every token that was valid before now be answered with a claims
// challenge, until Calm.
func (a *Authority) Challenge() { a.challenge.Store(a.Now().Unix()) }

// Calm ends a challenge.
func (a *Authority) Calm() { a.challenge.Store(0) }

// Reset forgets what belongs to the tenant as it was.
func (a *Authority) Reset() {
	a.Calm()
	a.STS.Forget()
}
