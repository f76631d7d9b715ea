package graphtest_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// failing is a test whose failures are looked at.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Helper() {}

func (f *failing) Name() string { return "TestOfSomebody" }

func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

// TestCassette: what was recorded of an emulator is answered without it, and what was
// not fails the test by name.
func TestCassette(t *testing.T) {
	t.Setenv("CI", "")
	path := filepath.Join(t.TempDir(), "session.yaml")
	get := func(c *cassette.Cassette, next http.RoundTripper, path string) (int, string) {
		resp, err := (&http.Client{Transport: c.Transport(next)}).Get("https://graph.microsoft.com/v1.0" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	var want string
	t.Run("record", func(t *testing.T) {
		_, want = get(graphtest.Cassette(t, path, cassette.WithoutScrubbing()), graphtest.Start(t).Transport(), "/me")
	})
	f := &failing{TB: t}
	c := graphtest.Cassette(f, path, cassette.WithoutScrubbing())
	if status, body := get(c, nil, "/me"); status != 200 || body != want || len(f.said) > 0 {
		t.Errorf("%d %s %v", status, body, f.said)
	}
	if status, _ := get(c, nil, "/you"); status != 501 || len(f.said) != 1 || !strings.HasPrefix(f.said[0], "TestOfSomebody: GET /v1.0/you is not in ") {
		t.Errorf("%d %v", status, f.said)
	}
}
