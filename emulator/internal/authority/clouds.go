package authority

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// cloud is one of Microsoft's: where one signs in, and where Graph is (B-1.3, B-10.1).
type cloud struct {
	network, cache string
	logins         []string
	graph          string
	instance       string
}

var clouds = []cloud{
	{"login.microsoftonline.com", "login.windows.net", []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
		"graph.microsoft.com", "microsoftonline.com"},
	{"login.microsoftonline.us", "login.microsoftonline.us", []string{"login.microsoftonline.us", "login.usgovcloudapi.net"}, "graph.microsoft.us", "microsoftonline.us"},
	{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
		"microsoftgraph.chinacloudapi.cn", "partner.microsoftonline.cn"},
}

// cloudOf finds the cloud that a host signs in to; nil for any other host.
func cloudOf(host string) *cloud {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for i := range clouds {
		if slices.Contains(clouds[i].logins, strings.ToLower(host)) {
			return &clouds[i]
		}
	}
	return nil
}

func number(n int) string { return strconv.Itoa(n) }
