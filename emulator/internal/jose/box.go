package jose

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Box seals values into texts that mean nothing to anybody else: codes and refresh
// tokens need no memory then. The same value seals to the same text, so that
// recordings repeat.
type Box struct {
	key  [32]byte
	aead cipher.AEAD
}

// NewBox makes the box of a seed.
func NewBox(seed [32]byte) (*Box, error) {
	block, err := aes.NewCipher(seed[:])
	if err != nil {
		return nil, fmt.Errorf("jose: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("jose: %w", err)
	}
	return &Box{key: sha256.Sum256(append([]byte("nonce "), seed[:]...)), aead: aead}, nil
}

// Seal makes a text of v, which encodes as JSON. The text opens only as the same kind.
func (b *Box) Seal(kind string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("jose: %w", err)
	}
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte(kind + " "))
	mac.Write(plain)
	nonce := mac.Sum(nil)[:b.aead.NonceSize()] // of the content: two contents never share one
	return base64.RawURLEncoding.EncodeToString(b.aead.Seal(nonce, nonce, plain, []byte(kind))), nil
}

// Open reads a text of this box and kind into v. It reports false for any other.
func (b *Box) Open(kind, text string, v any) bool {
	if len(text) > MaxToken {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	n := b.aead.NonceSize()
	if err != nil || len(raw) < n {
		return false
	}
	plain, err := b.aead.Open(nil, raw[:n], raw[n:], []byte(kind))
	return err == nil && json.Unmarshal(plain, v) == nil
}

// Digest is a text of n characters or fewer that a seed and a name come to.
func (b *Box) Digest(name string, n int) string {
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte("digest " + name))
	text := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	return text[:min(n, len(text))]
}

// Number is a number below limit that a seed and a name come to.
func (b *Box) Number(name string, limit uint64) uint64 {
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte("number " + name))
	sum := mac.Sum(nil)
	var n uint64
	for _, c := range sum[:8] {
		n = n<<8 | uint64(c)
	}
	return n % limit
}
