package graphtest

import (
	"fmt"
	"net/http"
	"net/url"
)

// Client gives an HTTP client that calls this server as its signed-in user. What
// it sends to a host of Microsoft Graph, or to no host ("/v1.0/me"), goes to the
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

// caller sends requests to one server and nowhere else.
type caller struct {
	s     *Server
	token string // empty: none is sent
}

// clouds are the hosts of Graph (B-1.3).
var clouds = [...]string{"graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"}

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
	for _, host := range clouds {
		if u.Host == host {
			return true
		}
	}
	return false
}
