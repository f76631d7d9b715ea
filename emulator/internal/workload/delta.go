package workload

import (
	"fmt"
	"slices"
	"time"
)

// Delta says what is particular to the delta query on collections of a type
// (section 6). The zero value is the rule.
type Delta struct {
	Life  time.Duration // of a token; 0: a week, negative: as long as the journal reaches
	Token string        // the option that a delta link carries its token in; empty: $deltatoken
	Next  string        // the option that a next link carries it in; empty: $skiptoken
	// Times says that a time may stand in the token's place, and how long ago; 0: none may.
	Times   time.Duration
	Options []string // query options that may be given; nil: all that the verb knows
	Filter  []string // properties that $filter may name; nil: all
	Top     int      // the largest $top; 0: the type's
	Limit   int      // members that the first round of a filtered query reports; 0: all
	Links   []string // navigations whose links are reported, as members@delta
	Shown   []string // those of them that are reported without $select
	Tree    string   // a navigation whose members belong to the collection of their owner, at any depth
	// Above says that a member is told behind those that contain it, up to the top of the tree,
	// and that every page begins with the top (B-14.116, B-14.117).
	Above bool
	// Within maps a navigation that shows a window of time to the one whose members
	// it shows: startDateTime and endDateTime are then required.
	Within  map[string]string
	Below   []string // types that the collection must belong to; nil: any
	Removed string   // how one that left is reported: see removedForms
	Kinds   bool     // changeType=created|updated|deleted is taken
	Applied string   // what Preference-Applied names in the answers of the first round
	Omit    []string // properties, or members of one (a/b), that are neither reported nor tracked
	// Declared says that members which the type does not declare are not tracked;
	// extension_… is reported when it is selected (B-6.24).
	Declared bool
	// Whole says that members are reported as a list shows them, with their type and in the
	// order of an entity (R-X3, R-C8).
	Whole bool
	// Parens says that links have the keys in parentheses, and that the context names no
	// selected properties (R-P6, R-X3).
	Parens bool
}

// DeltaLife is how long a token is good for where Life does not say (B-6.12).
const DeltaLife = 7 * 24 * time.Hour

// How an entity that left is reported: with its reason, changed or deleted; always as
// deleted; by the facet deleted in @removed's stead (B-6.7, B-6.20).
const (
	RemovedReason  = ""
	RemovedDeleted = "deleted"
	RemovedFacet   = "facet"
)

// yamlDelta is delta in traits.yaml.
type yamlDelta struct {
	Life     string            `yaml:"life"` // "168h"; "0": as long as the journal reaches
	Token    string            `yaml:"token"`
	Next     string            `yaml:"next"`
	Times    string            `yaml:"times"` // "1440h"
	Options  []string          `yaml:"options"`
	Filter   []string          `yaml:"filter"`
	Top      int               `yaml:"top"`
	Limit    int               `yaml:"limit"`
	Links    []string          `yaml:"links"`
	Shown    []string          `yaml:"shown"`
	Tree     string            `yaml:"tree"`
	Above    bool              `yaml:"above"`
	Within   map[string]string `yaml:"within"`
	Below    []string          `yaml:"below"`
	Removed  string            `yaml:"removed"`
	Kinds    bool              `yaml:"kinds"`
	Applied  string            `yaml:"applied"`
	Omit     []string          `yaml:"omit"`
	Declared bool              `yaml:"declared"`
	Whole    bool              `yaml:"whole"`
	Parens   bool              `yaml:"parens"`
}

func (y *yamlDelta) read() (Delta, error) {
	d := Delta{Token: y.Token, Next: y.Next, Above: y.Above, Parens: y.Parens, Options: y.Options, Filter: y.Filter, Top: y.Top, Limit: y.Limit, Links: y.Links, Shown: y.Shown, Tree: y.Tree,
		Within: y.Within, Below: y.Below, Removed: y.Removed, Kinds: y.Kinds, Applied: y.Applied, Omit: y.Omit, Declared: y.Declared, Whole: y.Whole}
	if !slices.Contains([]string{RemovedReason, RemovedDeleted, RemovedFacet}, y.Removed) {
		return d, fmt.Errorf("unknown form of removal %q", y.Removed)
	}
	for _, name := range y.Shown {
		if !slices.Contains(y.Links, name) {
			return d, fmt.Errorf("%s is shown and not among the links", name)
		}
	}
	if y.Times != "" {
		var err error
		if d.Times, err = time.ParseDuration(y.Times); err != nil {
			return d, err
		}
	}
	if y.Life != "" {
		var err error
		if d.Life, err = time.ParseDuration(y.Life); err != nil {
			return d, err
		}
		if d.Life == 0 {
			d.Life = -1
		}
	}
	return d, nil
}

// merge lays what a derived type says over what its base says.
func (d Delta) merge(own Delta) Delta {
	if own.Life != 0 {
		d.Life = own.Life
	}
	for _, s := range []struct{ to, from *string }{{&d.Token, &own.Token}, {&d.Next, &own.Next}, {&d.Tree, &own.Tree}, {&d.Removed, &own.Removed}, {&d.Applied, &own.Applied}} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	for _, s := range []struct{ to, from *[]string }{{&d.Options, &own.Options}, {&d.Filter, &own.Filter}, {&d.Links, &own.Links}, {&d.Shown, &own.Shown}, {&d.Below, &own.Below}} {
		if *s.from != nil {
			*s.to = *s.from
		}
	}
	if own.Times != 0 {
		d.Times = own.Times
	}
	if own.Limit != 0 {
		d.Limit = own.Limit
	}
	if own.Top != 0 {
		d.Top = own.Top
	}
	if own.Within != nil {
		d.Within = own.Within
	}
	d.Omit = append(slices.Clip(d.Omit), own.Omit...)
	d.Kinds, d.Declared, d.Whole = d.Kinds || own.Kinds, d.Declared || own.Declared, d.Whole || own.Whole
	d.Above, d.Parens = d.Above || own.Above, d.Parens || own.Parens
	return d
}
