package sts

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// clip bounds what a client can make an answer repeat.
func clip(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// sentence makes one of an error.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// urlSafe writes base64 as base64url without padding: MSAL for Go sends thumbprints
// in the other alphabet.
func urlSafe(text string) string {
	return strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
}

// bytes64 is an Edm.Binary, in either alphabet of base64.
type bytes64 []byte

// UnmarshalJSON implements json.Unmarshaler. What is no base64 is empty.
func (b *bytes64) UnmarshalJSON(text []byte) error {
	*b = decoded(strings.Trim(string(text), `"`))
	return nil
}

// decoded reads base64; nil where it is none.
func decoded(text string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(urlSafe(text))
	if err != nil {
		return nil
	}
	return b
}

// hexGUID makes the form of a GUID of a text.
func hexGUID(text string) string {
	h := hex.EncodeToString(append([]byte(text), make([]byte, 16)...)[:16])
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}
