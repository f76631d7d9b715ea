package store

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

var million = flag.Bool("million", false, "run BenchmarkMillion: 1.5 GiB")

var benchIndexes = []Index{{"microsoft.graph.user", "userPrincipalName"}, {"microsoft.graph.user", "mail"}, {"microsoft.graph.user", "displayName"}}

func key(i int) string { return fmt.Sprintf("c26302f8-02f8-4263-9802-%012d", i) }

func presence(i int) value.Members {
	return value.Members{
		{Name: "id", Value: value.String(key(i))}, {Name: "availability", Value: `"Busy"`},
		{Name: "activity", Value: `"InAMeeting"`}, {Name: "sequenceNumber", Value: `"638675309"`},
	}
}

func user(i int) value.Members {
	upn := value.String(fmt.Sprintf("pilot%d@northgale.example", i))
	m := value.Members{{Name: "id", Value: value.String(key(i))}, {Name: "userPrincipalName", Value: upn}, {Name: "mail", Value: upn}}
	m.Set("displayName", value.String(fmt.Sprint("Pilot ", i)))
	m.Set("accountEnabled", "true")
	m.Set("businessPhones", `["+47 555 0100"]`)
	for _, n := range []string{"givenName", "surname", "jobTitle", "department", "officeLocation", "city", "country", "mobilePhone", "preferredLanguage", "usageLocation", "companyName", "employeeId", "userType", "mailNickname"} {
		m.Set(n, value.String(n+" of a pilot"))
	}
	return m
}

func add(b testing.TB, s *Store, nav, typ string, i int, m value.Members) Ref {
	var r Ref
	err := s.Update(func(tx *Tx) (err error) {
		r, err = tx.Add(0, nav, key(i), s.Shapes().Object(typ, m))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func presences(b testing.TB, n int) *Store {
	s := New(Options{Seed: 1})
	for i := range n {
		add(b, s, "presences", "microsoft.graph.presence", i, presence(i))
	}
	return s
}

func users(b testing.TB, n int) *Store {
	s := New(Options{Seed: 1, Shapes: benchShapes, Indexes: own(benchIndexes...)})
	for i := range n {
		add(b, s, "users", "microsoft.graph.user", i, user(i))
	}
	return s
}

func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := presences(b, n)
			keys := make([]string, b.N)
			for i := range keys {
				keys[i] = key(n + i)
			}
			m := presence(1)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				_ = s.Update(func(tx *Tx) error {
					_, err := tx.Add(0, "presences", keys[i], s.Shapes().Object("microsoft.graph.presence", m))
					return err
				})
			}
		})
	}
}

func BenchmarkPatch(b *testing.B) {
	s := users(b, 10_000)
	patches := []value.Members{{{Name: "displayName", Value: `"Ida"`}}, {{Name: "displayName", Value: `"Tomas"`}}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = s.Update(func(tx *Tx) error {
			r := Ref(1 + i%10_000)
			e, _ := tx.Get(r)
			return tx.Replace(r, s.Shapes().Object("microsoft.graph.user", value.Merge(e.Object.Members(), patches[i/10_000%2])))
		})
	}
}

func BenchmarkRollback(b *testing.B) {
	s := presences(b, 10_000)
	m, k := presence(1), key(99_999)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Update(func(tx *Tx) error {
			_, _ = tx.Add(0, "presences", k, s.Shapes().Object("microsoft.graph.presence", m))
			return errStop
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := presences(b, n)
			keys := make([]string, n)
			for i := range keys {
				keys[i] = key(i * 7919 % n)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_ = s.View(func(tx *Tx) error {
					r, _ := tx.Find(0, "presences", keys[i%n])
					tx.Get(r)
					return nil
				})
			}
		})
	}
}

func BenchmarkFork(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := users(b, n)
			b.ReportAllocs()
			for b.Loop() {
				s.Fork()
			}
		})
	}
}

func BenchmarkWorlds(b *testing.B) {
	s := users(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		w := s.Fork()
		for i := range 10 {
			_ = w.Update(func(tx *Tx) error { return move(tx, Ref(1+i*9973), i) })
		}
	}
}

// move gives a user another city.
func move(tx *Tx, r Ref, i int) error {
	e, _ := tx.Get(r)
	m := e.Object.Members()
	m.Set("city", value.Int(int64(i)))
	return tx.Replace(r, benchShapes.Object("microsoft.graph.user", m))
}

var benchShapes = value.NewShapes()

func BenchmarkJournal(b *testing.B) {
	var j journal
	rec := &record{}
	b.ReportAllocs()
	for i := int64(1); b.Loop(); i++ {
		j.add([]entry{{seq: i, kind: Updated, old: rec, new: rec}}, 10_000, 16<<20)
	}
}

func BenchmarkPage(b *testing.B) {
	s := users(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.View(func(tx *Tx) error {
			n := 0
			for r := range tx.Members(0, "users", 50_000) {
				tx.Get(r)
				if n++; n == 100 {
					break
				}
			}
			return nil
		})
	}
}

func BenchmarkSince(b *testing.B) {
	s := presences(b, 100_000)
	since := s.Seq() - 100
	b.ReportAllocs()
	for b.Loop() {
		changes, _ := s.Scan().Since(since)
		for range changes {
		}
	}
}

// BenchmarkWriterBesideScan reports how long commits wait beside an endless walk
// over everything.
func BenchmarkWriterBesideScan(b *testing.B) {
	s := users(b, 100_000)
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() {
			tx := s.Scan()
			for r := range tx.Members(0, "users", 0) {
				if tx.Get(r); stop.Load() {
					return
				}
			}
		}
	}()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		_ = s.Update(func(tx *Tx) error { return move(tx, Ref(1+i%100_000), i) })
		took = append(took, time.Since(start))
	}
	stop.Store(true)
	<-done
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

// heap returns what is in use after a collection.
func heap() (bytes, objects uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, m.HeapObjects
}

func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	for _, tt := range []struct {
		name string
		load func(testing.TB, int) *Store
	}{{"presence", presences}, {"user", users}} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				bytes, objects := heap()
				s := tt.load(b, n)
				s.journal = journal{}
				after, now := heap()
				b.ReportMetric(float64(after-bytes)/n, "B/entity")
				b.ReportMetric(float64(now-objects)/n, "objects/entity")
				runtime.KeepAlive(s)
			}
		})
	}
}

func BenchmarkMillion(b *testing.B) {
	if !*million {
		b.Skip("needs -million")
	}
	for b.Loop() {
		s := users(b, 1_000_000)
		start := time.Now()
		bytes, _ := heap()
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "gc-ms")
		b.ReportMetric(float64(bytes)/(1<<30), "GiB")
		runtime.KeepAlive(s)
	}
}

func TestAllocations(t *testing.T) {
	s := presences(t, 1000)
	k, m := key(500), presence(1)
	o, p := s.Shapes().Object("microsoft.graph.presence", m), s.Shapes().Object("microsoft.graph.presence", m[:3])
	for _, tt := range []struct {
		name string
		most float64
		f    func()
	}{
		{"Get", 1, func() {
			_ = s.View(func(tx *Tx) error {
				r, _ := tx.Find(0, "presences", k)
				tx.Get(r)
				return nil
			})
		}},
		{"Replace", 3, func() {
			_ = s.Update(func(tx *Tx) error { return tx.Replace(500, o) })
			o, p = p, o
		}},
	} {
		if n := testing.AllocsPerRun(200, tt.f); n > tt.most {
			t.Errorf("%s allocates %v times, %v are allowed", tt.name, n, tt.most)
		}
	}
}
