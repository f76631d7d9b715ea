package graphtest

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// journal is a test that keeps what is logged and runs its cleanups when told.
type journal struct {
	testing.TB
	lines    []string
	cleanups []func()
}

func (j *journal) Logf(format string, args ...any) {
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}
func (j *journal) Cleanup(f func()) { j.cleanups = append(j.cleanups, f) }

// TestFaultD3OperationsWithoutEffect: an operation that is not emulated is named once in
// the log and once at the end of the test, also where a batch holds it.
func TestFaultD3OperationsWithoutEffect(t *testing.T) {
	var log bytes.Buffer
	j := &journal{TB: t}
	s := Start(j, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))))
	const path = "/v1.0/users/ida@northgale.test/reprocessLicenseAssignment"
	post := func(path, body string) {
		t.Helper()
		resp, err := s.Client().Post(path, "application/json", strings.NewReader(body))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
	}
	post(path, "{}")
	post(path, "{}")
	post("/v1.0/$batch", `{"requests":[{"id":"1","method":"POST","url":"/users/ida@northgale.test/reprocessLicenseAssignment","headers":{"Content-Type":"application/json"},"body":{}}]}`)
	for _, f := range j.cleanups {
		f()
	}
	const operation = "POST /v1.0/users/{}/reprocessLicenseAssignment"
	if got := s.Emulator.WithoutEffect()[operation]; got != 3 {
		t.Errorf("counted %d: %v", got, s.Emulator.WithoutEffect())
	}
	if n := strings.Count(log.String(), operation); n != 1 || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("named %d times:\n%s", n, &log)
	}
	if n := strings.Count(strings.Join(j.lines, "\n"), operation); n != 1 {
		t.Errorf("named %d times at the end: %v", n, j.lines)
	}
}
