package odata

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// LiteralKind says how a literal was written, which fixes its type but for
// enumerations and strings that name a member of one.
type LiteralKind uint8

const (
	Null LiteralKind = iota
	Bool
	Int
	Float // decimal, double, NaN, INF
	String
	GUID
	Date
	DateTime // Edm.DateTimeOffset
	Time     // Edm.TimeOfDay
	Duration
	Binary
	Enum // Type'member'
)

var literalTypes = [...]string{"null", "Edm.Boolean", "Edm.Int64", "Edm.Double", "Edm.String", "Edm.Guid",
	"Edm.Date", "Edm.DateTimeOffset", "Edm.TimeOfDay", "Edm.Duration", "Edm.Binary", "enumeration"}

// Literal is a value written in an expression. The field that belongs to its
// kind is filled; Text is always the value without quotes and decoration.
type Literal struct {
	Kind LiteralKind
	Text string
	Type string // of Enum: the name before the quote
	Bool bool
	Int  int64
	Num  float64       // of Int and Float
	Time time.Time     // of DateTime and Date (midnight UTC)
	Dur  time.Duration // of Duration, and of Time since midnight
}

// EdmType names the type the service would print; an integer that fits is an
// Edm.Int32.
func (l Literal) EdmType() string {
	switch {
	case l.Kind == Int && l.Int == int64(int32(l.Int)):
		return "Edm.Int32"
	case l.Kind == Enum:
		return l.Type
	}
	return literalTypes[l.Kind]
}

// String prints the literal as it is written in an expression.
func (l Literal) String() string {
	switch l.Kind {
	case String:
		return "'" + strings.ReplaceAll(l.Text, "'", "''") + "'"
	case Duration:
		return "duration'" + l.Text + "'"
	case Binary:
		return "binary'" + l.Text + "'"
	case Enum:
		return l.Type + "'" + strings.ReplaceAll(l.Text, "'", "''") + "'"
	}
	return l.Text
}

// StringLiteral makes the literal of a text.
func StringLiteral(text string) Literal { return Literal{Kind: String, Text: text} }

func numberLiteral(text string) (Literal, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Literal{Kind: Int, Text: strconv.FormatInt(i, 10), Int: i, Num: float64(i)}, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return Literal{}, false
	}
	return Literal{Kind: Float, Text: text, Num: f}, true
}

// scanNumber measures digits[.digits][e[+-]digits] at i and a type suffix that
// older versions of OData knew; suffix is the offset of the latter.
func scanNumber(s string, i int) (suffix, end int) {
	if i < len(s) && s[i] == '-' {
		i++
	}
	i = digits(s, i)
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		i = digits(s, i+1)
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-' || s[j] == ' ') { // a raw + arrived as a blank
			j++
		}
		if k := digits(s, j); k > j {
			i = k
		}
	}
	if i < len(s) && strings.IndexByte("lLmMdDfF", s[i]) >= 0 && (i+1 == len(s) || !isAlnum(s[i+1])) {
		return i, i + 1
	}
	return i, i
}

func digits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// shaped reports whether s has the form of pattern at i: 0 is a digit, x a hex
// digit, anything else itself.
func shaped(s string, i int, pattern string) bool {
	if len(s)-i < len(pattern) {
		return false
	}
	for j := 0; j < len(pattern); j++ {
		switch c := s[i+j]; pattern[j] {
		case '0':
			if !isDigit(c) {
				return false
			}
		case 'x':
			if !isHex(c) {
				return false
			}
		default:
			if c != pattern[j] {
				return false
			}
		}
	}
	return true
}

const guidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

// scanGUID measures a bare GUID at i; 0 when there is none.
func scanGUID(s string, i int) int {
	end := i + len(guidShape)
	if !shaped(s, i, guidShape) || end < len(s) && (isAlnum(s[end]) || s[end] == '-' || s[end] == '_') {
		return 0
	}
	return end
}
