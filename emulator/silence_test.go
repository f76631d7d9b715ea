package emulator_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// What is not honored to the letter is named: a page size that is cut, a page token
// that nobody issued (taken for page one only where everything is made up).
func TestNothingIsIgnoredInSilence(t *testing.T) {
	t.Attr("rules", "C-7.4")
	made := emulatortest.New(t, emulator.WithOnMissing(emulator.MissingSynthesize))
	for _, tt := range []struct {
		path, want string
	}{
		{"/v1.0/communications/presences?$top=5000", "$top"},
		{"/v1.0/communications/presences?$skiptoken=abc", "$skiptoken"},
	} {
		w := emulatortest.Get(made, tt.path)
		if warned := strings.Join(w.Header()["X-Emulator-Warning"], "; "); w.Code != 200 || !strings.Contains(warned, tt.want) {
			t.Errorf("%s: %d, warned of %q, want %s", tt.path, w.Code, warned, tt.want)
		}
	}
	if w := emulatortest.Get(emulatortest.New(t), "/v1.0/communications/presences?$skiptoken=abc"); w.Code != 400 { // C-7.4
		t.Errorf("a token nobody issued: %d, want 400", w.Code)
	}
}

// Pages that describe nothing are a mistake, and what was not understood of the
// others is in the log.
func TestDocsWithoutOperations(t *testing.T) {
	if _, err := emulator.New(emulator.WithDocs(fstest.MapFS{"notes.txt": {Data: []byte("---\ntitle: \"Notes\"\ndoc_type: conceptualPageType\n---\n\n# Notes\n")}})); err == nil {
		t.Error("a folder without any operation or type is taken")
	}
	var log bytes.Buffer
	page := "---\ntitle: \"List berths\"\ndoc_type: apiPageType\n---\n\n# List berths\nNamespace: microsoft.graph\n\n## HTTP request\n\n``` http\nGET /berths\nGET /users/{id}/nothingOfTheKind/{id}/atAll('x')/{id}\n```\n\n## Response\n\nIf successful, `200 OK`.\n"
	emu, err := emulator.New(emulator.WithDocs(fstest.MapFS{"berths.md": {Data: []byte(page)}}), emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	if !strings.Contains(log.String(), "berths") {
		t.Errorf("the log does not name the page: %q", log.String())
	}
}
