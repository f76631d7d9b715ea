package files

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// What a delta of a drive leaves open.
const (
	deltaPath    = "files.deltaPath"    // B-14.121
	deltaFolders = "files.deltaFolders" // B-14.124

	noPath   = "absent"
	rootOnly = "root"
)

// trackable refuses the delta of what does not tell the changes below it (B-14.124).
func trackable(c *workload.Call) error {
	n := &c.Self
	if c.Nav != nil || isRoot(n) || isFolder(n) && c.System.Switches()[deltaFolders] != rootOnly {
		return nil
	}
	at, _ := placeOf(c, n)
	return (&grapherr.Error{Status: 400, Code: "invalidRequest", Message: fmt.Sprintf("The expression \"drives('%s')/items/%s/delta\" is not valid", at.drive, n.Text("id"))}).
		Because("Only the root of a drive tells the changes in it, or a folder where the switch "+deltaFolders+" lets it.", "")
}

// tell takes away of an item what a delta does not tell (B-14.121).
func tell(c *workload.Call, e *workload.Entity) {
	if c.System.Switches()[deltaPath] != noPath {
		return
	}
	if ref, ok := e.Members.Get("parentReference"); ok && !ref.IsNull() {
		m := ref.Members()
		m.Delete("path")
		e.Members.Set("parentReference", m.Object())
	}
}

// gone is an item that is not in the drive any more, in the form of business drives: it has no
// name (B-14.118).
func gone(c *workload.Call, was *workload.Node) value.Members {
	at, _ := placeOf(c, &c.Self)
	ref := value.Texts("driveType", at.kind, "driveId", at.drive)
	if up := was.Home.Owner; up != nil {
		ref.Set("id", value.String(up.Text("id")))
	}
	if at.ids.Collection != "" {
		ref.Set("siteId", value.String(at.ids.Collection))
	}
	id := was.Text("id")
	m := value.Members{{Name: "id", Value: value.String(id)}, {Name: "deleted", Value: `{"state":"deleted"}`}, {Name: "parentReference", Value: ref.Object()},
		{Name: "cTag", Value: value.String(`"c:{` + guidOf(was) + `},-1"`)}, {Name: "size", Value: "0"}}
	if isFolder(was) {
		m.Set("folder", "{}")
	} else {
		m.Set("file", value.Members{{Name: "hashes", Value: hashes(emptyFile())}}.Object())
	}
	return m
}
