package workloads_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workloads"
)

func TestArea(t *testing.T) {
	r, err := workload.NewRegistry(nil, workloads.All()...)
	if err != nil {
		t.Fatal(err)
	}
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
		if got := r.Area(tt.template); got != tt.want {
			t.Errorf("%s belongs to %s, want %s", tt.template, got, tt.want)
		}
	}
}
