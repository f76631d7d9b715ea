package shape_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/shape"
	"github.com/graph-emulator/graph-emulator/emulator/interchange"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

func server(t *testing.T, seed uint64) *emulator.Server {
	t.Helper()
	now := time.Date(2026, 5, 4, 8, 0, 0, 123_456_700, time.UTC)
	emu, err := emulator.New(emulator.WithFixtures(shape.Tenant(), fixtures.Northgale()), emulator.WithRandomSeed(seed), emulator.WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { emu.Close() })
	return emu
}

// TestSelf: an emulator looks like another one, whose ids are not the same.
func TestSelf(t *testing.T) {
	recorded := server(t, 7)
	var shapes []interchange.Shape
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/v1.0/me", ""},
		{"GET", "/v1.0/users?$top=2&$select=id,displayName", ""},
		{"POST", "/v1.0/groups", `{"displayName":"Night Watch","mailNickname":"night","mailEnabled":false,"securityEnabled":true}`},
		{"GET", "/v1.0/users/ida@northgale.test/messages", ""},
		{"POST", "/v1.0/me/messages", `{"subject":"Tide table"}`},
		{"GET", "/beta/users/tomas@northgale.test", ""},
		{"GET", "/v1.0/users/nobody@northgale.test", ""},
		{"GET", "/v1.0/nonsense", ""},
		{"GET", "/v1.0/servicePrincipals?$top=3", ""},
		{"GET", "/v1.0/roleManagement/directory/roleDefinitions", ""},
		{"GET", "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), r.method, "https://graph.microsoft.com"+r.path, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		x := &conversation.Exchange{Request: r.method + " " + r.path}
		if r.body != "" {
			req.Header.Set("Content-Type", "application/json")
			x.Body = conversation.Literal([]byte(r.body))
		}
		resp, err := recorded.Transport().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		x.Status, x.Answer = resp.StatusCode, conversation.Literal(body)
		for name, vs := range resp.Header {
			x.AnswerHeaders = append(x.AnswerHeaders, conversation.Header{Name: name, Value: vs[0]})
		}
		whole := *x
		method, target, _ := strings.Cut(x.Request, " ")
		whole.Request = method + " https://graph.microsoft.com" + target
		shapes = append(shapes, interchange.Shape{Exchange: &whole})
	}
	s, err := shape.Run(t.Context(), shape.Emulators{Open: server(t, 1).Transport()}, shapes)
	if err != nil {
		t.Fatal(err)
	}
	if all := s.Total(); all.Compared != len(shapes) || all.Members.Checks < 100 || all.Forms.Checks < 50 || all.Errors.Checks < 10 {
		t.Errorf("%+v, %+v", all, s.Untried)
	}
	for _, d := range s.Differences {
		t.Errorf("%+v", d)
	}
}
