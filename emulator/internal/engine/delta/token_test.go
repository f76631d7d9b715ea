package delta_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const crew = `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew","securityEnabled":true}`

func begun(t *testing.T) (w *enginetest.World, token string) {
	t.Helper()
	w = enginetest.New(t, op.Options{Key: []byte("key")})
	w.Create("/groups", crew)
	ans := w.Must("GET", "/groups/delta", "")
	if len(ans.List) != 1 || ans.Feed == nil || ans.Feed.Delta == "" {
		t.Fatalf("the first round has %d members and the feed %+v", len(ans.List), ans.Feed)
	}
	return w, ans.Feed.Delta
}

// A round reports what happened since the last one, and its token begins the next.
func TestRounds(t *testing.T) {
	w, token := begun(t)
	round := func() string {
		t.Helper()
		ans := w.Must("GET", "/groups/delta?$deltatoken="+url.QueryEscape(token), "")
		token = ans.Feed.Delta
		var out []string
		for _, n := range ans.List {
			text := n.Text("displayName")
			if n.Gone {
				text = "gone"
			}
			out = append(out, text)
		}
		return strings.Join(out, " ")
	}
	if got := round(); got != "" {
		t.Errorf("nothing has happened: %s", got)
	}
	id := w.Create("/groups", strings.Replace(crew, "Crew", "Fog", 1))
	if got := round(); got != "Fog" {
		t.Errorf("one was made: %s", got)
	}
	w.Must("DELETE", "/groups/"+id, "")
	if got := round(); got != "gone" {
		t.Errorf("one was deleted: %s", got)
	}
	if got := round(); got != "" {
		t.Errorf("nothing has happened since: %s", got)
	}
}

// A token is refused where it is not whole, and asks for a new start where what it stands
// for is not known any more.
func TestTokens(t *testing.T) {
	const bad, resync = "400 BadRequest: Badly formed token.", "410 syncStateNotFound: The sync state is not found. Start over without a token."
	for _, tt := range []struct {
		name string
		do   func(w *enginetest.World, token string) (*enginetest.World, string)
		want string
	}{
		{"its own", func(w *enginetest.World, token string) (*enginetest.World, string) { return w, token }, ""},
		{"damaged", func(w *enginetest.World, token string) (*enginetest.World, string) {
			return w, token[:len(token)-3] + "AAA"
		}, bad},
		{"no token", func(w *enginetest.World, _ string) (*enginetest.World, string) { return w, "abc" }, bad},
		{"the newest", func(w *enginetest.World, _ string) (*enginetest.World, string) { return w, "latest" }, ""},
		{"in the last second", func(w *enginetest.World, token string) (*enginetest.World, string) {
			w.Time = w.Time.Add(workload.DeltaLife)
			return w, token
		}, ""},
		{"too old", func(w *enginetest.World, token string) (*enginetest.World, string) {
			w.Time = w.Time.Add(workload.DeltaLife + time.Second)
			return w, token
		}, resync},
		{"made to expire", func(w *enginetest.World, token string) (*enginetest.World, string) {
			w.ExpireDelta()
			return w, token
		}, resync},
		{"of a world that began at another time", func(w *enginetest.World, token string) (*enginetest.World, string) {
			other, _ := begun(t)
			other.Start = other.Start.Add(time.Second)
			return other, token
		}, resync},
	} {
		w, token := tt.do(begun(t))
		_, err := w.Do("GET", "/groups/delta?$deltatoken="+url.QueryEscape(token), "")
		if got := enginetest.Told(err); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
