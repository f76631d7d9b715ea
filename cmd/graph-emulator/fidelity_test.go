package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation/shape"
	"github.com/graph-emulator/graph-emulator/emulator/interchange"
)

// figures are the columns of the score in docs/FIDELITY.md, by area.
type figures struct{ members, forms, errors string }

// TestFidelity: no figure of an area is below the one that docs/FIDELITY.md states.
func TestFidelity(t *testing.T) {
	files, err := filepath.Glob("../../../shared/recordings/*.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("needs ../shared/recordings beside the repository")
	}
	page, err := os.ReadFile("../../docs/FIDELITY.md")
	if err != nil {
		t.Fatal(err)
	}
	stated := map[string]figures{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, " | "); len(cells) == 7 && strings.HasPrefix(line, "| ") {
			stated[strings.TrimPrefix(cells[0], "| ")] = figures{cells[3], cells[4], cells[5]}
		}
	}
	var all []interchange.Shape
	for _, name := range files {
		list, err := interchange.ShapesOf(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	s, err := scored(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range append(s.Areas, s.Total()) {
		was, ok := stated[a.Name]
		if !ok {
			t.Errorf("docs/FIDELITY.md does not state %s: run make fidelity", a.Name)
			continue
		}
		for _, f := range []struct {
			name string
			now  shape.Figure
			was  string
		}{{"members", a.Members, was.members}, {"forms", a.Forms, was.forms}, {"errors", a.Errors, was.errors}} {
			var least float64
			if f.was == "-" {
				continue
			}
			if _, err := fmt.Sscanf(f.was, "%f", &least); err != nil {
				t.Errorf("docs/FIDELITY.md: %s: %q is not a share", a.Name, f.was)
			}
			if f.now.Percent() < least {
				t.Errorf("%s: %s: %s, and docs/FIDELITY.md states %s; graph-emulator verify --shape lists the differences, and make fidelity writes the page if they are right",
					a.Name, f.name, percent(f.now), f.was)
			}
		}
	}
}

// TestShapeSetup: all that comparable requests need can be set up.
func TestShapeSetup(t *testing.T) {
	s, err := scored(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.Setup {
		t.Error(w)
	}
}

// TestVerifyShape: recordings in any format are compared, and --min decides the exit code.
func TestVerifyShape(t *testing.T) {
	const head = `{"method": "GET", "url": "https://graph.microsoft.com/v1.0/users/`
	t.Chdir(folder(t, "session.yaml", session,
		"same.jsonl", head+`3f2504e0-4f89-41d3-9a0c-0305e82c3301?$select=id,jobTitle", "status": 200, "recorded": "2024-05", "responseHeaders": {"OData-Version": "4.0"}, "body": {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(id,jobTitle)/$entity", "jobTitle": "Pilot", "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}}`+"\n",
		"other.jsonl", head+`3f2504e0-4f89-41d3-9a0c-0305e82c3301?$select=id", "status": 200, "recorded": "2024-05", "responseHeaders": {}, "body": {"id": 7, "mood": "good"}}`+"\n",
		"gone.jsonl", head+`nobody@tides.example", "status": 404, "recorded": "2024-05", "responseHeaders": {}, "body": {"error": {"code": "Request_ResourceNotFound", "message": "Resource 'nobody@tides.example' does not exist or one of its queried reference-property objects are not present.", "innerError": {"date": "2024-05-01T08:00:00", "request-id": "x"}}}}`+"\n"))
	for _, tt := range []struct{ args, want string }{
		{"session.yaml", "groups          1         1"},
		{"other.jsonl", "form id: real number; ours string (1, 2024)"},
		{"other.jsonl", "absent mood: real text; ours absent (1, 2024)"},
		{"gone.jsonl", "100.0 % of 5"},
		{"--format json same.jsonl", `"name": "users"`},
		{"--format markdown same.jsonl", "| users | 1 | 1 |"},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"verify", "--shape"}, strings.Fields(tt.args)...)...)
		if code != 0 || !strings.Contains(stdout, tt.want) {
			t.Errorf("%s: %d %s\n got %s\nwant %s", tt.args, code, stderr, stdout, tt.want)
		}
	}
	for args, want := range map[string]int{"--min 10 other.jsonl": 0, "--min 90 other.jsonl": 1, "": 2, "--format junit same.jsonl": 2, "--url http://localhost same.jsonl": 2, "--fixtures @empty same.jsonl": 2} {
		if code, stdout, stderr := call(t, variables(), append([]string{"verify", "--shape"}, strings.Fields(args)...)...); code != want {
			t.Errorf("%q: exit %d, want %d: %s %s", args, code, want, stdout, stderr)
		}
	}
}
