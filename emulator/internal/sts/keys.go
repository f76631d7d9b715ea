package sts

import (
	"crypto/rand"
	"encoding/binary"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
)

// poolSize is how many keys there are to roll through.
const poolSize = 8

// keyPool makes keys when they are needed first.
type keyPool struct {
	seed uint64
	mu   sync.Mutex
	made [poolSize]*jose.Key
}

func (p *keyPool) key(n uint64) (*jose.Key, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k := p.made[n%poolSize]; k != nil {
		return k, nil
	}
	k, err := jose.NewKey(seedOf("key", p.seed, n%poolSize))
	if err == nil {
		p.made[n%poolSize] = k
	}
	return k, err
}

// own is the pool of the process.
var own = sync.OnceValue(func() *keyPool {
	var seed [8]byte
	rand.Read(seed[:]) // never fails
	return &keyPool{seed: binary.LittleEndian.Uint64(seed[:])}
})

// ring says which keys are in use. Two are published: the one that signs, and the
// one before, or at the beginning the next (B-10.5).
type ring struct {
	pool *keyPool
	mu   sync.Mutex
	now  uint64
}

func (r *ring) published() [2]uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == 0 {
		return [2]uint64{0, 1}
	}
	return [2]uint64{r.now, r.now - 1}
}

// signing is the key that signs.
func (r *ring) signing() (*jose.Key, error) { return r.pool.key(r.published()[0]) }

// known finds a published key by its id; nil when none has it.
func (r *ring) known(kid string) *jose.Key {
	if kid == "" {
		return nil
	}
	for _, n := range r.published() {
		if k, err := r.pool.key(n); err == nil && k.ID == kid {
			return k
		}
	}
	return nil
}

// Roll makes another key the signing one. Tokens of the one before stay valid
// until the next roll.
func (s *Service) Roll() {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	s.keys.now++
}

// JWKS gives the published keys, the signing one first.
func (s *Service) JWKS(issuer string) ([]jose.JWK, error) {
	var out []jose.JWK
	for _, n := range s.keys.published() {
		k, err := s.keys.pool.key(n)
		if err != nil {
			return nil, err
		}
		out = append(out, k.JWK(issuer))
	}
	return out, nil
}
