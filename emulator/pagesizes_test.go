package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// pageSizes are the rows of B-3.70 whose members anybody can create: the page that a
// list has without $top, and what becomes of a $top above the maximum.
var pageSizes = []struct {
	list      string // a path, with ${id} for what owner made
	owner     string // POST target and body that make the owner; empty: none needed
	body      string
	filed     bool // the members are of a tenant's file: making one asks for more than a body
	size, max int  // max 0: any
	cut       bool // to max, instead of 400
}{
	{list: "/groups", body: `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew%d","securityEnabled":true}`, size: 100, max: 999},
	{list: "/oauth2PermissionGrants", body: `{"clientId":"c%d","consentType":"AllPrincipals","resourceId":"r","scope":"s"}`, filed: true, size: 100, max: 999},
	{list: "/me/messages", body: `{"subject":"Tide %d"}`, size: 10, max: 1000},
	{list: "/me/mailFolders", body: `{"displayName":"Logs %d"}`, size: 10, max: 1000},
	{list: "/me/contacts", body: `{"givenName":"Nils %d"}`, size: 10, max: 1000},
	{list: "/me/contactFolders", body: `{"displayName":"Crew %d"}`, size: 10, max: 1000},
	{list: "/me/calendars", body: `{"name":"Watch %d"}`, size: 10, max: 1000},
	{list: "/me/events", body: `{"subject":"Ebb %d"}`, size: 10, max: 1000},
	{list: "/me/todo/lists", body: `{"displayName":"Paint %d"}`, size: 20, max: 100},
	{list: "/drives/${id}/items", owner: `/drives {"driveType":"business"}`, body: `{"name":"chart %d","folder":{}}`, size: 200, max: 999, cut: true},
	{list: "/chats/${id}/messages", owner: `/chats {"chatType":"group"}`, body: `{"body":{"content":"Ahoy %d"}}`, size: 20, max: 50},
	{list: "/chats", body: `{"chatType":"group","topic":"Watch %d"}`, size: 20, max: 50, cut: true},
	{list: "/chats/${id}/members", owner: `/chats {"chatType":"group"}`, body: `{"@odata.type":"#microsoft.graph.aadUserConversationMember","roles":["owner"],"userId":"u%d"}`, size: 100, max: 999},
	{list: "/deviceManagement/deviceCategories", body: `{"displayName":"Tablet %d"}`, size: 1000, max: 1000},
	{list: "/planner/tasks", body: `{"planId":"p","title":"Buoy %d"}`, size: 400},
	{list: "/identityGovernance/accessReviews/definitions", body: `{"displayName":"Review %d","descriptionForAdmins":"Berths","descriptionForReviewers":"Berths","scope":{},"instanceEnumerationScope":{},"settings":{},"reviewers":[]}`, size: 100, max: 100},
	{list: "/identityGovernance/accessReviews/historyDefinitions", body: `{"displayName":"Past %d"}`, size: 100, max: 100},
	{list: "/identityGovernance/accessReviews/definitions/${id}/instances", owner: `/identityGovernance/accessReviews/definitions {"displayName":"Review","descriptionForAdmins":"Berths","descriptionForReviewers":"Berths","scope":{},"instanceEnumerationScope":{},"settings":{},"reviewers":[]}`, body: `{"status":"s%d"}`, size: 100, max: 100},
	{list: "/subscriptions", body: `{"changeType":"updated","resource":"users/u%d","notificationUrl":"https://a.test","expirationDateTime":"2027-01-01T00:00:00Z"}`, size: 100},
	{list: "/auditLogs/directoryAudits", body: `{"activityDisplayName":"Dock %d"}`, size: 100, max: 1000},
	{list: "/auditLogs/provisioning", body: `{"jobId":"%d"}`, size: 100, max: 1000},
	{list: "/security/alerts", body: `{"title":"Leak %d","vendorInformation":{"provider":"p","vendor":"v"}}`, size: 100, max: 1000},
}

// TestPageSizes: how long a page is by default, and at most.
func TestPageSizes(t *testing.T) {
	t.Attr("rules", "B-3.66 B-3.68 B-3.70")
	for _, tt := range pageSizes {
		t.Run(strings.Trim(strings.ReplaceAll(tt.list, "/", "_"), "_"), func(t *testing.T) {
			if tt.filed {
				pageSizesOf(t, emulatortest.New(t, listing(tt.list, tt.body, tt.size+1)), tt.list, tt.size, tt.max, tt.cut)
				return
			}
			s := emulatortest.New(t)
			list := tt.list
			if tt.owner != "" {
				path, body, _ := strings.Cut(tt.owner, " ")
				var made struct{ ID string }
				emulatortest.Into(t, &made, s, "POST", "/v1.0"+path, body, http.StatusCreated)
				list = strings.Replace(list, "${id}", made.ID, 1)
			}
			for i := range tt.size + 1 {
				emulatortest.Must(t, s, "POST", "/v1.0"+list, strings.Replace(tt.body, "%d", fmt.Sprint(i), 1), http.StatusCreated)
			}
			pageSizesOf(t, s, list, tt.size, tt.max, tt.cut)
		})
	}
}

// pageSizesOf asks for the first page of a list that has one member more, and for larger ones.
func pageSizesOf(t *testing.T, s http.Handler, list string, size, most int, cut bool) {
	t.Helper()
	if value, next := firstPage(t, s, "/v1.0"+list); value != size || !next {
		t.Errorf("%s has %d members on its first page, a next one %v; want %d", list, value, next, size)
	}
	above := fmt.Sprintf("/v1.0%s?$top=%d", list, most+1)
	switch {
	case most == 0:
	case cut:
		if value, _ := firstPage(t, s, above); value != min(most, size+1) {
			t.Errorf("%s has %d members", above, value)
		}
	default:
		var e struct{ Error struct{ Message string } }
		emulatortest.Into(t, &e, s, "GET", above, "", http.StatusBadRequest)
		if want := fmt.Sprintf("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", most+1, most); e.Error.Message != want {
			t.Errorf("%s says %q, want %q", above, e.Error.Message, want)
		}
		emulatortest.Must(t, s, "GET", fmt.Sprintf("/v1.0%s?$top=%d", list, most), "", http.StatusOK)
	}
}

// Lists that the service does not cut come whole, whatever $top.
func TestWholeLists(t *testing.T) {
	t.Attr("rules", "B-3.70")
	s := emulatortest.New(t, listing("/directoryRoles", `{"roleTemplateId":"00000000-0000-4000-8000-%d"}`, 101))
	for _, query := range []string{"", "?$top=5"} {
		if value, next := firstPage(t, s, "/v1.0/directoryRoles"+query); value != 101 || next {
			t.Errorf("directoryRoles%s: %d members, a next page %v", query, value, next)
		}
	}
}

// firstPage asks for one page of a list.
func firstPage(t *testing.T, s http.Handler, path string) (members int, next bool) {
	t.Helper()
	var got struct {
		Value []json.RawMessage
		Next  string `json:"@odata.nextLink"`
	}
	emulatortest.Into(t, &got, s, "GET", path, "", http.StatusOK)
	return len(got.Value), got.Next != ""
}

// listing is a tenant with so many members of a collection.
func listing(list, body string, n int) emulator.Option {
	var file strings.Builder
	fmt.Fprintf(&file, "%s:\n", strings.TrimPrefix(list, "/"))
	for i := range n {
		fmt.Fprintf(&file, "  - %s\n", strings.Replace(body, "%d", fmt.Sprintf("%012d", i), 1))
	}
	return emulator.WithFixtures(fstest.MapFS{"tenant.yaml": {Data: []byte(file.String())}})
}
