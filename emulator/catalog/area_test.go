package catalog

import (
	"strings"
	"testing"
)

func TestArea(t *testing.T) {
	for _, tt := range []struct{ template, want string }{
		{"/", "/"},
		{"/me", "Users"},
		{"/users/{}", "Users"},
		{"/me/messages/{}/attachments", "Mail"},
		{"/users/{}/mailFolders/{}/messages", "Mail"},
		{"/groups/{}/members/$ref", "Groups"},
		{"/groups/{}/team", "Teams"},
		{"/me/drive/root:/{path}:/content", "Files"},
		{"/me/drive/items/{}/workbook/tables", "Workbooks"},
		{"/sites/{}:/{path}:/drive", "Files"},
		{"/sites/{}/lists/{}/items", "Sites and lists"},
		{"/communications/presences", "Presence"},
		{"/communications/calls/{}", "Calls and meetings"},
		{"/reports/getTeamsUserActivityCounts(period={})", "Reports"},
		{"/deviceManagement/virtualEndpoint/cloudPCs", "Cloud PC"},
		{"/lighthouses/{}/lamps", "lighthouses"},
	} {
		if got := area(tt.template); got != tt.want {
			t.Errorf("%s belongs to %s, want %s", tt.template, got, tt.want)
		}
	}
	seen := map[string]string{}
	for i, a := range areas {
		if i > 0 && areas[i-1].name >= a.name {
			t.Errorf("%s stands behind %s", a.name, areas[i-1].name)
		}
		for path := range strings.FieldsSeq(a.paths) {
			if seen[path] != "" {
				t.Errorf("%s belongs to %s and to %s", path, seen[path], a.name)
			}
			seen[path] = a.name
		}
	}
}
