package jose

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// MaxToken bounds what is read of a token, in bytes.
const MaxToken = 64 << 10

// Header is the first part of a token. Members that nobody reads are left out.
type Header struct {
	Typ     string   `json:"typ,omitempty"`
	Alg     string   `json:"alg"`
	Kid     string   `json:"kid,omitempty"`
	X5T     string   `json:"x5t,omitempty"`
	X5TS256 string   `json:"x5t#S256,omitempty"`
	X5C     []string `json:"x5c,omitempty"`
}

// Token is a token that has been read and not yet verified.
type Token struct {
	Header Header
	Claims []byte // a JSON object

	signed    string
	signature []byte
}

// What can be wrong with the form of a token.
var (
	ErrDots      = errors.New("a token has three parts with dots between them")
	ErrTooLong   = errors.New("the token is longer than 64 kB")
	ErrAlgorithm = errors.New("the token is signed neither by RS256 nor by PS256")
	ErrSignature = errors.New("the signature is not the key's")
)

// Payload gives the claims of a token without looking at anything else of it: in
// open mode a token's word is enough.
func Payload(text string) ([]byte, error) {
	if len(text) > MaxToken {
		return nil, ErrTooLong
	}
	if strings.Count(text, ".") != 2 {
		return nil, ErrDots
	}
	_, rest, _ := strings.Cut(text, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return decode(payload)
}

// decode reads base64url with or without padding.
func decode(part string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
}

// Parse reads a token in compact form. The claims are a JSON object then, and
// nothing is known of the signature.
func Parse(text string) (*Token, error) {
	claims, err := Payload(text)
	if err != nil {
		return nil, err
	}
	at := strings.LastIndexByte(text, '.')
	header, _, _ := strings.Cut(text, ".")
	t := &Token{Claims: claims, signed: text[:at]}
	raw, err := decode(header)
	if err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	if err := json.Unmarshal(raw, &t.Header); err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	if !json.Valid(claims) || !bytes.HasPrefix(bytes.TrimLeft(claims, " \t\r\n"), []byte("{")) {
		return nil, errors.New("the claims are no JSON object")
	}
	if t.signature, err = decode(text[at+1:]); err != nil {
		return nil, fmt.Errorf("the signature: %w", err)
	}
	return t, nil
}

// Verify reports whether the token is signed by a key: nil, ErrAlgorithm or
// ErrSignature. The algorithm "none" is none.
func (t *Token) Verify(key *rsa.PublicKey) error {
	sum := sha256.Sum256([]byte(t.signed))
	var err error
	switch t.Header.Alg {
	case "RS256":
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], t.signature)
	case "PS256":
		err = rsa.VerifyPSS(key, crypto.SHA256, sum[:], t.signature, nil)
	default:
		return ErrAlgorithm
	}
	if err != nil {
		return ErrSignature
	}
	return nil
}

// Sign makes a token of claims, a JSON object, by RS256.
func (k *Key) Sign(claims []byte) (string, error) {
	header, err := json.Marshal(Header{Typ: "JWT", Alg: "RS256", Kid: k.ID, X5T: k.ID})
	if err != nil { // unreachable: texts always encode
		return "", err
	}
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc(header) + "." + enc(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("jose: %w", err)
	}
	return signed + "." + enc(signature), nil
}
