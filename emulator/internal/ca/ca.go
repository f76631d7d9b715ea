package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Names is what a CA may vouch for. A name is a DNS name or an IP address.
type Names struct {
	Own  []string // what the server itself is called; one certificate has all of them
	Each []string // names that get a certificate each
}

// CA makes certificates. It is safe for concurrent use.
type CA struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	names Names

	mu     sync.Mutex
	leaves map[string]*tls.Certificate // by name; "" has the own names. Never more than names.
	leaf   *ecdsa.PrivateKey           // the key of all leaves
}

const (
	life     = 397 * 24 * time.Hour // C-1.4
	leafLife = 90 * 24 * time.Hour
	renewal  = 24 * time.Hour // how long before its end a leaf is made anew
	skew     = time.Hour      // how far behind a client's clock may be
)

// New makes a CA that lives in memory only.
func New(names Names) (*CA, error) {
	names, err := clean(names)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	serial := number()
	t := &x509.Certificate{
		SerialNumber: serial,
		// Each CA has a name of its own, so that an old one in a bundle is not taken for it.
		Subject:   pkix.Name{Organization: []string{"graph-emulator"}, CommonName: fmt.Sprintf("graph-emulator local CA %.8x", serial.Bytes())},
		NotBefore: now.Add(-skew), NotAfter: now.Add(life),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:    x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		PermittedDNSDomainsCritical: true,
	}
	for _, name := range slices.Concat(names.Own, names.Each) {
		if ip := net.ParseIP(name); ip == nil {
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, name)
		} else {
			t.PermittedIPRanges = append(t.PermittedIPRanges, block(ip))
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return assemble(der, key, names)
}

// block is what the constraint has for an address: all of loopback for one of
// loopback's, else the address alone.
func block(ip net.IP) *net.IPNet {
	v4 := ip.To4()
	switch {
	case v4 != nil && ip.IsLoopback():
		return &net.IPNet{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}
	case v4 != nil:
		return &net.IPNet{IP: v4, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

func number() *big.Int {
	b := make([]byte, 16)
	rand.Read(b)            // never fails
	b[0] = b[0]&0x3f | 0x40 // positive, and always of the same length
	return new(big.Int).SetBytes(b)
}

func assemble(der []byte, key *ecdsa.PrivateKey, names Names) (*CA, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	leaf, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return &CA{cert: cert, key: key, names: names, leaf: leaf, leaves: map[string]*tls.Certificate{}}, nil
}

// clean puts names into their usual form and refuses what is no name.
func clean(n Names) (Names, error) {
	for _, list := range []*[]string{&n.Own, &n.Each} {
		out := make([]string, 0, len(*list))
		for _, name := range *list {
			c, err := Clean(name)
			if err != nil {
				return n, err
			}
			out = append(out, c)
		}
		*list = out
	}
	return n, nil
}

// Clean gives the usual form of a DNS name or an IP address. The error says that
// it is neither; a wildcard is neither.
func Clean(name string) (string, error) {
	if ip := net.ParseIP(strings.Trim(name, "[]")); ip != nil {
		return ip.String(), nil
	}
	low := strings.TrimSuffix(strings.ToLower(name), ".")
	for label := range strings.SplitSeq(low, ".") {
		odd := strings.IndexFunc(label, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
		})
		if label == "" || len(label) > 63 || odd >= 0 || label[0] == '-' || strings.HasSuffix(label, "-") {
			return "", fmt.Errorf("%q is neither a host name nor an IP address", name)
		}
	}
	if len(low) > 253 {
		return "", fmt.Errorf("%q is longer than a host name", name)
	}
	return low, nil
}

// PEM is the certificate of the CA: what clients are made to trust.
func (c *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw})
}

// Certificate gives the certificate for the name that a client asks for, and one
// with all own names for any other name, or none: what it is not made for, the
// client should see. It has the form of tls.Config.GetCertificate.
func (c *CA) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.TrimSuffix(strings.ToLower(hello.ServerName), ".")
	if !slices.Contains(c.names.Each, name) {
		name = ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if leaf := c.leaves[name]; leaf != nil && time.Until(leaf.Leaf.NotAfter) > renewal {
		return leaf, nil
	}
	names := c.names.Own
	if name != "" {
		names = []string{name}
	}
	leaf, err := c.issue(names)
	if err != nil {
		return nil, err
	}
	c.leaves[name] = leaf
	return leaf, nil
}

func (c *CA) issue(names []string) (*tls.Certificate, error) {
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: number(),
		Subject:      pkix.Name{Organization: []string{"graph-emulator"}},
		NotBefore:    now.Add(-skew), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if t.NotAfter.After(c.cert.NotAfter) {
		t.NotAfter = c.cert.NotAfter
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip == nil {
			t.DNSNames = append(t.DNSNames, name)
		} else {
			t.IPAddresses = append(t.IPAddresses, ip)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, c.cert, c.leaf.Public(), crypto.Signer(c.key))
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, c.cert.Raw}, PrivateKey: c.leaf, Leaf: parsed}, nil
}
