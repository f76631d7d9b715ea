package jose

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func key(t testing.TB, seed byte) *Key {
	t.Helper()
	k, err := NewKey([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestKeyRepeats: the same seed signs alike, to the last byte.
func TestKeyRepeats(t *testing.T) {
	a, b, c := key(t, 1), key(t, 1), key(t, 2)
	sign := func(k *Key) string {
		s, err := k.Sign([]byte(`{"a":1}`))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if sign(a) != sign(b) || a.ID != b.ID || strings.Join(a.JWK("").X5C, "") != strings.Join(b.JWK("").X5C, "") {
		t.Error("a key does not repeat for its seed")
	}
	if a.ID == c.ID || sign(a) == sign(c) {
		t.Error("two seeds give one key")
	}
	if n := a.Public().N.BitLen(); n != bits {
		t.Errorf("the modulus has %d bits", n)
	}
}

func TestVerify(t *testing.T) {
	ours, other := key(t, 1), key(t, 2)
	text, err := ours.Sign([]byte(`{"sub":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(text, ".")
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc([]byte(`{"alg":"PS256"}`)) + "." + parts[1]
	sum := sha256.Sum256([]byte(signed))
	pss, err := rsa.SignPSS(rand.Reader, ours.private, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		key        *Key
		want       error
	}{
		{"ours", text, ours, nil},
		{"ours by PS256", signed + "." + enc(pss), ours, nil},
		{"another key", text, other, ErrSignature},
		{"other claims", parts[0] + "." + enc([]byte(`{"sub":"y"}`)) + "." + parts[2], ours, ErrSignature},
		{"no signature", parts[0] + "." + parts[1] + ".", ours, ErrSignature},
		{"none", enc([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", ours, ErrAlgorithm},
		{"HS256", enc([]byte(`{"alg":"HS256"}`)) + "." + parts[1] + "." + parts[2], ours, ErrAlgorithm},
	} {
		token, err := Parse(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if err := token.Verify(tt.key.Public()); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	header := enc([]byte(`{"alg":"RS256"}`))
	for _, tt := range []struct{ text, want string }{
		{"", "three parts"}, {"a.b", "three parts"}, {"a.b.c.d", "three parts"},
		{strings.Repeat("a", MaxToken+1), "64 kB"},
		{header + ".!.x", "illegal base64"},
		{"!." + enc([]byte("{}")) + ".x", "the header"},
		{enc([]byte("[]")) + "." + enc([]byte("{}")) + ".x", "the header"},
		{header + "." + enc([]byte("[1]")) + ".x", "no JSON object"},
		{header + "." + enc([]byte("{")) + ".x", "no JSON object"},
		{header + "." + enc([]byte("{}")) + ".!", "the signature"},
	} {
		if _, err := Parse(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: got %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestBox(t *testing.T) {
	box := func(seed byte) *Box {
		b, err := NewBox([32]byte{seed})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a, again, other := box(1), box(1), box(2)
	text, err := a.Seal("code", map[string]string{"user": "ida"})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if !again.Open("code", text, &got) || got["user"] != "ida" {
		t.Errorf("the same seed does not open: %v", got)
	}
	for _, tt := range []struct {
		name, kind, text string
		box              *Box
	}{
		{"another seed", "code", text, other}, {"another kind", "refresh", text, a},
		{"changed", "code", text[:len(text)-2] + "AA", a}, {"cut", "code", text[:8], a}, {"empty", "code", "", a}, {"no base64", "code", "!", a},
	} {
		if tt.box.Open(tt.kind, tt.text, &got) {
			t.Errorf("%s: it opens", tt.name)
		}
	}
}

// FuzzParse: whatever is read verifies by no key but the one that signed it.
func FuzzParse(f *testing.F) {
	k := key(f, 1)
	text, err := k.Sign([]byte(`{"aud":"a","exp":1}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("e30.e30.")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, in string) {
		token, err := Parse(in)
		if err != nil {
			return
		}
		if token.Verify(k.Public()) == nil && token.signed != text[:strings.LastIndexByte(text, '.')] {
			t.Fatalf("%q verifies", in)
		}
		if p, err := Payload(in); err != nil || string(p) != string(token.Claims) {
			t.Fatalf("%q: the payload is %q, the claims %q, %v", in, p, token.Claims, err)
		}
	})
}

func BenchmarkNewKey(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		if _, err := NewKey([32]byte{byte(i), byte(i >> 8)}); err != nil {
			b.Fatal(err)
		}
	}
}
