package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

var departments = [...]string{"Pilots", "Harbour", "Kitchen", "Deck", "Engine", "Radio", "Office"}

// crowd makes n users of about twenty members; with more than one shape, which
// optional members a user has differs.
func crowd(b testing.TB, n, shapes int) []value.Object {
	s := value.NewShapes()
	out := make([]value.Object, n)
	for i := range out {
		m := value.Members{
			{Name: "id", Value: value.String(fmt.Sprintf("c26302f8-02f8-c263-f802-%012d", i))},
			{Name: "displayName", Value: value.String(fmt.Sprintf("Sailor Number %d", i))},
			{Name: "mail", Value: value.String(fmt.Sprintf("sailor%d@northgale.test", i))},
			{Name: "accountEnabled", Value: value.Bool(i%3 != 0)},
			{Name: "age", Value: value.Int(int64(18 + i%50))},
			{Name: "createdDateTime", Value: value.String(fmt.Sprintf("2026-01-%02dT08:00:00Z", 1+i%28))},
			{Name: "department", Value: value.String(departments[i%len(departments)])},
			{Name: "tags", Value: value.Strings([]string{"crew", fmt.Sprintf("berth%d", i%1000)})},
			{Name: "assignedPlans", Value: value.Raw(fmt.Sprintf(`[{"service":"exchange","servicePlanId":"2e2ddb96-0000-4000-8000-%012d","capabilityStatus":"Enabled"},{"service":"teams","servicePlanId":null,"capabilityStatus":"Suspended"}]`, i%1000))},
			{Name: "address", Value: value.Raw(fmt.Sprintf(`{"city":"Port %d","zip":"0150"}`, i%100))},
		}
		for j := range 10 {
			if j >= 6 || i%shapes&(1<<j) == 0 {
				m = append(m, value.Member{Name: fmt.Sprintf("extension_ab_field%d", j), Value: value.String("some text of a field")})
			}
		}
		out[i] = s.Object("microsoft.graph.user", m)
	}
	return out
}

var benchFilters = []struct{ name, filter string }{
	{"eq", "displayName eq 'sailor number 77'"},
	{"eqRare", "extension_ab_field7 eq 'x'"},
	{"and", "accountEnabled eq true and startswith(mail,'sailor99')"},
	{"or", "displayName eq 'Sailor Number 7' or mail eq 'sailor8@northgale.test' or age gt 66"},
	{"contains", "contains(displayName,'number 777')"},
	{"any", "tags/any(t:t eq 'berth500')"},
	{"anyComplex", "assignedPlans/any(a:a/service eq 'teams' and a/capabilityStatus eq 'Enabled')"},
	{"path", "address/city eq 'Port 42'"},
	{"date", "createdDateTime ge 2026-01-27T00:00:00Z"},
	{"in", "mail in ('sailor1@northgale.test','sailor2@northgale.test','sailor3@northgale.test')"},
}

func BenchmarkFilter(b *testing.B) {
	user := typeNamed(b, "user")
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, shapes := range []int{1, 64} {
			rows := crowd(b, n, shapes)
			for _, f := range benchFilters {
				if n != 10_000 && f.name != "eq" {
					continue
				}
				b.Run(fmt.Sprintf("%s/n=%d/shapes=%d", f.name, n, shapes), func(b *testing.B) {
					e, err := odata.ParseFilter(f.filter)
					if err != nil {
						b.Fatal(err)
					}
					c, err := CompileFilter(user, e, Options{Fold: true})
					if err != nil {
						b.Fatal(err)
					}
					b.ReportAllocs()
					for b.Loop() {
						hits, scan := 0, c.Scan()
						for _, o := range rows {
							if scan.MatchObject(o) {
								hits++
							}
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/object")
				})
			}
		}
	}
}

// BenchmarkHardWired is the yardstick: the same question to maps, by hand.
func BenchmarkHardWired(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		rows := make([]map[string]any, n)
		for i := range rows {
			rows[i] = map[string]any{"id": i, "displayName": fmt.Sprintf("Sailor Number %d", i), "mail": "x", "accountEnabled": true,
				"age": 5, "createdDateTime": "x", "department": "x", "tags": nil, "assignedPlans": nil, "address": nil, "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8}
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				hits := 0
				for _, r := range rows {
					if s, ok := r["displayName"].(string); ok && strings.EqualFold(s, "sailor number 77") {
						hits++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/object")
		})
	}
}

func BenchmarkOrderTop(b *testing.B) {
	user := typeNamed(b, "user")
	items, _ := odata.ParseOrderBy("displayName desc")
	for _, n := range []int{10_000, 100_000} {
		rows := crowd(b, n, 1)
		o, err := CompileOrder(user, items, Options{Fold: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := o.Sorter(10, nil)
				for i, r := range rows {
					s.PushObject(r, int64(i))
				}
				s.Entries()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/object")
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	rows := crowd(b, 10_000, 1)
	e, _ := (&odata.Search{Text: `"displayName:sail num"`}).Clauses()
	f, err := CompileSearch(typeNamed(b, "user"), e, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		scan := f.Scan()
		for _, r := range rows {
			scan.MatchObject(r)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/object")
}

func BenchmarkParseAndCompile(b *testing.B) {
	user := typeNamed(b, "user")
	b.ReportAllocs()
	for b.Loop() {
		q, err := odata.ParseQuery("$filter=displayName%20eq%20'Ida'%20and%20startswith(mail,'ida')&$select=id,displayName&$top=10&$orderby=displayName")
		if err != nil {
			b.Fatal(err)
		}
		if _, err = CompileFilter(user, q.Filter, Options{}); err != nil {
			b.Fatal(err)
		}
		if _, err = CompileOrder(user, q.OrderBy, Options{}); err != nil {
			b.Fatal(err)
		}
		if _, err = CompileSelect(user, q, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
