package graphtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
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

// In a test, t is the test's own. The code under test sends a mail; the test asserts what
// was asked.
func ExampleServer_RequestsTo() {
	var t *testing.T

	srv := graphtest.Start(t)
	sendReport(srv.Client(), srv.GraphURL("v1.0"))

	sent := srv.RequestsTo("POST /me/sendMail")
	if len(sent) != 1 {
		t.Fatalf("%d mails", len(sent))
	}
	if message, _ := sent[0].JSON()["message"].(map[string]any); message["subject"] != "Report" {
		t.Errorf("the message is %v", message)
	}
}

// sendReport is the code under test.
func sendReport(client *http.Client, graph string) {
	resp, err := client.Post(graph+"/me/sendMail", "application/json", strings.NewReader(`{"message": {"subject": "Report"}}`))
	if err == nil {
		resp.Body.Close()
	}
}

// In a test, t is the test's own.
func ExampleServer_Stub() {
	var t *testing.T

	srv := graphtest.Start(t)
	srv.Stub(emulator.Stub{Method: "GET", Path: "/me/messages", Status: http.StatusServiceUnavailable, Times: 1})
	srv.StubFunc("GET /users/{id}/photo/$value", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("a photo of " + r.PathValue("id")))
	})
}
