package page

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRepairJSON(t *testing.T) {
	for _, tt := range []struct{ in, want, repairs string }{
		{`{"berth": 4}`, `{"berth": 4}`, ""},
		{`{"berth": 4,}`, `{"berth": 4}`, "trailing comma"},
		{"{\"berth\": [1, 2, ],\n}", "{\"berth\": [1, 2 ]\n}", "trailing comma"},
		{"{\"berth\": 4\n \"quay\": 2}", "{\"berth\": 4,\n \"quay\": 2}", "missing comma"},
		{`[{"a":1}{"b":2}]`, `[{"a":1},{"b":2}]`, "missing comma"},
		{"{\"note\": \"first\nsecond\", \"a\": 1}", `{"note": "first\nsecond", "a": 1}`, "line break in string"},
		{"{\"a\": [1, 2, ...]}", "{\"a\": [1, 2 ]}", "ellipsis, trailing comma"},
		{"{\"a\": {…}, …}", "{\"a\": {} }", "ellipsis, trailing comma"},
		{"{\"a\": \"x,\n \"b\": \"y\"}", "{\"a\": \"x\",\n \"b\": \"y\"}", "unterminated string"},
		{"{\"a: 200,\n \"b\": \"y\"}", "{\"a\": 200,\n \"b\": \"y\"}", "unterminated string"},
		{"{“a”: “x”}", `{"a": "x"}`, "smart quotes"},
		{"{\"a\": \"GET”,\n \"b\": 1}", "{\"a\": \"GET\",\n \"b\": 1}", "smart quotes"},
		{`{'a': 'it "is"'}`, `{"a": "it \"is\""}`, "single quotes, unescaped quote in string"},
		{`{berth: 4}`, `{"berth": 4}`, "unquoted name"},
		{"{\"at\": 2020-01-01T00:00:00Z,\n\"b\": True}", "{\"at\": \"2020-01-01T00:00:00Z\",\n\"b\": \"True\"}", "unquoted value"},
		{"{\"a\":\u00a01}", `{"a":1}`, "invisible character"},
		{"{\"a\": 1 // why\n}", "{\"a\": 1 \n}", "comment"},
		{"{\"a\": 1, # why\n\"b\": 2}", "{\"a\": 1, \n\"b\": 2}", "comment"},
		{"{\"a\": 1, /* own */ \"b\": 2}", "{\"a\": 1,  \"b\": 2}", "comment"},
		{`{"a": "the "old" quay"}`, `{"a": "the \"old\" quay"}`, "unescaped quote in string"},
		{"{\"a\": 1}\nand so on", "{\"a\": 1}\n", "trailing text"},
		{`{"a" "b"}`, `{"a": "b"}`, "missing colon"},
		{`{"a", "b"}`, `{"a": null, "b": null}`, "name without value"},
		{`{"a":, "b":1}`, `{"a":null, "b":1}`, "name without value"},
		{`[{"a":{"b":1]`, `[{"a":{"b":1}}]`, "mismatched closer"},
		{`{"a":[1,2}`, `{"a":[1,2]}`, "mismatched closer"},
		{`{"a":[1,2`, `{"a":[1,2]}`, "missing closer"},
		{`{"a":1]}`, `{"a":1}`, "stray character"},
		{`{"path": "c:\quay"}`, `{"path": "c:\\quay"}`, "bad escape"},
		{"{\"a\": \"x\ty\"}", `{"a": "x\ty"}`, "control character in string"},
		{`{{"a":1}, "b":2}`, `{ "b":2}`, "object member without name, trailing comma"},
		{`{stream}`, "", "no"},
		{`(binary contents)`, "", "no"},
		{`[Zip file of a quay]`, "", "no"},
		{``, "", "no"},
		{`{...}`, "{}", "ellipsis"},
		{strings.Repeat("[:", 300), "", "no"},
	} {
		fixed, repairs, ok := RepairJSON([]byte(tt.in))
		got := strings.Join(repairs, ", ")
		if !ok {
			got = "no"
		}
		if string(fixed) != tt.want || got != tt.repairs {
			t.Errorf("%s\n got %s (%s)\nwant %s (%s)", tt.in, fixed, got, tt.want, tt.repairs)
		}
	}
}

func FuzzRepairJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, 'x', “y”, ...], b: "c"d"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		fixed, _, ok := RepairJSON(in)
		if !ok {
			return
		}
		if !json.Valid(fixed) {
			t.Fatalf("%q is repaired to %q", in, fixed)
		}
		if again, repairs, ok := RepairJSON(fixed); !ok || repairs != nil || string(again) != string(fixed) {
			t.Fatalf("%q is repaired again to %q", fixed, again)
		}
	})
}
