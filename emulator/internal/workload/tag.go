package workload

import (
	"encoding/base32"
	"encoding/binary"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// versions encodes the number of a change so that a newer one is behind an older one
// in the order of its bytes, as clients compare them (B-4.52).
var versions = base32.HexEncoding.WithPadding(base32.NoPadding)

// AppendVersion appends what tells a version in an etag, made from the number of the
// change; an item's changeKey is the same (B-4.54).
func AppendVersion(dst []byte, seq int64) []byte {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], uint64(seq))
	return versions.AppendEncode(dst, raw[:])
}

// Show puts computed members over those that are stored, which stay as they are.
func (e *Entity) Show(computed ...value.Member) {
	if e.Members == nil {
		e.Members = e.Object.Members()
	} else {
		e.Members = e.Members.Clone()
	}
	for _, m := range computed {
		e.Members.Set(m.Name, m.Value)
	}
}
