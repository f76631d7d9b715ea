package cassette_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
)

// BenchmarkRecording compares a client of an emulator with and without a recorder between
// them: "proxy" is that of the record command, over TLS to either side as with a client
// that finds it as its proxy, "transport" a Go client's own. The aim: recording takes at most 15% of the requests a second that
// pass the same way unrecorded.
func BenchmarkRecording(b *testing.B) {
	for _, way := range []string{"proxy", "transport"} {
		for _, clients := range []int{1, 8} {
			for _, recorded := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/%d/%s", way, clients, map[bool]string{true: "recorded", false: "plain"}[recorded]), func(b *testing.B) {
					url, transport := secure(b)
					var through http.RoundTripper = transport
					if recorded {
						c, err := cassette.Open(filepath.Join(b.TempDir(), "x.yaml"), cassette.All, cassette.WithUpstream(url.String()))
						if err != nil {
							b.Fatal(err)
						}
						defer c.Close()
						through = c.Transport(transport)
					}
					if way == "transport" {
						drive(b, clients, url.String(), &http.Client{Transport: through})
						return
					}
					proxy := httptest.NewTLSServer(cassette.Proxy(func(*http.Request) *neturl.URL { return url }, through))
					defer proxy.Close()
					own := proxy.Client().Transport.(*http.Transport)
					own.MaxIdleConnsPerHost = 64
					drive(b, clients, proxy.URL, &http.Client{Transport: own})
				})
			}
		}
	}
}

// secure is an emulator over TLS, and what calls it.
func secure(b *testing.B) (*neturl.URL, *http.Transport) {
	emu, err := emulator.New()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { emu.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go emu.Serve(l)
	pem, err := emu.CertificatePEM()
	if err != nil {
		b.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{MaxIdleConnsPerHost: 64, TLSClientConfig: &tls.Config{RootCAs: roots}}
	b.Cleanup(transport.CloseIdleConnections)
	return &neturl.URL{Scheme: "https", Host: l.Addr().String()}, transport
}

func drive(b *testing.B, clients int, url string, client *http.Client) {
	paths := []string{"/v1.0/me", "/v1.0/users?$top=5", "/v1.0/users/ida@northgale.test?$select=displayName,mail", "/v1.0/me/presence"}
	var next atomic.Int64
	var all sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range clients {
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				resp, err := client.Get(url + paths[i%int64(len(paths))])
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
