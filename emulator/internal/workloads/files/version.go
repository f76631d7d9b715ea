package files

import (
	"iter"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
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
		if n.Ref <= 0 || ok && after < 1 && !yield(current) {
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

// downloadVersion answers the content of a version; that of the current one is the file's
// (B-14.104).
func downloadVersion(c *workload.Call) (workload.Result, error) {
	if n := &c.Self; n.Exists && n.Ref == workload.NoRef && n.Home.Owner != nil {
		c.Self = *n.Home.Owner
	}
	return c.Next()
}

// restoreVersion makes the content of an older version the current one (B-14.105).
func restoreVersion(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists {
		return workload.Result{}, grapherr.NotFound("driveItemVersion", n.Home.Key)
	}
	done := workload.Result{Status: 204}
	if n.Ref == workload.NoRef {
		return done, nil
	}
	from, _, _, _ := c.Tx.Owner(n.Ref)
	file, ok := nodeOf(c, from, driveItem)
	blob, _, has := c.Tx.Blob(n.Ref, content)
	if !ok || !has {
		return workload.Result{}, grapherr.NotFound("driveItemVersion", n.Home.Key)
	}
	return done, fill(c, &file, blob, nil)
}

// deleteVersion deletes an older version (B-14.106).
func deleteVersion(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if n.Exists && n.Ref == workload.NoRef {
		return workload.Result{}, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "You cannot delete the current version."}
	}
	if n.Exists {
		from, _, _, _ := c.Tx.Owner(n.Ref)
		if file, ok := nodeOf(c, from, driveItem); ok {
			if err := grow(c, &file, 0, -sizeOf(n)); err != nil {
				return workload.Result{}, err
			}
		}
	}
	return c.Next()
}
