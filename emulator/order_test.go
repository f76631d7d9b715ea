package emulator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
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
	emu := newEmulator(t)
	for _, tt := range []struct{ path, want string }{
		{"/v1.0/users?$top=1&$count=true&$select=id", "@odata.context @odata.count @odata.nextLink value"},
		{"/v1.0/users/delta", "@odata.context @odata.deltaLink value"},
		{"/v1.0/users/" + ida, "@odata.context businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id"},
		{"/v1.0/groups/a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6", "@odata.context id deletedDateTime classification createdDateTime creationOptions description displayName expirationDateTime " +
			"groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName " +
			"onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions " +
			"resourceProvisioningOptions securityEnabled securityIdentifier theme uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors"},
	} {
		w := get(t, emu, tt.path, "ConsistencyLevel", "eventual")
		if got := strings.Join(names(t, w.Body.String()), " "); w.Code != 200 || got != tt.want {
			t.Errorf("%s: %d\n got %s\nwant %s", tt.path, w.Code, got, tt.want)
		}
	}
}

// The service document lists sets and singletons by name, kind and url.
func TestServiceDocument(t *testing.T) {
	t.Attr("rules", "B-1.6 R-C12")
	var doc struct{ Value []map[string]string }
	w := get(t, newEmulator(t), "/v1.0/")
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || len(doc.Value) < 50 {
		t.Fatalf("%d entries: %v", len(doc.Value), err)
	}
	for _, e := range doc.Value {
		if len(e) != 3 || e["name"] == "" || e["url"] != e["name"] || e["kind"] != "EntitySet" && e["kind"] != "Singleton" {
			t.Errorf("%v", e)
		}
	}
	for _, want := range []map[string]string{{"name": "users", "kind": "EntitySet", "url": "users"}, {"name": "me", "kind": "Singleton", "url": "me"}} {
		if !slices.ContainsFunc(doc.Value, func(e map[string]string) bool { return e["name"] == want["name"] && e["kind"] == want["kind"] }) {
			t.Errorf("%v is missing", want)
		}
	}
}
