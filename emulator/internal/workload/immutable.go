package workload

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// immutable begins every immutable id (B-1.46).
const immutable = "AAkA"

// IDType is the preference for immutable ids, among those that a type honours (B-3.91).
const IDType = "IdType"

// ImmutableID names an entity wherever it is moved to.
func ImmutableID(ref store.Ref) string {
	var raw [9]byte
	binary.BigEndian.PutUint64(raw[1:], uint64(ref))
	return immutable + base64.RawURLEncoding.EncodeToString(raw[:])
}

// ReadImmutableID is the entity that an immutable id names; false for any other id.
func ReadImmutableID(id string) (store.Ref, bool) {
	text, ok := strings.CutPrefix(id, immutable)
	if !ok { // nearly every id: it costs nothing
		return 0, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != 9 || raw[0] != 0 {
		return 0, false
	}
	ref := store.Ref(binary.BigEndian.Uint64(raw[1:]))
	return ref, ref > 0
}
