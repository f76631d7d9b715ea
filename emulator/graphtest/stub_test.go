package graphtest_test

import (
	"io"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// TestStub: a stub answers, and one that nobody asks fails the test.
func TestStub(t *testing.T) {
	var f *failing
	t.Run("of somebody", func(t *testing.T) {
		f = &failing{TB: t}
		s := graphtest.Start(f)
		s.StubText(`{"request": "GET /me/tides", "status": 200, "answerText": "high"}`)
		s.StubText("request: GET /me/winds\nstatus: 200\n")
		resp, err := s.Client().Get(s.GraphURL("v1.0") + "/me/tides")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "high" {
			t.Errorf("%s, %v", body, err)
		}
	})
	if len(f.said) != 1 || f.said[0] != "graphtest: no request was answered by the stub GET /me/winds" {
		t.Errorf("%q", f.said)
	}
}

// In a test, t is the test's own.
func ExampleServer_StubText() {
	var t *testing.T

	srv := graphtest.Start(t)
	srv.StubText(`
request: GET /me/messages
times: 1
fault: {status: 429, retryAfter: 5}
`)
}
