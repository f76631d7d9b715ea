package origin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Origin decides what absolute URLs begin with: the scheme, host and port that the
// caller used (B-1.2, C-1.5), unless PublicURL is set. Who calls a host of Microsoft's
// goes on with it.
type Origin struct {
	PublicURL string // empty: what the caller used
	Forwarded bool   // or what a gateway says the caller used
}

// Of is the origin of a request.
func (o *Origin) Of(r *http.Request) string { return string(o.Append(nil, r)) }

// Append appends the origin of a request.
func (o *Origin) Append(dst []byte, r *http.Request) []byte {
	switch {
	case o.PublicURL != "" && !clouds.Has(r.Host):
		return append(dst, o.PublicURL...)
	case o.Forwarded:
		if base, ok := forwarded(r); ok {
			return append(dst, base...)
		}
	}
	switch {
	case r.TLS != nil:
		dst = append(dst, "https://"...)
	default:
		dst = append(dst, "http://"...)
	}
	return append(dst, r.Host...)
}

// forwarded is the origin that the gateway in front of us was asked for: what the first
// on the way wrote, in so far as it is one. What it does not say is as it reached us.
func forwarded(r *http.Request) (string, bool) {
	host, proto, port := hop(r, "X-Forwarded-Host"), strings.ToLower(hop(r, "X-Forwarded-Proto")), hop(r, "X-Forwarded-Port")
	if host == "" && proto == "" && port == "" {
		return "", false
	}
	if host == "" {
		host = r.Host
	}
	switch {
	case proto == "" && r.TLS != nil:
		proto = "https"
	case proto == "":
		proto = "http"
	case proto != "http" && proto != "https":
		return "", false
	}
	u, err := url.Parse(proto + "://" + host)
	if err != nil || u.Host == "" || u.Host != host || !ValidHost(host) {
		return "", false
	}
	usual := proto == "http" && port == "80" || proto == "https" && port == "443"
	if n, err := strconv.ParseUint(port, 10, 16); err == nil && u.Port() == "" && !usual {
		host += ":" + strconv.FormatUint(n, 10)
	}
	return proto + "://" + host, true
}

// hop is what the first gateway on the way wrote into a header.
func hop(r *http.Request, name string) string {
	v, _, _ := strings.Cut(r.Header.Get(name), ",")
	return strings.TrimSpace(v)
}

// ValidHost reports whether a host can stand in a URL as it is. HTTP/2 lets any text
// through as :authority, and links and contexts in answers begin with it.
func ValidHost(host string) bool {
	for i := 0; i < len(host); i++ {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == '.', c == '-', c == ':', c == '_', c == '[', c == ']', c == '%', c == '~':
		default:
			return false
		}
	}
	return true
}
