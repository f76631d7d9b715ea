package port_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// TestInterception: with the emulator as proxy and its CA, Microsoft's hosts lead
// to it, and links begin with the host that the client called, a
// public URL or not.
func TestInterception(t *testing.T) {
	t.Attr("rules", "B-1.2 B-1.13 C-1.5 C-12.1 C-12.2")
	p := emulatortest.Listen(t, emulator.WithPublicURL("https://graph.northgale.test"))
	c := p.Client(t, true)
	for _, host := range clouds.Hosts() {
		resp, body := emulatortest.Fetch(t, c, "https://"+host+"/v1.0/users?$top=1")
		if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
			t.Errorf("%s: %s %s", host, resp.Proto, resp.Status)
		}
		if got, want := contextOf(t, body), "https://"+host+"/v1.0/$metadata#users"; got != want {
			t.Errorf("context %s, want %s", got, want)
		}
		if got := resp.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" { // B-1.13
			t.Errorf("%s: Strict-Transport-Security %q", host, got)
		}
	}
	for target, base := range map[string]string{
		"http://graph.microsoft.com/v1.0/users":               "http://graph.microsoft.com",      // absolute form
		"http://graph.northgale.test/v1.0/users":              "https://graph.northgale.test",    // the public name
		"https://localhost:" + p.Number + "/v1.0/users":       "https://graph.northgale.test",    // itself, by CONNECT
		"http://127.0.0.1:" + p.Number + "/v1.0/users?$top=1": "https://graph.northgale.test",    // itself, in absolute form
		"https://GRAPH.microsoft.com:443/v1.0/users":          "https://GRAPH.microsoft.com:443", // as the client wrote it
	} {
		tr := c.Transport.(*http.Transport).Clone()
		tr.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: p.Addr}, nil } // loopback too
		defer tr.CloseIdleConnections()
		resp, body := emulatortest.Fetch(t, &http.Client{Transport: tr}, target)
		if got := contextOf(t, body); resp.StatusCode != http.StatusOK || !strings.HasPrefix(got, base+"/") {
			t.Errorf("%s: %s, context %s", target, resp.Status, got)
		}
	}
	if got := raw(t, p, "GET https://graph.microsoft.com/v1.0/users HTTP/1.1\r\nHost: graph.microsoft.com\r\nConnection: close\r\n\r\n"); !strings.Contains(got, `"https://graph.microsoft.com/v1.0/$metadata#users"`) {
		t.Errorf("absolute form of an https URL: %s", got)
	}
}

// TestProxyOverTLS: the way to the proxy may be TLS itself, and HTTP in the tunnel is
// as good as TLS.
func TestProxyOverTLS(t *testing.T) {
	p := emulatortest.Listen(t)
	c := p.Client(t, false)
	tr := c.Transport.(*http.Transport)
	tr.ForceAttemptHTTP2 = false // net/http would speak HTTP/1.1 to a proxy with which it has agreed on HTTP/2
	tr.Proxy = http.ProxyURL(&url.URL{Scheme: "https", Host: "localhost:" + p.Number})
	if resp, body := emulatortest.Fetch(t, c, "https://graph.microsoft.com/v1.0/me"); contextOf(t, body) == "" {
		t.Errorf("TLS in TLS: %s %s", resp.Status, body)
	}
	// What a client sends right behind CONNECT, without waiting, is not lost.
	got := raw(t, p, "CONNECT graph.microsoft.com:80 HTTP/1.1\r\nHost: a\r\n\r\nGET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 200 Connection Established\r\n\r\nHTTP/1.1 200 OK") || !strings.Contains(got, "http://graph.microsoft.com/v1.0/$metadata") {
		t.Errorf("HTTP in a tunnel: %s", got)
	}
}

// TestConnectOverHTTP2: its streams cannot be intercepted, and the answer says so.
func TestConnectOverHTTP2(t *testing.T) {
	p := emulatortest.Listen(t)
	c := p.Client(t, false)
	r, err := http.NewRequest(http.MethodConnect, "https://localhost:"+p.Number, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "graph.microsoft.com:443"
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusNotImplemented {
		t.Errorf("%s %s", resp.Proto, resp.Status)
	}
}

// TestOtherHosts: refused at once, with the reason where clients show it.
func TestOtherHosts(t *testing.T) {
	t.Attr("rules", "C-12.3")
	var log strings.Builder
	p := emulatortest.Listen(t, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	c := p.Client(t, true)
	for _, target := range []string{"https://example.com/", "https://graph.microsoft.com:8443/", "https://x.graph.microsoft.com/", "https://192.0.2.1/", "https://graph.microsoft.com.example.com/"} {
		resp, err := c.Get(target)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s: %s", target, resp.Status)
		} else if u, _ := url.Parse(target); !strings.Contains(err.Error(), "passes nothing on to "+u.Host) {
			t.Errorf("%s: %v", target, err)
		}
	}
	resp, body := emulatortest.Fetch(t, c, "http://example.com/v1.0/me")
	if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "--proxy-others tunnel") || resp.Header.Get("request-id") == "" {
		t.Errorf("absolute form: %s %s", resp.Status, body)
	}
	for _, text := range []string{"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT localhost:1 HTTP/1.1\r\nHost: a\r\n\r\n"} {
		if got := raw(t, p, text); !strings.HasPrefix(got, "HTTP/1.1 502 graph-emulator passes nothing on to ") {
			t.Errorf("another port of this machine: %q", got)
		}
	}
	p.End(t)
	if !strings.Contains(log.String(), "host=example.com") {
		t.Errorf("not in the log:\n%s", &log)
	}
}

// TestTunnel: --proxy-others tunnel lets other hosts through, and Microsoft's still
// lead here.
func TestTunnel(t *testing.T) {
	there := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "there: "+r.Host) }))
	defer there.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "plain: "+r.Host+r.URL.Path) }))
	defer plain.Close()
	p := emulatortest.Listen(t, emulator.WithProxyOthers(emulator.ProxyTunnel))
	p.Roots.AddCert(there.Certificate())
	c := p.Client(t, false)
	c.Transport.(*http.Transport).Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: p.Addr}, nil }
	if _, body := emulatortest.Fetch(t, c, there.URL); body != "there: "+strings.TrimPrefix(there.URL, "https://") {
		t.Errorf("got %q", body)
	}
	if _, body := emulatortest.Fetch(t, c, plain.URL+"/path"); body != "plain: "+strings.TrimPrefix(plain.URL, "http://")+"/path" {
		t.Errorf("got %q", body)
	}
	if _, body := emulatortest.Fetch(t, c, "https://graph.microsoft.com/v1.0/me"); contextOf(t, body) == "" {
		t.Errorf("got %q", body)
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	if resp, err := c.Get("https://" + gone.Addr().String()); err == nil {
		resp.Body.Close()
		t.Error(resp.Status)
	} else if !strings.Contains(err.Error(), "cannot reach "+gone.Addr().String()) {
		t.Error(err)
	}
	if resp, _ := emulatortest.Fetch(t, c, "http://"+gone.Addr().String()); resp.StatusCode != http.StatusBadGateway {
		t.Error(resp.Status)
	}
}

// TestShutdownWithTunnels: an open tunnel is cut, requests in flight are finished, and
// no goroutine is left.
func TestShutdownWithTunnels(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	far, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	p := emulatortest.Listen(t, emulator.WithProxyOthers(emulator.ProxyTunnel))
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, "CONNECT "+far.Addr().String()+" HTTP/1.1\r\nHost: a\r\n\r\nhello")
	there, err := far.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	there.SetDeadline(time.Now().Add(20 * time.Second))
	near := bufio.NewReader(c)
	for line := ""; line != "\r\n"; {
		if line, err = near.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	hello := make([]byte, 5)
	if _, err := io.ReadFull(there, hello); err != nil || string(hello) != "hello" {
		t.Fatalf("%q %v", hello, err)
	}
	there.Write([]byte("!"))
	if b, err := near.ReadByte(); err != nil || b != '!' {
		t.Fatalf("%q %v", b, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Emulator.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if _, err := near.ReadByte(); err == nil || isTimeout(err) {
		t.Errorf("the tunnel is still open: %v", err)
	}
	if _, err := there.Read(hello); err == nil || isTimeout(err) {
		t.Errorf("its other end is still open: %v", err)
	}
	p.End(t)
}

// TestHalfClosed: who has said everything may still listen.
func TestHalfClosed(t *testing.T) {
	far, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	p := emulatortest.Listen(t, emulator.WithProxyOthers(emulator.ProxyTunnel))
	go func() {
		c, err := far.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		all, _ := io.ReadAll(c)
		io.WriteString(c, "got "+string(all))
	}()
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, "CONNECT "+far.Addr().String()+" HTTP/1.1\r\nHost: a\r\n\r\nall")
	c.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasSuffix(string(answer), "\r\n\r\ngot all") {
		t.Errorf("%q %v", answer, err)
	}
}
