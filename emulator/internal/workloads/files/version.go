package files

import (
	"iter"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const (
	versions    = "versions"
	itemVersion = "microsoft.graph.driveItemVersion"
)

// versionsOf lists the versions of a file, the newest first (B-14.103). What the file was is
// stored below it; what it is now follows from the file.
func versionsOf(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		current, ok := currentVersion(s, n)
		if !ok || after < 1 && !yield(current) {
			return
		}
		old := slices.Collect(s.Tx.Members(n.Ref, versions, 0))
		for at := max(int(after)-1, 0); at < len(old); at++ {
			if !yield(workload.Item{At: store.Ref(at + 2), Ref: old[len(old)-1-at]}) {
				return
			}
		}
	}
}

// versionByID finds a version by its number.
func versionByID(s workload.Scope, n *workload.Node, id string) (workload.Item, bool) {
	if current, ok := currentVersion(s, n); ok && id == text(current.Object, "id") {
		return current, true
	}
	if n.Ref <= 0 {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(n.Ref, versions, id)
	return workload.Item{At: ref, Ref: ref}, ok
}

// currentVersion is a file as it is as a version of it.
func currentVersion(s workload.Scope, n *workload.Node) (workload.Item, bool) {
	file, _ := n.Get("file")
	nav, ok := n.Type.Navigation(versions)
	if !ok || n.Ref <= 0 || file.IsNull() {
		return workload.Item{}, false
	}
	return workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object(itemVersion, asVersion(n)), Home: &workload.Home{Owner: n, Nav: nav, Key: versionID(n)}}, true
}

// asVersion is what a version says of a file.
func asVersion(n *workload.Node) value.Members {
	m := value.Members{{Name: "id", Value: value.String(versionID(n))}, {Name: "size", Value: value.Int(sizeOf(n))}}
	for _, name := range [...]string{"lastModifiedBy", "lastModifiedDateTime"} {
		if raw, ok := n.Get(name); ok {
			m.Set(name, raw)
		}
	}
	return m
}
