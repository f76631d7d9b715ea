// Package password writes passwords of test users as salted hashes and checks them.
//
// A hash is a text: pbkdf2-sha256$ROUNDS$SALT$KEY, salt and key in unpadded base64url, or
// sha256$HEX, for random secrets that need no salt. It stands wherever a password may
// stand. It keeps a password from being read, and not a weak one from being guessed: the
// rounds are few, because an export of ten thousand users has seconds.
package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Beside is the member of an object that holds the passwords of its list of credentials,
// by keyId. A member whose name begins so is in no answer.
const Beside = "@secrets"

const (
	mark   = "pbkdf2-sha256$"
	rounds = 1000
	// maxRounds bounds what a fixture can make a sign-in cost.
	maxRounds = 1_000_000
	size      = 32 // of a key, in bytes
)

var code = base64.RawURLEncoding

// plain reports whether a text is a hash without a salt.
func plain(text string) bool {
	digits, ok := strings.CutPrefix(text, "sha256$")
	sum, err := hex.DecodeString(digits)
	return ok && err == nil && len(sum) == sha256.Size
}

// Hash is a password as its hash, salted with a text that is another for each user. A hash
// stays as it is.
func Hash(password, salt string) string {
	if _, _, _, ok := parse(password); ok || plain(password) {
		return password
	}
	sum := sha256.Sum256([]byte(salt))
	key, err := derive(password, sum[:16], rounds)
	if err != nil { // unreachable: FIPS 140 asks for a salt of 16 bytes, and this is one
		panic(err)
	}
	return fmt.Sprintf("%s%d$%s$%s", mark, rounds, code.EncodeToString(sum[:16]), code.EncodeToString(key))
}

// Is reports whether a password is the one that is kept, as it is or as its hash.
func Is(password, kept string) bool {
	want := []byte(kept)
	got := []byte(password)
	if plain(kept) {
		sum := sha256.Sum256(got)
		got = []byte("sha256$" + hex.EncodeToString(sum[:]))
	}
	if n, salt, key, ok := parse(kept); ok {
		var err error
		if got, err = derive(password, salt, n); err != nil {
			return false
		}
		want = key
	}
	return subtle.ConstantTimeCompare(want, got) == 1
}

func derive(password string, salt []byte, n int) ([]byte, error) {
	return pbkdf2.Key(sha256.New, password, salt, n, size)
}

// parse takes a hash apart.
func parse(text string) (n int, salt, key []byte, ok bool) {
	rest, ok := strings.CutPrefix(text, mark)
	parts := strings.Split(rest, "$")
	if !ok || len(parts) != 3 {
		return 0, nil, nil, false
	}
	n, err := strconv.Atoi(parts[0])
	if err == nil {
		salt, err = code.DecodeString(parts[1])
	}
	if err == nil {
		key, err = code.DecodeString(parts[2])
	}
	return n, salt, key, err == nil && n > 0 && n <= maxRounds && len(key) == size
}
