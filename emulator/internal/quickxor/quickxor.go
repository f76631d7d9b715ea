// Package quickxor computes QuickXorHash, the hash that OneDrive for Business and
// SharePoint show of a file (B-14.25). It tells whether content arrived whole; it does not
// withstand anyone who wants two files to have the same hash.
//
// Byte i of the content is XORed into 160 bits at bit 11·i mod 160, and in the end the
// length into the last eight bytes (B-14.26). The positions repeat after 160 bytes, so a
// Hash holds the XOR of all rows of 160 bytes and turns it into 160 bits only when asked.
package quickxor

import (
	"encoding/base64"
	"encoding/binary"
	"hash"
)

const (
	// Size is the length of a hash in bytes.
	Size = 20
	// BlockSize is the length of a row: writes of a multiple of it are the fastest.
	BlockSize = 160

	words = BlockSize / 8
)

// Hash is the state after the bytes written so far. The zero Hash has seen none. A copy of
// it goes on by itself.
type Hash struct {
	row    [words]uint64 // byte p of a row lies in word p/8, the first one lowest
	length uint64
}

var _ hash.Hash = (*Hash)(nil)

// New returns a hash of no bytes.
func New() *Hash { return new(Hash) }

// Write implements io.Writer. It never fails.
func (h *Hash) Write(p []byte) (int, error) {
	n := len(p)
	at := int(h.length % BlockSize)
	h.length += uint64(n)
	if at > 0 {
		head := p[:min(len(p), BlockSize-at)]
		h.mix(at, head)
		p = p[len(head):]
	}
	row := h.row // the compiler knows that p is not part of it
	for ; len(p) >= BlockSize; p = p[BlockSize:] {
		block := p[:BlockSize]
		for i := range row {
			row[i] ^= binary.LittleEndian.Uint64(block[i*8:])
		}
	}
	h.row = row
	h.mix(0, p)
	return n, nil
}

// mix XORs bytes in from a position of the row, to its end at most.
func (h *Hash) mix(at int, p []byte) {
	for i, b := range p {
		h.row[(at+i)/8] ^= uint64(b) << ((at + i) % 8 * 8)
	}
}

// Append goes on as if what next has seen were written, without the bytes.
func (h *Hash) Append(next *Hash) {
	at := int(h.length % BlockSize)
	var row [BlockSize]byte
	for i, w := range next.row {
		binary.LittleEndian.PutUint64(row[i*8:], w)
	}
	h.length += next.length
	h.mix(at, row[:BlockSize-at])
	h.mix(0, row[BlockSize-at:])
}

// Sum appends the hash of the bytes so far to b; more may be written after it.
func (h *Hash) Sum(b []byte) []byte {
	var out [Size]byte
	for i := range BlockSize {
		c := byte(h.row[i/8] >> (i % 8 * 8))
		bit := i * 11 % (Size * 8)
		at, shift := bit/8, bit%8
		out[at] ^= c << shift
		out[(at+1)%Size] ^= c >> (8 - shift) // nothing where the byte lies on a boundary
	}
	length := binary.LittleEndian.Uint64(out[Size-8:]) ^ h.length
	binary.LittleEndian.PutUint64(out[Size-8:], length)
	return append(b, out[:]...)
}

// Base64 returns the hash of the bytes so far as file.hashes.quickXorHash has it.
func (h *Hash) Base64() string {
	var sum [Size]byte
	return base64.StdEncoding.EncodeToString(h.Sum(sum[:0]))
}

// Len returns the number of bytes written.
func (h *Hash) Len() int64 { return int64(h.length) }

// Reset implements hash.Hash.
func (h *Hash) Reset() { *h = Hash{} }

// Size implements hash.Hash.
func (h *Hash) Size() int { return Size }

// BlockSize implements hash.Hash.
func (h *Hash) BlockSize() int { return BlockSize }
