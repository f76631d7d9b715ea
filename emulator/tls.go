package emulator

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/ca"
	"github.com/graph-emulator/graph-emulator/emulator/internal/port"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// tlsConfig is what options say of TLS.
type tlsConfig struct {
	names []string         // WithTLSNames
	dir   string           // WithCADir
	own   *tls.Certificate // WithCertificate
}

// WithTLSNames adds host names and IP addresses to localhost and the loopback addresses,
// such as the name of a container. Clients can call the emulator over TLS by these names,
// and as a proxy it answers for them. A name that cannot be in a certificate is an error.
func WithTLSNames(names ...string) Option {
	return func(c *config) error {
		for _, name := range names {
			clean, err := ca.Clean(name)
			if err != nil {
				return fmt.Errorf("TLS name: %w", err)
			}
			if !slices.Contains(c.tls.names, clean) {
				c.tls.names = append(c.tls.names, clean)
			}
		}
		return nil
	}
}

// WithCADir keeps the local CA in a folder, which is created where it is missing: ca.pem
// for clients, ca.key for the emulator only. Without it each emulator makes a CA in
// memory. An empty name is an error. An existing CA that was not made for all names makes
// New fail.
func WithCADir(dir string) Option {
	return func(c *config) error {
		if dir == "" {
			return errors.New("folder of the CA is empty")
		}
		c.tls.dir = dir
		return nil
	}
}

// WithCertificate uses a certificate of the caller for all names but those of Microsoft's
// hosts, for which the local CA still vouches. A certificate without a chain or a key is
// an error.
func WithCertificate(cert tls.Certificate) Option {
	return func(c *config) error {
		if len(cert.Certificate) == 0 || cert.PrivateKey == nil {
			return errors.New("certificate has no chain or no key")
		}
		c.tls.own = &cert
		return nil
	}
}

// WithProxyOthers says what happens to requests that come to the emulator as a proxy and
// are meant for a host that it does not stand for. The default is ProxyRefuse.
func WithProxyOthers(mode ProxyMode) Option {
	return set("proxy-others", mode, proxyWords, func(c *config, m ProxyMode) { c.others = m })
}

// openPort makes what Serve and Transport answer with.
func (s *Server) openPort() error {
	own := append([]string{"localhost", "127.0.0.1", "::1"}, s.config.tls.names...)
	names := ca.Names{Own: own, Each: clouds.Hosts()}
	s.ca = sync.OnceValues(func() (*ca.CA, error) { return ca.New(names) })
	if dir := s.config.tls.dir; dir != "" {
		kept, err := ca.Open(dir, names)
		if err != nil {
			return fmt.Errorf("CA: %w", err)
		}
		s.ca = func() (*ca.CA, error) { return kept, nil }
	}
	hosts := port.Hosts{Names: s.config.tls.names}
	if u, err := url.Parse(s.config.publicURL); err == nil {
		hosts.Public = u.Host
	}
	s.port = port.Server{
		Handler: s, Hosts: hosts, Tunnel: s.config.others == ProxyTunnel, Fail: s.fail, Refused: s.refused, Log: s.config.log,
		TLS: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: s.certificate}, // B-1.4
	}
	return nil
}

// certificate finds the certificate for the name that a client asks for.
func (s *Server) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if s.config.tls.own != nil && !clouds.Has(hello.ServerName) {
		return s.config.tls.own, nil
	}
	local, err := s.ca()
	if err != nil {
		return nil, err
	}
	return local.Certificate(hello)
}

// CertificatePEM returns the certificate of the local CA, which clients must trust to call
// the emulator over TLS.
func (s *Server) CertificatePEM() ([]byte, error) {
	local, err := s.ca()
	if err != nil {
		return nil, err
	}
	return local.PEM(), nil
}

// Transport returns a round tripper that answers in this process what is sent to a
// Microsoft host that the emulator stands for, to "localhost", to a name of WithTLSNames
// or to the public URL. It needs no socket, no proxy and no Serve. Any other host is an
// error, so that nothing leaves the process.
func (s *Server) Transport() http.RoundTripper {
	return &port.Transport{Handler: s, Hosts: port.Hosts{Names: s.config.tls.names, Public: s.port.Hosts.Public}}
}
