package metadata_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/schemas/derive/csdl"
)

// What each level of metadata shows, by Accept and by $format.
func TestMetadataLevels(t *testing.T) {
	t.Attr("rules", "B-1.36 C-4.5")
	emu := emulatortest.New(t)
	const one = "/v1.0/users/" + emulatortest.Ida
	for _, tt := range []struct {
		name, path, accept string
		has, hasNot        []string
	}{
		{"default", one, "", []string{`"@odata.context"`}, []string{"@odata.id", "editLink"}},
		{"minimal", one, "application/json;odata.metadata=minimal", []string{`"@odata.context"`}, []string{"@odata.id"}},
		{"none", one, "application/json;odata.metadata=none", []string{`"displayName":"Ida Berg"`}, []string{"@odata."}},
		{"full", one, "application/json; IEEE754Compatible=false; odata.metadata=full", []string{
			`"@odata.type":"#microsoft.graph.user"`, `"@odata.id":"http://example.com/v1.0/directoryObjects/` + emulatortest.Ida + `"`, `"@odata.editLink"`,
			`"createdDateTime@odata.type":"#DateTimeOffset"`, `"businessPhones@odata.type":"#Collection(String)"`,
			`"manager@odata.navigationLink"`, `"manager@odata.associationLink"`}, nil},
		{"$format wins", one + "?$format=application/json;odata.metadata=none", "application/json;odata.metadata=full", nil, []string{"@odata."}},
		{"links stay without metadata", "/v1.0/users?$top=1", "application/json;odata.metadata=none",
			[]string{`"@odata.nextLink"`}, []string{"@odata.context", "@odata.id"}},
		{"count stays without metadata", "/v1.0/communications/presences?$top=1&$count=true", "application/json;odata.metadata=none",
			[]string{`"@odata.count":`}, []string{"@odata.context"}},
		{"each member of a list", "/v1.0/groups?$select=id", "application/json;odata.metadata=full",
			[]string{`"@odata.id":"http://example.com/v1.0/directoryObjects/` + emulatortest.Crew + `"`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := emulatortest.Get(emu, tt.path, "Accept", tt.accept)
			body := w.Body.String()
			if w.Code != 200 || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%d %s", w.Code, body)
			}
			for _, s := range tt.has {
				if !strings.Contains(body, s) {
					t.Errorf("lacks %s in %.900s", s, body)
				}
			}
			for _, s := range tt.hasNot {
				if strings.Contains(body, s) {
					t.Errorf("has %s in %.900s", s, body)
				}
			}
			if want := strings.TrimPrefix(tt.name, "$format wins"); want == "none" || want == "full" {
				if got := w.Header().Get("Content-Type"); !strings.Contains(got, "odata.metadata="+want) {
					t.Errorf("Content-Type %q", got)
				}
			}
		})
	}
}

// $metadata is the model in use, and a model that reads back to the same.
func TestMetadataDocument(t *testing.T) {
	t.Attr("rules", "B-1.7")
	w := emulatortest.Get(emulatortest.New(t), "/v1.0/$metadata")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/xml" {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	if _, err := csdl.Read(strings.NewReader(w.Body.String())); err != nil {
		t.Errorf("the doc compiler cannot read it: %v", err)
	}
	for _, want := range []string{
		`<EntityType Name="presence" BaseType="microsoft.graph.entity">`, `<EntitySet Name="users" EntityType="microsoft.graph.user" />`,
		`<Action Name="setPresence" IsBound="true">`, `<NavigationProperty Name="messages" Type="Collection(microsoft.graph.message)" ContainsTarget="true" />`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("lacks %s", want)
		}
	}
}

// The service document lists sets and singletons by name, kind and url.
func TestServiceDocument(t *testing.T) {
	t.Attr("rules", "B-1.6 R-C12")
	var doc struct{ Value []map[string]string }
	w := emulatortest.Get(emulatortest.New(t), "/v1.0/")
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
