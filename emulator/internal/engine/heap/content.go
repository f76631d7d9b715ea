package heap

import (
	"math"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
)

// StreamName is the name under which a stream lies beside its entity: of a stream
// property its path, of the entity itself $value.
func StreamName(path []string) string {
	if len(path) == 0 {
		return "$value"
	}
	return strings.Join(path, "/")
}

// ContentLimit is how many bytes a stream takes at most, as far as its type says so
// (B-4.50).
func (h *Heap) ContentLimit(t *bind.Target) int64 {
	if l := h.Types.Of(t.Owning()).Traits.Limits[contentName(t)]; l.Bytes > 0 {
		return int64(l.Bytes)
	}
	return math.MaxInt64
}

// Preauthenticated reports whether a batch answers the content that a path denotes with its
// address.
func (h *Heap) Preauthenticated(t *bind.Target) bool {
	return slices.Contains(h.Types.Of(t.Owning()).Traits.Preauthenticated, contentName(t))
}

// contentName is the name by which traits know the content that a path denotes.
func contentName(t *bind.Target) string {
	if last := t.Last(); last.Prop != nil {
		return last.Prop.Name
	}
	return "$value"
}
