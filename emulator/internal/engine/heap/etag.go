package heap

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Tag is the weak etag of a version of a type's entity: the change that made it, in an opaque
// form.
func Tag(k *typeinfo.Info, seq int64) string {
	var tag [48]byte
	dst := append(tag[:0], `W/"`...)
	dst = k.Traits.AppendVersion(dst, seq)
	return string(append(dst, '"'))
}

// TagOf is the etag of an entity as it is shown; empty: it has none.
func TagOf(k *typeinfo.Info, e *workload.Entity) string {
	name := k.Traits.TagFrom
	switch {
	case name == "" && e.Ref > 0:
		return Tag(k, e.Seq)
	case name == "":
		return ""
	case e.Members == nil:
		return e.Text(name)
	}
	return e.Members.Text(name)
}

// MatchTag reports whether an If-Match or If-None-Match header names a version.
func MatchTag(k *typeinfo.Info, header string, seq int64) bool {
	want := strings.TrimPrefix(Tag(k, seq), "W/")
	for _, tag := range strings.Split(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == want {
			return true
		}
	}
	return false
}
