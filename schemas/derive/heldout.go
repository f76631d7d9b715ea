package derive

import (
	"maps"
	"slices"
)

// heldOutOf is the share of lines the second learning does not see: one in
// heldOutOf, by position, so that the choice never changes by chance.
const heldOutOf = 5

// heldOut measures what learning is worth: it learns on a copy of the draft
// from four lines of five and counts how many of the fifths resolve.
func (c *compiler) heldOut(lines []docLine, s *Score) error {
	trial := *c
	trial.draft = c.draft.copy()
	trial.names = trial.draft.names()
	trial.stale = true
	var in, out []docLine
	n := 0
	for _, l := range lines {
		if !l.counts() {
			continue // it would teach what the line beside it is asked
		}
		if n%heldOutOf == 0 {
			out = append(out, l)
		} else {
			in = append(in, l)
		}
		n++
	}
	if _, err := trial.learn(in); err != nil {
		return err
	}
	if err := trial.resolve(out); err != nil {
		return err
	}
	s.HeldOut, s.HeldIn = len(out), resolvedCount(out)
	return nil
}

// copy returns a draft that can grow without the original.
func (d *draft) copy() *draft {
	c := *d
	c.ledger = NewLedger()
	c.sets = maps.Clone(d.sets)
	c.types = make(map[string]*typ, len(d.types))
	for k, t := range d.types {
		if t != nil {
			t = t.copy()
		}
		c.types[k] = t
	}
	return &c
}

// copy shares members and operations, which are never changed once they are in
// a type, but not the lists of them.
func (t *typ) copy() *typ {
	c := *t
	c.props, c.navs, c.ops = maps.Clone(t.props), maps.Clone(t.navs), slices.Clone(t.ops)
	return &c
}
