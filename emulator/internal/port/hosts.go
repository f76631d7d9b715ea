package port

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Hosts says which hosts a handler answers for.
type Hosts struct {
	Names  []string // names of the server's own, on any port
	Public string   // host, with or without port, that the server is known by; may be empty

	port string // of the listener; empty: there is none, and this machine's name goes without a port
}

// Own reports whether a host, which may have a port, is a name of the server's own.
// The port does not count: that of a container may be mapped to another.
func (h *Hosts) Own(host string) bool {
	if h.Public != "" && strings.EqualFold(host, h.Public) {
		return true
	}
	u := url.URL{Host: host}
	name := clean(&u)
	return name == "localhost" || net.ParseIP(name).IsLoopback() || slices.Contains(h.Names, name)
}

func clean(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") }

// Ours reports whether what u names is answered here: the hosts of Microsoft's that
// are stood for (C-12.2), and the server itself. Another port of this machine is
// another server.
func (h *Hosts) Ours(u *url.URL) bool {
	name, port := clean(u), u.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	}
	switch {
	case clouds.Has(name):
		return port == "443" || port == "80"
	case h.Public != "" && strings.EqualFold(u.Host, h.Public):
		return true
	case name == "localhost" || net.ParseIP(name).IsLoopback():
		return port == h.port || h.port == "" && u.Port() == ""
	}
	return slices.Contains(h.Names, name)
}
