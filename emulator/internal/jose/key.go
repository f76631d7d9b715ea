package jose

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"time"
)

// bits is the size of a key's modulus, which is the service's.
const bits = 2048

// Key signs tokens. It is immutable.
type Key struct {
	ID      string // kid and x5t: the thumbprint of the certificate (B-10.5)
	private *rsa.PrivateKey
	der     []byte // the certificate
}

// NewKey makes the key of a seed: the same seed, the same key. The standard
// library's generator does not repeat, whatever it is given to read from.
func NewKey(seed [32]byte) (*Key, error) {
	r := rand.NewChaCha8(seed)
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, q := prime(r, bits/2), prime(r, bits/2)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())}, D: d, Primes: []*big.Int{p, q}}
		k.Precompute()
		if err := k.Validate(); err != nil {
			return nil, fmt.Errorf("jose: key: %w", err)
		}
		return certified(k)
	}
}

// certified wraps a key in the certificate that x5t and x5c are made from. Its
// dates are constants: nobody checks them, and a key repeats as a whole.
func certified(k *rsa.PrivateKey) (*Key, error) {
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "accounts.accesscontrol.windows.net"},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC),
		SignatureAlgorithm: x509.SHA256WithRSA}
	der, err := x509.CreateCertificate(nil, t, t, &k.PublicKey, k)
	if err != nil {
		return nil, fmt.Errorf("jose: certificate: %w", err)
	}
	return &Key{ID: Thumbprint(der), private: k, der: der}, nil
}

// small are the primes that candidates are sieved by: nine of ten composite
// numbers fall without an exponentiation.
func small() []uint64 {
	var out []uint64
	for n := uint64(3); len(out) < 1500; n += 2 {
		isPrime := true
		for _, p := range out {
			if p*p > n {
				break
			}
			if n%p == 0 {
				isPrime = false
				break
			}
		}
		if isPrime {
			out = append(out, n)
		}
	}
	return out
}

// prime walks up from a random odd number with its two highest bits set, so that
// the product of two has all bits.
func prime(r *rand.ChaCha8, size int) *big.Int {
	primes := small()
	raw := make([]byte, size/8)
	rest := make([]uint64, len(primes))
	var m big.Int
	for {
		r.Read(raw) // never fails
		raw[0] |= 0xc0
		raw[len(raw)-1] |= 1
		base := new(big.Int).SetBytes(raw)
		for i, p := range primes {
			rest[i] = new(big.Int).Mod(base, m.SetUint64(p)).Uint64()
		}
	next:
		for delta := uint64(0); delta < 1<<16; delta += 2 {
			for i, p := range primes {
				if (rest[i]+delta)%p == 0 {
					continue next
				}
			}
			candidate := new(big.Int).Add(base, m.SetUint64(delta))
			if candidate.BitLen() == size && candidate.ProbablyPrime(8) {
				return candidate
			}
		}
	}
}

// Public is the key that verifies.
func (k *Key) Public() *rsa.PublicKey { return &k.private.PublicKey }

// Thumbprint is the x5t of a certificate: SHA-1, base64url.
func Thumbprint(der []byte) string {
	sum := sha1.Sum(der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Thumbprint256 is the x5t#S256 of a certificate.
func Thumbprint256(der []byte) string {
	sum := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// JWK is the public half of a key as a set of keys lists it (B-10.5).
type JWK struct {
	Kty    string   `json:"kty"`
	Use    string   `json:"use"`
	Kid    string   `json:"kid"`
	X5T    string   `json:"x5t"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	X5C    []string `json:"x5c"`
	Issuer string   `json:"issuer,omitempty"`
}

// Public is the key of a set of keys; an error where it is no RSA key of a usual size.
func (j *JWK) Public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(j.N)
	if err != nil || j.Kty != "RSA" {
		return nil, errors.New("not an RSA key")
	}
	e, err := base64.RawURLEncoding.DecodeString(j.E)
	if err != nil || len(e) == 0 || len(e) > 4 || len(n) < 256 || len(n) > 1024 {
		return nil, errors.New("not an RSA key of 2048 to 8192 bits")
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
}

// JWK gives the key as a set of keys lists it.
func (k *Key) JWK(issuer string) JWK {
	pub := k.Public()
	enc := base64.RawURLEncoding.EncodeToString
	return JWK{Kty: "RSA", Use: "sig", Kid: k.ID, X5T: k.ID, N: enc(pub.N.Bytes()), E: enc(big.NewInt(int64(pub.E)).Bytes()),
		X5C: []string{base64.StdEncoding.EncodeToString(k.der)}, Issuer: issuer}
}
