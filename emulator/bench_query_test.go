package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hits is how many users of a crew the filters of the benchmarks find.
const hits = 10

// addCrew stores n users on both sides, of whom ten each share a department.
func addCrew(tb testing.TB, emu *Server, other *bare, n int) {
	tb.Helper()
	addUsersAs(tb, emu, other, n, func(i int) map[string]any {
		u := benchUser(i)
		u["department"] = fmt.Sprintf("Pier %d", i%(n/hits))
		return u
	})
}

// find is the hard-wired query: a scan over the maps for a member that is equal
// without regard to case, or the first ten by a name.
func (s *bare) find(w http.ResponseWriter, r *http.Request) {
	q, _ := url.ParseQuery(r.URL.RawQuery)
	var page []map[string]any
	s.mu.RLock()
	switch by, text := q.Get("by"), q.Get("text"); {
	case q.Has("orderby"):
		by = q.Get("orderby")
		page = slices.Clone(s.items)
		slices.SortFunc(page, func(a, b map[string]any) int { return cmp.Compare(a[by].(string), b[by].(string)) })
		top, _ := strconv.Atoi(q.Get("top"))
		page = page[:top]
	default:
		for _, item := range s.items {
			if have, ok := item[by].(string); ok && strings.EqualFold(have, text) {
				page = append(page, item)
			}
		}
	}
	s.mu.RUnlock()
	answerJSON(w, http.StatusOK, map[string]any{"value": page})
}

// BenchmarkQuery asks for ten of n users: by a member without an index and with
// one, and the first ten of an order, beside a scan over maps written for the
// question.
func BenchmarkQuery(b *testing.B) {
	get := func(path string, args ...any) func(int) []byte {
		return func(int) []byte { return raw("GET", fmt.Sprintf(path, args...), "") }
	}
	only := "&$select=" + strings.Join(userMembers, ",")
	for _, kind := range []struct {
		name         string
		ours, theirs func(n int) func(int) []byte
	}{
		{"filter", func(n int) func(int) []byte {
			return get("/v1.0/users?$filter=department%%20eq%%20'pier%%20%d'%s", n/hits/2, only)
		},
			func(n int) func(int) []byte { return get("/find?by=department&text=pier%%20%d", n/hits/2) }},
		{"indexed", func(n int) func(int) []byte {
			return get("/v1.0/users?$filter=displayName%%20eq%%20'harbour%%20hand%%20%d'%s", n/2, only)
		},
			func(n int) func(int) []byte { return get("/find?by=displayName&text=harbour%%20hand%%20%d", n/2) }},
		{"orderby", func(n int) func(int) []byte { return get("/v1.0/users?$orderby=displayName&$top=10%s", only) },
			func(n int) func(int) []byte { return get("/find?orderby=displayName&top=10") }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			for _, n := range sizes {
				emu, other := newEmulator(b, WithFixtures(nothing)), newBare()
				addCrew(b, emu, other, n)
				compare(b, emu, other, contest{status: 200, most: max(1, min(100, 2_000_000/n/8)), ours: kind.ours(n), theirs: kind.theirs(n)}, n)
			}
		})
	}
}
