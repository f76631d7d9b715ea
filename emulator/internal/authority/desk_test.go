package authority_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Names of the tenant of these tests.
const (
	tenantID  = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"
	deskApp   = "0d15c0de-0000-4000-8000-000000000001" // has secrets and a certificate
	publicApp = "0d15c0de-0000-4000-8000-000000000002"
	pageApp   = "0d15c0de-0000-4000-8000-000000000003" // a single page
	trustApp  = "0d15c0de-0000-4000-8000-000000000004" // trusts somebody else's tokens
	closedApp = "0d15c0de-0000-4000-8000-000000000005" // disabled
	crewApp   = "0d15c0de-0000-4000-8000-000000000006" // for those it is assigned to
	builtIn   = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"
	back      = "https://desk.northgale.test/in"
	graphAll  = "https://graph.microsoft.com/.default"
	jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// signer is a client's own key with its certificate.
type signer struct {
	key  *rsa.PrivateKey
	cert []byte
}

// signers are those that a test tells apart: one that is registered, one that is not.
var signers = sync.OnceValue(func() (out [2]signer) {
	for i := range out {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk"}, NotAfter: time.Now().AddDate(10, 0, 0)}
		der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
		if err != nil {
			panic(err)
		}
		out[i] = signer{key, der}
	}
	return out
})

// sign makes a token of claims by RS256; algorithm says what the header claims.
func (s signer) sign(algorithm string, claims map[string]any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	thumb, thumb256 := sha1.Sum(s.cert), sha256.Sum256(s.cert)
	head := part(map[string]string{"alg": algorithm, "typ": "JWT", "x5t": base64.RawURLEncoding.EncodeToString(thumb[:]),
		"x5t#S256": base64.StdEncoding.EncodeToString(thumb256[:])}) // as MSAL for Go writes it
	signed := head + "." + part(claims)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// deskTenant lists applications, users and an organization of its own, so that all
// are checked.
func deskTenant() fstest.MapFS {
	return fstest.MapFS{
		"organization.yaml": {Data: []byte(`organization:
  - id: ` + tenantID + `
    displayName: Northgale Desk
    createdDateTime: 2021-03-01T08:00:00Z
    verifiedDomains: [{name: northgale.test, isDefault: true}]
`)},
		"users.yaml": {Data: []byte(`users:
  - {id: ` + emulatortest.Ida + `, accountEnabled: true, displayName: Ida Berg, givenName: Ida, surname: Berg, mailNickname: ida, userPrincipalName: ida@northgale.test, mail: ida@northgale.test, passwordProfile: {password: right}}
  - {id: e94b7c20-83d1-4a56-b0f7-19c2d8e6a745, accountEnabled: true, displayName: Tomas Lind, mailNickname: tomas, userPrincipalName: tomas@northgale.test, passwordProfile: {password: right}}
  - {id: e94b7c20-83d1-4a56-b0f7-19c2d8e6a746, accountEnabled: false, displayName: Away, mailNickname: away, userPrincipalName: away@northgale.test, passwordProfile: {password: right}}
  - {id: e94b7c20-83d1-4a56-b0f7-19c2d8e6a747, accountEnabled: true, displayName: New, mailNickname: new, userPrincipalName: new@northgale.test, passwordProfile: {password: right, forceChangePasswordNextSignIn: true}}
  - {id: e94b7c20-83d1-4a56-b0f7-19c2d8e6a748, accountEnabled: true, displayName: None, mailNickname: none, userPrincipalName: none@northgale.test, passwordProfile: {}}
`)},
		"applications.yaml": {Data: []byte(`applications:
  - appId: ` + deskApp + `
    displayName: Desk
    signInAudience: AzureADMyOrg
    identifierUris: ["api://desk"]
    passwordCredentials:
      - {keyId: 0d15c0de-0000-4000-8000-0000000000a1, hint: rig, secretText: right, endDateTime: 2090-01-01T00:00:00Z}
      - {keyId: 0d15c0de-0000-4000-8000-0000000000a2, hint: old, secretText: older, endDateTime: 2020-01-01T00:00:00Z}
    keyCredentials:
      - {keyId: 0d15c0de-0000-4000-8000-0000000000a3, type: AsymmetricX509Cert, usage: Verify, key: ` + base64.StdEncoding.EncodeToString(signers()[0].cert) + `}
    web: {redirectUris: ["` + back + `"]}
  - {appId: ` + publicApp + `, displayName: Handheld, isFallbackPublicClient: true, publicClient: {redirectUris: ["http://localhost/in"]}}
  - {appId: ` + pageApp + `, displayName: Page, spa: {redirectUris: ["https://page.northgale.test/"]}}
  - appId: ` + trustApp + `
    displayName: Robot
    federatedIdentityCredentials:
      - {name: ci, issuer: "https://ci.northgale.test", subject: "repo:northgale/desk", audiences: ["api://AzureADTokenExchange"]}
  - {appId: ` + closedApp + `, displayName: Closed}
  - {appId: ` + crewApp + `, displayName: Crew only, isFallbackPublicClient: true}
servicePrincipals:
  - {appId: ` + closedApp + `, displayName: Closed, accountEnabled: false}
  - {appId: ` + crewApp + `, displayName: Crew only, accountEnabled: true, appRoleAssignmentRequired: true}
`)},
	}
}

// desk is an emulator with a clock that a test moves.
type desk struct {
	t   *testing.T
	emu *emulator.Server
	now time.Time
}

func newDesk(t *testing.T, opts ...emulator.Option) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	var err error
	if d.emu, err = emulator.New(append([]emulator.Option{emulator.WithClock(func() time.Time { return d.now })}, opts...)...); err != nil {
		t.Fatal(err)
	}
	return d
}

// checkedDesk has a tenant whose applications and users are checked.
func checkedDesk(t *testing.T, opts ...emulator.Option) *desk {
	t.Helper()
	return newDesk(t, append([]emulator.Option{emulator.WithFixtures(deskTenant())}, opts...)...)
}

// form makes the parameters of a request from names and values in turns.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func (d *desk) do(method, path string, v url.Values, headers ...string) *httptest.ResponseRecorder {
	var r *http.Request
	if v != nil {
		r = httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		r = httptest.NewRequest(method, path, nil)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			if r.Host = headers[i+1]; !strings.HasPrefix(r.Host, "local") && !strings.HasPrefix(r.Host, "127.") {
				r.TLS = &tls.ConnectionState{} // nobody calls the cloud's names without
			}
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.emu.ServeHTTP(w, r)
	return w
}

// token asks the token endpoint and wants it to give one.
func (d *desk) token(v url.Values) map[string]any {
	d.t.Helper()
	w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", v)
	if w.Code != http.StatusOK {
		d.t.Fatalf("%v: %d %s", v, w.Code, w.Body)
	}
	return emulatortest.Object(d.t, w.Body.Bytes())
}

// refused asks the token endpoint and gives the AADSTS number of its refusal.
func (d *desk) refused(v url.Values) int {
	d.t.Helper()
	w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", v)
	return codeOf(d.t, w)
}

func codeOf(t *testing.T, w *httptest.ResponseRecorder) int {
	t.Helper()
	var e struct {
		Codes []int `json:"error_codes"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || len(e.Codes) != 1 {
		t.Errorf("no error of the token service: %d %s", w.Code, w.Body)
		return 0
	}
	return e.Codes[0]
}

// get calls Graph with a token.
func (d *desk) get(path string, token any) *httptest.ResponseRecorder {
	text, _ := token.(string)
	return d.do("GET", path, nil, "Authorization", "Bearer "+text)
}

// location is where an answer of the authorize endpoint leads, with what it carries.
func (d *desk) location(w *httptest.ResponseRecorder) (address string, carried url.Values) {
	d.t.Helper()
	text := w.Header().Get("Location")
	if w.Code != http.StatusFound || text == "" {
		d.t.Fatalf("no redirect: %d %s", w.Code, w.Body)
	}
	at := strings.IndexAny(text, "?#")
	v, err := url.ParseQuery(text[at+1:])
	if err != nil {
		d.t.Fatal(err)
	}
	return text[:at+1], v
}

// control calls the control plane.
func (d *desk) control(method, path, body string) *httptest.ResponseRecorder {
	return emulatortest.Do(d.emu, method, "/_emulator"+path, body)
}
