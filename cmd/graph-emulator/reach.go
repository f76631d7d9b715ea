package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/admin"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// reached is a running server as its neighbors see it. What it sends goes straight
// there: a proxy of the environment is meant for the world and not for it.
type reached struct {
	url    string // http://127.0.0.1:3650
	port   string
	plain  *http.Client
	secure *http.Client // trusts the CA and nothing else; nil until the CA is known
	proxy  *http.Client // secure, by way of the server as a proxy
	ca     *x509.Certificate
	pem    []byte
}

func reach(base string) (*reached, error) {
	if err := options.CheckURL(base); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(named(base))
	return &reached{url: base, port: port, plain: &http.Client{Transport: &http.Transport{}}}, err
}

func (r *reached) close() {
	for _, c := range []*http.Client{r.plain, r.secure, r.proxy} {
		if c != nil {
			c.CloseIdleConnections()
		}
	}
}

// host is what the server is called over TLS.
func (r *reached) host() string { return named(r.url) }

// get reads an answer to its end, but no more than a MiB of it.
func get(ctx context.Context, c *http.Client, url, token string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return read(c.Do(req))
}

func read(resp *http.Response, err error) (int, []byte, error) {
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}

// trust fetches the CA over plain HTTP and makes the clients that trust it.
func (r *reached) trust(ctx context.Context) error {
	const path = admin.Prefix + "/ca.pem"
	status, text, err := get(ctx, r.plain, r.url+path, "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s%s answers %d", r.url, path, status)
	}
	if r.ca, err = certificate(text); err != nil {
		return fmt.Errorf("%s%s: %w", r.url, path, err)
	}
	r.pem = text
	roots := x509.NewCertPool()
	roots.AddCert(r.ca)
	via, err := url.Parse(r.url)
	if err != nil {
		return err
	}
	config := &tls.Config{RootCAs: roots}
	r.secure = &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
	r.proxy = &http.Client{Transport: &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true, Proxy: http.ProxyURL(via)}}
	return nil
}

// certificate reads the first certificate of a PEM text.
func certificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("it holds no certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// pin is the hash by which Chromium knows a key.
func pin(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// The names under which tests sign in where the tenant says nothing else: open and
// loose sign-ins take any.
const (
	anyClient = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"
	anySecret = "graph-emulator"
)

// token signs an application in.
func (r *reached) token(ctx context.Context, tenant string) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {anyClient}, "client_secret": {anySecret}, "scope": {"https://graph.microsoft.com/.default"}}
	where := "https://" + r.host() + "/" + tenant + "/oauth2/v2.0/token"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, where, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := read(r.secure.Do(req))
	if err != nil {
		return "", err
	}
	var answer struct {
		Token  string `json:"access_token"`
		Reason string `json:"error_description"`
	}
	switch err := json.Unmarshal(body, &answer); {
	case err == nil && status == http.StatusOK && answer.Token != "":
		return answer.Token, nil
	case err == nil && answer.Reason != "":
		reason, _, _ := strings.Cut(answer.Reason, "\n")
		return "", fmt.Errorf("%s answers %d: %s", where, status, strings.TrimSpace(reason))
	}
	return "", fmt.Errorf("%s answers %d", where, status)
}

// tenant is the id of the tenant, as a token from the control plane says it, because
// Graph itself may want one; empty when the server does not tell.
func (r *reached) tenant(ctx context.Context) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+admin.Prefix+"/authority/tokens", strings.NewReader("{}"))
	if err != nil {
		return ""
	}
	req.Header.Set("Content-Type", "application/json")
	status, body, err := read(r.plain.Do(req))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(body, &answer) != nil {
		return ""
	}
	parts := strings.Split(answer.Token, ".")
	if len(parts) != 3 {
		return ""
	}
	var claims struct {
		TID string `json:"tid"`
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return ""
	}
	return claims.TID
}
