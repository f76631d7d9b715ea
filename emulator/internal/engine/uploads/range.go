package uploads

import (
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Range is what a fragment covers of the content: its first and last byte, and the length of
// the whole.
type Range struct{ First, Last, Total int64 }

// Len is the number of bytes of the fragment.
func (r Range) Len() int64 { return r.Last - r.First + 1 }

// String prints the range as Content-Range has it.
func (r Range) String() string {
	text := strconv.AppendInt([]byte("bytes "), r.First, 10)
	text = strconv.AppendInt(append(text, '-'), r.Last, 10)
	return string(strconv.AppendInt(append(text, '/'), r.Total, 10))
}

// ParseRange reads a Content-Range: bytes first-last/total (B-14.75). Neither an unknown
// total nor a fragment without bytes is one.
func ParseRange(text string) (Range, error) {
	unit, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	span, total, whole := strings.Cut(strings.TrimSpace(rest), "/")
	first, last, spans := strings.Cut(span, "-")
	var r Range
	var read [3]bool
	r.First, read[0] = number(first)
	r.Last, read[1] = number(last)
	r.Total, read[2] = number(total)
	switch {
	case text == "":
		return Range{}, grapherr.BadRange("The header is missing.")
	case !strings.EqualFold(unit, "bytes") || !whole || !spans || read != [3]bool{true, true, true}:
		return Range{}, grapherr.BadRange("The header is '" + text + "'.")
	case r.Last < r.First:
		return Range{}, grapherr.BadRange("The range ends before it begins.")
	case r.Last >= r.Total:
		return Range{}, grapherr.BadRange("The range reaches behind the end of the content.")
	}
	return r, nil
}

// number reads digits and nothing else.
func number(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil && text[0] != '+'
}
