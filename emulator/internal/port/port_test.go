package port_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// contextOf is the @odata.context of an answer.
func contextOf(t *testing.T, body string) string {
	t.Helper()
	var v struct {
		Context string `json:"@odata.context"`
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v.Context
}

// TestOnePort: HTTP and TLS on one port, links begin with what the client
// used even when clients differ, HTTP/2 where it is spoken, and no
// Strict-Transport-Security for names of this machine.
func TestOnePort(t *testing.T) {
	t.Attr("rules", "B-1.4 C-1.1 C-1.2 C-1.3 C-1.5 C-1.6")
	p := emulatortest.Listen(t, emulator.WithTLSNames("graph.test"))
	secure, plain := p.Client(t, false), p.Client(t, false)
	plain.Transport.(*http.Transport).TLSClientConfig.NextProtos = []string{"http/1.1"}
	plain.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	for _, tt := range []struct {
		client *http.Client
		base   string
		major  int
	}{
		{plain, "http://127.0.0.1:" + p.Number, 1}, {plain, "http://localhost:" + p.Number, 1},
		{plain, "https://localhost:" + p.Number, 1}, {secure, "https://localhost:" + p.Number, 2},
		{secure, "https://127.0.0.1:" + p.Number, 2}, {plain, "https://127.0.0.1:" + p.Number, 1},
	} {
		resp, body := emulatortest.Fetch(t, tt.client, tt.base+"/v1.0/users?$top=1")
		if resp.StatusCode != http.StatusOK || resp.ProtoMajor != tt.major {
			t.Errorf("%s: %s %s", tt.base, resp.Proto, resp.Status)
		}
		if got, want := contextOf(t, body), tt.base+"/v1.0/$metadata#users"; got != want {
			t.Errorf("context %s, want %s", got, want)
		}
		if !strings.Contains(body, `"@odata.nextLink":"`+tt.base+"/v1.0/users?") {
			t.Errorf("%s: no next link of the same origin: %s", tt.base, body)
		}
		if got := resp.Header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("%s: Strict-Transport-Security %q", tt.base, got)
		}
	}
	resp, body := emulatortest.Fetch(t, plain, "http://"+p.Addr+"/_emulator/ca.pem") // C-1.3: over plain HTTP
	pem, _ := p.Emulator.CertificatePEM()
	if resp.StatusCode != http.StatusOK || body != string(pem) || strings.Contains(body, "PRIVATE") {
		t.Errorf("ca.pem: %s %s", resp.Status, body)
	}
}

// handshake gives the certificate that a name is answered with.
func handshake(t *testing.T, p *emulatortest.Port, config *tls.Config) (*tls.ConnectionState, error) {
	t.Helper()
	config.RootCAs = p.Roots
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: 20 * time.Second}, "tcp", p.Addr, config)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	state := c.ConnectionState()
	return &state, nil
}

// TestNames: every name of Graph and of its sign-in is vouched for on demand, as in host
// mapping without a proxy, and no other.
func TestNames(t *testing.T) {
	t.Attr("rules", "B-1.3 B-1.4 C-1.4 C-12.2 C-12.5")
	p := emulatortest.Listen(t, emulator.WithTLSNames("graph", "192.0.2.7"))
	for _, name := range append(clouds.Hosts(), "localhost", "127.0.0.1", "::1", "graph", "192.0.2.7") {
		state, err := handshake(t, p, &tls.Config{ServerName: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if life := state.PeerCertificates[0].NotAfter.Sub(state.PeerCertificates[0].NotBefore); life > 398*24*time.Hour {
			t.Errorf("%s: lives %v", name, life)
		}
	}
	for _, name := range []string{"example.com", "www.microsoft.com", "192.0.2.8"} {
		if _, err := handshake(t, p, &tls.Config{ServerName: name}); !errors.As(err, new(x509.HostnameError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := handshake(t, p, &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS11}); err == nil { // B-1.4
		t.Error("TLS 1.1 is spoken")
	}
	if state, err := handshake(t, p, &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS12}); err != nil || state.Version != tls.VersionTLS12 {
		t.Errorf("TLS 1.2: %v", err)
	}
}

// TestOwnCertificate: the caller's certificate for all names but Microsoft's.
func TestOwnCertificate(t *testing.T) {
	theirs := httptest.NewUnstartedServer(nil)
	theirs.StartTLS()
	theirs.Close()
	p := emulatortest.Listen(t, emulator.WithCertificate(theirs.TLS.Certificates[0]))
	p.Roots.AddCert(theirs.Certificate())
	for name, own := range map[string]bool{"example.com": true, "graph.microsoft.com": false} { // httptest's is for example.com
		state, err := handshake(t, p, &tls.Config{ServerName: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if state.PeerCertificates[0].Equal(theirs.Certificate()) != own {
			t.Errorf("%s has the wrong certificate", name)
		}
	}
}

func TestBadPortOptions(t *testing.T) {
	for name, o := range map[string]emulator.Option{
		"*.test": emulator.WithTLSNames("a", "*.test"), "empty": emulator.WithCADir(""), "chain": emulator.WithCertificate(tls.Certificate{}),
		"proxy-others: 9": emulator.WithProxyOthers(emulator.ProxyMode(9)), "CA": emulator.WithCADir("/dev/null/ca"),
	} {
		if _, err := emulator.New(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCADir: the CA of a folder is the same at the next start.
func TestCADir(t *testing.T) {
	t.Attr("rules", "C-1.3")
	dir := t.TempDir()
	first, second := emulatortest.Listen(t, emulator.WithCADir(dir)), emulatortest.Listen(t, emulator.WithCADir(dir))
	if resp, _ := emulatortest.Fetch(t, first.Client(t, false), "https://localhost:"+second.Number+"/_emulator/health"); resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
}

// raw sends text on a new connection and gives what comes back until the end.
func raw(t *testing.T, p *emulatortest.Port, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, text)
	answer, _ := io.ReadAll(c)
	return string(answer)
}

// sealed sends a text over TLS and HTTP/1.1 and returns all that is answered. With intercepted
// the connection is one that a client makes through the emulator as its proxy.
func sealed(t *testing.T, p *emulatortest.Port, intercepted bool, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if intercepted {
		io.WriteString(c, "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: graph.microsoft.com:443\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("CONNECT: %+v %v", resp, err)
		}
	}
	in := tls.Client(c, &tls.Config{RootCAs: p.Roots, ServerName: "graph.microsoft.com"})
	io.WriteString(in, text)
	answer, _ := io.ReadAll(in)
	return string(answer)
}

// TestGarbage: what is neither HTTP nor TLS is told so at once.
func TestGarbage(t *testing.T) {
	p := emulatortest.Listen(t)
	for _, text := range []string{"\x05\x01\x00", "\x04\x01\x01\xbb", "\x80\x2e\x01\x03\x01", "\r\n\r\n", "{}", "\x00", "\xff\xfe"} {
		if got := raw(t, p, text); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "HTTP, TLS and CONNECT") {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{"GET /\r\n\r\n", "GARBAGE\r\n\r\n", "CONNECT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"} {
		if got := raw(t, p, text); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := raw(t, p, "GET /v1.0/me HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", 300<<10)+"\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 431 ") {
		t.Errorf("headers over the limit: %.60q", got)
	}
	if got := raw(t, p, "\x16\x03\x01\x00\x05\xff\x00\x00\x01\x00"); strings.Contains(got, "HTTP") { // an alert of TLS, or just the end
		t.Errorf("a handshake that is none: %q", got)
	}
	if resp, _ := emulatortest.Fetch(t, p.Client(t, false), "https://localhost:"+p.Number+"/_emulator/health"); resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
}

// TestShutdownWithSilentClients: connections that have said nothing, or half of it, do
// not hold a server up, and nothing is left of them.
func TestShutdownWithSilentClients(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := emulatortest.Listen(t)
	var open []net.Conn
	for _, text := range []string{"", "\x16", "\x16\x03\x01\x02\x00\x01", "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: a\r\n\r\n"} {
		c, err := net.Dial("tcp", p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, text)
		open = append(open, c)
	}
	if line, err := bufio.NewReader(open[3]).ReadString('\n'); err != nil || !strings.Contains(line, " 200 ") {
		t.Fatalf("CONNECT: %q %v", line, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Emulator.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	for i, c := range open {
		c.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Errorf("connection %d is still open", i)
		}
	}
	p.End(t)
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}
