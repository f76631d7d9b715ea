package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/clock"
)

var start = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// A clock that tests can move.
func TestClock(t *testing.T) {
	t.Attr("rules", "B-12.30")
	beneath := start
	c := clock.New(func() time.Time { return beneath })
	is := func(what string, want time.Time) {
		t.Helper()
		if got := c.Now(); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	pass := func(d time.Duration) { beneath = beneath.Add(d) }
	is("at first", start)
	if err := c.Advance(time.Hour); err != nil {
		t.Error(err)
	}
	is("advanced", start.Add(time.Hour))
	pass(time.Minute)
	is("running on", start.Add(time.Hour+time.Minute))
	c.Freeze()
	pass(time.Minute)
	is("frozen", start.Add(time.Hour+time.Minute))
	if err := c.Advance(time.Second); err != nil || !c.Frozen() {
		t.Error("an advance thaws the clock", err)
	}
	is("frozen and advanced", start.Add(time.Hour+time.Minute+time.Second))
	c.Resume()
	pass(time.Minute)
	is("resumed", start.Add(time.Hour+2*time.Minute+time.Second))
	c.Set(start.Add(-time.Hour))
	pass(time.Minute)
	is("set back", start.Add(-time.Hour+time.Minute))
	if err := c.Advance(-1); err == nil {
		t.Error("a negative advance is taken")
	}
	c.Reset()
	is("reset", beneath)
}

func TestWait(t *testing.T) {
	c := clock.New(func() time.Time { return start })
	c.Freeze()
	done := make(chan error, 1)
	go func() { done <- c.Wait(context.Background(), start.Add(time.Minute)) }()
	for range 2 {
		c.Advance(30 * time.Second)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := c.Wait(context.Background(), start); err != nil {
		t.Error("a time that has passed is waited for", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- c.Wait(ctx, start.Add(time.Hour)) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
