package eval

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// val is a decoded value. Which fields count depends on k: i for booleans,
// integers, seconds of a moment, nanoseconds of a time or duration, the number
// of an enumeration's member; n for nanoseconds of a moment; f for floats; s
// for texts. A complex value has none: it is only there or not.
type val struct {
	k kind
	n int32
	i int64
	f float64
	s string
}

func boolVal(b bool) val {
	if b {
		return val{k: kBool, i: 1}
	}
	return val{k: kBool}
}

func momentVal(t time.Time) val {
	return val{k: kDateTime, i: t.Unix(), n: int32(t.Nanosecond())}
}

func (v val) time() time.Time { return time.Unix(v.i, int64(v.n)).UTC() }

func (v val) float() float64 {
	if v.k == kInt {
		return float64(v.i)
	}
	return v.f
}

// decode reads a stored value as what the model says it is. What is stored
// otherwise, which validation prevents, is null.
func decode(raw value.Raw, t typ) val {
	if raw.IsNull() {
		return val{}
	}
	switch t.kind {
	case kBool:
		if b, ok := raw.Bool(); ok {
			return boolVal(b)
		}
		return val{}
	case kInt, kFloat:
		return decodeNumber(raw)
	case kComplex, kEntity:
		return val{k: t.kind}
	case kUntyped:
		return decodeUntyped(raw)
	}
	s, ok := raw.Text()
	if !ok {
		return val{}
	}
	return decodeText(s, t)
}

// decodeNumber takes strings too: IEEE754Compatible numbers, INF and NaN.
func decodeNumber(raw value.Raw) val {
	s := string(raw)
	if t, ok := raw.Text(); ok {
		s = t
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return val{k: kInt, i: i}
	}
	switch s {
	case "INF":
		return val{k: kFloat, f: math.Inf(1)}
	case "-INF":
		return val{k: kFloat, f: math.Inf(-1)}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return val{}
	}
	return val{k: kFloat, f: f}
}

func decodeText(s string, t typ) val {
	switch t.kind {
	case kDate, kDateTime:
		if m, ok := odata.ParseInstant(s); ok {
			v := momentVal(m)
			v.k = t.kind
			return v
		}
		return val{}
	case kTime:
		if d, ok := odata.ParseClock(s); ok {
			return val{k: kTime, i: int64(d)}
		}
		return val{}
	case kDuration:
		if d, ok := odata.ParseDuration(s); ok {
			return val{k: kDuration, i: int64(d)}
		}
		return val{}
	case kEnum:
		n, _ := enumNumber(t, s)
		return val{k: kEnum, i: n, s: s}
	}
	return val{k: t.kind, s: s}
}

func decodeUntyped(raw value.Raw) val {
	switch raw.Kind() {
	case value.KindBool:
		return boolVal(raw == "true")
	case value.KindNumber:
		return decodeNumber(raw)
	case value.KindString:
		s, _ := raw.Text()
		return val{k: kString, s: s}
	}
	return val{k: kComplex}
}

// enumNumber is the number of a member, or of several joined by commas. What
// the model does not know has none.
func enumNumber(t typ, s string) (int64, bool) {
	if t.def == nil {
		return 0, false
	}
	var sum int64
	for s != "" {
		name, rest, _ := strings.Cut(s, ",")
		n, ok := memberNumber(t, strings.TrimSpace(name))
		if !ok {
			return 0, false
		}
		sum, s = sum|n, rest
	}
	return sum, true
}

func memberNumber(t typ, name string) (int64, bool) {
	for i, m := range t.def.Members {
		if strings.EqualFold(m, name) {
			if i < len(t.def.Values) {
				return t.def.Values[i], true
			}
			return int64(i), true
		}
	}
	n, err := strconv.ParseInt(name, 10, 64) // the numeric form (B-1.43)
	return n, err == nil
}

// literalVal is the value of a literal that is not an enumeration's.
func literalVal(l odata.Literal) val {
	switch l.Kind {
	case odata.Bool:
		return boolVal(l.Bool)
	case odata.Int:
		return val{k: kInt, i: l.Int}
	case odata.Float:
		return val{k: kFloat, f: l.Num}
	case odata.Date, odata.DateTime:
		v := momentVal(l.Time)
		if l.Kind == odata.Date {
			v.k = kDate
		}
		return v
	case odata.Time:
		return val{k: kTime, i: int64(l.Dur)}
	case odata.Duration:
		return val{k: kDuration, i: int64(l.Dur)}
	case odata.Null:
		return val{}
	}
	return val{k: literalType(l).kind, s: l.Text}
}

// compareVal orders two values that are not null and of comparable kinds.
func compareVal(a, b val, fold bool) int {
	switch a.k {
	case kInt, kFloat:
		if a.k == kInt && b.k == kInt {
			return sign(a.i, b.i)
		}
		return signFloat(a.float(), b.float())
	case kDate, kDateTime:
		if c := sign(a.i, b.i); c != 0 {
			return c
		}
		return sign(int64(a.n), int64(b.n))
	case kBool, kTime, kDuration:
		return sign(a.i, b.i)
	case kEnum:
		if c := sign(a.i, b.i); c != 0 || a.i != 0 {
			return c
		}
		return compareText(a.s, b.s, true) // members the model does not know
	case kGUID:
		return compareText(a.s, b.s, true)
	}
	return compareText(a.s, b.s, fold)
}

func sign(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func signFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a != a && b != b: // NaN is itself to an order
		return 0
	case a != a:
		return -1
	}
	return 1
}
