package clouds

import (
	"slices"
	"strings"
)

// Cloud is one of Microsoft's: where one signs in, and where Graph is (B-1.3, B-10.1,
// C-12.2). Hosts are in lower case.
type Cloud struct {
	Logins   []string // of the sign-in service; the first is the one that documents name
	Cache    string   // the login host under which clients keep tokens
	Graph    []string // of Graph; the first is the one that tokens are for
	Instance string   // how the sign-in service calls the cloud
}

var clouds = []Cloud{
	{[]string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}, "login.windows.net",
		[]string{"graph.microsoft.com"}, "microsoftonline.com"},
	{[]string{"login.microsoftonline.us"}, "login.microsoftonline.us",
		[]string{"graph.microsoft.us", "dod-graph.microsoft.us"}, "microsoftonline.us"},
	{[]string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}, "login.partner.microsoftonline.cn",
		[]string{"microsoftgraph.chinacloudapi.cn"}, "partner.microsoftonline.cn"},
}

// All lists the clouds, the worldwide one first. Nobody changes what it gives.
func All() []Cloud { return clouds }

// Hosts lists all hosts of all clouds.
func Hosts() []string {
	var out []string
	for _, c := range clouds {
		out = slices.Concat(out, c.Graph, c.Logins)
	}
	return out
}

// Has reports whether host, which may have a port, is one of them. Names compare
// without regard to case, and a dot at the end means nothing.
func Has(host string) bool { return OfLogin(host) != nil || OfGraph(host) != nil }

// OfLogin finds the cloud that a host, which may have a port, signs in to; nil for
// any other host.
func OfLogin(host string) *Cloud {
	return find(host, func(c *Cloud) []string { return c.Logins })
}

// OfGraph finds the cloud whose Graph a host is; nil for any other host.
func OfGraph(host string) *Cloud {
	return find(host, func(c *Cloud) []string { return c.Graph })
}

func find(host string, names func(*Cloud) []string) *Cloud {
	host, _, _ = strings.Cut(host, ":") // an IPv6 address is cut to pieces, and is none of them either way
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for i := range clouds {
		if slices.Contains(names(&clouds[i]), host) {
			return &clouds[i]
		}
	}
	return nil
}
