package sts

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
)

// maxIssuers bounds how many issuers' keys are remembered.
const maxIssuers = 256

// issuers are the keys of others, by issuer. Those of an issuer that is not here are
// not known, because they lie on the network.
type issuers struct {
	mu   sync.Mutex
	keys map[string][]*rsa.PublicKey
}

// Trust makes tokens of an issuer be checked by these keys when they stand for a
// client (B-10.12); none makes them be believed again. The error is a key that is no
// RSA key, an empty issuer, or that there are too many.
func (s *Service) Trust(issuer string, keys []jose.JWK) error {
	var out []*rsa.PublicKey
	for i := range keys {
		k, err := keys[i].Public()
		if err != nil {
			return fmt.Errorf("key %q: %w", keys[i].Kid, err)
		}
		out = append(out, k)
	}
	s.issuers.mu.Lock()
	defer s.issuers.mu.Unlock()
	_, known := s.issuers.keys[issuer]
	switch {
	case strings.TrimSpace(issuer) == "":
		return errors.New("the issuer is empty")
	case len(out) == 0:
		delete(s.issuers.keys, issuer)
		return nil
	case !known && len(s.issuers.keys) >= maxIssuers:
		return fmt.Errorf("keys of more than %d issuers", maxIssuers)
	case s.issuers.keys == nil:
		s.issuers.keys = map[string][]*rsa.PublicKey{}
	}
	s.issuers.keys[issuer] = out
	return nil
}

// check verifies a token by the keys of its issuer, if they are known.
func (i *issuers) check(issuer string, t *jose.Token) error {
	i.mu.Lock()
	keys, known := i.keys[issuer]
	i.mu.Unlock()
	for _, k := range keys {
		if t.Verify(k) == nil {
			return nil
		}
	}
	if known {
		return Fail(700027, "The signature is by none of the keys that are known of the issuer.")
	}
	return nil
}
