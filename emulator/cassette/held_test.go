package cassette_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/verify"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// TestSessionHolds: a session that was recorded of one emulator has the same answers from a
// fresh one, which makes other ids, tokens and times, also where it has stand-ins in the
// place of names; and what is learnt of it is a tenant that answers the reads at its end.
func TestSessionHolds(t *testing.T) {
	for name, opts := range map[string][]scrub.Option{"names": {scrub.WithoutPseudonyms()}, "stand-ins": nil, "stand-ins of a key": {scrub.WithKey("of one's own")}} {
		t.Run(name, func(t *testing.T) { sessionHolds(t, opts) })
	}
}

func sessionHolds(t *testing.T, opts []scrub.Option) {
	path := filepath.Join(t.TempDir(), "session.yaml")
	s, err := scrub.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	srv := graphtest.Start(t)
	srv.Emulator.Clock().Freeze() // messages are in the order of their seconds
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := graphtest.CassetteIn(t, path, cassette.All, cassette.WithScrubber(s), cassette.WithUpstream(srv.URL))
	calls := len(speak(t, srv.URL, c.Transport(transport)))
	end := &speaker{t: t, base: srv.URL, client: &http.Client{Transport: c.Transport(transport)}}
	end.follow("/v1.0/users?$top=7&$select=id,displayName,mail,jobTitle,officeLocation")
	for _, read := range []string{"/v1.0/me", "/v1.0/users/hand01@northgale.test", "/v1.0/groups?$select=id,displayName,mailNickname", "/v1.0/me/messages?$select=id,subject,isRead",
		"/v1.0/me/photo/$value", "/v1.0/organization", "/v1.0/me/presence?$select=id,availability,activity"} {
		end.call("GET", read, "")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := conversation.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := calls + len(end.all); len(f.Exchanges) != want || calls < 200 {
		t.Errorf("%d of %d calls", len(f.Exchanges), want)
	}
	hold(t, f, opts)
	plain, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	learnt, err := plain.Catalog().Learn(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range learnt.Notes {
		t.Log(n)
	}
	tree := fstest.MapFS{}
	for name, text := range learnt.Files {
		tree[name] = &fstest.MapFile{Data: text}
	}
	f.Exchanges = slices.DeleteFunc(f.Exchanges[calls:], func(x *conversation.Exchange) bool { return strings.Contains(x.Request, "skiptoken") })
	hold(t, f, opts, emulator.WithFixtures(tree))
}

// hold holds a recording with an emulator of its own.
func hold(t *testing.T, f *conversation.File, scrubbed []scrub.Option, opts ...emulator.Option) {
	t.Helper()
	emu, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	emu.Clock().Freeze()
	results, err := (&verify.Verifier{Transport: emu.Transport(), Scrub: scrubbed}).Run(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, d := range r.Differences {
			t.Errorf("%s:%d: %s: %s", f.Name, r.Line, r.Request, d)
		}
	}
}
