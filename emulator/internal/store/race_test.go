package store

import (
	"fmt"
	"sync"
	"testing"
)

// TestReadersBesideWriter: scans see whole transactions (two members each), and
// nothing trips the race detector.
func TestReadersBesideWriter(t *testing.T) {
	s := New(Options{Seed: 1, JournalEntries: 50})
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					readAll(t, s)
				}
			}
		})
	}
	for i := range 400 {
		must(t, s, func(tx *Tx) error {
			a, _ := tx.Add(0, "users", fmt.Sprint("a", i), object(s, "x"))
			b, _ := tx.Add(0, "users", fmt.Sprint("b", i), object(s, "y"))
			return tx.Link(a, "manager", b)
		})
		if i%50 == 0 {
			snap := s.Snapshot()
			fork := s.Fork()
			wg.Go(func() {
				must(t, fork, func(tx *Tx) error { return tx.Delete(1) })
				must(t, snap.Open(Options{Seed: 1}), func(tx *Tx) error { return tx.Delete(1) })
			})
		}
	}
	close(done)
	wg.Wait()
}

func readAll(t *testing.T, s *Store) {
	tx := s.Scan()
	n := 0
	for r := range tx.Members(0, "users", 0) {
		n++
		tx.Get(r)
	}
	if n%2 != 0 || n != tx.Count(0, "users") {
		t.Errorf("a scan sees half a transaction: %d members", n)
	}
	_ = s.View(func(tx *Tx) error {
		if n := tx.Count(0, "users"); n%2 != 0 {
			t.Errorf("a view sees half a transaction: %d members", n)
		}
		return nil
	})
	for c := range s.Changes(0) {
		_ = c.Kind.String()
	}
}

// TestForksInParallel: forks of one store, each written by its own goroutine,
// end as they would one after the other.
func TestForksInParallel(t *testing.T) {
	s := New(Options{Seed: 1})
	for i := range 200 {
		must(t, s, func(tx *Tx) error { _, err := tx.Add(0, "users", fmt.Sprint(i), object(s, "x")); return err })
	}
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for g := range ids {
		w := s.Fork()
		wg.Go(func() {
			for i := range 100 {
				must(t, w, func(tx *Tx) error {
					ids[g] = tx.NewGUID()
					if i%2 == 0 {
						return tx.Delete(Ref(1 + i))
					}
					_, err := tx.Add(0, fmt.Sprint("nav", i), ids[g], object(w, "y"))
					return err
				})
			}
			if n := w.Scan().Count(0, "users"); n != 150 {
				t.Errorf("fork %d has %d users", g, n)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Error("forks with the same dice give different ids")
		}
	}
	if n := s.Scan().Count(0, "users"); n != 200 {
		t.Errorf("the origin has %d users", n)
	}
}
