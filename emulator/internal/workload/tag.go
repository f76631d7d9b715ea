package workload

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// versions encodes the number of a change so that a newer one is behind an older one
// in the order of its bytes, as clients compare them (B-4.52).
var versions = base32.HexEncoding.WithPadding(base32.NoPadding)

// AppendVersion appends what tells a version of the type's entities in an etag, made from the
// number of the change; an item's changeKey is the same (B-4.54).
func (t *Traits) AppendVersion(dst []byte, seq int64) []byte {
	if !t.ChangeKeys {
		return AppendVersion(dst, seq)
	}
	var raw [30]byte
	b := binary.BigEndian.AppendUint64(append(raw[:0], changeKeyHead...), uint64(seq)<<16)
	return base64.StdEncoding.AppendEncode(dst, b[:len(raw)])
}

// changeKeyHead is what all change keys of Exchange have in front of the six bytes of the change.
const changeKeyHead = "\x09\x00\x00\x00\x16\x00\x00\x00" + "\x5b\xd2\x07\x94\xc1\x3e\x4f\x68\xa9\x1d\xe0\x72\x3c\x86\xfb\x15"

// AppendVersion appends what tells a version in an etag of types without change keys.
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
