package interchange_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/interchange"
)

var update = flag.Bool("update", false, "write what the examples are read as")

// examples are a file of each format, made up for these tests.
var examples = []struct {
	name   string
	format interchange.Format
	notes  int
}{
	{"session.har", interchange.HAR, 1},
	{"cassette.yaml", interchange.GoVCR, 0},
	{"mocks.json", interchange.DevProxy, 1},
	{"mappings.json", interchange.WireMock, 0},
	{"shapes.jsonl", interchange.GraphShapes, 0},
}

func load(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func written(t *testing.T, f *conversation.File) string {
	t.Helper()
	text, err := f.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRead: a file of each format as it is read; and what is written of it can be read
// again.
func TestRead(t *testing.T) {
	for _, tt := range examples {
		text := load(t, tt.name)
		if got, err := interchange.Detect(text); got != tt.format || err != nil {
			t.Errorf("%s is taken for %s, %v", tt.name, got, err)
		}
		f, notes, err := interchange.Read(tt.name, text, tt.format, os.DirFS("testdata"))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(notes) != tt.notes {
			t.Errorf("%s: %v", tt.name, notes)
		}
		got := written(t, f)
		golden := filepath.Join("testdata", tt.name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := string(load(t, tt.name+".golden")); got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, want)
		}
		if _, err := conversation.Parse("x.yaml", []byte(got), nil); err != nil {
			t.Errorf("%s: what is written does not read: %v", tt.name, err)
		}
	}
}

// TestRoundTrips: what is exported and imported again is the same.
func TestRoundTrips(t *testing.T) {
	for _, tt := range []struct {
		format interchange.Format
		text   string
	}{
		{interchange.HAR, string(load(t, "session.har.golden"))},
		{interchange.HAR, string(load(t, "cassette.yaml.golden"))},
		{interchange.DevProxy, string(load(t, "mocks.json.golden"))},
		{interchange.WireMock, string(load(t, "mappings.json.golden"))},
		{interchange.WireMock, `---
request: GET /v1.0/users/{id}/messages?$filter=${any}&$top=5
headers:
  If-Match: ${absent}
  Prefer: ${any}x${any}
status: 200
answerHeaders:
  Content-Type: application/json
  Location: ${request.header.Host}
answer:
  id: ${request.path.id}
  top: ${request.query.$top}
  made: ${guid}
stub: true
`},
		{interchange.DevProxy, `---
request: GET /v1.0/users/**
status: 200
answer:
  id: "1"
stub: true
skip: 2
times: 1
`},
	} {
		f, err := conversation.Parse("x.yaml", []byte(tt.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		out, notes, err := interchange.Write(f, tt.format)
		if err != nil {
			t.Fatal(err)
		}
		want := tt.text
		for _, n := range notes { // what cannot be said is left out, and said
			cut := map[string]string{
				"WireMock cannot say through":              "---\nrequest: \"* /v1.0/me\"\nanswerHeaders:\n  X-Route: harbour\nstub: true\nthrough: true\n",
				"Dev Proxy cannot say bytes but in a file": "---\nrequest: GET /v1.0/users/**/photo/$value\nstatus: 200\nanswerHeaders:\n  content-type: image/png\nanswerBase64: \"iVBORw0KGgo=\"\nstub: true\n",
			}[n.Reason]
			if cut == "" {
				t.Errorf("%s: %v", tt.format, n)
			}
			want = strings.Replace(want, cut, "", 1)
		}
		again, more, err := interchange.Read("x", out, tt.format, nil)
		if err != nil || len(more) > 0 {
			t.Errorf("%s: %v %v\n%s", tt.format, err, more, out)
			continue
		}
		if got := written(t, again); got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.format, got, want)
		}
	}
}

// TestRefused: what is torn, foreign, or cannot be said is an error with its line.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		format interchange.Format
		text   string
		want   string
	}{
		{interchange.HAR, `{"log": {"version": "1.2"}}`, "x:1: entries is missing"},
		{interchange.HAR, "{\"log\": {\"entries\": [\n\n{}]}}", "x:3: the entry has no request"},
		{interchange.HAR, "{\"log\": {\"entries\": [\n{\"request\": {\"method\": 7}}]}}", "x:2: request.method is no string"},
		{interchange.HAR, `{"log": {"entries": []}} trailing`, "x:1: "},
		{interchange.HAR, `{"log": {"entries": []}}`, "x: no exchange"},
		{interchange.HAR, `{"log": {"entries": {}}}`, "x:1: a list is expected"},
		{interchange.HAR, "{\"log\": {\"entries\": [\n{\"request\": {\"method\": \"GET\", \"url\": \"https://graph.microsoft.com/\"}, \"response\": {\"status\": 200, \"content\": {\"size\": 5}}}]}}", "x:2: the content of the answer is not in the file"},
		{interchange.HAR, "{\"log\":\n{\"entries\": [\"\xc2\"]}}", "x:2: the text is not UTF-8"},
		{interchange.GoVCR, "version: 3\ninteractions: []\n", "x:1: the version of the cassette is none of 1 and 2"},
		{interchange.GoVCR, "version: 2\n", "x:1: interactions: a list is expected"},
		{interchange.GoVCR, "version: 2\ninteractions:\n- request: {url: https://x/, method: GET}\n", "x:3: the cassette ends in the middle"},
		{interchange.GoVCR, "- a\n", "x: a cassette of go-vcr is a mapping"},
		{interchange.DevProxy, `{"mocks": [{"request": {}, "response": {}}]}`, "x:1: the mock has no request with a url"},
		{interchange.DevProxy, `{"mocks": [{"request": {"url": "https://graph.microsoft.com/v1.0/me"}, "response": {"body": "@../x"}}]}`, `x:1: the file "../x" is not beside this one`},
		{interchange.GraphShapes, `{"method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "status": 7}`, "x:1: the status 7 is not that of an HTTP answer"},
		{interchange.GraphShapes, "\n" + `{"method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "status": 200, "recorded": "May"}`, `x:2: recorded: "May" is not a year and month`},
		{interchange.GraphShapes, `{"method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "status": 200} {}`, "x:1: a line holds one exchange"},
		{interchange.GraphShapes, "\x1f\x8bzip", "x:1: "},
		{"pact", "{}", `"pact" is none of har, go-vcr, vcrpy, vcr, dev-proxy, wiremock, graph-shapes`},
	} {
		_, _, err := interchange.Read("x", []byte(tt.text), tt.format, os.DirFS("testdata"))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s %q\n got %v\nwant %s", tt.format, tt.text, err, tt.want)
		}
	}
	for _, text := range []string{"", "hello", "[]", "{}", `{"openapi": "3.1"}`} {
		if f, err := interchange.Detect([]byte(text)); err == nil {
			t.Errorf("%q is taken for %s", text, f)
		}
	}
}

// TestFaultK4LeftOut: a mapping of WireMock that cannot be said is left out and named with
// its line; the others stay. What would widen a stub is not passed over.
func TestFaultK4LeftOut(t *testing.T) {
	const head = "{\n\"mappings\": [\n{\"request\": {\"url\": \"/v1.0/me\"}, \"response\": {}},\n"
	for _, tt := range []struct{ text, want string }{
		{head + `{"request": {"urlPattern": "/a(b|c)"}, "response": {}}]}`, `the pattern "/a(b|c)" cannot be written`},
		{head + `{"request": {"url": "/x", "cookies": {}}, "response": {}}]}`, `unknown field "cookies"`},
		{head + `{"request": {"url": "/x", "bodyPatterns": [{"matchesJsonPath": "$.a"}]}, "response": {}}]}`, `unknown field "matchesJsonPath"`},
		{head + `{"request": {"url": "/x", "urlPath": "/y"}, "response": {}}]}`, "more than one of url"},
		{head + `{"request": {"url": "/x"}, "response": {"body": "{{math 1 '+' 2}}", "transformers": ["response-template"]}}]}`, "the template {{math 1 '+' 2}} has no counterpart"},
		{head + `{"request": {"url": "/x"}}]}`, "the mapping has no response"},
	} {
		f, notes, err := interchange.Read("x", []byte(tt.text), interchange.WireMock, os.DirFS("testdata"))
		if err != nil || len(f.Exchanges) != 1 || len(notes) != 1 || notes[0].Line != 4 || !strings.HasPrefix(notes[0].Reason, tt.want) || notes[0].Kept {
			t.Errorf("%q\n got %v %v\nwant %s", tt.text, notes, err, tt.want)
		}
	}
}

// TestTruncated: wherever a file is cut, it is refused; of a cassette, what ends between
// two interactions cannot be told from a whole one.
func TestTruncated(t *testing.T) {
	for _, tt := range examples {
		text := strings.TrimRight(string(load(t, tt.name)), "\n") + "\n"
		for i := range len(text) - 1 {
			f, _, err := interchange.Read("x", []byte(text[:i]), tt.format, os.DirFS("testdata"))
			if err != nil || tt.format == interchange.GoVCR && len(f.Exchanges) == 1 && strings.HasSuffix(text[:i], "duration: 120.5ms\n") {
				continue
			}
			if tt.format == interchange.GraphShapes && len(f.Exchanges) == 1 && strings.HasPrefix(strings.TrimSpace(text[i:]), `{"source"`) {
				continue // between two lines
			}
			t.Fatalf("%s is taken when it ends behind %q", tt.name, text[max(i-30, 0):i])
		}
	}
}

// TestShapes: a gzipped file reads as a plain one, with what a conversation cannot hold.
func TestShapes(t *testing.T) {
	plain := load(t, "shapes.jsonl")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(plain)
	z.Close()
	if got, err := interchange.Detect(packed.Bytes()); got != interchange.GraphShapes || err != nil {
		t.Errorf("gzip is taken for %s, %v", got, err)
	}
	for _, text := range [][]byte{plain, packed.Bytes()} {
		var got []string
		for s, err := range interchange.Shapes(bytes.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(s.Exchange.Line, s.Exchange.Request, s.Exchange.Status, s.Source, s.File, s.Recorded.Format("2006-01"), s.Operation, s.Derived, s.BatchPart, s.Trimmed))
		}
		want := []string{
			"1GET https://graph.microsoft.com/v1.0/groups200tides/kita.har2024-05GET v1.0 /groupsfalse false map[value:42]",
			"2POST https://graph.microsoft.com/beta/chats/{chat}/messages201tidesb.json2022-04POST beta /chats/{}/messagestrue true map[]",
		}
		if !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, tt := range examples {
		text, err := os.ReadFile(filepath.Join("testdata", tt.name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range interchange.Readable() {
			out, _, err := interchange.Read("x", text, format, nil)
			if err != nil {
				continue
			}
			if _, err := out.Append(nil); err != nil {
				t.Errorf("%s: what was read cannot be written: %v", format, err)
			}
			for _, to := range interchange.Writable() {
				if _, _, err := interchange.Write(out, to); err != nil {
					t.Errorf("%s to %s: %v", format, to, err)
				}
			}
		}
	})
}
