package authority

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const (
	tenantID = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"
	origin   = "http://localhost:8080"
)

// service is the sign-in service of a tenant that has an organization and nobody in it.
func service(t *testing.T, mode Mode) (*Authority, *op.World) {
	t.Helper()
	w := enginetest.New(t, op.Options{})
	err := w.Store.Update(func(tx *store.Tx) error {
		_, err := tx.Add(0, "organization", tenantID, w.Shapes.Object("microsoft.graph.organization", nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return w.Time }
	s, err := sts.New(sts.Options{Store: w.Store, Now: now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{STS: s, Mode: mode, SignedIn: func() string { return "" }, Origin: func(*http.Request) string { return origin },
		Now: now, Log: slog.New(slog.DiscardHandler)}, w.World
}

// jwt is a token with claims, which nobody has signed.
func jwt(claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"RS256","kid":"none"}`)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature"))
}

// with is a request to Graph with an Authorization header; empty: without.
func with(authorization string) *http.Request {
	r := httptest.NewRequest("GET", "http://localhost:8080/v1.0/me", nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return r
}

// In open mode a readable token is taken at its word; without one the caller is whoever
// is signed in.
func TestCallerOpen(t *testing.T) {
	t.Attr("rules", "B-10.30 C-2.17")
	a, w := service(t, Open)
	for _, tt := range []struct {
		authorization string
		want          workload.Caller
	}{
		{"", workload.Caller{}},
		{"Bearer ", workload.Caller{}},
		{"Bearer opaque", workload.Caller{}},
		{"Bearer a.b.c", workload.Caller{}},
		{"Bearer " + jwt("no JSON"), workload.Caller{}},
		{"Bearer " + jwt(`{"roles":"one"}`), workload.Caller{}},
		{"Basic " + jwt(`{"oid":"A"}`), workload.Caller{}},
		{"Bearer " + jwt(`{"oid":"AB","scp":"User.Read  Mail.Read","appid":"app","tid":"T"}`),
			workload.Caller{User: "ab", App: "app", Tenant: "T", Scopes: []string{"User.Read", "Mail.Read"}}},
		{"bearer  " + jwt(`{"oid":"A","azp":"two"}`), workload.Caller{User: "a", App: "two"}},
		{"Bearer " + jwt(`{"oid":"A","azp":"two","appid":"one"}`), workload.Caller{User: "a", App: "one"}},
		{"Bearer " + jwt(`{"oid":"A","roles":["User.Read.All"]}`), workload.Caller{AppOnly: true, Roles: []string{"User.Read.All"}}},
		{"Bearer " + jwt(`{"oid":"A","idtyp":"app"}`), workload.Caller{AppOnly: true}},
		{"Bearer " + jwt(`{"oid":"A","scp":"User.Read","roles":["Admin"]}`),
			workload.Caller{User: "a", Scopes: []string{"User.Read"}, Roles: []string{"Admin"}}},
		{"Bearer " + jwt(`{"oid":"A","wids":["62e90394-69f5-4237-9190-012177145e10"]}`), workload.Caller{User: "a", Admin: true}},
		{"Bearer " + jwt(`{"oid":"A","wids":["b79fbf4d-3ef9-4689-8143-76b194e85509"]}`), workload.Caller{User: "a"}},
	} {
		got, err := a.Caller(with(tt.authorization), w)
		if len(got.Scopes) == 0 {
			got.Scopes = nil
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%.40s: got %+v, %v, want %+v", tt.authorization, got, err, tt.want)
		}
	}
}

// In the other modes only a token that was issued here will do.
func TestCallerVerify(t *testing.T) {
	t.Attr("rules", "B-2.15 B-2.16 B-2.18 B-2.19 B-10.30")
	for _, mode := range []Mode{Verify, Enforce} {
		a, w := service(t, mode)
		for authorization, want := range map[string]string{
			"":                             "Access token is empty.",
			"Bearer":                       "Access token is empty.",
			"Basic dTpw":                   "Access token is empty.",
			"Bearer opaque":                "IDX14100: JWT is not well formed, there are no dots (.).",
			"Bearer a.b.c":                 "IDX14100: JWT is not well formed, there are no dots (.).",
			"Bearer " + jwt(`{"oid":"A"}`): "Access token validation failure. Invalid signature.",
		} {
			_, err := a.Caller(with(authorization), w)
			e, ok := errors.AsType[*grapherr.Error](err)
			if !ok || e.Status != 401 || e.Code != "InvalidAuthenticationToken" || !strings.HasPrefix(e.Message, want) {
				t.Errorf("mode %d, %.30q: %v", mode, authorization, err)
				continue
			}
			if got := e.Header["WWW-Authenticate"]; got != `Bearer realm="", authorization_uri="`+origin+`/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"` {
				t.Errorf("mode %d, %.30q: WWW-Authenticate: %s", mode, authorization, got)
			}
		}
	}
}

func TestUnauthorized(t *testing.T) {
	t.Attr("rules", "B-2.17 B-2.18")
	a, _ := service(t, Verify)
	for _, tt := range []struct {
		err        error
		text, cure string
	}{
		{sts.ErrExpired, "Lifetime validation failed, the token is expired.", ""},
		{sts.ErrAudience, "Access token validation failure. Invalid audience.", "Ask for a token of https://graph.microsoft.us/.default."},
		{fmt.Errorf("inside: %w", sts.ErrSignature), "Access token validation failure. Invalid signature.", "Ask the token endpoint of the emulator for a token."},
		{sts.ErrKind, "Access token validation failure.", "Send the access_token of the token endpoint's answer."},
		{sts.ErrIssuer, "Access token validation failure. Invalid issuer.", "Ask the token endpoint of this tenant for a token."},
		{sts.ErrForm, notJWT, ""},
	} {
		r := with("")
		r.Host = "dod-graph.microsoft.us"
		e := grapherr.From(a.unauthorized(r, tt.err))
		if e.Status != 401 || e.Message != tt.text || e.Cure != tt.cure {
			t.Errorf("%v: %d %q, cure %q", tt.err, e.Status, e.Message, e.Cure)
		}
		if got := e.Header["WWW-Authenticate"]; !strings.Contains(got, `"https://login.microsoftonline.us/common/`) {
			t.Errorf("%v: WWW-Authenticate: %s", tt.err, got)
		}
	}
}

// One signs in at the name of the cloud whose Graph was called, or here.
func TestBearer(t *testing.T) {
	t.Attr("rules", "B-2.19")
	a, _ := service(t, Open)
	for host, login := range map[string]string{
		"graph.microsoft.com":                 "https://login.microsoftonline.com",
		"graph.microsoft.us":                  "https://login.microsoftonline.us",
		"microsoftgraph.chinacloudapi.cn:443": "https://login.partner.microsoftonline.cn",
		"localhost:8080":                      origin,
	} {
		r := with("")
		r.Host = host
		want := `Bearer realm="", authorization_uri="` + login + `/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`
		if got := a.Bearer(r); got != want {
			t.Errorf("%s: %s", host, got)
		}
	}
}

// A challenge hits tokens that are older than it, until it ends.
func TestChallenge(t *testing.T) {
	t.Attr("rules", "B-2.20 C-11.8")
	a, w := service(t, Open)
	a.Challenge()
	now := a.Now().Unix()
	token := func(nbf int64) *http.Request {
		return with(fmt.Sprintf("Bearer %s", jwt(fmt.Sprintf(`{"oid":"A","nbf":%d}`, nbf))))
	}
	for nbf, hit := range map[int64]bool{now - 1: true, now: false, now + 1: false} {
		if _, err := a.Caller(token(nbf), w); (err != nil) != hit {
			t.Errorf("a token of %d at %d: %v", nbf, now, err)
		}
	}
	_, err := a.Caller(token(now-1), w)
	header := grapherr.From(err).Header["WWW-Authenticate"]
	_, claims, _ := strings.Cut(header, `, error="insufficient_claims", claims="`)
	text, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(claims, `"`))
	if want := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, now); err != nil || string(text) != want {
		t.Errorf("%s: claims %s, %v", header, text, err)
	}
	a.Calm()
	if _, err := a.Caller(token(now-1), w); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

// The tenant of a token is read before anybody has checked it.
func TestTenant(t *testing.T) {
	for authorization, want := range map[string]string{
		"":                                 "",
		"Bearer":                           "",
		"Bearer opaque":                    "",
		"Bearer " + jwt("[]"):              "",
		"Bearer " + jwt(`{"tid":"T"}`):     "T",
		"BEARER   " + jwt(`{"tid":"T"}`):   "T",
		"Basic " + jwt(`{"tid":"T"}`):      "",
		"Bearer " + jwt(`{"oid":"A"}`):     "",
		"Bearer x." + jwt(`{"tid":"T"}`):   "",
		"Bearer " + jwt(`{"tid":7}`) + ".": "",
	} {
		if got := Tenant(with(authorization)); got != want {
			t.Errorf("%.30q: %q", authorization, got)
		}
	}
}

func TestFind(t *testing.T) {
	t.Attr("rules", "C-2.1")
	for _, tt := range []struct {
		path   string
		there  bool
		tenant string
	}{
		{"/common/oauth2/v2.0/token", true, "common"},
		{"/Contoso.Test/OAuth2/V2.0/Token/", true, "Contoso.Test"},
		{"/common/oauth2/token", true, "common"},
		{"/common/discovery/instance", true, "common"},
		{"/common/v2.0/.well-known/openid-configuration", true, "common"},
		{"/common/UserRealm/ida@x.test", true, "common"},
		{"/metadata/identity/oauth2/token", true, "common"},
		{"/oidc/userinfo", true, "common"},
		{"/x/oidc/userinfo", false, "x"},
		{"/common/oauth2/v2.0/token/more", false, "common"},
		{"/oauth2/v2.0/token", false, "oauth2"},
		{"/v1.0/me", false, "v1.0"},
		{"/", false, ""},
	} {
		if h, tenant := find(tt.path); (h != nil) != tt.there || tenant != tt.tenant {
			t.Errorf("%s: there is a handler %v, tenant %q", tt.path, h != nil, tenant)
		}
	}
}

func TestHandles(t *testing.T) {
	a, _ := service(t, Open)
	for target, want := range map[string]bool{
		"http://localhost/common/oauth2/token":      true,
		"http://localhost/v1.0/me":                  false,
		"https://login.microsoftonline.com/v1.0/me": true,
		"https://graph.microsoft.com/v1.0/me":       false,
		"https://graph.microsoft.com/oidc/userinfo": true,
	} {
		if got := a.Handles(httptest.NewRequest("GET", target, nil)); got != want {
			t.Errorf("%s: %v", target, got)
		}
	}
}

// What is wrong with the form of a request for a token.
func TestFormErrors(t *testing.T) {
	t.Attr("rules", "B-10.10 B-10.22 C-2.22")
	const form = "application/x-www-form-urlencoded"
	a, _ := service(t, Open)
	for _, tt := range []struct {
		what, method, kind, body string
		status, number           int
		code                     string
	}{
		{"another method", "GET", "", "", 405, 900561, "invalid_request"},
		{"a broken escape", "POST", form, "grant_type=%zz", 400, 9002313, "invalid_request"},
		{"a form that is too long", "POST", form, "x=" + strings.Repeat("y", maxForm), 400, 9002313, "invalid_request"},
		{"nothing", "POST", form, "", 400, 900144, "invalid_request"},
		{"JSON", "POST", "application/json", `{"grant_type":"password"}`, 400, 900144, "invalid_request"},
		{"an unknown grant", "POST", form, "grant_type=magic&client_id=x", 400, 70003, "unsupported_grant_type"},
	} {
		r := httptest.NewRequest(tt.method, "/"+tenantID+"/oauth2/v2.0/token?grant_type=password", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.kind)
		w := httptest.NewRecorder()
		w.Header()["Request-Id"], w.Header()["Client-Request-Id"] = []string{"R"}, []string{"C"}
		a.ServeHTTP(w, r)
		var got refusal
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Errorf("%s: %v in %s", tt.what, err, w.Body)
			continue
		}
		if w.Code != tt.status || got.Error != tt.code || len(got.Codes) != 1 || got.Codes[0] != tt.number {
			t.Errorf("%s: %d %s", tt.what, w.Code, w.Body)
		}
		if tt.number == 900144 && !strings.Contains(got.Description, "'grant_type'") { // what the URL says does not count
			t.Errorf("%s: %s", tt.what, got.Description)
		}
		end := " Trace ID: R Correlation ID: C Timestamp: " + got.Timestamp
		if !strings.HasPrefix(got.Description, fmt.Sprintf("AADSTS%d: ", tt.number)) || !strings.HasSuffix(got.Description, end) ||
			got.URI != fmt.Sprintf("%s/error?code=%d", origin, tt.number) || got.Timestamp != "2026-11-22 09:00:00Z" {
			t.Errorf("%s: %s", tt.what, w.Body)
		}
		if allow := w.Header().Get("Allow"); (allow == "POST") != (tt.status == 405) {
			t.Errorf("%s: Allow: %q", tt.what, allow)
		}
		if w.Header().Get("Cache-Control") != "no-store, no-cache" || w.Header().Get("Pragma") != "no-cache" {
			t.Errorf("%s: %v", tt.what, w.Header())
		}
	}
}

// The client of a form may be in the Authorization header, encoded as in a form.
func TestRequest(t *testing.T) {
	a, _ := service(t, Open)
	for _, tt := range []struct {
		path, user, password string
		want                 sts.Request
	}{
		{"/common/oauth2/v2.0/token", "", "", sts.Request{Tenant: "common"}},
		{"/common/oauth2/token", "", "", sts.Request{Tenant: "common", V1: true}},
		{"/common/OAuth2/V2.0/token", "a%2Bb", "s+e%25", sts.Request{Tenant: "common", ID: "a+b", Secret: "s e%"}},
		{"/common/oauth2/v2.0/token", "id", "100%", sts.Request{Tenant: "common", ID: "id", Secret: "100%"}},
	} {
		r := httptest.NewRequest("POST", tt.path, nil)
		r.RemoteAddr = "[::1]:50000"
		if tt.user != "" {
			r.SetBasicAuth(tt.user, tt.password)
		}
		tt.want.Origin, tt.want.Address = origin, "::1"
		if got := a.request(r, "common", nil); !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("%s %s: got %+v, want %+v", tt.path, tt.user, *got, tt.want)
		}
	}
}

// Whether a token that holds permissions has one, and what it needs as well.
func TestHolds(t *testing.T) {
	t.Attr("rules", "B-10.32")
	for _, tt := range []struct {
		held, name string
		want       bool
	}{
		{"User.Read", "User.Read", true},
		{"user.read", "User.Read", true},
		{"User.Read.All", "User.Read", false},
		{"", "User.Read", false},
		{"A B", "A+B", true},
		{"A", "A+B", false},
		{"A C", "A+B|C", true},
		{"B C", "A+B|C", false},
	} {
		if got := holds(strings.Fields(tt.held), tt.name); got != tt.want {
			t.Errorf("%q for %s: %v", tt.held, tt.name, got)
		}
	}
}

func TestCure(t *testing.T) {
	for accepted, want := range map[string]string{
		"A":       "Ask for A. The emulator grants it with --grant A.",
		"A B C":   "Ask for A, the least privileged, or one of B, C. The emulator grants it with --grant A.",
		"A+B|C D": "Ask for A with B or C, the least privileged, or one of D. The emulator grants it with --grant A.",
	} {
		names := strings.Fields(accepted)
		if got := cure(names); got != want || strings.Join(names, " ") != accepted {
			t.Errorf("%s: got %s, and left %s", accepted, got, names)
		}
	}
}
