package shape

import "strings"

// pair is two members, the first in front of the other.
type pair struct {
	a, b           string
	aLarge, bLarge bool
}

// sequence is the order that recorded objects show: the newest month in which a pair was seen.
type sequence map[pair]string

func sequenceOf(real []*object) sequence {
	out := sequence{}
	for _, o := range real {
		for i, a := range o.names {
			for _, b := range o.names[i+1:] {
				p := pair{a, b, o.state[a].large, o.state[b].large}
				out[p] = max(out[p], o.month+" ")
			}
		}
	}
	return out
}

// verdict is 1 where the recordings agree with a pair, -1 where they contradict it, and 0 where
// they have no such two members.
func (s sequence) verdict(p pair) int {
	there, back := s[p], s[pair{p.b, p.a, p.bLarge, p.aLarge}]
	switch {
	case there == "" && back == "":
		return 0
	case there >= back:
		return 1
	}
	return -1
}

// kept finds the largest part of an object's members that stand in the order of the recordings.
// known are those that the recordings say something of.
func (s sequence) kept(o *object) (keeps, known []bool) {
	n := len(o.names)
	keeps, known = make([]bool, n), make([]bool, n)
	for j, b := range o.names {
		for i, a := range o.names[:j] {
			if s.verdict(pair{a, b, o.state[a].large, o.state[b].large}) != 0 {
				known[i], known[j] = true, true
			}
		}
	}
	length, from := make([]int, n), make([]int, n) // of the longest chain that ends here, and its last link
	for j := range n {
		length[j], from[j] = 1, -1
		for i := range j {
			if known[i] && known[j] && length[i]+1 > length[j] && s.agrees(o, from, i, j) {
				length[j], from[j] = length[i]+1, i
			}
		}
	}
	last := -1
	for j := range n {
		if known[j] && (last < 0 || length[j] > length[last]) {
			last = j
		}
	}
	for j := last; j >= 0; j = from[j] {
		keeps[j] = true
	}
	return keeps, known
}

// agrees reports whether no recording contradicts a member behind the chain that ends at another.
func (s sequence) agrees(o *object, from []int, end, j int) bool {
	for i := end; i >= 0; i = from[i] {
		a, b := o.names[i], o.names[j]
		if s.verdict(pair{a, b, o.state[a].large, o.state[b].large}) < 0 {
			return false
		}
	}
	return true
}

// order counts the members whose place among the others no recording contradicts. Members
// with an object or a list stand behind those without, so that a member is compared only with
// recordings in which it was of the same sort.
func (c *comparison) order(place string, real, ours []*object) {
	most := ours[0]
	for _, o := range ours {
		if len(o.names) > len(most.names) {
			most = o
		}
	}
	keeps, known := sequenceOf(real).kept(most)
	var moved []string
	for j, name := range most.names {
		if known[j] {
			c.members.add(keeps[j])
			if !keeps[j] {
				moved = append(moved, name)
			}
		}
	}
	if len(moved) > 0 {
		at := place
		if at == "" {
			at = "(root)"
		}
		c.differ(Order, at, strings.Join(newest(real)[0].names, " "), "moved: "+strings.Join(moved, " "), real)
	}
}
