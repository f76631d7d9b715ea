package graphtest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

func send(t *testing.T, c *http.Client, method, url, body string, headers ...string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

// TestRequests: what was asked is there with its body, parts of batches too; what the
// helpers ask is not.
func TestRequests(t *testing.T) {
	s := graphtest.Start(t)
	s.Add("/users", graphtest.User("ragna"))
	send(t, s.Client(), "POST", s.GraphURL("v1.0")+"/me/sendMail", `{"message":{"subject":"Storm"}}`)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, `{"message":{"subject":"Calm"}}`)
	z.Close()
	send(t, &http.Client{Transport: s.Transport()}, "POST", "https://graph.microsoft.com/v1.0/me/sendMail", packed.String(), "Content-Encoding", "gzip")
	send(t, s.Client(), "POST", s.GraphURL("beta")+"/$batch", `{"requests":[{"id":"a","method":"POST","url":"/me/sendMail","headers":{"Content-Type":"application/json"},"body":{"message":{"subject":"Fog"}}},{"id":"b","method":"GET","url":"/users('ragna%40northgale.test')?$select=id"}]}`)
	var got []string
	for _, r := range s.RequestsTo("POST /me/sendMail") {
		message, _ := r.JSON()["message"].(map[string]any)
		got = append(got, fmt.Sprint(r.Path, " ", message["subject"], " ", r.Batch, " ", r.Status > 0))
	}
	if want := "/v1.0/me/sendMail Storm false true, /v1.0/me/sendMail Calm false true, /beta/me/sendMail Fog true true"; strings.Join(got, ", ") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, ", "), want)
	}
	if n := len(s.Requests()); n != 5 {
		t.Errorf("%d requests: %+v", n, s.Requests())
	}
	if r := s.RequestsTo("/users/{id}?$select=id"); len(r) != 1 || r[0].Status != 200 || r[0].Query.Get("$select") != "id" || r[0].JSON() != nil {
		t.Errorf("%+v", r)
	}
	if s.Reset(); len(s.Requests()) != 0 {
		t.Error("a reset keeps requests")
	}
}

// TestHelpers: entities of the builders are created, listed over pages, changed and
// deleted.
func TestHelpers(t *testing.T) {
	s := graphtest.Start(t, emulator.WithEmptyPages())
	group := s.Add("/groups", graphtest.Group("buoys"))
	if s.Patch("/groups/"+group["id"].(string), map[string]any{"description": "who know the way"}) != nil {
		t.Error("a PATCH of a group has an answer")
	}
	if got := s.Get("/groups/" + group["id"].(string))["description"]; got != "who know the way" {
		t.Error(got)
	}
	for i := range 3 {
		s.Add("/me/messages", graphtest.Message(fmt.Sprint("tide ", i), "high", "tomas@northgale.test"))
	}
	drafts := s.List("/me/messages?$filter=startswith(subject,'tide')&$top=1")
	if len(drafts) != 3 || drafts[0]["toRecipients"] == nil {
		t.Errorf("%v", drafts)
	}
	at := time.Date(2031, 3, 1, 9, 0, 0, 0, time.UTC)
	event := s.Add("/me/events", graphtest.Event("Drill", at, time.Hour))
	if end, _ := event["end"].(map[string]any); end["dateTime"] != "2031-03-01T10:00:00.0000000" {
		t.Errorf("%v", event["end"])
	}
	s.Delete("/groups/" + group["id"].(string))
	if got := s.List("/groups?$filter=displayName eq 'buoys'"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestStubInGo: values and functions answer.
func TestStubInGo(t *testing.T) {
	s := graphtest.Start(t)
	s.Stub(emulator.Stub{Path: "/tides", Body: map[string]any{"level": 3}})
	s.StubFunc("PUT /winds/{id}", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	send(t, s.Client(), "PUT", s.GraphURL("beta")+"/winds/north", "{}")
	if s.Get("/tides")["level"] != 3.0 || s.RequestsTo("PUT /winds/north")[0].Status != http.StatusTeapot {
		t.Errorf("%+v", s.Requests())
	}
}
