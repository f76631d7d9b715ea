package workload

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/internal/nearest"
)

// Switch is a choice that the service leaves open, or hides, and that a test may
// want the other way.
type Switch struct {
	Name   string   // "presence.fadeNames"
	Values []string // the first is the default
	Strict string   // the default of strict mode; empty: the same
	Usage  string   // what it decides, in a sentence without a full stop
}

// Switches holds the value of each switch by its name.
type Switches map[string]string

func (r *Registry) addSwitches(w *Workload) error {
	for _, s := range w.Switches {
		if len(s.Values) < 2 || s.Strict != "" && !slices.Contains(s.Values, s.Strict) {
			return fmt.Errorf("the switch %s leaves no choice", s.Name)
		}
		for _, other := range r.switches {
			if other.Name == s.Name {
				return fmt.Errorf("there are two switches %s", s.Name)
			}
		}
		r.switches = append(r.switches, s)
	}
	return nil
}

// Switches lists the switches of all workloads by name.
func (r *Registry) Switches() []Switch { return r.switches }

// Set gives every switch its value: the one that set names, else its default. A
// switch or a value that does not exist is an error that names what does.
func (r *Registry) Set(set map[string]string, strict bool) (Switches, error) {
	out := make(Switches, len(r.switches))
	for _, s := range r.switches {
		out[s.Name] = s.Values[0]
		if strict && s.Strict != "" {
			out[s.Name] = s.Strict
		}
	}
	for name, v := range set {
		i := slices.IndexFunc(r.switches, func(s Switch) bool { return s.Name == name })
		if i < 0 {
			names := r.switchNames()
			return nil, errors.New(nearest.Asked(fmt.Sprintf("unknown switch %q; it is one of %s", name, strings.Join(names, ", ")), name, names...))
		}
		if values := r.switches[i].Values; !slices.Contains(values, v) {
			return nil, errors.New(nearest.Asked(fmt.Sprintf("switch %s: unknown value %q; it is one of %s", name, v, strings.Join(values, ", ")), v, values...))
		}
		out[name] = v
	}
	return out, nil
}

func (r *Registry) switchNames() []string {
	var names []string
	for _, s := range r.switches {
		names = append(names, s.Name)
	}
	return names
}
