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

// Pages that describe nothing are a mistake, and what was not understood of the
// others is in the log.
func TestDocsWithoutOperations(t *testing.T) {
	if _, err := emulator.New(emulator.WithDocs(fstest.MapFS{"notes.txt": {Data: []byte("---\ntitle: \"Notes\"\ndoc_type: conceptualPageType\n---\n\n# Notes\n")}})); err == nil {
		t.Error("a folder without any operation or type is taken")
	}
	var log bytes.Buffer
	page := "---\ntitle: \"List berths\"\ndoc_type: apiPageType\n---\n\n# List berths\nNamespace: microsoft.graph\n\n## HTTP request\n\n``` http\nGET /berths\nGET /users/{id}/nothingOfTheKind/{id}/atAll('x')/{id}\n```\n\n## Response\n\nIf successful, `200 OK`.\n"
	emulatortest.New(t, emulator.WithDocs(fstest.MapFS{"berths.md": {Data: []byte(page)}}), emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if !strings.Contains(log.String(), "berths") {
		t.Errorf("the log does not name the page: %q", log.String())
	}
}
