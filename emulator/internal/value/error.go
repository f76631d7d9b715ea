package value

import (
	"fmt"
	"strconv"
	"strings"
)

// Fault says what is wrong with a text that is no acceptable JSON.
type Fault uint8

// What Parse refuses.
const (
	Empty     Fault = iota // nothing but white space
	Form                   // not the grammar of RFC 8259, or it ends early
	Encoding               // not UTF-8
	Surrogate              // half of a surrogate pair
	Duplicate              // a name that the object already has
	Depth                  // nested deeper than the limit
	Number                 // a number longer than the limit
	Trailing               // something behind the value
	NotObject              // a value where ParseObject needs an object
)

// SyntaxError tells where and why a text is refused.
type SyntaxError struct {
	Offset  int    // of the byte at fault
	Pointer string // JSON pointer to the innermost value at fault, "" for the whole
	Fault   Fault
	Reason  string // a few words
}

// Error names the place and the reason.
func (e *SyntaxError) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("JSON at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("JSON at byte %d, %s: %s", e.Offset, e.Pointer, e.Reason)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// within puts a step in front of the pointer, while the scanner unwinds.
func (e *SyntaxError) within(name string) *SyntaxError {
	e.Pointer = "/" + pointerEscape.Replace(name) + e.Pointer
	return e
}

func (e *SyntaxError) at(index int) *SyntaxError {
	e.Pointer = "/" + strconv.Itoa(index) + e.Pointer
	return e
}
