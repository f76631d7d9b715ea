package odatajson_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// names are the members of an object, in the order in which they are printed.
func names(t *testing.T, object string) (out []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatalf("%v: %s", err, object)
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			t.Fatalf("%v: %s", err, object)
		}
		out = append(out, name.(string))
	}
	return out
}

// A list has its context first and its members last, a user its id last, a group what it
// shows by default.
func TestOrderOfMembers(t *testing.T) {
	t.Attr("rules", "B-1.25 B-3.19 B-3.22")
	emu := emulatortest.New(t)
	for _, tt := range []struct{ path, want string }{
		{"/v1.0/users?$top=1&$count=true&$select=id", "@odata.context @odata.count @odata.nextLink value"},
		{"/v1.0/users/delta", "@odata.context @odata.deltaLink value"},
		{"/v1.0/users/" + emulatortest.Ida, "@odata.context businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id"},
		{"/v1.0/me/mailFolders/inbox?$select=displayName,id", "@odata.context id displayName"},
		{"/v1.0/groups/a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6", "@odata.context id deletedDateTime classification createdDateTime creationOptions description displayName expirationDateTime " +
			"groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName " +
			"onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions " +
			"resourceProvisioningOptions securityEnabled securityIdentifier theme uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors"},
	} {
		w := emulatortest.Get(emu, tt.path, "ConsistencyLevel", "eventual")
		if got := strings.Join(names(t, w.Body.String()), " "); w.Code != 200 || got != tt.want {
			t.Errorf("%s: %d\n got %s\nwant %s", tt.path, w.Code, got, tt.want)
		}
	}
}

// An object has first its primitive members and its nulls, then those with members of their
// own. A member moves when it gets a value, and the objects inside have the same order,
// whatever that of the request.
func TestOrderByKindOfValue(t *testing.T) {
	t.Attr("rules", "B-1.25 R-O1")
	emu := emulatortest.New(t)
	ask := func(method, path, body string) string {
		return emulatortest.Do(emu, method, path, body).Body.String()
	}
	id := func(answer string) string {
		var made struct{ ID string }
		if err := json.Unmarshal([]byte(answer), &made); err != nil || made.ID == "" {
			t.Fatalf("%v: %s", err, answer)
		}
		return made.ID
	}
	const policies = "/v1.0/identity/conditionalAccess/policies"
	policy := policies + "/" + id(ask("POST", policies, `{"conditions": {"users": {"includeUsers": ["All"]}, "clientAppTypes": ["all"], "applications": {"excludeApplications": [],
		"includeAuthenticationContextClassReferences": ["c1"], "includeApplications": ["All"]}}, "grantControls": {"builtInControls": ["mfa"], "operator": "OR"}, "displayName": "Tide", "state": "disabled"}`))
	const task = "/v1.0/me/todo/lists"
	list := task + "/" + id(ask("POST", task, `{"displayName": "Deck"}`)) + "/tasks"
	for _, tt := range []struct{ path, patch, within, want string }{
		{policy, "", "", "sessionControls|conditions|grantControls"},
		{policy, "", "conditions", "clientAppTypes|applications|users"},
		{policy, "", "", "id|templateId|displayName|createdDateTime|modifiedDateTime|state|sessionControls|conditions|grantControls"},
		{policy, "", "conditions/applications", "includeApplications|excludeApplications|includeAuthenticationContextClassReferences"},
		{policy + "?$select=grantControls,conditions,state,sessionControls", "", "", "state|sessionControls|conditions|grantControls"},
		{policy, `{"grantControls": null, "sessionControls": {"signInFrequency": {"value": 2, "type": "days", "isEnabled": true}}}`, "", "grantControls|conditions|sessionControls"},
		{policy, "", "sessionControls/signInFrequency", "value|type|isEnabled"},
		{"/v1.0/me/messages/" + id(ask("POST", "/v1.0/me/messages", `{"toRecipients": [{"emailAddress": {"address": "per@northgale.test", "name": "Per"}}], "body": {"content": "High", "contentType": "text"}, "subject": "Tide"}`)), "", "",
			"id|createdDateTime|lastModifiedDateTime|changeKey|categories|receivedDateTime|sentDateTime|hasAttachments|internetMessageId|subject|bodyPreview|importance|parentFolderId|conversationId|isRead|isDraft|webLink|body|toRecipients|ccRecipients|flag"},
		{list + "/" + id(ask("POST", list, `{"title": "Swab", "linkedResources": [], "dueDateTime": {"timeZone": "UTC", "dateTime": "2026-12-01T00:00:00"}}`)), "", "", "title|reminderDateTime|body|dueDateTime"},
		{"/v1.0/users/" + emulatortest.Ida + "?$select=passwordProfile,surname,assignedPlans,displayName", "", "", "surname|displayName|assignedPlans"},
	} {
		if tt.patch != "" {
			ask("PATCH", tt.path, tt.patch)
		}
		answer := ask("GET", tt.path, "")
		object := json.RawMessage(answer)
		for name := range strings.FieldsFuncSeq(tt.within, func(r rune) bool { return r == '/' }) {
			var members map[string]json.RawMessage
			if err := json.Unmarshal(object, &members); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			object = members[name]
		}
		got := names(t, string(object))
		got = slices.DeleteFunc(got, func(name string) bool { return !slices.Contains(strings.Split(tt.want, "|"), name) })
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %s: %s, want %s\n%s", tt.path, tt.within, strings.Join(got, "|"), tt.want, answer)
		}
	}
}
