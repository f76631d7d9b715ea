package eval

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// function is one of OData's canonical functions. Either test or run is set.
type function struct {
	args   string // one letter an argument, see takes
	least  int    // how many are needed
	result edm.Name
	test   func(text, pattern string, fold bool) bool
	run    func(fold bool, a []val) val
}

var functions = map[string]function{
	"contains":   {args: "ss", least: 2, result: "Edm.Boolean", test: containsText},
	"startswith": {args: "ss", least: 2, result: "Edm.Boolean", test: startsText},
	"endswith":   {args: "ss", least: 2, result: "Edm.Boolean", test: suffixText},
	"concat":     {args: "ss", least: 2, result: "Edm.String", run: func(_ bool, a []val) val { return concat(a[0].s, a[1].s) }},
	"indexof":    {args: "ss", least: 2, result: "Edm.Int32", run: indexOf},
	"length":     {args: "s", least: 1, result: "Edm.Int32", run: func(_ bool, a []val) val { return whole(utf8.RuneCountInString(a[0].s)) }},
	"substring":  {args: "sii", least: 2, result: "Edm.String", run: substring},
	"tolower":    {args: "s", least: 1, result: "Edm.String", run: func(_ bool, a []val) val { return text(strings.ToLower(a[0].s)) }},
	"toupper":    {args: "s", least: 1, result: "Edm.String", run: func(_ bool, a []val) val { return text(strings.ToUpper(a[0].s)) }},
	"trim":       {args: "s", least: 1, result: "Edm.String", run: func(_ bool, a []val) val { return text(strings.TrimSpace(a[0].s)) }},

	"year":               part("t", func(t time.Time) int { return t.Year() }),
	"month":              part("t", func(t time.Time) int { return int(t.Month()) }),
	"day":                part("t", func(t time.Time) int { return t.Day() }),
	"hour":               part("d", func(t time.Time) int { return t.Hour() }),
	"minute":             part("d", func(t time.Time) int { return t.Minute() }),
	"second":             part("d", func(t time.Time) int { return t.Second() }),
	"totaloffsetminutes": part("t", func(time.Time) int { return 0 }),
	"fractionalseconds": {args: "d", least: 1, result: "Edm.Decimal", run: func(_ bool, a []val) val {
		return val{k: kFloat, f: float64(clock(a[0]).Nanosecond()) / 1e9}
	}},
	"date": {args: "t", least: 1, result: "Edm.Date", run: func(_ bool, a []val) val { return val{k: kDate, i: a[0].i - mod(a[0].i, 86400)} }},
	"time": {args: "t", least: 1, result: "Edm.TimeOfDay", run: func(_ bool, a []val) val {
		return val{k: kTime, i: mod(a[0].i, 86400)*int64(time.Second) + int64(a[0].n)}
	}},
	"totalseconds": {args: "u", least: 1, result: "Edm.Decimal", run: func(_ bool, a []val) val {
		return val{k: kFloat, f: time.Duration(a[0].i).Seconds()}
	}},
	"mindatetime": {result: "Edm.DateTimeOffset", run: func(bool, []val) val {
		return momentVal(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	}},
	"maxdatetime": {result: "Edm.DateTimeOffset", run: func(bool, []val) val {
		return momentVal(time.Date(9999, 12, 31, 23, 59, 59, 999999900, time.UTC))
	}},

	"round":   {args: "n", least: 1, run: rounded(math.Round)}, // away from zero, as OData says
	"floor":   {args: "n", least: 1, run: rounded(math.Floor)},
	"ceiling": {args: "n", least: 1, run: rounded(math.Ceil)},
}

// maxConcat is how long a text of concat may be, in bytes; a longer one is null. Concats
// inside each other would copy a large member thousands of times.
const maxConcat = 1 << 20

func concat(a, b string) val {
	if len(a)+len(b) > maxConcat {
		return val{}
	}
	return text(a + b)
}

func text(s string) val { return val{k: kString, s: s} }
func whole(n int) val   { return val{k: kInt, i: int64(n)} }

// mod is the remainder that is never negative.
func mod(a, n int64) int64 { return (a%n + n) % n }

func startsText(s, prefix string, fold bool) bool {
	_, ok := prefixText(s, prefix, fold)
	return ok
}

func part(args string, of func(time.Time) int) function {
	return function{args: args, least: 1, result: "Edm.Int32", run: func(_ bool, a []val) val { return whole(of(clock(a[0]))) }}
}

// clock is the moment of a value that may be a time of day.
func clock(v val) time.Time {
	if v.k == kTime {
		return time.Unix(0, v.i).UTC()
	}
	return v.time()
}

func rounded(by func(float64) float64) func(bool, []val) val {
	return func(_ bool, a []val) val {
		if a[0].k == kFloat {
			a[0].f = by(a[0].f)
		}
		return a[0]
	}
}

// indexOf counts characters.
func indexOf(fold bool, a []val) val {
	at := indexText(a[0].s, a[1].s, fold)
	if at > 0 {
		at = utf8.RuneCountInString(a[0].s[:at])
	}
	return whole(at)
}

// substring counts characters; what lies outside of the text is cut off.
func substring(_ bool, a []val) val {
	s, from := a[0].s, max(0, a[1].i)
	s = s[runeOffset(s, from):]
	if len(a) == 3 {
		s = s[:runeOffset(s, max(0, a[2].i))]
	}
	return text(s)
}

// runeOffset is the byte offset of the n-th character, or the end.
func runeOffset(s string, n int64) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// text prints a value as cast to Edm.String does.
func (v val) text() string {
	switch v.k {
	case kBool:
		return strconv.FormatBool(v.i != 0)
	case kInt:
		return strconv.FormatInt(v.i, 10)
	case kFloat:
		return strconv.FormatFloat(v.f, 'g', -1, 64)
	case kDate:
		return v.time().Format(time.DateOnly)
	case kDateTime:
		return v.time().Format("2006-01-02T15:04:05.9999999Z07:00")
	case kTime:
		return time.Unix(0, v.i).UTC().Format("15:04:05.0000000")
	case kDuration:
		return "PT" + strconv.FormatFloat(time.Duration(v.i).Seconds(), 'f', -1, 64) + "S"
	}
	return v.s
}
