package query_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
)

const crew = `{"displayName":"Crew","mailEnabled":false,"mailNickname":"crew","securityEnabled":true}`

// pages makes a world with five groups and returns the token behind the first two.
func pages(t *testing.T, key, options string) (*enginetest.World, string) {
	t.Helper()
	w := enginetest.New(t, op.Options{Key: []byte(key)})
	for range 5 {
		w.Create("/groups", crew)
	}
	ans := w.Must("GET", "/groups?$top=2"+options, "")
	if len(ans.List) != 2 || ans.Next == "" {
		t.Fatalf("the first page has %d members and the token %q", len(ans.List), ans.Next)
	}
	return w, ans.Next
}

// The pages of a list have every member once, also when members come and go in between.
func TestPages(t *testing.T) {
	w, token := pages(t, "key", "")
	seen := map[string]int{}
	for _, n := range w.Must("GET", "/groups?$top=2", "").List {
		seen[n.Text("id")]++
		w.Must("DELETE", "/groups/"+n.Text("id"), "")
	}
	w.Create("/groups", crew)
	sizes := ""
	for token != "" {
		ans := w.Must("GET", "/groups?$skiptoken="+url.QueryEscape(token), "")
		for _, n := range ans.List {
			seen[n.Text("id")]++
		}
		token = ans.Next
		sizes += " " + strings.Repeat("x", len(ans.List))
	}
	if sizes != " xx xx" || len(seen) != 6 {
		t.Errorf("pages%s, %d members", sizes, len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s is on %d pages", id, n)
		}
	}
}

// A token that is not of this list, whole and in time is refused, and never answered with
// the first page.
func TestRefusedTokens(t *testing.T) {
	const invalid, expired = "400 BadRequest: The specified page token value is not valid.", "400 Directory_ExpiredPageToken: The specified page token value has expired and can no longer be included in your request."
	w, token := pages(t, "key", "")
	_, ordered := pages(t, "key", "&$orderby=displayName")
	_, foreign := pages(t, "another key", "")
	damaged := []byte(token)
	damaged[len(damaged)/2] ^= 1
	delta, err := query.Seal(w.Core, "delta", map[string]int{"r": 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path, token, want string
		later                   time.Duration
	}{
		{"its own", "/groups", token, "", 0},
		{"in the last second", "/groups", token, "", query.DefaultPageTokenLife - time.Second},
		{"expired", "/groups", token, expired, query.DefaultPageTokenLife},
		{"of another key", "/groups", foreign, invalid, 0},
		{"damaged", "/groups", string(damaged), invalid, 0},
		{"cut", "/groups", token[:len(token)-2], invalid, 0},
		{"of another kind", "/groups", delta, invalid, 0},
		{"no token at all", "/groups", "abc", invalid, 0},
		{"of another list", "/users", token, invalid, 0},
		{"of its own order", "/groups", ordered, "", 0},
	} {
		at := w.Time
		w.Time = at.Add(tt.later)
		_, err := w.Do("GET", tt.path+"?$skiptoken="+url.QueryEscape(tt.token), "")
		if got := enginetest.Told(err); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
		w.Time = at
	}
}

// A token carries the query of its page; what is none of ours carries nothing.
func TestTokenQuery(t *testing.T) {
	w, token := pages(t, "key", "&$select=id")
	if q, ok := query.TokenQuery(w.Core, token); !ok || q != "$top=2&$select=id" {
		t.Errorf("got %q, %v", q, ok)
	}
	if q, ok := query.TokenQuery(w.Core, "RFNwd"); ok || q != "" {
		t.Errorf("got %q, %v", q, ok)
	}
}
