package emulator

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// BenchmarkDelta reads a round of ten changes of users: the cost goes with what
// changed, not with what is stored. beside are changes of groups, which the round
// passes over.
func BenchmarkDelta(b *testing.B) {
	first := map[int]float64{}
	for _, beside := range []int{0, 5000} {
		for _, n := range []int{100, 100_000} {
			b.Run(fmt.Sprintf("%d/beside=%d", n, beside), func(b *testing.B) {
				emu := newEmulator(b)
				ids := addUsers(b, emu, nil, n)
				link := deltaLink(b, emu, "/v1.0/users/delta?$select=displayName,jobTitle&$deltatoken=latest", 0)
				for i := range 10 {
					patch(b, emu, "/v1.0/users/"+ids[i*n/10], fmt.Sprintf(`{"jobTitle":"Hand %d"}`, i))
				}
				for i := range beside {
					patch(b, emu, "/v1.0/groups/a27d5e93-6f10-4b8c-9d32-c41e7b0a58f6", fmt.Sprintf(`{"description":"%d"}`, i))
				}
				deltaLink(b, emu, link, 10)
				b.ReportAllocs()
				start := time.Now()
				for b.Loop() {
					deltaLink(b, emu, link, 10)
				}
				each := float64(time.Since(start)) / float64(b.N)
				if first[beside] == 0 {
					first[beside] = each
				}
				b.ReportMetric(each/first[beside], "ratio")
			})
		}
	}
}

func patch(tb testing.TB, emu *Server, path, body string) {
	r := httptest.NewRequest("PATCH", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if emu.ServeHTTP(w, r); w.Code != 204 {
		tb.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
}

// deltaLink reads a round of one page with so many members and gives its delta link.
func deltaLink(tb testing.TB, emu *Server, link string, members int) string {
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest("GET", link, nil))
	var got struct {
		Link  string            `json:"@odata.deltaLink"`
		Value []json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Value) != members || got.Link == "" {
		tb.Fatalf("%s: %d %s (%v)", link, w.Code, w.Body, err)
	}
	return strings.TrimPrefix(got.Link, "http://example.com")
}
