package origin

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name    string
		origin  Origin
		host    string
		secure  bool
		headers string // Host=…; Proto=…; Port=…
		want    string
	}{
		{"as called", Origin{}, "localhost:3650", false, "", "http://localhost:3650"},
		{"over TLS", Origin{}, "localhost:3650", true, "", "https://localhost:3650"},
		{"public", Origin{PublicURL: "https://graph.test"}, "localhost:3650", false, "", "https://graph.test"},
		{"a host of Microsoft's keeps its name", Origin{PublicURL: "https://graph.test"}, "graph.microsoft.com", true, "", "https://graph.microsoft.com"},
		{"headers of a gateway are ignored unless asked for", Origin{}, "localhost", false, "Host=evil.test", "http://localhost"},
		{"forwarded host", Origin{Forwarded: true}, "localhost", false, "Host=graph.test", "http://graph.test"},
		{"forwarded, all", Origin{Forwarded: true}, "localhost", false, "Host=graph.test; Proto=https; Port=8443", "https://graph.test:8443"},
		{"the usual port is left out", Origin{Forwarded: true}, "localhost", false, "Host=graph.test; Proto=https; Port=443", "https://graph.test"},
		{"a port in the host wins", Origin{Forwarded: true}, "localhost", false, "Host=graph.test:1; Port=2", "http://graph.test:1"},
		{"the first gateway counts", Origin{Forwarded: true}, "localhost", false, "Host=a.test, b.test; Proto=https, http", "https://a.test"},
		{"protocol alone", Origin{Forwarded: true}, "localhost:80", false, "Proto=HTTPS", "https://localhost:80"},
		{"TLS without a forwarded protocol", Origin{Forwarded: true}, "localhost", true, "Host=graph.test", "https://graph.test"},
		{"unknown protocol", Origin{Forwarded: true}, "localhost", false, "Host=graph.test; Proto=ftp", "http://localhost"},
		{"a host with a path", Origin{Forwarded: true}, "localhost", false, "Host=graph.test/x", "http://localhost"},
		{"a host with a quote", Origin{Forwarded: true}, "localhost", false, `Host=graph"test`, "http://localhost"},
	} {
		r := httptest.NewRequest("GET", "http://"+tt.host+"/v1.0/me", nil)
		if tt.secure {
			r.TLS = &tls.ConnectionState{}
		}
		for _, h := range strings.Split(tt.headers, "; ") {
			if name, v, ok := strings.Cut(h, "="); ok {
				r.Header.Set("X-Forwarded-"+name, v)
			}
		}
		if got := tt.origin.Of(r); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
