package conversation

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// TestSchema: an editor that knows docs/conversation.schema.json takes every
// conversation of this repository.
func TestSchema(t *testing.T) {
	schema := compiled(t)
	request := regexp.MustCompile(`(?m)^(- )?request: `)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !request.Match(text) {
			return err
		}
		seen++
		for _, doc := range documents(t, text) {
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: %#v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("found %d conversations", seen)
	}
}

// TestSchemaAgrees: the schema takes a document if and only if the package does, and
// knows its members and no others.
func TestSchemaAgrees(t *testing.T) {
	schema := compiled(t)
	for _, text := range []string{
		"request: GET /\nstatus: 200", "request: GET /", "status: 200", "request: GET\nstatus: 200", "request: GET /\nstatus: 99", "request: GET /\nstatus: x",
		"- request: GET /\n  status: 200", "- 1", "request: GET /\nstatus: 200\nx: 1", "request: GET /\nstatus: 200\nheaders: {a: [b, 1], c: null}",
		"request: GET /\nstatus: 200\nheaders: {a: {}}", "request: GET /\nstatus: 200\nheaders: []", "request: GET /\nstatus: 200\nbody: x",
		"request: GET /\nstatus: 200\nbody: 1\nexpect: [1]", "request: GET /\nstatus: 200\nbody: {}\ntext: ''", "request: GET /\nstatus: 200\ntext: ''\nbase64: ''",
		"request: GET /\nstatus: 200\nanswer: {}\nexpect: {}", "request: GET /\nstatus: 200\nanswerText: 1\nanswerFile: a.png",
		"request: GET /\nstatus: 200\nanswerFile: a.png", "request: GET /\nstatus: 200\nanswerFile: /a.png", "request: GET /\nstatus: 200\ntook: 1m2.5s",
		"request: GET /\nstatus: 200\ntook: -1s", "request: GET /\nstatus: 200\ntook: soon", "request: GET /\nstatus: 200\nstub: true",
		"request: GET /\nstatus: 200\nstub: perhaps", "request: GET /\nstatus: 200\nstub: true\nskip: 1\ntimes: 2\ndelay: 2s",
		"request: GET /\nstatus: 200\ntimes: 2", "request: GET /\nstatus: 200\nstub: false\ntimes: 2", "request: GET /\nstatus: 200\nstub: true\ntimes: 0",
		"request: GET /\nstub: true\nfault: {status: 429}", "request: GET /\nstub: true\nfault: {status: 429}\nstatus: 429", "request: GET /\nstub: true\nfault: 429",
		"request: GET /\nstub: true\nfault: {drop: true}\nanswerHeaders: {A: b}", "request: GET /\nstub: true", "request: GET /\nstub: true\nthrough: true\nanswerHeaders: {A: b}",
		"request: GET /\nstub: true\nthrough: true\nstatus: 200", "request: GET /\nstub: true\nthrough: false", "request: GET /\nthrough: true", "- options: {strict: true}\n- request: GET /\n  status: 200", "- options: 1\n- request: GET /\n  status: 200",
		"request: GET /\nstatus: 200\nrules: [B-4.1, C-10.8, R-O1]", "request: GET /\nstatus: 200\nrules: []", "request: GET /\nstatus: 200\nrules: B-4.1",
		"request: GET /\nstatus: 200\nrules: [B-4.1, B-4.1]", "request: GET /\nstatus: 200\nrules: [B-4]", "request: GET /\nstatus: 200\nrules: [4.1]",
		"request: GET /\nstatus: 200\nrules: [B-4.1]\nstub: true", "request: GET /\nstatus: 200\nrules: [B-4.1]\nstub: false", "request: GET /\nstatus: 200\nrules: [{}]",
		"- recording: {format: 1}", "- recording: {format: 2}", "- recording: {format: 1, x: 1}", "- options: {}\n  request: GET /\n  status: 200",
	} {
		_, ours := Parse("x.yaml", []byte(text+"\n"), fstest.MapFS{"a.png": {}})
		theirs := schema.Validate(documents(t, []byte(text))[0])
		if (ours == nil) != (theirs == nil) {
			t.Errorf("%q\npackage: %v\nschema: %v", text, ours, theirs)
		}
	}
	text, err := os.ReadFile("../../docs/conversation.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if a, b := slices.Sorted(maps.Keys(members)), slices.Sorted(maps.Keys(s.Defs["exchange"].Properties)); !slices.Equal(a, b) {
		t.Errorf("an exchange has\n%v\nin the schema\n%v", a, b)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/conversation.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.CompileString("conversation.schema.json", string(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// documents are the documents of a file as encoding/json would read them.
func documents(t *testing.T, text []byte) (out []any) {
	t.Helper()
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var v any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
}
