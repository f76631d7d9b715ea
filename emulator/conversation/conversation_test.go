package conversation

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestReadErrors: a mistake in a file is named with its line.
func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "x.yaml: no exchange"},
		{"- request: GET /v1.0/me\n", "x.yaml:1: no status"},
		{"\n- status: 200\n", "x.yaml:2: no request"},
		{"- request: GET\n  status: 200\n", `x.yaml:1: request: "GET" is not a method and a path`},
		{"- request: GET /\n  status: soon\n", `x.yaml:2: status: "soon" is not a number from 100 to 999`},
		{"- request: GET /\n  status: 99\n", `x.yaml:2: status: "99" is not a number from 100 to 999`},
		{"- request: GET /\n  status: 200\n- request: GET /\n  statsu: 200\n", "x.yaml:4: statsu: no such member of an exchange"},
		{"- request: GET /\n  status: 200\n  status: 200\n", "x.yaml:3: status: is there twice"},
		{"- request: GET /\n  status: 200\n  body: x\n", "x.yaml:3: body: expected a mapping or a list; a literal body is text"},
		{"- request: GET /\n  status: 200\n  expect: x\n", "x.yaml:3: expect: expected a mapping or a list; a literal body is answerText"},
		{"- request: GET /\n  status: 200\n  body: {}\n  text: x\n", "x.yaml:4: text: a request has one of body, text, base64 and file"},
		{"- request: GET /\n  status: 200\n  expect: {}\n  answer: {}\n", "x.yaml:4: answer: an exchange has one of answer, expect,"},
		{"- request: GET /\n  status: 200\n  body:\n    a: .nan\n", `x.yaml:4: body: ".nan" has no form in JSON`},
		{"- request: GET /\n  status: 200\n  body:\n    [a]: 1\n", "x.yaml:4: body: the name of a member is a text"},
		{"- request: GET /\n  status: 200\n  body: &a\n    b: *a\n", "x.yaml:"},
		{"- request: GET /\n  status: 200\n  base64: '%'\n", "x.yaml:3: base64: illegal base64 data"},
		{"- request: GET /\n  status: 200\n  took: soon\n", `x.yaml:3: took: "soon" is not a time span; write 12ms or 1.5s`},
		{"- request: GET /\n  status: 200\n  headers: x\n", "x.yaml:3: headers: expected a mapping"},
		{"- request: GET /\n  status: 200\n  file: /etc/passwd\n", `x.yaml:3: file: "/etc/passwd" is not the path of a file beside this one`},
		{"- request: GET /\n  status: 200\n  file: ../x\n", `x.yaml:3: file: "../x" is not the path of a file beside this one`},
		{"- request: GET /\n  status: 200\n  answerFile: a/../../x\n", `x.yaml:3: answerFile: "a/../../x" is not the path`},
		{"- request: GET /\n  status: 200\n  answerFile: '..\\x'\n", `x.yaml:3: answerFile: "..\\x" is not the path`},
		{"- request: GET /\n  status: 200\n  answerFile: nobody.png\n", `x.yaml:3: answerFile: stat nobody.png: `},
		{"- options: {strict: true, x: 1}\n- request: GET /\n", "x.yaml:2: no status"},
		{"- request: GET /\n  status: 200\n- options: {strict: true}\n", "x.yaml:3: options stand before the first exchange"},
		{"options: {}\nrequest: GET /\n", "x.yaml:2: request: expected options alone"},
		{"recording: {format: 2}\n", `x.yaml:1: recording: format is "2", and this version reads 1`},
		{"recording: {format: 1, made: soon}\n", `x.yaml:1: recording: made: parsing time "soon"`},
		{"recording: {format: 1}\n---\nrequest: GET /\nstatus: 200\n", "x.yaml:5: the recording ends in the middle of an exchange"},
		{"recording: {format: 1}\n---\nrequest: GET /\nstatus: 200\ntook: 1m", "x.yaml:5: the recording ends in the middle of an exchange"},
		{"- request: GET /\n  status: 200\n  times: 2\n", "x.yaml:1: times belongs to stubs: stub: true is missing"},
		{"- request: GET /\n  status: 200\n  stub: true\n  times: many\n", `x.yaml:4: times: "many" is not a number from 1 on`},
		{"- request: GET /\n  status: 200\n  stub: true\n  fault: {drop: true}\n", "x.yaml:1: fault stands in the answer's stead"},
		{"- request: GET /\n  status: 200\n  stub: true\n  through: true\n", "x.yaml:1: through lets the emulator answer"},
		{"- x\n", "x.yaml:1: expected a mapping with a request"},
		{"{\"log\": {\"version\": \"1.2\"}}\n", "x.yaml:1: log: no such member of an exchange"},
		{"- {\n", "x.yaml: yaml: "},
	} {
		_, err := Parse("x.yaml", []byte(tt.text), os.DirFS("testdata"))
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
		{"{a: '$${x}'}", `{"a":"${x}"}`, true, ""},
		{"{a: 12345678901234567890}", `{"a":12345678901234567891}`, true, "/a: got 12345678901234567891, want 12345678901234567890"},
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
		var lines []string
		for _, d := range (Vars{}).compare("", want.Content[0], got, true, tt.exact) {
			lines = append(lines, d.String())
		}
		if print := strings.Join(lines, "\n"); print != tt.print {
			t.Errorf("%s against %s\n got %s\nwant %s", tt.want, tt.got, print, tt.print)
		}
	}
}
