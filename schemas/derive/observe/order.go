package observe

import "slices"

// order collects in which order names were seen. A name may move from one half of an
// object to the other, so only the order within a half counts.
type order struct {
	seen   []string                  // in the order of their first sight
	before map[string]map[string]int // how often the first stood before the second
}

// saw takes the names of one half of an object.
func (o *order) saw(names []string) {
	if o.before == nil {
		o.before = map[string]map[string]int{}
	}
	for i, n := range names {
		if o.before[n] == nil {
			o.before[n] = map[string]int{}
			o.seen = append(o.seen, n)
		}
		for _, later := range names[i+1:] {
			o.before[n][later]++
		}
	}
}

// names are all names in an order that contradicts the fewest sights: always the one that
// was seen first among those which nothing left stands before.
func (o *order) names() []string {
	left, out := slices.Clone(o.seen), make([]string, 0, len(o.seen))
	for len(left) > 0 {
		best, fewest := 0, len(left)
		for i, n := range left {
			waits := 0
			for _, other := range left {
				if o.before[other][n] > o.before[n][other] {
					waits++
				}
			}
			if waits < fewest {
				best, fewest = i, waits
			}
		}
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}
