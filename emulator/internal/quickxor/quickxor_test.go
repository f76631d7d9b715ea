package quickxor

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
)

// naive is the rule as it is written: bit by bit.
func naive(content []byte) string {
	var out [Size]byte
	for i, b := range content {
		for k := range 8 {
			bit := (i*11 + k) % (Size * 8)
			out[bit/8] ^= b >> k & 1 << (bit % 8)
		}
	}
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(content)))
	for i, b := range length {
		out[Size-8+i] ^= b
	}
	return base64.StdEncoding.EncodeToString(out[:])
}

func TestVectors(t *testing.T) {
	t.Attr("rules", "B-14.26")
	for _, tt := range []struct{ content, want string }{
		{"", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{"\x4a", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="},
		{"hello", "aCgDG9jwBgAAAAAABQAAAAAAAAA="},
		{"hello2", "aCgDG9jwBhkAAAAABgAAAAAAAAA="},
		{strings.Repeat("x", 400000), "AAAAAAAAAAAAAAAAgBoGAAAAAAA="},
	} {
		h := New()
		h.Write([]byte(tt.content))
		if got := h.Base64(); got != tt.want {
			t.Errorf("%d bytes, %.10q: %s, want %s", len(tt.content), tt.content, got, tt.want)
		}
		if got := naive([]byte(tt.content)); got != tt.want {
			t.Errorf("%d bytes, %.10q: %s by the rule itself, want %s", len(tt.content), tt.content, got, tt.want)
		}
	}
}

// A hash neither depends on how the content is cut nor ends with a sum.
func TestParts(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	content := make([]byte, 3000)
	for i := range content {
		content[i] = byte(dice.Uint32())
	}
	written, appended := New(), New()
	for at := 0; at < len(content); {
		part := content[at:min(len(content), at+dice.IntN(400))]
		at += len(part)
		written.Write(part)
		next := New()
		next.Write(part)
		appended.Append(next)
		if want := naive(content[:at]); written.Base64() != want || appended.Base64() != want || written.Len() != int64(at) {
			t.Fatalf("after %d bytes: %s written, %s appended, want %s", at, written.Base64(), appended.Base64(), want)
		}
	}
	written.Reset()
	if written.Base64() != naive(nil) {
		t.Error("Reset leaves something")
	}
}

func FuzzHash(f *testing.F) {
	f.Add([]byte("hello"), uint16(2))
	f.Add(bytes.Repeat([]byte("harbour"), 100), uint16(161))
	f.Fuzz(func(t *testing.T, content []byte, cut uint16) {
		at := min(int(cut), len(content))
		one, two, next := New(), New(), New()
		one.Write(content)
		two.Write(content[:at])
		next.Write(content[at:])
		two.Append(next)
		if want := naive(content); one.Base64() != want || two.Base64() != want {
			t.Errorf("%s whole, %s of two parts, want %s", one.Base64(), two.Base64(), want)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	content := bytes.Repeat([]byte("harbour\x00"), 128<<10)
	b.SetBytes(int64(len(content)))
	for h := New(); b.Loop(); {
		h.Write(content)
	}
}

func BenchmarkNaive(b *testing.B) {
	content := bytes.Repeat([]byte("harbour\x00"), 8<<10)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		naive(content)
	}
}
