package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/bare"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// sizes are how many entities of the kind are stored while a figure is taken.
var sizes = []int{100, 10_000, 100_000}

const presenceBody = `{
  "@odata.type": "#microsoft.graph.presence",
  "activity": "InAMeeting",
  "availability": "Busy",
  "outOfOfficeSettings": {
    "@odata.type": "microsoft.graph.outOfOfficeSettings"
  }
}`

const presences = "/beta/communications/presences"

// BenchmarkPost creates presences: read, validated against the schema, stored,
// journalled and echoed, beside a handler that does none of it but the storing.
func BenchmarkPost(b *testing.B) {
	for _, n := range sizes {
		emu, other := newEmulator(b), bare.New()
		addPresences(b, emu, other, n)
		mark := lastRef(emu)
		compare(b, emu, other, contest{status: 201,
			ours:   func(int) []byte { return raw("POST", presences, presenceBody) },
			theirs: func(int) []byte { return raw("POST", "/items", presenceBody) },
			after:  func() { removeBehind(b, emu, mark); other.Shrink(n) }}, n)
	}
}

// BenchmarkGet reads one entity by its id.
func BenchmarkGet(b *testing.B) {
	b.Run("presence", func(b *testing.B) {
		for _, n := range sizes {
			emu, other := newEmulator(b), bare.New()
			ids := addPresences(b, emu, other, n)
			compare(b, emu, other, gets(presences+"/", ids, other.IDs()), n)
		}
	})
	b.Run("user", func(b *testing.B) {
		for _, n := range sizes {
			emu, other := newEmulator(b), bare.New()
			ids := addUsers(b, emu, other, n)
			compare(b, emu, other, gets("/v1.0/users/", ids, other.IDs()), n)
		}
	})
}

func gets(prefix string, ids, bareIDs []string) contest {
	at := func(prefix string, ids []string) func(int) []byte {
		return func(i int) []byte { return raw("GET", prefix+ids[i*7919%len(ids)], "") }
	}
	return contest{status: 200, ours: at(prefix, ids), theirs: at("/items/", bareIDs)}
}

// BenchmarkList answers 100 users: the same 19 members by $select, the 11 that
// v1.0 shows without it, and all that beta shows, null where there is no value.
func BenchmarkList(b *testing.B) {
	for _, kind := range []struct{ name, path string }{
		{"same", "/v1.0/users?$top=100&$select=" + strings.Join(userMembers, ",")},
		{"default", "/v1.0/users?$top=100"},
		{"beta", "/beta/users?$top=100"},
	} {
		b.Run(kind.name, func(b *testing.B) {
			for _, n := range sizes {
				emu, other := newEmulator(b, WithFixtures(nothing)), bare.New()
				addUsers(b, emu, other, n)
				compare(b, emu, other, contest{status: 200, few: true,
					ours:   func(int) []byte { return raw("GET", kind.path, "") },
					theirs: func(int) []byte { return raw("GET", "/items", "") }}, n)
			}
		})
	}
}

// contest is one kind of request to both.
type contest struct {
	status       int
	ours, theirs func(i int) []byte
	few          bool   // answers are large
	most         int    // requests of a round on each connection; 0: as many as for others
	after        func() // each round; nil: nothing
}

// compare runs rounds of both in turns and reports the median of the ratios: what
// else the machine does meets both alike.
func compare(b *testing.B, emu, other http.Handler, c contest, n int) {
	type runner interface {
		run(tb testing.TB, n, status int, next func(i int) []byte) time.Duration
	}
	each := func(b *testing.B, ours, theirs runner, requests int) {
		if c.few {
			requests = max(requests/2, 1)
		}
		if c.most > 0 {
			requests = min(requests, c.most)
		}
		var mine, hand, ratio []float64
		for b.Loop() {
			runtime.GC() // neither pays for what the other left behind
			m := float64(ours.run(b, requests, c.status, c.ours))
			runtime.GC()
			t := float64(theirs.run(b, requests, c.status, c.theirs))
			mine, hand, ratio = append(mine, m), append(hand, t), append(ratio, t/m)
			if c.after != nil {
				c.after()
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(median(mine), "ns/request")
		b.ReportMetric(median(hand), "bare-ns/request")
		b.ReportMetric(median(ratio), "x-of-bare")
	}
	b.Run(fmt.Sprintf("http/%d", n), func(b *testing.B) {
		each(b, serve(b, emu), serve(b, other), 200)
	})
	b.Run(fmt.Sprintf("handler/%d", n), func(b *testing.B) {
		each(b, &direct{h: emu}, &direct{h: other}, 500)
	})
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func newEmulator(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	emu, err := New(append([]Option{WithRandomSeed(1)}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	return emu
}

// addPresences stores n presences on both sides and gives their ids on ours.
func addPresences(tb testing.TB, emu *Server, other *bare.Handler, n int) []string {
	tb.Helper()
	ids := make([]string, n)
	d := direct{h: emu}
	for i := range ids {
		d.run(tb, 1, 201, func(int) []byte { return raw("POST", presences, presenceBody) })
		at := d.w.header.Get("Location")
		ids[i] = at[strings.LastIndexByte(at, '/')+1:]
	}
	for i := range n {
		var item map[string]any
		if err := json.Unmarshal([]byte(presenceBody), &item); err != nil {
			tb.Fatal(err)
		}
		other.Add(fmt.Sprintf("%08x-0000-4000-9000-000000000000", i), item)
	}
	return ids
}

// userMembers are those that a stored user has.
var userMembers = []string{"accountEnabled", "businessPhones", "city", "companyName", "country", "department",
	"displayName", "employeeId", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
	"postalCode", "preferredLanguage", "streetAddress", "surname", "userPrincipalName"}

// benchUser is the i-th user of a generated tenant.
func benchUser(i int) map[string]any {
	return map[string]any{
		"accountEnabled": true, "businessPhones": []any{fmt.Sprintf("+45 70 %06d", i)}, "city": "Northgale",
		"companyName": "Northgale Shipping", "country": "Denmark", "department": fmt.Sprintf("Pier %d", i%40),
		"displayName": fmt.Sprintf("Harbour Hand %d", i), "employeeId": fmt.Sprint(i), "givenName": "Harbour",
		"id": fmt.Sprintf("%08x-1111-4222-8333-444444444444", i), "jobTitle": "Deckhand",
		"mail": fmt.Sprintf("hand%d@northgale.test", i), "mobilePhone": fmt.Sprintf("+45 20 %06d", i),
		"officeLocation": fmt.Sprintf("Shed %d", i%200), "postalCode": "9990", "preferredLanguage": "da-DK",
		"streetAddress": "Quay Street 1", "surname": fmt.Sprintf("Hand %d", i),
		"userPrincipalName": fmt.Sprintf("hand%d@northgale.test", i),
	}
}

// addUsers stores n users on both sides and gives their ids. other may be nil.
func addUsers(tb testing.TB, emu *Server, other *bare.Handler, n int) []string {
	tb.Helper()
	return addUsersAs(tb, emu, other, n, benchUser)
}

// addUsersAs is addUsers for users of another make.
func addUsersAs(tb testing.TB, emu *Server, other *bare.Handler, n int, user func(i int) map[string]any) []string {
	tb.Helper()
	t, ok := emu.cat.versions[0].Model.Type("microsoft.graph.user")
	if !ok {
		tb.Fatal("no user type")
	}
	ids := make([]string, 0, n)
	for len(ids) < n {
		if err := emu.world.Store.Update(func(tx *store.Tx) error {
			for range min(1000, n-len(ids)) {
				u := user(len(ids))
				id := u["id"].(string)
				if _, err := tx.Add(0, "users", id, emu.world.Store.Shapes().Object(string(t.Name), inOrder(tb, t, u))); err != nil {
					return err
				}
				if ids = append(ids, id); other != nil {
					other.Add(id, u)
				}
			}
			return nil
		}); err != nil {
			tb.Fatal(err)
		}
	}
	return ids
}

// inOrder gives the members of an object in the order of the model.
func inOrder(tb testing.TB, t *edm.Type, object map[string]any) value.Members {
	var out value.Members
	for _, p := range t.Properties() {
		v, ok := object[p.Name]
		if !ok {
			continue
		}
		text, err := value.From(v)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, value.Member{Name: p.Name, Value: text})
	}
	if len(out) != len(object) {
		tb.Fatalf("%d of %d members are known", len(out), len(object))
	}
	return out
}

// lastRef is the newest entity in the presences' collection.
func lastRef(emu *Server) (last store.Ref) {
	emu.world.Store.View(func(tx *store.Tx) error {
		owner, _ := tx.One(0, "communications")
		for ref := range tx.Members(owner, "presences", 0) {
			last = ref
		}
		return nil
	})
	return last
}

// removeBehind deletes the presences made after one.
func removeBehind(tb testing.TB, emu *Server, last store.Ref) {
	tb.Helper()
	if err := emu.world.Store.Update(func(tx *store.Tx) error {
		owner, _ := tx.One(0, "communications")
		for _, ref := range slices.Collect(tx.Members(owner, "presences", last)) {
			if err := tx.Delete(ref); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
}

// heap is what lives on it.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
