package sts

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// hashed begins a secret that is kept as its hash.
const hashed = "sha256$"

// HashSecret is what a passwordCredential may keep in secretText instead of the
// secret: enough to check one, not enough to tell it. CheckSecret reads both.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hashed + hex.EncodeToString(sum[:])
}

// Standing says how a presented secret stands to a credential.
type Standing uint8

// The standings, from worst to best.
const (
	Wrong   Standing = iota // another secret
	Expired                 // the right one, too late or too early
	Right
)

// CheckSecret compares a secret with a passwordCredential as an application stores
// it. secretText holds the secret or its hash. A credential that kept neither is
// checked by its hint, the first characters; one without a hint fits nothing.
func CheckSecret(credential value.Raw, presented string, now time.Time) Standing {
	m := credential.Members()
	text := func(name string) string {
		raw, _ := m.Get(name)
		s, _ := raw.Text()
		return s
	}
	kept, hint := text("secretText"), text("hint")
	switch {
	case presented == "":
		return Wrong
	case kept == "" && hint == "":
		return Wrong
	case kept == "":
		kept, presented = hint, presented[:min(len(hint), len(presented))]
	}
	if !passwords.Is(presented, kept) {
		return Wrong
	}
	if !within(text("startDateTime"), text("endDateTime"), now) {
		return Expired
	}
	return Right
}

// within reports whether now lies between two moments; an empty one is no bound.
func within(start, end string, now time.Time) bool {
	if t, err := time.Parse(time.RFC3339, start); err == nil && now.Before(t) {
		return false
	}
	if t, err := time.Parse(time.RFC3339, end); err == nil && !now.Before(t) {
		return false
	}
	return true
}
