// Package clients runs the identity library of the Azure SDK for Go against the
// emulator.
package clients

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

const (
	tenant = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"
	client = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"
	scope  = "https://graph.microsoft.com/.default"
)

// start serves an emulator on a port, which the library wants to reach by https, and
// says how to.
func start(t *testing.T, opts ...emulator.Option) (*graphtest.Server, azcore.ClientOptions) {
	t.Helper()
	srv := graphtest.Start(t, append(opts, emulator.WithAuth(emulator.AuthVerify))...)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: srv.CertPool()}}
	t.Cleanup(tr.CloseIdleConnections)
	return srv, azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: srv.AuthorityURL()}, Transport: &http.Client{Transport: tr}, Retry: policy.RetryOptions{MaxRetries: -1}}
}

// accepted fetches a token and calls Graph with it.
func accepted(t *testing.T, srv *graphtest.Server, cred azcore.TokenCredential, err error, scopes, path string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	token, err := cred.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scopes}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Token)
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || time.Until(token.ExpiresOn) < 50*time.Minute {
		t.Errorf("%s, the token lives until %v", resp.Status, token.ExpiresOn)
	}
}

func TestClientSecret(t *testing.T) {
	srv, o := start(t)
	for _, place := range []string{tenant, "northgale.test"} {
		cred, err := azidentity.NewClientSecretCredential(place, client, "any", &azidentity.ClientSecretCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true})
		accepted(t, srv, cred, err, scope, "/v1.0/users")
	}
}

// own is a tenant that lists its application, so that credentials are checked.
func own(cert []byte) fstest.MapFS {
	return fstest.MapFS{"applications.yaml": {Data: []byte(`applications:
  - appId: ` + client + `
    displayName: Desk
    passwordCredentials: [{keyId: 0d15c0de-0000-4000-8000-0000000000a1, secretText: right}]
    keyCredentials: [{keyId: 0d15c0de-0000-4000-8000-0000000000a2, type: AsymmetricX509Cert, usage: Verify, key: ` + base64.StdEncoding.EncodeToString(cert) + `}]
`)}}
}

func TestWrongSecret(t *testing.T) {
	srv, o := start(t, emulator.WithFixtures(own(nil)))
	_ = srv
	cred, err := azidentity.NewClientSecretCredential(tenant, client, "wrong", &azidentity.ClientSecretCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = cred.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	if failed := (*azidentity.AuthenticationFailedError)(nil); !errors.As(err, &failed) || !strings.Contains(err.Error(), "AADSTS7000215") {
		t.Errorf("got %v", err)
	}
}

func TestClientCertificate(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk"}, NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	srv, o := start(t, emulator.WithFixtures(own(der)))
	cred, err := azidentity.NewClientCertificateCredential(tenant, client, []*x509.Certificate{cert}, crypto.PrivateKey(key),
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true})
	accepted(t, srv, cred, err, scope, "/v1.0/organization")
}

func TestClientAssertion(t *testing.T) {
	srv, o := start(t)
	federated := func(context.Context) (string, error) {
		part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		return part(`{"alg":"RS256"}`) + "." + part(`{"iss":"https://ci.test","sub":"desk","aud":"api://AzureADTokenExchange","exp":4102444800}`) + "." + part("x"), nil
	}
	cred, err := azidentity.NewClientAssertionCredential(tenant, client, federated, &azidentity.ClientAssertionCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true})
	accepted(t, srv, cred, err, scope, "/v1.0/users")
}

func TestDeviceCode(t *testing.T) {
	srv, o := start(t)
	shown := ""
	cred, err := azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true, TenantID: tenant, ClientID: client,
		UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error { shown = m.Message; return nil }})
	accepted(t, srv, cred, err, "https://graph.microsoft.com/User.Read", "/v1.0/me")
	if !strings.Contains(shown, srv.AuthorityURL()+"/devicelogin") {
		t.Errorf("the person was told: %s", shown)
	}
}

func TestOnBehalfOf(t *testing.T) {
	srv, o := start(t)
	user, err := azidentity.NewUsernamePasswordCredential(tenant, client, "tomas@northgale.test", "any", &azidentity.UsernamePasswordCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true}) //nolint:staticcheck // people use it
	if err != nil {
		t.Fatal(err)
	}
	accepted(t, srv, user, nil, "https://graph.microsoft.com/User.Read", "/v1.0/me")
	incoming, err := user.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"api://" + client + "/Roster.Read"}})
	if err != nil {
		t.Fatal(err)
	}
	cred, err := azidentity.NewOnBehalfOfCredentialWithSecret(tenant, client, incoming.Token, "any", &azidentity.OnBehalfOfCredentialOptions{ClientOptions: o, DisableInstanceDiscovery: true})
	accepted(t, srv, cred, err, "https://graph.microsoft.com/User.Read", "/v1.0/me")
}
