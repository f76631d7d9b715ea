package cassette_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// BenchmarkRecording compares clients of an emulator with and without a recorder between
// them: "record" is the server of that command, with clients that find it as their proxy,
// "proxy" the same proxy in a bare server of net/http, called by its address, "transport" a
// Go client's own. There is TLS to either side. Both sides go the same way to the same
// emulator, in turns, and the median of the ratios is what counts. The aim: recording takes
// at most 15% of the requests a second that pass the same way unrecorded.
func BenchmarkRecording(b *testing.B) {
	for _, way := range []string{"record", "proxy", "transport"} {
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", way, clients), func(b *testing.B) {
				_, url, transport := secure(b, way == "record")
				c, err := cassette.Open(filepath.Join(b.TempDir(), "x.yaml"), cassette.All, cassette.WithUpstream(url.String()))
				if err != nil {
					b.Fatal(err)
				}
				defer c.Close()
				base, plain := asked(b, way, url, transport)
				copied, recorded := asked(b, way, url, c.Transport(transport))
				var without, with, ratio []float64
				for b.Loop() {
					p := drive(b, clients, base, plain)
					r := drive(b, clients, copied, recorded)
					without, with, ratio = append(without, p), append(with, r), append(ratio, r/p)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(median(without), "plain-requests/s")
				b.ReportMetric(median(with), "requests/s")
				b.ReportMetric(median(ratio), "x-of-plain")
			})
		}
	}
}

// asked is where clients call, and how, so that they come to url by way of through.
func asked(b *testing.B, way string, url *neturl.URL, through http.RoundTripper) (string, *http.Client) {
	switch way {
	case "transport":
		return url.String(), &http.Client{Transport: through}
	case "record":
		return url.String(), between(b, func(http.Handler) http.Handler {
			return cassette.Proxy(func(*http.Request) *neturl.URL { return url }, through)
		})
	}
	proxy := httptest.NewTLSServer(cassette.Proxy(func(*http.Request) *neturl.URL { return url }, through))
	b.Cleanup(proxy.Close)
	own := proxy.Client().Transport.(*http.Transport)
	own.MaxIdleConnsPerHost = 64
	return proxy.URL, &http.Client{Transport: own}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// graph is where the clients of "record" believe they are.
var graph = &neturl.URL{Scheme: "https", Host: "graph.microsoft.com"}

// secure is an emulator over TLS, and what calls it: by its address, or as the host that it
// stands for.
func secure(b *testing.B, named bool, opts ...emulator.Option) (addr string, at *neturl.URL, _ *http.Transport) {
	emu, err := emulator.New(opts...)
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
	at = &neturl.URL{Scheme: "https", Host: l.Addr().String()}
	if named {
		at = graph
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, l.Addr().String())
		}
	}
	return l.Addr().String(), at, transport
}

// between is a client whose proxy answers with what wrap makes of an emulator.
func between(b *testing.B, wrap func(http.Handler) http.Handler) *http.Client {
	addr, _, transport := secure(b, false, emulator.WithMiddleware(wrap), emulator.WithFixtures(fixtures.Empty()), emulator.WithProxyOthers(emulator.ProxyTunnel))
	transport.Proxy = http.ProxyURL(&neturl.URL{Scheme: "http", Host: addr})
	return &http.Client{Transport: transport}
}

// people are who calls are about.
var people = []string{"ida", "zoe", "xiaoming", "tomas", "soren", "olena", "jurgen", "jose", "huong", "fatima", "aoife"}

// call is the i-th that clients make: some answers are as they were before, some are new.
func call(i int64) (method, path, body string) {
	user := "/v1.0/users/" + people[i/6%int64(len(people))] + "@northgale.test"
	switch i % 6 {
	case 0:
		return "GET", "/v1.0/me", ""
	case 1:
		return "GET", "/v1.0/users?$top=5", ""
	case 2:
		return "PATCH", user, fmt.Sprintf(`{"jobTitle":"Pilot %d","officeLocation":"Tower 2","businessPhones":["+47 5550 0101"]}`, i)
	case 3:
		return "GET", user + "?$select=displayName,mail,jobTitle", ""
	case 4:
		return "POST", "/beta/communications/presences", `{"@odata.type":"#microsoft.graph.presence","activity":"InAMeeting","availability":"Busy"}`
	}
	return "GET", user + "/presence", ""
}

// asks counts calls, so that none is like one before.
var asks atomic.Int64

// drive is how many requests a second clients make.
func drive(b *testing.B, clients int, url string, client *http.Client) float64 {
	const requests = 900
	var next atomic.Int64
	from := asks.Add(requests)
	var all sync.WaitGroup
	runtime.GC() // neither side pays for what the other left behind
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for i := next.Add(1); i <= requests; i = next.Add(1) {
				method, path, body := call(from + i)
				req, err := http.NewRequest(method, url+path, strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				if body != "" {
					req.Header.Set("Content-Type", "application/json")
				}
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode >= 300 {
					b.Errorf("%s %s: %s", method, path, resp.Status)
				}
			}
		})
	}
	all.Wait()
	return requests / time.Since(begun).Seconds()
}
