package graphtest

import (
	"encoding/json"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestConversations(t *testing.T) { Conversations(t, "testdata/*.yaml") }

// TestReadErrors: a mistake in a file is named with its line.
func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "x.yaml: no exchange"},
		{"- request: GET /v1.0/me\n", "x.yaml:1: no status"},
		{"\n- status: 200\n", "x.yaml:2: no request"},
		{"- request: GET /\n  status: soon\n", `x.yaml:1: status: strconv.Atoi: parsing "soon": invalid syntax`},
		{"- request: GET /\n  status: 200\n- request: GET /\n  statsu: 200\n", "x.yaml:3: statsu: no such member of an exchange"},
		{"- request: GET /\n  status: 200\n  body: x\n", "x.yaml:1: body: expected a mapping or a list; a literal body is text"},
		{"- request: GET /\n  status: 200\n  body: {}\n  text: x\n", "x.yaml:1: body and text exclude each other"},
		{"- request: GET /\n  status: 200\n  expect: {}\n  exact: {}\n", "x.yaml:1: exact: expect and exact exclude each other"},
		{"- options: {strict: perhaps}\n", "x.yaml:1: option strict does not take perhaps"},
		{"- options: {shoes: 2}\n", "x.yaml:1: option shoes does not take 2"},
		{"- request: GET /\n  status: 200\n- options: {strict: true}\n", "x.yaml:3: options stand before the first exchange"},
		{"- x\n", "x.yaml:1: expected a mapping with a request"},
		{"- {\n", "x.yaml: yaml: "},
	} {
		_, err := read("x.yaml", []byte(tt.text))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

// TestDifferences: what is expected against what is there.
func TestDifferences(t *testing.T) {
	const guid = "c26302f8-02f8-c263-f802-63c2f80263c2"
	for _, tt := range []struct {
		want, got string
		exact     bool
		print     string // the differences, one a line
	}{
		{"{a: 1}", `{"a":1,"b":2}`, false, ""},
		{"{a: 1}", `{"a":1,"b":2}`, true, "/b: got 2, want nothing"},
		{"{a: 1}", `{"a":1.0}`, false, ""},
		{"{a: 1, b: x}", `{"a":"1"}`, false, "/a: got \"1\", want 1\n/b: got nothing, want x"},
		{"{a: {b: [1, {c: true}]}}", `{"a":{"b":[1,{"c":true,"d":0}]}}`, false, ""},
		{"{a: {b: [1, {c: true}]}}", `{"a":{"b":[1,{"c":false}]}}`, false, "/a/b/1/c: got false, want true"},
		{"{a: [1]}", `{"a":[1,2]}`, false, "/a: got 2 elements, want 1"},
		{"{a: [1]}", `{"a":{}}`, false, "/a: got {}, want [1]"},
		{"{a: {}}", `{"a":[]}`, false, "/a: got [], want {}"},
		{"{a: null}", `{"a":null}`, false, ""},
		{"{a: null}", `{}`, false, "/a: got nothing, want null"},
		{"{a: '${absent}'}", `{}`, true, ""},
		{"{a: '${absent}'}", `{"a":null}`, false, "/a: got null, want nothing"},
		{"{a: '${any}', b: '${any}'}", `{"a":[1],"b":""}`, true, ""},
		{"{a: '${any}'}", `{}`, false, "/a: got nothing, want ${any}"},
		{"{a: '${guid}', b: 'x-${guid}-y'}", `{"a":"` + guid + `","b":"x-` + guid + `-y"}`, false, ""},
		{"{a: '${guid}'}", `{"a":"x` + guid + `"}`, false, "/a: got x" + guid + ", want ${guid}"},
		{"{a: '${time}', b: '${time}'}", `{"a":"2026-11-22T08:15:02Z","b":"2026-11-22T08:15:02.4156913+01:00"}`, false, ""},
		{"{a: '${time}'}", `{"a":"yesterday"}`, false, "/a: got yesterday, want ${time}"},
		{"{a: '${x=guid}', b: 'of ${x}'}", `{"a":"` + guid + `","b":"of ` + guid + `"}`, false, ""},
		{"{a: '${x=any}', b: '${x}'}", `{"a":[1,2],"b":"[1,2]"}`, false, ""},
		{"{a: '${nothing}'}", `{"a":"x"}`, false, "/a: nothing is kept as ${nothing}"},
		{"{a: '${x=shoe}'}", `{"a":"x"}`, false, `/a: ${x=shoe}: "shoe" is not guid, time or any`},
		{"{a: (.)}", `{"a":"x"}`, false, "/a: got x, want (.)"},
		{"{a: 2026-11-22}", `{"a":"2026-11-22"}`, false, ""},
	} {
		var want yaml.Node
		if err := yaml.Unmarshal([]byte(tt.want), &want); err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(tt.got))
		d.UseNumber()
		var got any
		if err := d.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if print := strings.Join(memory{}.compare("", want.Content[0], got, true, tt.exact), "\n"); print != tt.print {
			t.Errorf("%s against %s\n got %s\nwant %s", tt.want, tt.got, print, tt.print)
		}
	}
}
