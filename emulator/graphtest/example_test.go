package graphtest_test

import (
	"net/http"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// In a test, t is the test's own.
func ExampleStart() {
	var t *testing.T

	srv := graphtest.Start(t)
	srv.Add("/users", graphtest.User("ragna"))

	resp, err := srv.Client().Get(srv.GraphURL("v1.0") + "/users/ragna@northgale.test/presence")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("presence: %s", resp.Status)
	}
}

// The code of the example, as a test.
func TestPresenceOfNewUser(t *testing.T) {
	srv := graphtest.Start(t)
	srv.Add("/users", graphtest.User("ragna"))

	resp, err := srv.Client().Get(srv.GraphURL("v1.0") + "/users/ragna@northgale.test/presence")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("presence: %s", resp.Status)
	}
}

// In a test, t is the test's own.
func ExampleCassette() {
	var t *testing.T

	tape := graphtest.Cassette(t, "testdata/session.yaml")
	client := &http.Client{Transport: tape.Transport(nil)} // for the code under test

	resp, err := client.Get("https://graph.microsoft.com/v1.0/me")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
}
