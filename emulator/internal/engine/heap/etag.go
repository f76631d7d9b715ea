package heap

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Tag is the weak etag of a version: the change that made it, in an opaque form.
func Tag(seq int64) string {
	var tag [24]byte
	dst := append(tag[:0], `W/"`...)
	dst = workload.AppendVersion(dst, seq)
	return string(append(dst, '"'))
}

// MatchTag reports whether an If-Match or If-None-Match header names a version.
func MatchTag(header string, seq int64) bool {
	want := strings.TrimPrefix(Tag(seq), "W/")
	for _, tag := range strings.Split(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == want {
			return true
		}
	}
	return false
}
