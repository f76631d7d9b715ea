package grapherr_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// inUse are the statuses of errors that the service has: B-2.9.
var inUse = []int{400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 416, 422, 423, 424, 429, 500, 501, 502, 503, 504, 507, 509}

// Every status in use can be made to happen, and its answer is Graph's.
func TestStatusesInUse(t *testing.T) {
	t.Attr("rules", "B-2.1 B-2.9")
	s := graphtest.Start(t)
	for _, status := range inUse {
		if _, err := s.Emulator.Faults().Add(fault.Rule{Status: status, Times: 1}); err != nil {
			t.Errorf("%d: %v", status, err)
			continue
		}
		var answer struct {
			Error struct {
				Code  *string
				Inner struct {
					ID string `json:"request-id"`
				} `json:"innerError"`
			}
		}
		r, err := s.Client().Get(s.GraphURL("v1.0") + "/groups")
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(r.Body).Decode(&answer)
		r.Body.Close()
		if r.StatusCode != status || err != nil || answer.Error.Code == nil || answer.Error.Inner.ID == "" {
			t.Errorf("%d: got %d with code %v and request-id %q: %v", status, r.StatusCode, answer.Error.Code, answer.Error.Inner.ID, err)
		}
	}
}

// The emulator itself answers no other: what it words as errors has these statuses. 414
// is the front door's.
func TestNoOtherStatus(t *testing.T) {
	t.Attr("rules", "B-2.31")
	worded := regexp.MustCompile(`Status:\s+([45]\d\d)\b`)
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range worded.FindAllStringSubmatch(string(text), -1) {
			status, _ := strconv.Atoi(m[1])
			if status != http.StatusRequestURITooLong && !slices.Contains(inUse, status) {
				t.Errorf("%s words an error with %s", path, m[0])
			}
			found++
		}
		return err
	})
	if err != nil || found < 40 {
		t.Errorf("%d worded errors found: %v", found, err)
	}
}
