package value

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// NamedGUID makes a GUID of a name (version 5 without a name space): always the same.
func NamedGUID(name string) string {
	sum := sha1.Sum([]byte(name))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// SID is the security identifier that the directory gives to an object: the bytes of its
// id, in the order of Windows, as four numbers. It is empty for a text that is no GUID.
func SID(guid string) string {
	b, ok := GUIDBytes(guid)
	if !ok {
		return ""
	}
	out := "S-1-12-1"
	for i := 0; i < len(b); i += 4 {
		out += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(b[i:])), 10)
	}
	return out
}

// GUIDBytes reads a GUID in the order of bytes that Windows gives it: the first three
// groups are numbers with their low bytes in front.
func GUIDBytes(s string) (out [16]byte, ok bool) {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(out) || len(s) != 36 {
		return out, false
	}
	copy(out[:], raw)
	slices.Reverse(out[:4])
	slices.Reverse(out[4:6])
	slices.Reverse(out[6:8])
	return out, true
}

// GUIDText is the GUID of bytes in the order of Windows: what GUIDBytes reads.
func GUIDText(b [16]byte) string {
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
