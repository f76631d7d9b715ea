package emulator_test

import "fmt"

// score counts the agreement over one part of the corpus.
type score struct {
	part                         string
	cases, statuses, kinds, same int
	of                           int // cases whose page tells the kind
}

func (s score) status() float64 { return float64(s.statuses) / float64(max(s.cases, 1)) }
func (s score) kind() float64   { return float64(s.kinds) / float64(max(s.of, 1)) }

func (s score) String() string {
	return fmt.Sprintf("%-20s %4d requests: status %.2f%%, kind %.2f%%, both %d", s.part, s.cases, 100*s.status(), 100*s.kind(), s.same)
}

// scores counts each version, with and without the Intune half.
func scores(all []outcome) []score {
	var out []score
	for _, version := range [...]string{"v1.0", "beta"} {
		whole, rest := score{part: version}, score{part: version + " without Intune"}
		for i := range all {
			if all[i].Version != version {
				continue
			}
			whole.count(&all[i])
			if !all[i].intune() {
				rest.count(&all[i])
			}
		}
		out = append(out, whole, rest)
	}
	return out
}

func (s *score) count(o *outcome) {
	s.cases++
	if o.status {
		s.statuses++
	}
	if !o.unknown {
		s.of++
		if o.kind {
			s.kinds++
		}
	}
	if o.status && o.kind {
		s.same++
	}
}
