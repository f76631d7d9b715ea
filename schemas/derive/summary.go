package derive

import (
	"bytes"
	"fmt"
)

// summarize writes the measured lines of the ledger.
func (c *compiler) summarize(cat *Catalog) {
	s := cat.Score
	ops := 0
	for _, b := range cat.Operations {
		ops += bytes.Count(b, []byte("\n  "))
	}
	share := func(n, of int) string {
		if of == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(of))
	}
	c.ledger.scores[cat.Version] = []string{
		fmt.Sprintf("%d types, %d operations", len(cat.Schemas), ops),
		fmt.Sprintf("%d request lines: %d resolve (%s)", s.Lines, s.Resolved, share(s.Resolved, s.Lines)),
		fmt.Sprintf("%d of them (%s) without members learned from them; %d members learned", s.Before, share(s.Before, s.Lines), s.Learned),
		fmt.Sprintf("%d lines kept out of a learning from the others: %d resolve (%s)", s.HeldOut, s.HeldIn, share(s.HeldIn, s.HeldOut)),
	}
}
