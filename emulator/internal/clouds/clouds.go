package clouds

import (
	"slices"
	"strings"
)

// graph and login are the hosts of Graph and of the sign-in service in each cloud
// (B-1.3, C-12.2).
var (
	graph = []string{"graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"}
	login = []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
		"login.microsoftonline.us", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn"}
)

// Hosts lists all of them.
func Hosts() []string { return append(slices.Clone(graph), login...) }

// Graph lists the hosts of Graph.
func Graph() []string { return slices.Clone(graph) }

// Has reports whether host, which may have a port, is one of them. Names compare
// without regard to case, and a dot at the end means nothing.
func Has(host string) bool {
	host, _, _ = strings.Cut(host, ":") // an IPv6 address is cut to pieces, and is none of them either way
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.Contains(graph, host) || slices.Contains(login, host)
}
