package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// The order of keys does not mind case, and goes on behind any member.
func TestByKey(t *testing.T) {
	s := New(Options{})
	var refs []Ref
	if err := s.Update(func(tx *Tx) error {
		for _, key := range []string{"b", "C", "a", "D"} {
			ref, err := tx.Add(0, "set", key, value.Object{})
			if err != nil {
				return err
			}
			refs = append(refs, ref)
		}
		_, err := tx.Add(refs[0], "set", "aa", value.Object{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.View(func(tx *Tx) error {
		for _, tt := range []struct {
			key   string
			after Ref
			n     int
			want  []Ref
		}{
			{"", 0, 2, []Ref{refs[2], refs[0]}},
			{"B", refs[0], 9, []Ref{refs[1], refs[3]}},
			{"bb", 0, 1, []Ref{refs[1]}},
			{"d", refs[3], 9, nil},
			{"", 0, 0, nil},
		} {
			if got := tx.ByKey(0, "set", tt.key, tt.after, tt.n); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%q, %d: %v, want %v", tt.key, tt.after, got, tt.want)
			}
		}
		return nil
	})
}

// A time stands for the last change before it, as far as the journal reaches back.
func TestSeqBefore(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	begun := now
	s := New(Options{Now: func() time.Time { return now }, JournalEntries: 16})
	add := func(n int) {
		for range n {
			now = now.Add(time.Minute)
			if err := s.Update(func(tx *Tx) error {
				_, err := tx.Add(0, "set", tx.NewGUID(), value.Object{})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(at time.Time, want int64, known bool) {
		t.Helper()
		s.View(func(tx *Tx) error {
			if got, ok := tx.SeqBefore(at); ok != known || ok && got != want {
				t.Errorf("%s: %d %v, want %d %v", at, got, ok, want, known)
			}
			return nil
		})
	}
	check(begun, 0, true)
	add(5)
	check(begun, 0, true)
	check(begun.Add(3*time.Minute), 2, true)
	check(begun.Add(3*time.Minute+1), 3, true)
	check(begun.Add(time.Hour), 5, true)
	add(100)
	check(begun.Add(3*time.Minute), 0, false)
	check(begun.Add(100*time.Minute), 99, true)
}
