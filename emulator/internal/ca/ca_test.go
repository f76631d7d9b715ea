package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func names() Names {
	return Names{Own: []string{"localhost", "127.0.0.1", "::1", "Graph.Test", "192.0.2.7"}, Each: []string{"graph.microsoft.com", "login.microsoftonline.com"}}
}

func roots(t *testing.T, c *CA) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(c.PEM()) {
		t.Fatalf("no certificate: %s", c.PEM())
	}
	return pool
}

func leaf(t *testing.T, c *CA, sni string) *x509.Certificate {
	t.Helper()
	cert, err := c.Certificate(&tls.ClientHelloInfo{ServerName: sni})
	if err != nil {
		t.Fatal(err)
	}
	return cert.Leaf
}

// TestLeaves: on demand, by SNI.
func TestLeaves(t *testing.T) {
	t.Attr("rules", "C-1.4")
	c, err := New(names())
	if err != nil {
		t.Fatal(err)
	}
	pool := roots(t, c)
	for _, tt := range []struct {
		sni, host string
		good      bool
	}{
		{"localhost", "localhost", true}, {"", "127.0.0.1", true}, {"", "::1", true}, {"", "192.0.2.7", true},
		{"graph.test", "graph.test", true}, {"LOCALHOST.", "graph.test", true},
		{"graph.microsoft.com", "graph.microsoft.com", true}, {"GRAPH.Microsoft.com", "graph.microsoft.com", true},
		{"login.microsoftonline.com", "login.microsoftonline.com", true},
		{"graph.microsoft.com", "login.microsoftonline.com", false}, {"graph.microsoft.com", "localhost", false},
		{"example.com", "example.com", false}, {"", "192.0.2.8", false}, {"x.graph.microsoft.com", "x.graph.microsoft.com", false},
	} {
		_, err := leaf(t, c, tt.sni).Verify(x509.VerifyOptions{Roots: pool, DNSName: tt.host})
		if (err == nil) != tt.good {
			t.Errorf("SNI %q as %s: %v", tt.sni, tt.host, err)
		}
	}
	cert := leaf(t, c, "localhost")
	if life := cert.NotAfter.Sub(cert.NotBefore); life > 398*24*time.Hour {
		t.Errorf("a leaf lives %v", life)
	}
	first, again := leaf(t, c, "graph.microsoft.com"), leaf(t, c, "graph.microsoft.com")
	if first != again || leaf(t, c, "a.test") != leaf(t, c, "b.test") || len(c.leaves) != 3 {
		t.Errorf("leaves are not kept, or without bound: %d", len(c.leaves))
	}
}

// TestRenewal: a server that runs for months goes on with a new leaf.
func TestRenewal(t *testing.T) {
	c, err := New(names())
	if err != nil {
		t.Fatal(err)
	}
	old := leaf(t, c, "localhost")
	old.NotAfter = time.Now().Add(time.Hour)
	if fresh := leaf(t, c, "localhost"); fresh == old || time.Until(fresh.NotAfter) < 24*time.Hour {
		t.Error("a leaf near its end is still given out")
	}
}

// TestConstraints: whoever has the key can vouch for no other name.
func TestConstraints(t *testing.T) {
	c, err := New(names())
	if err != nil {
		t.Fatal(err)
	}
	pool := roots(t, c)
	for host, good := range map[string]bool{
		"localhost": true, "graph.microsoft.com": true, "graph.test": true, "192.0.2.7": true, "127.0.0.5": true, "::1": true,
		"example.com": false, "microsoft.com": false, "login.microsoft.com": false, "graph.microsoft.com.example.com": false,
		"192.0.2.8": false, "10.0.0.1": false, "2001:db8::1": false,
	} {
		forged, err := c.issue([]string{host})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := forged.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); (err == nil) != good {
			t.Errorf("a certificate for %s: %v", host, err)
		}
	}
	// A CA below it is none: no path is that long.
	below := &x509.Certificate{SerialNumber: number(), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, err := x509.CreateCertificate(rand.Reader, below, c.cert, key.Public(), c.key)
	if err != nil {
		t.Fatal(err)
	}
	between, _ := x509.ParseCertificate(der)
	end := &x509.Certificate{SerialNumber: number(), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	if der, err = x509.CreateCertificate(rand.Reader, end, between, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	forged, _ := x509.ParseCertificate(der)
	chain := x509.NewCertPool()
	chain.AddCert(between)
	if _, err := forged.Verify(x509.VerifyOptions{Roots: pool, Intermediates: chain, DNSName: "localhost"}); err == nil {
		t.Error("a CA made by the CA is believed")
	}
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"graph": "graph", "Graph.Test.": "graph.test", "my_service": "my_service", "[::1]": "::1", "::0001": "::1", "10.0.0.1": "10.0.0.1",
		"": "", ".": "", "*.test": "", "a b": "", "-a": "", "a-": "", "a..b": "", "graph:3650": "", "https://graph": "", "gråph.test": "",
		strings.Repeat("a", 64): "", strings.Repeat("a.", 127) + "aa": "",
	} {
		got, err := Clean(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := New(Names{Own: []string{"a b"}}); err == nil {
		t.Error("a CA for a name that is none")
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "ca")
	var wg sync.WaitGroup
	made := make([]*CA, 4)
	for i := range made { // processes that share a folder get one CA
		wg.Go(func() {
			c, err := Open(dir, names())
			if err != nil {
				t.Error(err)
				return
			}
			made[i] = c
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, c := range made[1:] {
		if string(c.PEM()) != string(made[0].PEM()) {
			t.Fatal("two CAs in one folder")
		}
	}
	public, err := os.ReadFile(filepath.Join(dir, CertFile))
	if err != nil || string(public) != string(made[0].PEM()) || strings.Contains(string(public), "KEY") {
		t.Errorf("%s: %s %v", CertFile, public, err)
	}
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the key: %v %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	again, err := Open(dir, Names{Own: []string{"localhost", "127.0.0.9", "a.graph.test"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf(t, again, "").Verify(x509.VerifyOptions{Roots: roots(t, made[0]), DNSName: "127.0.0.9"}); err != nil {
		t.Errorf("the kept CA: %v", err)
	}
}

// TestBadFolder: what is kept and cannot be used is named, and left as it is.
func TestBadFolder(t *testing.T) {
	kept := t.TempDir()
	if _, err := Open(kept, names()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(kept, KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	key, cert := pem.Decode(text)
	other, err := New(names())
	if err != nil {
		t.Fatal(err)
	}
	self := leaf(t, other, "localhost")
	for _, tt := range []struct {
		name, text, want string
		names            Names
	}{
		{"another name", string(text), "other.test", Names{Own: []string{"other.test"}}},
		{"another address", string(text), "10.1.2.3", Names{Own: []string{"10.1.2.3"}}},
		{"no key", string(cert), "no key", names()},
		{"no certificate", string(pem.EncodeToMemory(key)), "no key with a certificate", names()},
		{"a key that is none", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n" + string(cert), KeyFile, names()},
		{"somebody's certificate", string(pem.EncodeToMemory(key)) + string(other.PEM()), "not that of a CA", names()},
		{"a leaf", string(pem.EncodeToMemory(key)) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: self.Raw})), "not that of a CA", names()},
		{"nothing", "", "no key", names()},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, KeyFile)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, tt.names)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != tt.text {
			t.Errorf("%s: the file has changed", tt.name)
		}
	}
	file := filepath.Join(kept, KeyFile, "below")
	if _, err := Open(file, names()); err == nil {
		t.Error("a folder below a file")
	}
}

func TestAddresses(t *testing.T) {
	c, err := New(names())
	if err != nil {
		t.Fatal(err)
	}
	has := slices.ContainsFunc(leaf(t, c, "").IPAddresses, func(ip net.IP) bool { return ip.Equal(net.IPv6loopback) })
	if !has || slices.Contains(leaf(t, c, "").DNSNames, "::1") {
		t.Error("addresses stand as addresses in a certificate")
	}
}
