package derive

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shown is how many places the ledger prints for one reason. More would make
// its diff unreadable; the count tells the rest.
const shown = 5

// Ledger keeps what the compiler met and did not turn into facts, grouped by
// reason. It never holds prose of a page.
type Ledger struct {
	entries map[string]map[string][]string // version -> reason -> places
	scores  map[string][]string            // version -> measured lines
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{entries: map[string]map[string][]string{}, scores: map[string][]string{}}
}

func (l *Ledger) add(version, reason, place string) {
	if l.entries[version] == nil {
		l.entries[version] = map[string][]string{}
	}
	l.entries[version][reason] = append(l.entries[version][reason], place)
}

// Count is how many entries a reason has in a version.
func (l *Ledger) Count(version, reason string) int { return len(l.entries[version][reason]) }

// Places lists where a reason was met, in the order it was.
func (l *Ledger) Places(version, reason string) []string { return l.entries[version][reason] }

// Reasons lists the reasons of a version, sorted.
func (l *Ledger) Reasons(version string) []string {
	var out []string
	for r := range l.entries[version] {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// Merge adds the entries of another ledger.
func (l *Ledger) Merge(m *Ledger) {
	for v, reasons := range m.entries {
		for r, places := range reasons {
			for _, p := range places {
				l.add(v, r, p)
			}
		}
	}
	for v, s := range m.scores {
		l.scores[v] = append(l.scores[v], s...)
	}
}

// String prints the ledger, sorted: one line a reason with its count, below it
// the first places.
func (l *Ledger) String() string {
	var b strings.Builder
	b.WriteString("# Derived by graph-derive; do not edit. What the sources state and the compiler did not turn into facts.\n")
	versions := map[string]bool{}
	for v := range l.entries {
		versions[v] = true
	}
	for v := range l.scores {
		versions[v] = true
	}
	for _, v := range slices.Sorted(maps.Keys(versions)) {
		fmt.Fprintf(&b, "\n[%s]\n", v)
		for _, s := range l.scores[v] {
			fmt.Fprintf(&b, "%s\n", s)
		}
		for _, r := range l.Reasons(v) {
			places := slices.Clone(l.entries[v][r])
			fmt.Fprintf(&b, "%6d  %s\n", len(places), r)
			slices.Sort(places)
			places = slices.Compact(places)
			for i, p := range places {
				if i == shown {
					fmt.Fprintf(&b, "          ... %d more places\n", len(places)-shown)
					break
				}
				fmt.Fprintf(&b, "          %s\n", p)
			}
		}
	}
	return b.String()
}

// Scores are the measured lines of a version.
func (l *Ledger) Scores(version string) []string { return l.scores[version] }
