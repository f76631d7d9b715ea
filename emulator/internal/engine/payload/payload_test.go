package payload_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const traits = `
microsoft.graph.group:
  required: [displayName, mailNickname]
  requiredWith: {mail: [displayName]}
  readOnly: [securityIdentifier]
  notOnCreate: [renewedDateTime]
  immutable: [visibility]
  limits: {displayName: {length: 5}, mailNickname: {without: "@"}}
`

// What a body is refused for, and at which property.
func TestRefusals(t *testing.T) {
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Traits: traits})
	whole := `"displayName":"Crew","mailNickname":"crew","visibility":"Public"`
	id := w.Create("/groups", "{"+whole+"}")
	for _, tt := range []struct{ method, body, want string }{
		{"POST", `{"displayName":"Crew"}`, "mailNickname"},
		{"POST", `{"displayName":"Crew","mail":"a@b"}`, ""},
		{"POST", `{"displayName":null,"mailNickname":"crew"}`, "displayName"},
		{"POST", `{"displayName":"Pilots","mailNickname":"crew"}`, "displayName"},
		{"POST", `{"displayName":"Crew","mailNickname":"a@b"}`, "mailNickname"},
		{"POST", `{` + whole + `,"displayNam":"x"}`, "displayNam"},
		{"POST", `{` + whole + `,"mailEnabled":"perhaps"}`, "mailEnabled"},
		{"PATCH", `{"groupTypes":null}`, "groupTypes"},
		{"POST", `{` + whole + `,"groupTypes":"Unified"}`, "groupTypes"},
		{"POST", `{` + whole + `,"renewedDateTime":"2026-01-01T00:00:00Z"}`, "renewedDateTime"},
		{"POST", `{` + whole + `,"securityIdentifier":"S-1"}`, ""}, // ignored
		{"PATCH", `{"displayName":"Fog"}`, ""},
		{"PATCH", `{"displayName":null}`, "displayName"},
		{"PATCH", `{"visibility":"Public"}`, ""}, // as it is
		{"PATCH", `{"visibility":"Private"}`, "visibility"},
		{"PATCH", `{"securityIdentifier":"S-1"}`, ""},
	} {
		path := "/groups"
		if tt.method == "PATCH" {
			path += "/" + id
		}
		_, err := w.Do(tt.method, path, tt.body)
		told := enginetest.Told(err)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %s: %s", tt.method, tt.body, told)
		case tt.want != "" && (!strings.HasPrefix(told, "400 ") || !strings.Contains(told, tt.want)):
			t.Errorf("%s %s: %q, want a refusal of %s", tt.method, tt.body, told, tt.want)
		}
	}
	if sid := w.Must("GET", "/groups/"+id, "").One.Text("securityIdentifier"); sid != "" {
		t.Errorf("a read-only property is stored: %s", sid)
	}
}

func TestExceeds(t *testing.T) {
	for _, tt := range []struct {
		limit workload.Limit
		value value.Raw
		want  string
	}{
		{workload.Limit{Length: 3}, `"äöü"`, ""}, // characters, not bytes
		{workload.Limit{Length: 3}, `"abcd"`, "At most 3 characters are allowed, and these are 4."},
		{workload.Limit{Least: 2}, `"a"`, "At least 2 characters are needed, and these are 1."},
		{workload.Limit{Least: 2}, `null`, ""},
		{workload.Limit{Without: "@#"}, `"a#b"`, "It must not contain any of @#"},
		{workload.Limit{Among: "on off"}, `"OFF"`, ""},
		{workload.Limit{Among: "on off"}, `"of"`, "It is one of on, off."},
		{workload.Limit{Items: 1}, `[1]`, ""},
		{workload.Limit{Items: 1}, `[1,2]`, "At most 1 entries are allowed, and these are 2."},
		{workload.Limit{Bytes: 3}, `"YWJj"`, ""},
		{workload.Limit{Bytes: 3}, `"YWJjZGVm"`, "At most 3 bytes are allowed."},
	} {
		if got := payload.Exceeds(tt.limit, tt.value); got != tt.want {
			t.Errorf("%+v %s\n got %s\nwant %s", tt.limit, tt.value, got, tt.want)
		}
	}
}
