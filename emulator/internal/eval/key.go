package eval

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
)

// Key is the values of a row that an order compares.
type Key []val

// Text is the text that a key of one value consists of; false for any other.
func (k Key) Text() (string, bool) {
	if len(k) != 1 || k[0].k != kString {
		return "", false
	}
	return k[0].s, true
}

type keyPart struct {
	K kind   `json:"k"`
	N int32  `json:"n,omitempty"`
	I int64  `json:"i,omitempty"`
	F uint64 `json:"f,omitempty"` // bits: JSON has no infinity
	S string `json:"s,omitempty"`
}

// MarshalText writes a key so that a page token can hold it.
func (k Key) MarshalText() ([]byte, error) {
	parts := make([]keyPart, len(k))
	for i, v := range k {
		parts[i] = keyPart{K: v.k, N: v.n, I: v.i, F: math.Float64bits(v.f), S: v.s}
	}
	return json.Marshal(parts)
}

var errKey = errors.New("eval: not a sort key")

// UnmarshalText reads what MarshalText wrote.
func (k *Key) UnmarshalText(text []byte) error {
	var parts []keyPart
	if err := json.Unmarshal(text, &parts); err != nil {
		return errors.Join(errKey, err)
	}
	out := make(Key, len(parts))
	for i, p := range parts {
		if p.K > kUntyped {
			return errKey
		}
		out[i] = val{k: p.K, n: p.N, i: p.I, f: math.Float64frombits(p.F), s: strings.Clone(p.S)}
	}
	*k = out
	return nil
}
