package sts

import (
	"time"

	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Standing says how a presented secret stands to a credential.
type Standing uint8

// The standings, from worst to best.
const (
	Wrong   Standing = iota // another secret
	Expired                 // the right one, too late or too early
	Right
)

// CheckSecret compares a secret with a passwordCredential. secretText holds the secret or
// its hash; a credential without one accepts nothing, whatever its hint.
func CheckSecret(credential value.Raw, presented string, now time.Time) Standing {
	text := credential.Members().Text
	kept := text("secretText")
	if presented == "" || kept == "" {
		return Wrong
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
