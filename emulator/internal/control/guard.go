package control

import (
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/internal/admin"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// Guard keeps the control plane for the developer and away from the web pages in the
// developer's browser: loopback is no border for those. Programs that are no browser
// send neither Origin nor Sec-Fetch-Site.
type Guard struct {
	Own  func(host string) bool                          // whether a host name, without port, is configured
	Fail func(http.ResponseWriter, *http.Request, error) // writes an error
}

// Wrap lets a request through to next unless a check refuses it.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, check := range []func(*http.Request) error{g.host, origin, mediaType} {
			if err := check(r); err != nil {
				g.Fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func forbidden(cure, why string, args ...any) error {
	return &grapherr.Error{Status: http.StatusForbidden, Code: "Forbidden", Message: "The control plane refuses this request: " + fmt.Sprintf(why, args...), Cure: cure}
}

// host refuses names that a page could have pointed at this machine (DNS rebinding):
// all that the public DNS can hold, except those that are ours. An address is no name,
// and a name without a dot is one of a container network or of a hosts file.
func (g Guard) host(r *http.Request) error {
	u := url.URL{Host: r.Host}
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	address, _, _ := strings.Cut(name, "%")
	switch {
	case !strings.Contains(name, ".") && !strings.Contains(name, ":"), strings.HasSuffix(name, ".localhost"),
		net.ParseIP(address) != nil, clouds.Has(name), g.Own(name):
		return nil
	case name == "example.com": // of httptest.NewRequest; nobody can register it
		return nil
	}
	return forbidden("Call the emulator by localhost or by an IP address, or name the host with --control-host.",
		"the host %q is not known to be the emulator's own, and a web page could have pointed it here (DNS rebinding).", name)
}

// origin refuses pages of another origin. Every browser sends Origin with a request that
// can change something; Sec-Fetch-Site comes with all requests of current ones. A link
// on another site may open our page.
func origin(r *http.Request) error {
	const cure = "Send it from a program or from a page of the emulator itself. The resource API below /v1.0 and /beta answers pages of every origin."
	if from := r.Header.Values("Origin"); len(from) > 0 {
		if len(from) == 1 && sameHost(from[0], r.Host) {
			return nil
		}
		return forbidden(cure, "it comes from a web page of another origin, %q.", strings.Join(from, ", "))
	}
	h := r.Header
	opens := h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Dest") == "document" && r.Method == http.MethodGet && strings.TrimRight(r.URL.Path, "/") == admin.Prefix
	switch site := h.Get("Sec-Fetch-Site"); site {
	case "", "none", "same-origin":
		return nil
	default:
		if opens {
			return nil
		}
		return forbidden(cure, "a web page of another origin has caused it (Sec-Fetch-Site: %s).", site)
	}
}

// sameHost reports whether an origin is the host that a request was sent to. The scheme
// makes no difference: one port speaks HTTP and TLS.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return strings.EqualFold(strings.TrimSuffix(u.Host, port), strings.TrimSuffix(host, port))
}

// yamlTypes are the media types of YAML, the registered one first.
var yamlTypes = []string{"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"}

// mediaType refuses bodies that a page may send without asking first: forms and plain
// text. A request without a body needs no type.
func mediaType(r *http.Request) error {
	declared := r.Header.Get("Content-Type")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || declared == "" && r.ContentLength == 0 {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(declared) // lower case; empty where it cannot be read
	stubs := r.URL.Path == admin.Prefix+"/stubs"
	if kind == "application/json" || stubs && slices.Contains(yamlTypes, kind) {
		return nil
	}
	what, cure := "none", "Send Content-Type: application/json; without a body send no Content-Type."
	if declared != "" {
		what = declared
	}
	if stubs {
		cure = "Send Content-Type: application/json or application/yaml."
	}
	return grapherr.BadMedia(what).Because("The control plane takes only media types that a web page cannot send without permission.", cure)
}
