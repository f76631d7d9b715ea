package shape

import "testing"

// TestForm: what differs between two tenants is blanked, what the service decides stays.
func TestForm(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "empty",
		"High at six":                          "text",
		"3f2504e0-4f89-41d3-9a0c-0305e82c3301": "guid",
		"3F2504E0-4F89-41D3-9A0C-0305E82C3301": "GUID",
		`"{3F2504E0-4F89-41D3-9A0C-0305E82C3301},4"`:                   `"{GUID},N"`,
		`W/"JDEwMDAwMDA="`:                                             `W/"opaque"`,
		"2026-05-04T08:00:00Z":                                         "time s",
		"2026-05-04T08:00:00.12Z":                                      "time ms",
		"2026-05-04T08:00:00.1234567Z":                                 "time 100ns",
		"0001-01-01T00:00:00Z":                                         "time 0001",
		"1650894590215":                                                "milliseconds",
		"19:901a47e951fe46dcb21c96e0d908571f@thread.tacv2":             "19:32hex@thread.tacv2",
		"19:fUgbfnATY7HANBQCL3rvvVF8oh1-gBN_mjoshBaGixe3@thread.tacv2": "19:44base64url@thread.tacv2",
		"19:meeting_ZTk3Y2U4@thread.v2":                                "19:meeting_…@thread.v2",
		"northgale.sharepoint.com,3f2504e0-4f89-41d3-9a0c-0305e82c3301,3f2504e0-4f89-41d3-9a0c-0305e82c3302": "host,guid,guid",
		"ida@northgale.test":    "address",
		"#microsoft.graph.user": "#microsoft.graph.user",
		"https://graph.microsoft.com/v1.0/$metadata#teams('3f2504e0-4f89-41d3-9a0c-0305e82c3301')/channels('19%3A901a47e951fe46dcb21c96e0d908571f%40thread.tacv2')": "https://graph.microsoft.com/v1.0/$metadata#teams('guid')/channels('19:32hex@thread.tacv2 encoded')",
		"https://graph.microsoft.com/v1.0/users?$skiptoken=RFNwdAIAAQ&$select=id":                                                                                   "https://graph.microsoft.com/v1.0/users?$select=id&$skiptoken",
		"https://northgale.sharepoint.com/sites/harbour/_layouts/15/Doc.aspx?sourcedoc=%7B1%7D&file=a":                                                              "https://{tenant}.sharepoint.com/…/_layouts/15/Doc.aspx?file&sourcedoc",
		"https://teams.microsoft.com/l/channel/19%3A901a47e951fe46dcb21c96e0d908571f%40thread.tacv2/Tides?groupId=1":                                                "https://teams.microsoft.com/l/channel/{19:32hex@thread.tacv2 encoded}/*?groupId",
		"https://tides.example/table": "text",
	} {
		if got := form(text); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}
