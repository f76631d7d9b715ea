// Package sites holds what is particular to sites, lists, their items and columns, pages and
// the term store.
package sites

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

const (
	service edm.Name = "microsoft.graph.GraphService"
	site             = sharepoint.SiteType

	list        edm.Name = "microsoft.graph.list"
	listItem    edm.Name = "microsoft.graph.listItem"
	fieldSet    edm.Name = "microsoft.graph.fieldValueSet"
	column      edm.Name = "microsoft.graph.columnDefinition"
	contentType edm.Name = "microsoft.graph.contentType"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:     "sites",
		Areas:    []workload.Area{{Name: "Sites and lists", Paths: "groups/sites sites termStore users/followedSites"}},
		Traits:   traits,
		Backends: []*workload.Backend{sharepoint.Backend()},
		Types: []string{
			"microsoft.graph.columnDefinition",
			"microsoft.graph.columnLink",
			"microsoft.graph.fieldValueSet",
			"microsoft.graph.list",
			"microsoft.graph.sharePointGroup*",
			"microsoft.graph.termStore.*",
		},
		Rules: []workload.Rule{
			{Type: site, Verb: bind.Read, Computes: []string{"displayName", "name", "description", "webUrl", "root", "siteCollection", "sharepointIds"}, Do: readSite},
			{Type: site, Verb: bind.List, Do: listSites},
			{Type: site, Verb: bind.Create, Do: makeSite},
			{Type: site, Verb: bind.Invoke("getByPath"), Do: getByPath, Leads: true},
			{Type: site, Verb: bind.Invoke("getAllSites"), Do: allSites},
			{Type: site, Verb: bind.Invoke("add"), Do: follow(followed, true)},
			{Type: site, Verb: bind.Invoke("remove"), Do: follow(unfollowed, false)},

			{Type: list, Verb: bind.Read, Computes: []string{"eTag", "webUrl", "parentReference", "sharepointIds"}, Do: readList},
			{Type: list, Verb: bind.Create, Do: makeList},
			{Type: list, Verb: bind.Update, Do: changeList},
			{Type: list, Verb: bind.Delete, Do: dropList},
			{Type: column, Verb: bind.Create, Do: makeColumn},
			{Type: column, Verb: bind.Update, Do: changeColumn},
			{Type: column, Verb: bind.Delete, Do: dropColumn},

			{Type: listItem, Verb: bind.Read, Computes: []string{"webUrl", "parentReference", "sharepointIds"}, Do: readItem},
			{Type: listItem, Verb: bind.Create, Do: makeItem},
			{Type: listItem, Verb: bind.Update, Do: changeItem},
			{Type: listItem, Verb: bind.Delete, Do: recycle},
			{Type: listItem, Verb: bind.Invoke(workload.Expire), Do: expire, ByTime: true},
			{Type: fieldSet, Verb: bind.Read, Computes: []string{"id", "ContentType", "Created", "Modified", "_UIVersionString", "Attachments"}, Do: readFields},
			{Type: fieldSet, Verb: bind.Update, Do: changeFields},

			{Type: "microsoft.graph.baseSitePage", Verb: bind.Create, Do: makePage},
			{Type: "microsoft.graph.sitePage", Verb: bind.Invoke("publish"), Do: publish},
			{Type: binItem, Verb: bind.Invoke("restore"), Do: unbin(true)},
			{Type: binItem, Verb: bind.Invoke("delete"), Do: unbin(false)},
			{Type: "microsoft.graph.permission", Verb: bind.Create, Do: grantsApplications, After: true},
		},
		Views: []workload.View{
			{Type: service, Nav: "sites", Members: members, Find: find, Lost: lost},
			{Type: sharepoint.GroupType, Nav: "sites", Members: ofGroups, Find: ofGroup, Lost: lostOfGroup},
			{Type: site, Nav: "sites", Members: below, Find: oneBelow, Lost: lostOfGroup},
			lists(),
			{Type: site, Nav: "recycleBin", Find: ofSite},
			{Type: "microsoft.graph.recycleBin", Nav: "items", Members: binned, Find: oneBinned, Computed: true},
			open(workload.DefaultMembers(list, "columns", "", defaultColumns)),
			open(workload.DefaultMembers(site, "columns", "", defaultColumns)),
			open(workload.DefaultMembers(list, "contentTypes", "", defaultTypes)),
			open(workload.DefaultMembers(site, "contentTypes", "", defaultTypes)),
		},
		Ways: []workload.Way{{Type: site, Find: byPath}},
		QueryPolicies: []workload.QueryPolicy{
			{Type: site, Words: &words, First: searchAll}, // B-3.83
			{Type: list, First: askLists},
			{Type: listItem, First: askItems, Ignores: []string{"$skip", "$count", "$search"}}, // B-14.189
		},
		Switches: []workload.Switch{{Name: Threshold, Values: []string{unlimited, "5000"}, Usage: "over how many items a list refuses filters and orders by columns that are not indexed"}},
		Consistency: workload.Consistency{
			Late:  &grapherr.Error{Status: 404, Code: "ResourceNotFound", Message: "User's mysite not found."},
			Lates: map[edm.Name]*grapherr.Error{sharepoint.GroupType: {Status: 404, Code: "ResourceNotFound", Message: "Resource provisioning is in progress. Please try again."}}, // E6 of the recorded facts
		},
		Errors: sharepoint.Errors(),
	}
}
