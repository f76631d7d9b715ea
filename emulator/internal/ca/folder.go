package ca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The files of a folder that keeps a CA. The key's has the certificate too, so that
// the two cannot come apart; the other is for clients.
const (
	CertFile = "ca.pem"
	KeyFile  = "ca.key"
)

// Open gives the CA that dir keeps, and makes one there if it keeps none. The error
// says what is wrong with what is kept: not a CA, past its end, or not made for
// one of names.
func Open(dir string, names Names) (*CA, error) {
	names, err := clean(names)
	if err != nil {
		return nil, err
	}
	c, err := load(dir, names)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(dir, names); err != nil {
			return nil, err
		}
		c, err = load(dir, names) // perhaps of another process that was quicker
	}
	if err != nil {
		return nil, err
	}
	return c, c.publish(filepath.Join(dir, CertFile))
}

func create(dir string, names Names) error {
	c, err := New(names)
	if err != nil {
		return err
	}
	key, err := x509.MarshalECPrivateKey(c.key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}), c.PEM()...)
	draft, err := draft(dir, text) // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	if err := os.Link(draft, filepath.Join(dir, KeyFile)); err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(draft, filepath.Join(dir, KeyFile)) // a file system without links
	}
	return nil
}

func draft(dir string, text []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".ca.*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// publish leaves the certificate for clients, unless it is there.
func (c *CA) publish(path string) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, c.PEM()) {
		return nil
	}
	draft, err := draft(filepath.Dir(path), c.PEM())
	if err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(draft, 0o644), os.Rename(draft, path)); err != nil {
		return errors.Join(err, os.Remove(draft))
	}
	return nil
}

func load(dir string, names Names) (*CA, error) {
	path := filepath.Join(dir, KeyFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c, err := parse(text, names)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; remove the file to have another CA made", path, err)
	}
	return c, nil
}

func parse(text []byte, names Names) (*CA, error) {
	var key *ecdsa.PrivateKey
	var der []byte
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		var err error
		switch b.Type {
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(b.Bytes)
		case "CERTIFICATE":
			der = b.Bytes
		}
		if err != nil {
			return nil, err
		}
	}
	if key == nil || der == nil {
		return nil, errors.New("there is no key with a certificate in it")
	}
	c, err := assemble(der, key, names)
	if err != nil {
		return nil, err
	}
	switch {
	case !c.cert.IsCA || !key.PublicKey.Equal(c.cert.PublicKey):
		return nil, errors.New("the certificate is not that of a CA with this key")
	case time.Now().After(c.cert.NotAfter):
		return nil, fmt.Errorf("the CA ended on %s", c.cert.NotAfter.Format(time.DateOnly))
	}
	for _, name := range slices.Concat(names.Own, names.Each) {
		if !c.allows(name) {
			return nil, fmt.Errorf("the CA was not made for the name %s", name)
		}
	}
	return c, nil
}

// allows reports whether the constraints of the CA let it vouch for a name.
func (c *CA) allows(name string) bool {
	if ip := net.ParseIP(name); ip != nil {
		return slices.ContainsFunc(c.cert.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
	}
	return slices.ContainsFunc(c.cert.PermittedDNSDomains, func(d string) bool { return name == d || strings.HasSuffix(name, "."+d) })
}
