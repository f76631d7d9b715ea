package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzBody: whatever is sent as a body is created or refused in Graph's envelope.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"availability":"Busy","activity":"Busy"}`,
		`{"@odata.type":"#microsoft.graph.presence","activity":"String","availability":"String","outOfOfficeSettings":{"@odata.type":"microsoft.graph.outOfOfficeSettings"}}`,
		`{"id":"11111111-2222-4333-8444-555555555555","availability":7}`, `{"availability":"\ud83d"}`, `{"a":{"a":{"a":[[[[`,
		`{"manager":{"@odata.id":"/users/x"},"members@odata.bind":["https://graph.microsoft.com/v1.0/users('x')"]}`,
		`{"accountEnabled":true,"displayName":"R","mailNickname":"r","userPrincipalName":"r@northgale.test","passwordProfile":{"password":"x"}}`,
		`{"displayName":"R","mailEnabled":false,"mailNickname":"r","securityEnabled":true,"members":[{"id":"x"}]}`, "{\"\xff\":1e999}",
	} {
		f.Add(uint8(len(seed)), []byte(seed))
	}
	doors := []struct{ method, path string }{
		{"POST", "/beta/communications/presences"}, {"PATCH", "/beta/communications/presences"},
		{"POST", "/v1.0/users"}, {"PATCH", "/v1.0/users/ida@northgale.test"}, {"POST", "/v1.0/groups"},
		{"POST", "/v1.0/groups/a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6/members/$ref"}, {"POST", "/v1.0/me/presence/setPresence"},
		{"PATCH", "/v1.0/me/displayName"}, {"POST", "/v1.0/me/messages"},
	}
	f.Fuzz(func(t *testing.T, door uint8, body []byte) {
		s := fuzzed(t)
		d := doors[int(door)%len(doors)]
		r := httptest.NewRequest(d.method, d.path, strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		sound(t, s, r)
	})
}

// FuzzPath: whatever is asked for, with whatever method, is answered or refused.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"/", "//", "/v1.0", "/beta/$metadata", "/v1.0/me", "/v1.0/users('ida@northgale.test')/presence", "/v1.0/users/%7Bid%7D",
		"/v1.0/communications/presences?$filter=id in ('a')", "/v1.0/me/drive/root:/a/b.txt:/content", "/v1.0/groups/x/members/$ref",
		"/v1.0/users?$expand=manager($select=id)&$top=2", "/v1.0/users/$count", "/v1.0/applications(appId='x')", "/_emulator/health",
		"/v1.0/me/presence/availability/$value", "/v1.0/users/microsoft.graph.delta()", "/v1.0/users?$skiptoken=RFNwdeyJyIjoxN30", "/v1.0/%zz",
	} {
		f.Add(uint8(len(seed)), seed)
	}
	methods := []string{"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
	f.Fuzz(func(t *testing.T, method uint8, path string) {
		line, query, _ := strings.Cut(path, "?")
		r := httptest.NewRequest(methods[int(method)%len(methods)], "/", strings.NewReader(`{"displayName":"x"}`))
		r.RequestURI = path
		if unescaped, err := url.PathUnescape(line); err == nil {
			r.URL = &url.URL{Path: unescaped, RawPath: line, RawQuery: query}
		} else {
			r.URL = &url.URL{Path: line, RawQuery: query}
		}
		r.Header.Set("Content-Type", "application/json")
		sound(t, fuzzed(t), r)
	})
}

// fuzzed is an emulator for one input, so that a failure repeats alone.
func fuzzed(t *testing.T) *Server {
	s, err := New(WithRandomSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sound checks that an answer is one that Graph gives.
func sound(t *testing.T, s *Server, r *http.Request) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	switch {
	case w.Code >= 500 && w.Code != http.StatusNotImplemented:
		t.Fatalf("%s %s: %d %s", r.Method, r.RequestURI, w.Code, w.Body)
	case w.Code >= 400 && r.Method != http.MethodHead:
		var e struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" {
			t.Fatalf("%s %s: %d without an envelope (%v): %s", r.Method, r.RequestURI, w.Code, err, w.Body)
		}
	case strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && r.Method != http.MethodHead && !json.Valid(w.Body.Bytes()):
		t.Fatalf("%s %s: %d with a body that is no JSON: %s", r.Method, r.RequestURI, w.Code, w.Body)
	}
}
