package emulator_test

import (
	"encoding"
	"fmt"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// TestModes: what an option's value prints, reads back; a word of no value changes
// nothing; the zero value is the default.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		to   encoding.TextUnmarshaler
		zero string
		all  []fmt.Stringer
	}{
		{new(emulator.Auth), "open", []fmt.Stringer{emulator.AuthOpen, emulator.AuthVerify, emulator.AuthEnforce}},
		{new(emulator.SignIn), "auto", []fmt.Stringer{emulator.SignInAuto, emulator.SignInPage}},
		{new(emulator.Issuer), "origin", []fmt.Stringer{emulator.IssuerOrigin, emulator.IssuerCloud}},
		{new(emulator.Missing), "404", []fmt.Stringer{emulator.MissingNotFound, emulator.MissingSynthesize}},
		{new(emulator.Fidelity), "none", []fmt.Stringer{emulator.FidelityNone, emulator.FidelityGeneric, emulator.FidelityStateful, emulator.FidelityModelled}},
		{new(emulator.ProxyMode), "refuse", []fmt.Stringer{emulator.ProxyRefuse, emulator.ProxyTunnel}},
		{new(emulator.JobPace), "looks:1", []fmt.Stringer{emulator.JobsByLooks(1), emulator.JobsByLooks(3), emulator.JobsAfter(time.Minute), emulator.JobsManual()}},
		{new(emulator.ConsistencyMode), "strong", []fmt.Stringer{emulator.Strong(), emulator.Session(time.Minute), emulator.SessionReads(3), emulator.Eventual(0), emulator.EventualReads(1)}},
	} {
		if got := fmt.Sprint(tt.to); got != tt.zero {
			t.Errorf("the zero %T is %s, want %s", tt.to, got, tt.zero)
		}
		for _, v := range tt.all {
			if err := tt.to.UnmarshalText([]byte(v.String())); err != nil || fmt.Sprint(tt.to) != v.String() {
				t.Errorf("%T: %s reads back as %v, %v", tt.to, v, tt.to, err)
			}
		}
		was := fmt.Sprint(tt.to)
		if err := tt.to.UnmarshalText([]byte("perhaps")); err == nil || fmt.Sprint(tt.to) != was {
			t.Errorf("%T: perhaps is read as %v, %v", tt.to, tt.to, err)
		}
	}
	if got := emulator.Auth(9).String(); got != "9" {
		t.Errorf("a value that is none is %q", got)
	}
	if emu, err := emulator.New(nil); err != nil {
		t.Errorf("a nil option: %v", err)
	} else if err := emu.Close(); err != nil {
		t.Error(err)
	}
}
