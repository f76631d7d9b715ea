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

// Client gives an HTTP client that calls this server as its signed-in user. What
// it sends to a host of Microsoft Graph or its sign-in service, or to no host ("/v1.0/me"), goes to the
// server; any other host is an error, so that a test never leaves the machine. A
// request with an Authorization header of its own keeps it.
func (s *Server) Client() *http.Client { return s.client(s.Token()) }

// As gives a client like Client that calls as another user of the tenant, named
// by id or userPrincipalName. A user that is not there ends the test.
func (s *Server) As(user string) *http.Client {
	s.t.Helper()
	return s.client(s.TokenOf(user))
}

// AsApp gives a client like Client that calls as an application without a user.
func (s *Server) AsApp(roles ...string) *http.Client { return s.client(s.AppToken(roles...)) }

func (s *Server) client(token string) *http.Client {
	return &http.Client{Transport: &caller{s: s, token: token}}
}

// Transport gives a round tripper without a token of its own, for code that makes its
// own client: what it sends to Microsoft's hosts is answered in this process, and
// links in answers begin with those hosts. See emulator.Server.Transport.
func (s *Server) Transport() http.RoundTripper { return s.Emulator.Transport() }

// CertPool gives roots that vouch for SecureURL, and for Microsoft's hosts where URL
// is a client's proxy.
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
