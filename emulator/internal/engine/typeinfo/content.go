package typeinfo

import (
	"math"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
)

// ContentLimit is how many bytes a stream takes at most, as far as its type says so
// (B-4.50).
func (k *Cache) ContentLimit(t *bind.Target) int64 {
	if l := k.Of(t.Owning()).Traits.Limits[contentName(t)]; l.Bytes > 0 {
		return int64(l.Bytes)
	}
	return math.MaxInt64
}

// Preauthenticated reports whether a batch answers the content that a path denotes with its
// address.
func (k *Cache) Preauthenticated(t *bind.Target) bool {
	return slices.Contains(k.Of(t.Owning()).Traits.Preauthenticated, contentName(t))
}

// contentName is the name by which traits know the content that a path denotes.
func contentName(t *bind.Target) string {
	if last := t.Last(); last.Prop != nil {
		return last.Prop.Name
	}
	return "$value"
}
