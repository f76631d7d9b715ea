package clock_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// The clock refuses what its numbers cannot hold, and stays where it is.
func TestFaultA16FarClock(t *testing.T) {
	emu := emulatortest.New(t)
	start := emu.Clock().Now()
	for _, body := range []string{`{"set":"9999-12-31T23:59:59Z"}`, `{"set":"0001-01-01T00:00:00Z"}`, `{"advance":1e300}`, `{"advance":"2562047h"}`, `{"advance":9.3e9}`, `{"freeze":true,"set":"2500-01-01T00:00:00Z"}`} {
		w := emulatortest.Do(emu, "POST", "/_emulator/clock", body)
		if w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
		if now := emu.Clock().Now(); now.Sub(start) > time.Hour || emu.Clock().Frozen() {
			t.Errorf("%s: it is %v", body, now)
		}
	}
	if err := emu.Clock().Set(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("Set takes the year 9999")
	}
	for range 3 {
		emu.Clock().Advance(100 * 365 * 24 * time.Hour)
	}
	if now := emu.Clock().Now(); now.Year() < 2100 || now.Year() > 2200 {
		t.Errorf("after three centuries it is %v", now)
	}
	if err := emu.Clock().Set(time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
}
