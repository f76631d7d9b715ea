package sts

import (
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/clouds"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// scopes are what a request asks for, of one resource (B-10.19).
type scopes struct {
	Resource string   `json:"r"` // the audience, as it was asked for (C-2.18)
	Names    []string `json:"n"` // permissions without the resource
	Default  bool     `json:"d"` // .default
	Asked    []string `json:"a"` // every word as written, for the answer (C-2.12)
	OpenID   bool     `json:"i"`
	Profile  bool     `json:"p"`
	Email    bool     `json:"e"`
	Offline  bool     `json:"o"`
	others   bool     // words of a second resource were left out
}

// readScopes reads a scope parameter. A short name is Graph's, whose audience is
// then the GUID (B-10.23).
func readScopes(text string) scopes {
	var out scopes
	for _, word := range strings.Fields(text) {
		switch strings.ToLower(word) {
		case "openid":
			out.OpenID = true
		case "profile":
			out.Profile = true
		case "email":
			out.Email = true
		case "offline_access":
			out.Offline = true
			continue
		default:
			resource, name := Graph, word
			if at := strings.LastIndexByte(word, '/'); at > 0 {
				resource, name = word[:at], word[at+1:]
			} else if word == ".default" {
				name = word
			}
			if out.Resource != "" && !sameResource(out.Resource, resource) {
				out.others = true
				continue
			}
			if out.Resource == "" || out.Resource == Graph {
				out.Resource = resource
			}
			if strings.EqualFold(name, ".default") {
				out.Default = true
			} else {
				out.Names = append(out.Names, name)
			}
		}
		out.Asked = append(out.Asked, word)
	}
	return out
}

func sameResource(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/")) || isCloud(a) && isCloud(b)
}

// isCloud reports whether a resource is Graph by one of its names (B-1.3, C-2.18).
func isCloud(resource string) bool {
	r := strings.ToLower(strings.TrimRight(resource, "/"))
	host, secure := strings.CutPrefix(r, "https://")
	return r == Graph || secure && !strings.ContainsAny(host, ":/") && clouds.OfGraph(host) != nil
}

// isGraph reports whether a resource is Graph: by name, or as the emulator's own
// address, also as the other spelling of loopback (C-1.6).
func isGraph(resource, origin string) bool {
	if resource == "" || isCloud(resource) || strings.EqualFold(strings.TrimRight(resource, "/"), origin) {
		return true
	}
	a, err := url.Parse(resource)
	b, err2 := url.Parse(origin)
	if err != nil || err2 != nil || a.Host == "" {
		return false
	}
	return a.Host == b.Host || loopback(a.Hostname()) && loopback(b.Hostname()) && a.Port() == b.Port()
}

func loopback(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "::1" || strings.HasPrefix(host, "127.")
}

// resource says who a token is for.
type resource struct {
	graph     bool
	audience  string // aud
	version   int    // of its tokens: 1 or 2
	principal string // the id of its service principal; empty where none is stored
	app       *client
}

// resolve finds the resource of a request. What is neither an address nor a GUID
// is refused always, what the tenant does not know only where it is checked.
func (s *Service) resolve(name, origin, tenant string) (resource, error) {
	if isGraph(name, origin) {
		if name == "" {
			name = Graph
		}
		return resource{graph: true, audience: name, version: 1}, nil
	}
	u, err := url.Parse(name)
	if !edm.IsGUID(name) && (err != nil || u.Scheme == "") {
		return resource{}, Fail(500011, name, tenant)
	}
	if c := s.byURI(name); c != nil {
		r := resource{audience: name, version: max(c.API.Version, 1), principal: c.principal.ID, app: c}
		if r.version == 2 {
			r.audience = c.ID
		}
		return r, nil
	}
	if s.Checked().Applications {
		return resource{}, Fail(500011, name, tenant)
	}
	return resource{audience: name, version: 1}, nil
}

// known refuses scopes that Graph does not have, where scopes are checked (C-2.24).
func (s *Service) known(c *client, want *scopes, r *resource) error {
	if !r.graph || s.Scope == nil || !s.Checked().Applications {
		return nil
	}
	for _, name := range want.Names {
		if ok, _ := s.Scope(name); !ok {
			return Fail(650053, c.Name, name)
		}
	}
	return nil
}
