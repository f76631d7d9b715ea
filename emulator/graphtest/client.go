package graphtest

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Client returns an HTTP client that calls this server as its signed-in user. Requests to
// a host of Microsoft Graph or its sign-in service, or without a host ("/v1.0/me"), go to
// the server. Any other host is an error, so that a test never leaves the machine. A
// request with an Authorization header keeps it.
func (s *Server) Client() *http.Client { return s.client(s.Token()) }

// As is Client for another user of the tenant, by id or userPrincipalName. An unknown user
// ends the test.
func (s *Server) As(user string) *http.Client {
	s.t.Helper()
	return s.client(s.TokenOf(user))
}

// AsApp is Client for an application without a user, with these application permissions.
func (s *Server) AsApp(roles ...string) *http.Client { return s.client(s.AppToken(roles...)) }

func (s *Server) client(token string) *http.Client {
	return &http.Client{Transport: &caller{s: s, token: token}}
}

// Transport returns a round tripper without a token, for code that makes its own client.
// Requests to Microsoft's hosts are answered in this process, and links in answers begin
// with those hosts. See emulator.Server.Transport.
func (s *Server) Transport() http.RoundTripper { return s.Emulator.Transport() }

// CertPool returns the roots that a client needs for SecureURL, and for Microsoft's hosts
// where URL is its proxy.
func (s *Server) CertPool() *x509.CertPool {
	s.t.Helper()
	pem, err := s.Emulator.CertificatePEM()
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}

// SecureURL is "https://localhost:port": URL with TLS.
func (s *Server) SecureURL() string {
	return "https://localhost" + s.host[strings.LastIndexByte(s.host, ':'):]
}

// caller sends requests to one server and nowhere else.
type caller struct {
	s     *Server
	token string // empty: none is sent
}

// RoundTrip implements http.RoundTripper.
func (c *caller) RoundTrip(r *http.Request) (*http.Response, error) {
	if !c.knows(r.URL) {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, fmt.Errorf("graphtest: this client calls the emulator at %s, not %s", c.s.URL, r.URL.Host)
	}
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.Host = "http", c.s.host, ""
	if c.token != "" && out.Header.Get("Authorization") == "" {
		out.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.s.transport.RoundTrip(out)
}

func (c *caller) knows(u *url.URL) bool {
	if u.Host == "" || u.Host == c.s.host || u.Host == "localhost:"+u.Port() && c.s.host == "127.0.0.1:"+u.Port() {
		return true
	}
	return slices.Contains(clouds.Hosts(), strings.ToLower(u.Host))
}
