package value

import (
	"iter"
	"strconv"
	"strings"
)

// equal reports whether two values mean the same: members in any order, numbers
// by value (1.0 is 1), strings by their characters.
func equal(a, b Raw) bool {
	a, b = a.orNull(), b.orNull()
	if a == b {
		return true
	}
	k := a.Kind()
	if k != b.Kind() {
		return false
	}
	switch k {
	case KindNumber:
		return equalNumbers(string(a), string(b))
	case KindObject:
		return equalMembers(a.Members(), b.Members())
	case KindArray:
		return equalElements(a, b)
	}
	return false // canonical text: different bytes are different values
}

func equalMembers(a, b Members) bool {
	if len(a) != len(b) {
		return false
	}
	var byName map[string]Raw
	if len(b) > 32 { // a body may have thousands of members
		byName = make(map[string]Raw, len(b))
		for _, m := range b {
			byName[m.Name] = m.Value
		}
	}
	for _, m := range a {
		v, ok := byName[m.Name]
		if byName == nil {
			v, ok = b.Get(m.Name)
		}
		if !ok || !equal(m.Value, v) {
			return false
		}
	}
	return true
}

func equalElements(a, b Raw) bool {
	next, stop := iter.Pull(b.Elements())
	defer stop()
	for x := range a.Elements() {
		if y, ok := next(); !ok || !equal(x, y) {
			return false
		}
	}
	_, more := next()
	return !more
}

func equalNumbers(a, b string) bool {
	x, okA := decimalOf(a)
	y, okB := decimalOf(b)
	return okA && okB && x == y
}

// decimal is digits times ten to the exponent, without zeros at either end of
// the digits; the digits of zero are empty and its exponent 0.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// decimalOf reports false for an exponent beyond a billion: such numbers are
// equal only when they are written alike.
func decimalOf(s string) (d decimal, ok bool) {
	s, d.negative = strings.CutPrefix(s, "-")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if len(s)-i > 11 {
			return d, false
		}
		n, err := strconv.Atoi(s[i+1:])
		if err != nil {
			return d, false
		}
		s, d.exponent = s[:i], n
	}
	if whole, fraction, found := strings.Cut(s, "."); found {
		s = whole + fraction
		d.exponent -= len(fraction)
	}
	s = strings.TrimLeft(s, "0")
	d.digits = strings.TrimRight(s, "0")
	d.exponent += len(s) - len(d.digits)
	if d.digits == "" {
		return decimal{}, true // -0 is 0
	}
	return d, true
}
