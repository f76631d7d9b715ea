// Package files holds what is particular to drives and their items.
package files

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// The switch MonitorStatus (B-9.25), and its value that means what the pages say.
const (
	MonitorStatus = "files.monitorStatus"
	Documented    = "202"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "files",
		Areas: []workload.Area{
			{Name: "Files", Paths: "drive drives groups/drive groups/drives shares sites/drive sites/drives users/drive users/drives"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{backend()},
		Types: []string{
			"microsoft.graph.baseItem",
			"microsoft.graph.baseItemVersion",
			"microsoft.graph.permission",
			"microsoft.graph.thumbnailSet",
			"microsoft.graph.itemAnalytics",
			"microsoft.graph.itemActivity*",
			"microsoft.graph.fileStorage*",
		},
		Rules: []workload.Rule{
			{Type: drive, Verb: bind.Read, Computes: []string{"name", "webUrl", "owner", "quota", "createdDateTime", "lastModifiedDateTime"}, Do: readDrive},
			{Type: driveItem, Verb: bind.Read, Computes: []string{"parentReference", "webUrl", "folder", "fileSystemInfo", "shared", "sharepointIds", "webDavUrl"}, Do: readItem},
			{Type: driveItem, Verb: bind.Create, Do: create},
			{Type: driveItem, Verb: bind.Upload, Do: upload},
			{Type: driveItem, Verb: bind.Update, Do: update},
			{Type: driveItem, Verb: bind.Upsert, Do: rescue},
			{Type: driveItem, Verb: bind.Delete, Do: remove},
			{Type: driveItem, Verb: bind.Invoke("permanentDelete"), Do: purge},
			{Type: driveItem, Verb: bind.Invoke("restore"), Do: restore},
			{Type: driveItem, Verb: bind.Invoke("copy"), Do: beginCopy},
			{Type: driveItem, Verb: bind.Invoke(workload.Expire), ByTime: true, Do: expire},
			{Type: driveItem, Verb: bind.Invoke("search"), Do: search},
			{Type: drive, Verb: bind.Invoke("search"), Do: search},
			{Type: drive, Verb: bind.Invoke("recent"), Do: recent},
			{Type: itemVersion, Verb: bind.Download, Do: downloadVersion},
			{Type: itemVersion, Verb: bind.Invoke("restoreVersion"), Do: restoreVersion},
			{Type: itemVersion, Verb: bind.Delete, Do: deleteVersion},
			{Type: driveItem, Verb: bind.Invoke("createLink"), Do: createLink},
			{Type: driveItem, Verb: bind.Invoke("invite"), Do: invite},
			{Type: drive, Verb: bind.Invoke("sharedWithMe"), Do: sharedWithMe},
			{Type: permission, Verb: bind.Read, Computes: []string{"grantedToIdentities", "grantedToIdentitiesV2"}, Do: readPermission},
			{Type: permission, Verb: bind.Update, Do: updatePermission},
			{Type: permission, Verb: bind.Delete, Do: removePermission},
			{Type: permission, Verb: bind.Invoke("grant"), Do: grantLink},
			{Type: permission, Verb: bind.Invoke("revokeGrants"), Do: revokeLink},
			{Type: permission, Verb: bind.Invoke(workload.Expire), ByTime: true, Do: expirePermission},
			{Type: shared, Verb: bind.Read, Do: readShare},
		},
		Views: []workload.View{
			{Type: "microsoft.graph.GraphService", Nav: "drives", Members: drives, Find: driveByID},
			{Type: workload.User, Nav: "drive", Find: driveOf, Refuse: refuseDrive, Refers: true},
			{Type: workload.User, Nav: "drives", Members: drivesOf, Find: driveOf, Refuse: refuseDrive, Computed: true},
			{Type: "microsoft.graph.group", Nav: "drive", Find: driveOf, Refers: true},
			{Type: "microsoft.graph.group", Nav: "drives", Members: drivesOf, Find: driveOf, Computed: true},
			{Type: site, Nav: "drive", Find: driveOf, Refers: true},
			{Type: site, Nav: "drives", Members: drivesOf, Find: driveOf, Computed: true},
			{Type: drive, Nav: rootName, Find: rootOf},
			{Type: driveItem, Nav: versions, Members: versionsOf, Find: versionByID},
			{Type: drive, Nav: "items", Members: items, Find: itemByID, Lies: inRoot, Computed: true},
			{Type: driveItem, Nav: permissions, Members: permissionsOf, Find: permissionByID, Settle: settlePermission},
			{Type: "microsoft.graph.GraphService", Nav: "shares", Find: shareByToken, Beside: true},
			{Type: shared, Nav: "driveItem", Find: sharedItem, Refuse: refuseItem, Refers: true},
			{Type: shared, Nav: rootName, Find: sharedItem, Refuse: refuseItem, Refers: true},
			{Type: shared, Nav: "items", Members: sharedItems, Find: sharedItemByID, Refuse: refuseItem, Computed: true},
			{Type: shared, Nav: "listItem", To: "driveItem/listItem", Refuse: refuseRow},
			{Type: shared, Nav: "list", Find: listOfShare, Refers: true},
			{Type: shared, Nav: "site", Find: siteOfShare, Refers: true},
			{Type: shared, Nav: "permission", Find: linkOfShare, Refers: true},
		},
		Guards: []workload.Guard{
			{Type: drive, Do: guardDrive},
			{Type: driveItem, Do: guardItem},
		},
		QueryPolicies: []workload.QueryPolicy{
			{Type: driveItem, Order: workload.OrderBy("name")}, // B-3.64
		},
		Tracking: []workload.Tracking{
			{Type: driveItem, Check: trackable, Shows: tell, Gone: gone},
		},
		Jobs:    []workload.Job{{Type: driveItem, Verb: bind.Invoke("copy"), Shows: value.Texts("operation", "ItemCopy"), Do: copyItem}}, // B-9.24
		Uploads: []workload.Upload{uploadSession()},
		Switches: append([]workload.Switch{
			{Name: holders, Values: []string{"everybody", licensed}, Usage: "who has a drive: all users, or those whose licenses have a plan of SharePoint"},
			{Name: deltaFolders, Values: []string{"all", rootOnly}, Strict: rootOnly, Usage: "which folders of a drive have a delta"},
			{Name: deltaPath, Values: []string{"present", noPath}, Usage: "whether items in a delta have parentReference/path"},
			sharepoint.HostSwitch,
			{Name: anonymousLinks, Values: []string{"allowed", forbidden}, Usage: "whether the tenant has links that need no sign-in"},
			{Name: MonitorStatus, Values: []string{"200", Documented}, Usage: "what the monitor of a finished copy answers"},
		}, sessionSwitches...),
		Consistency: workload.Consistency{Late: &grapherr.Error{Status: 404, Code: "ResourceNotFound", Message: "User's mysite not found."}},
		Errors:      sharepoint.Errors(),
	}
}

func backend() *workload.Backend {
	b := sharepoint.Backend()
	b.PathContexts = true
	return b
}
