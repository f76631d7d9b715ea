package validate

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// digits is how long a number, and how large its exponent, may be. The library
// expands numbers to fractions of big integers: "1e999999999" would fill the
// memory.
const digits = 400

// sizes adds a violation for each number no such expansion should see.
func (x *explainer) sizes(v any, at string) {
	switch v := v.(type) {
	case json.Number:
		if !expandable(string(v)) {
			x.add(at, "type", "a number that a double can hold")
		}
	case []any:
		for i, e := range v {
			x.sizes(e, at+"/"+strconv.Itoa(i))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			x.sizes(v[name], at+"/"+escape(name))
		}
	}
}

func expandable(n string) bool {
	if _, err := strconv.ParseFloat(n, 64); err != nil || len(n) > digits {
		return false
	}
	if i := strings.IndexAny(n, "eE"); i >= 0 {
		exp, err := strconv.Atoi(n[i+1:])
		return err == nil && -digits <= exp && exp <= digits
	}
	return true
}
