package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// Sleeping over several wake-ups is as if nobody had slept: each runs at its own
// time, what it asks for runs too, and what fails is undone and does not come again.
func TestRunDue(t *testing.T) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	now := start
	s := store.New(store.Options{Now: func() time.Time { return now }, Seed: 1})
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	update := func(f func(*store.Tx) error) {
		t.Helper()
		if err := s.Update(f); err != nil {
			t.Fatal(err)
		}
	}
	if s.IsDue(func() time.Time { t.Error("the clock is asked while nothing is waited for"); return now }) {
		t.Error("something is due in an empty store")
	}
	update(func(tx *store.Tx) error { return tx.Wake(at(5), 0, "fade", "a") })
	update(func(tx *store.Tx) error { return tx.Wake(at(1), 0, "fail", "b") })
	if now = at(1).Add(-1); s.IsDue(func() time.Time { return now }) {
		t.Error("due too early")
	}
	if now = at(60); !s.IsDue(func() time.Time { return now }) {
		t.Error("nothing is due")
	}
	var ran []string
	refused := errors.New("refused")
	err := s.RunDue(now, func(tx *store.Tx, w store.Wakeup) error {
		ran = append(ran, w.Do+" "+tx.Now().Sub(start).String())
		switch w.Do {
		case "fail":
			tx.Wake(at(2), 0, "never", "")
			return refused
		case "fade":
			return tx.Wake(tx.Now().Add(10*time.Minute), 0, "gone", "")
		}
		return nil
	}, func(tx *store.Tx, w store.Wakeup, err error) error {
		ran = append(ran, "undone "+tx.Now().Sub(start).String())
		return err
	})
	if !errors.Is(err, refused) {
		t.Errorf("the error is %v", err)
	}
	if want := []string{"fail 1m0s", "undone 1m0s", "fade 5m0s", "gone 15m0s"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	if next, ok := s.NextDue(); ok || s.IsDue(func() time.Time { return now }) {
		t.Errorf("left over: %v", next)
	}
}

// A wake-up that asks for itself again at once ends.
func TestRunDueEnds(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	s := store.New(store.Options{Now: func() time.Time { return now }})
	wake := func(tx *store.Tx) error { return tx.Wake(now, 0, "again", "") }
	if err := s.Update(wake); err != nil {
		t.Fatal(err)
	}
	s.RunDue(now, func(tx *store.Tx, _ store.Wakeup) error { return wake(tx) }, nil)
}
