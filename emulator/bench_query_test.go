package emulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/internal/bare"
)

// hits is how many users of a crew the filters of the benchmarks find.
const hits = 10

// addCrew stores n users on both sides, of whom ten each share a department.
func addCrew(tb testing.TB, emu *Server, other *bare.Handler, n int) {
	tb.Helper()
	addUsersAs(tb, emu, other, n, func(i int) map[string]any {
		u := benchUser(i)
		u["department"] = fmt.Sprintf("Pier %d", i%(n/hits))
		return u
	})
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
				emu, other := newEmulator(b, WithFixtures(nothing)), bare.New()
				addCrew(b, emu, other, n)
				compare(b, emu, other, contest{status: 200, most: max(1, min(100, 2_000_000/n/8)), ours: kind.ours(n), theirs: kind.theirs(n)}, n)
			}
		})
	}
}

// BenchmarkIndexed asks for one of n users by what is indexed: the best round of each
// size, which should be the same.
func BenchmarkIndexed(b *testing.B) {
	for _, n := range sizes {
		emu := newEmulator(b, WithFixtures(nothing))
		addUsers(b, emu, nil, n)
		for _, by := range []struct{ name, filter string }{
			{"id", "id%%20eq%%20'%08x-1111-4222-8333-444444444444'"}, {"userPrincipalName", "userPrincipalName%%20eq%%20'HAND%d@northgale.test'"},
			{"mail", "mail%%20eq%%20'HAND%d@northgale.test'"}, {"displayName", "displayName%%20eq%%20'harbour%%20hand%%20%d'"},
		} {
			b.Run(fmt.Sprintf("%s/%d", by.name, n), func(b *testing.B) {
				d := direct{h: emu}
				request := raw("GET", fmt.Sprintf("/v1.0/users?$select=id&$filter="+by.filter, n/2), "")
				var took []float64
				for b.Loop() {
					took = append(took, float64(d.run(b, 100, 200, func(int) []byte { return request })))
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(slices.Min(took), "ns/request")
			})
		}
	}
}

// BenchmarkPage reads a page of a hundred at the start, in the middle and at the end
// of a large collection; of a million with -million.
func BenchmarkPage(b *testing.B) {
	n := 100_000
	if *million {
		n = 1_000_000
	}
	emu := newEmulator(b, WithFixtures(nothing))
	addUsers(b, emu, nil, n)
	for _, at := range []struct {
		name string
		part int
	}{{"start", 0}, {"middle", n / 2}, {"end", n - 101}} {
		b.Run(fmt.Sprintf("%s/%d", at.name, n), func(b *testing.B) {
			var ref store.Ref
			if err := emu.world.Store.View(func(tx *store.Tx) error { ref, _ = tx.Skip(0, "users", at.part); return nil }); err != nil {
				b.Fatal(err)
			}
			token := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"r":%d,"t":"microsoft.graph.user","n":1,"u":99999999999,"q":"$select=id"}`, ref))
			d := direct{h: emu}
			var took []float64
			for b.Loop() {
				took = append(took, float64(d.run(b, 100, 200, func(int) []byte { return raw("GET", "/v1.0/users?$skiptoken=RFNwd"+token, "") })))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(slices.Min(took), "ns/request") // the best round, as in BenchmarkPlan
		})
	}
}

// BenchmarkPlan asks an empty collection: with a query that nobody has asked before it
// is parsed, compiled and judged, asked again it is found. The difference is the plan.
func BenchmarkPlan(b *testing.B) {
	emu := newEmulator(b, WithFixtures(nothing))
	const query = "/v1.0/users?$filter=department%%20eq%%20'%d'%%20and%%20startsWith(mail,'ida')&$select=id,displayName&$top=10"
	round := 0
	ask := func(b *testing.B, next func(i int) []byte) float64 {
		d := direct{h: emu}
		return float64(d.run(b, 200, 200, next))
	}
	var first, again []float64
	for b.Loop() {
		round++
		f := ask(b, func(i int) []byte { return raw("GET", fmt.Sprintf(query, round*1000+i), "") })
		a := ask(b, func(int) []byte { return raw("GET", fmt.Sprintf(query, 7), "") })
		first, again = append(first, f), append(again, a)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(slices.Min(first), "first-ns/request") // the best round: what it costs and not what the machine does
	b.ReportMetric(slices.Min(again), "again-ns/request")
	b.ReportMetric(slices.Min(first)-slices.Min(again), "ns/plan")
}
