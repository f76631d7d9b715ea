package shape

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCompare: what is counted, and what is not.
func TestCompare(t *testing.T) {
	const four = "2022-04 "
	for _, tt := range []struct {
		name       string
		real, ours []string // bodies, each with its month in front where it has one
		want       string   // the differences
		members    string
		forms      string
	}{
		{"the same", []string{`{"a": "x", "b": null, "c": 1}`}, []string{`{"a": "y", "b": null, "c": 2}`}, "", "7/7", "1/1"},
		{"absent", []string{`{"a": "x", "b": 1}`}, []string{`{"a": "y"}`}, "absent b: number, absent", "1/2", "0/0"},
		{"absent where it is unset", []string{`{"a": "x"}`, `{"a": null}`}, []string{`{"a": "y"}`, `{"b": 1}`},
			"absent a: text / null, absent where it is unset; extra b: absent, number", "0/1", "0/0"},
		{"unset in another way", []string{`{"a": ""}`}, []string{`{"a": null}`}, `null a: "", null`, "1/2", "0/0"},
		{"null where the service leaves it out", []string{`{"a": "x"}`, `{}`}, []string{`{"a": null}`}, "null a: absent where it is unset, null", "1/2", "0/0"},
		{"a text that ours does not set", []string{`{"a": "x"}`, `{"a": "y"}`, `{"a": "z"}`}, []string{`{"a": null}`}, "", "1/1", "0/0"},
		{"a time that the service sets", []string{`{"a": "2022-01-01T00:00:00Z"}`, `{"a": "2022-01-01T00:00:01Z"}`, `{"a": "2022-01-01T00:00:02Z"}`}, []string{`{"a": null}`}, "null a: time s, null", "1/2", "0/0"},
		{"a null of ours", []string{`{}`}, []string{`{"a": null}`}, "more a: absent, null", "0/1", "0/0"},
		{"a value of ours", []string{`{}`}, []string{`{"a": 1}`}, "extra a: absent, number", "0/0", "0/0"},
		{"another form", []string{`{"a": "2022-01-01T00:00:00Z"}`}, []string{`{"a": "2022-01-01T00:00:00.1Z"}`}, "form a: time s, time ms", "1/1", "0/1"},
		{"a fraction that is zero", []string{`{"a": "2022-01-01T00:00:00.1Z"}`}, []string{`{"a": "2022-01-01T00:00:00Z"}`}, "", "1/1", "1/1"},
		{"another kind", []string{`{"a": 1}`}, []string{`{"a": "1"}`}, "form a: number, string", "1/1", "0/1"},
		{"order", []string{`{"a": 1, "b": 2, "c": 3}`}, []string{`{"a": 1, "c": 3, "b": 2}`}, "order (root): a b c, moved: b", "5/6", "3/3"},
		{"objects stand behind", []string{`{"a": null, "b": 1}`, `{"b": 1, "a": {"x": 1}}`}, []string{`{"b": 1, "a": {"x": 2}}`}, "", "5/5", "2/2"},
		{"the newest counts", []string{`2021-01 {"a": 1, "b": 1}`, four + `{"b": 1}`}, []string{`{"b": 1}`}, "", "1/1", "1/1"},
		{"the newest counts", []string{`2021-01 {"b": 1}`, four + `{"a": 1, "b": 1}`}, []string{`{"b": 1}`}, "absent a: number, absent", "1/2", "1/1"},
		{"nested", []string{`{"value": [{"a": {"b": 1}}, {"a": null}]}`}, []string{`{"value": [{"a": {}}]}`}, "absent value[].a.b: number, absent", "2/3", "0/0"},
		{"not reached", []string{`{"value": [{"a": 1}]}`}, []string{`{"value": []}`}, "", "1/1", "0/0"},
		{"a type that only one tells", []string{`{"@odata.type": "#microsoft.graph.user", "a": 1}`}, []string{`{"a": 1}`}, "absent @odata.type: #microsoft.graph.user, absent", "1/2", "1/1"},
		{"types apart", []string{`[{"@odata.type": "#x.user", "a": 1}, {"@odata.type": "#x.group", "b": 1}]`}, []string{`[{"@odata.type": "#x.user", "a": 2}]`}, "", "4/4", "2/2"},
		{"pages", []string{`{"@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$skiptoken=x"}`}, []string{`{}`}, "", "0/0", "0/0"},
	} {
		c := &comparison{real: outline{}, ours: outline{}}
		for _, body := range tt.real {
			month := ""
			if strings.HasPrefix(body, "20") {
				month, body, _ = strings.Cut(body, " ")
			}
			if err := c.real.read(month, []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		for _, body := range tt.ours {
			if err := c.ours.read("", []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		c.run()
		var got []string
		for _, d := range c.found {
			got = append(got, fmt.Sprintf("%s %s: %s, %s", d.Kind, d.Place, strings.ReplaceAll(d.Real, " | ", " / "), d.Ours))
		}
		if slices.Sort(got); strings.Join(got, "; ") != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, strings.Join(got, "; "), tt.want)
		}
		if m, f := fmt.Sprintf("%d/%d", c.members.Passed, c.members.Checks), fmt.Sprintf("%d/%d", c.forms.Passed, c.forms.Checks); m != tt.members || f != tt.forms {
			t.Errorf("%s: members %s, want %s; forms %s, want %s", tt.name, m, tt.members, f, tt.forms)
		}
	}
}

// TestOperationOf: the operation of a request of somebody's own recording.
func TestOperationOf(t *testing.T) {
	for target, want := range map[string]string{
		"/users/ida@northgale.test/messages":                     "GET v1.0 /users/{}/messages",
		"/users('3f2504e0-4f89-41d3-9a0c-0305e82c3301')/manager": "GET v1.0 /users/{}/manager",
		"/me/mailFolders/inbox":                                  "GET v1.0 /me/mailFolders/inbox",
		"/groups/delta":                                          "GET v1.0 /groups/delta",
		"/teams/3f2504e0-4f89-41d3-9a0c-0305e82c3301/channels/19%3A901a47e951fe46dcb21c96e0d908571f%40thread.tacv2": "GET v1.0 /teams/{}/channels/{}",
		"/reports/getOffice365ActiveUserDetail(period='D7')":                                                        "GET v1.0 /reports/getOffice365ActiveUserDetail(period='D7')",
		"/me/messages/AAMkAGE1M2IyNGNmLTI5MTktNDUyZi1iOTVlLTI3OGQ5Yjc4MDYzNgBGAAA=":                                 "GET v1.0 /me/messages/{}",
	} {
		if got, _ := operationOf("GET", "v1.0", target, nil); got != want {
			t.Errorf("%s\n got %s\nwant %s", target, got, want)
		}
	}
}
