package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/internal/admin"
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
func sound(t *testing.T, s *Server, r *http.Request) *httptest.ResponseRecorder {
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
	return w
}

// state is one emulator for all inputs of a fuzzing process; each input begins with a reset.
var state = sync.OnceValues(func() (*Server, error) { return New(WithRandomSeed(1)) })

// Limits of what one request may cost, whatever it asks for: the largest answer is that of
// $metadata, and a type that is touched first is decoded.
const (
	fixedAnswer = 24 << 20
	fixedMemory = 512 << 20
	perByte     = 4 << 10
)

// FuzzHandler: whatever request comes, it is answered or refused in Graph's envelope, and
// what it costs is limited by its size and by the state.
func FuzzHandler(f *testing.F) {
	for _, seed := range []struct{ method, target, headers, body string }{
		{"GET", "/v1.0/users?$expand=manager($levels=max)&$count=true", "ConsistencyLevel: eventual", ""},
		{"GET", "/v1.0/me/messages?$skip=9223372036854775807&$orderby=subject", "Prefer: odata.maxpagesize=9999999999999", ""},
		{"GET", "/v1.0/users/ida@northgale.test?$expand=*($expand=*($expand=*))", "", ""},
		{"GET", "/v1.0/users?$filter=otherMails/any(a:otherMails/any(b:a eq b))", "", ""},
		{"POST", "/v1.0/$batch", "Content-Type: application/json", `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"GET","url":"/users?$top=999","dependsOn":["1"]}]}`},
		{"POST", "/v1.0/me/extensions", "Content-Type: application/json", `{"@odata.type":"microsoft.graph.openTypeExtension","extensionName":"a.b","c":[{"d":1}]}`},
		{"PATCH", "/v1.0/me", "Content-Type: application/json\nIf-Match: *", `{"displayName@odata.type":"x","manager@odata.bind":"https://graph.microsoft.com/v1.0/users/x"}`},
		{"PUT", "/v1.0/me/drive/root:/a/../b:/content", "Content-Type: text/plain\nRange: bytes=5-2", "x"},
		{"PUT", "/v1.0/users/ida@northgale.test/manager/$ref", "Content-Type: application/json", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/ida@northgale.test"}`},
		{"DELETE", "/v1.0/me", "", ""},
		{"GET", "/v1.0/users/delta?$select=displayName&$deltatoken=latest", "Prefer: return=minimal", ""},
		{"GET", "/v1.0/me/calendarView?startDateTime=0001-01-01&endDateTime=9999-12-31T23:59:59.9999999Z", `Prefer: outlook.timezone="Pacific/Kiritimati"`, ""},
		{"GET", "/northgale.test/oauth2/v2.0/authorize?client_id=a&response_type=code&redirect_uri=vbscript:x&scope=openid", "", ""},
		{"POST", "/common/oauth2/v2.0/token", "Content-Type: application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=a&client_secret=b&scope=c/.default"},
		{"GET", "/v1.0/me/photos/99999999x99999999/$value", "X-Forwarded-Host: a\"b", ""},
		{"GET", "/v1.0/reports/getEmailActivityCounts(period='D7')", "Accept: application/json;odata.metadata=full;IEEE754Compatible=true", ""},
		{"GET", "/v1.0/users?$search=\"displayName:a\" OR \"mail:b\"&$orderby=displayName desc&$select=id", "ConsistencyLevel: eventual", ""},
		{"POST", "/v1.0/groups", "Content-Type: application/json\nContent-Encoding: gzip", "\x1f\x8b"},
	} {
		f.Add(seed.method, seed.target, seed.headers, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, target, headers, body string) {
		if !strings.HasPrefix(target, "/") || strings.Contains(target, admin.Prefix) || len(target) > 8<<10 || len(body) > 1<<20 {
			t.Skip() // the control plane makes faults on demand
		}
		s, err := state()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		line, query, _ := strings.Cut(target, "?")
		r.Method, r.RequestURI, r.URL = method, target, &url.URL{Path: line, RawQuery: query}
		if unescaped, err := url.PathUnescape(line); err == nil {
			r.URL.Path, r.URL.RawPath = unescaped, line
		}
		for h := range strings.SplitSeq(headers, "\n") {
			if name, v, ok := strings.Cut(h, ":"); ok {
				r.Header.Add(strings.TrimSpace(name), strings.TrimSpace(v))
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w := httptest.NewRecorder()
		if s.isGraph(r.URL.Path) {
			w = sound(t, s, r)
		} else if s.ServeHTTP(w, r); w.Code >= 500 { // the sign-in service has errors of its own form
			t.Fatalf("%s %s: %d %s", r.Method, r.RequestURI, w.Code, w.Body)
		}
		runtime.ReadMemStats(&after)
		in := uint64(len(target) + len(headers) + len(body))
		if out := uint64(w.Body.Len()); out > fixedAnswer+perByte*in {
			t.Fatalf("%d bytes make an answer of %d", in, out)
		}
		if memory := after.TotalAlloc - before.TotalAlloc; memory > fixedMemory+perByte*in {
			t.Fatalf("%d bytes make it allocate %d", in, memory)
		}
	})
}
