package files

import (
	"iter"
	"slices"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	itemVersion edm.Name = "microsoft.graph.driveItemVersion"
	versionsNav          = "versions"
)

// current is the version that a file is now: it is not stored beside it.
func current(s workload.Scope, n *workload.Node) (workload.Item, bool) {
	if n.Ref <= 0 || isFolder(n) {
		return workload.Item{}, false
	}
	m := value.Members{{Name: "id", Value: value.String(currentID(n))}, {Name: "size", Value: value.Int(sizeOf(n))}}
	for _, name := range [...]string{"lastModifiedBy", "lastModifiedDateTime"} {
		if raw, ok := n.Get(name); ok {
			m.Set(name, raw)
		}
	}
	nav, ok := n.Type.Navigation(versionsNav)
	return workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object(string(itemVersion), m), Home: &workload.Home{Owner: n, Nav: nav, Key: currentID(n)}}, ok
}

func currentID(n *workload.Node) string { return strconv.FormatInt(versionOf(n), 10) + ".0" }

// versions lists those of a file, the newest first (B-14.103).
func versions(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		item, ok := current(s, n)
		if !ok || after < 1 && !yield(item) {
			return
		}
		old := slices.Collect(s.Tx.Members(n.Ref, versionsNav, 0))
		slices.Reverse(old)
		for i, ref := range old {
			if at := store.Ref(i + 2); at > after && !yield(workload.Item{At: at, Ref: ref}) {
				return
			}
		}
	}
}

// version finds one of a file's versions.
func version(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
	if item, ok := current(s, n); ok && key == currentID(n) {
		return item, true
	}
	if n.Ref <= 0 {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(n.Ref, versionsNav, key)
	return workload.Item{At: ref, Ref: ref}, ok
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
