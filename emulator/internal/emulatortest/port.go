package emulatortest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Port is an emulator on a port of its own, with what a client needs to call it.
type Port struct {
	Emulator *emulator.Server
	Addr     string // 127.0.0.1:port
	Number   string // of the port
	Roots    *x509.CertPool

	served chan error // nil once it has ended
}

// Listen serves an emulator on loopback until the test ends.
func Listen(t testing.TB, opts ...emulator.Option) *Port {
	t.Helper()
	emu, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, number, _ := net.SplitHostPort(l.Addr().String())
	p := &Port{Emulator: emu, Addr: l.Addr().String(), Number: number, Roots: x509.NewCertPool(), served: make(chan error, 1)}
	go func() { p.served <- emu.Serve(l) }()
	t.Cleanup(func() { p.End(t) })
	pem, err := emu.CertificatePEM()
	if err != nil || !p.Roots.AppendCertsFromPEM(pem) {
		t.Fatalf("no CA: %s %v", pem, err)
	}
	return p
}

// End closes the emulator and waits for Serve to return. A second call does nothing.
func (p *Port) End(t testing.TB) {
	t.Helper()
	if p.served == nil {
		return
	}
	if err := p.Emulator.Close(); err != nil {
		t.Error(err)
	}
	if err := <-p.served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	p.served = nil
}

// Client trusts the CA, and asks the emulator as a proxy if it is told to.
func (p *Port) Client(t testing.TB, proxy bool) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.Roots}, ForceAttemptHTTP2: true}
	if proxy {
		tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: p.Addr})
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second}
}

// Fetch gives the answer to a GET with its body read.
func Fetch(t testing.TB, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}
