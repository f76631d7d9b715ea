package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// The clock of WithClock, moved.
func TestClock(t *testing.T) {
	t.Attr("rules", "B-12.30")
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	emu := emulatortest.New(t, emulator.WithClock(func() time.Time { return start }))
	c := emu.Clock()
	if err := c.Advance(90 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if body := emulatortest.Get(emu, "/v1.0/usrs").Body.String(); !strings.Contains(body, `"2026-11-22T09:30:00"`) {
		t.Errorf("innerError.date does not follow the clock: %s", body)
	}
	if err := c.Advance(-time.Second); err == nil {
		t.Error("time runs backwards")
	}
	if err := emu.Reset(); err != nil || !c.Now().Equal(start) {
		t.Errorf("after a reset it is %v (%v)", c.Now(), err)
	}
	if at, ok := c.Next(); ok {
		t.Errorf("something is due at %v", at)
	}
}
