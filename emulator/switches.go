package emulator

import "slices"

// Switch selects one of several behaviors that the real service shows; see WithSwitch.
type Switch struct {
	Name   string   // "presence.fadeNames", what WithSwitch takes
	Values []string // the first is the default
	Strict string   // the default with WithStrict; empty: the same
	Usage  string   // what it decides, in a sentence without a full stop
}

// Switches returns all switches.
func Switches() []Switch {
	c, err := builtIn()
	if err != nil {
		return nil // New says why
	}
	var out []Switch
	for _, s := range c.registry.Switches() {
		out = append(out, Switch{Name: s.Name, Values: slices.Clone(s.Values), Strict: s.Strict, Usage: s.Usage})
	}
	return out
}
