package odata

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/internal/nearest"
)

// optionNames are the options of a query that set knows.
var optionNames = [...]string{"$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$search", "$format", "$skiptoken", "$deltatoken", "$levels"}

// Error says which part of a request cannot be read, and why. Message is
// meant for the client: where a rule gives the service's sentence, it is that
// sentence with its prefix (B-2.24, B-2.25, B-3.81).
type Error struct {
	Option  string // canonical name, "$filter"; empty for the path
	Offset  int    // bytes into the decoded option, or into the escaped path
	Message string
	Cure    string // what to do about it, in words of our own; empty: nothing
}

func (e *Error) Error() string { return e.Message }

// Prefix is what the service puts before a complaint about an option.
func Prefix(option string) string {
	switch option {
	case "$filter":
		return "Invalid filter clause: " // B-2.25
	case "$select", "$expand":
		return "Parsing OData Select and Expand failed: " // B-2.24
	case "$orderby":
		return "Invalid orderby clause: "
	}
	return ""
}

// Refuse makes an error about an option with the service's prefix.
func Refuse(option string, offset int, format string, args ...any) *Error {
	return &Error{Option: option, Offset: offset, Message: Prefix(option) + fmt.Sprintf(format, args...)}
}

// position is where the service would say a byte offset is: it counts
// characters, not bytes.
func position(text string, offset int) int {
	return utf8.RuneCountInString(text[:max(0, min(offset, len(text)))])
}

func invalidCharacter(option, text string, offset int) *Error {
	r, _ := utf8.DecodeRuneInString(text[offset:])
	return Refuse(option, offset, "Syntax error: character '%c' is not valid at position %d in '%s'.", r, position(text, offset), text)
}

func unterminated(option, text string, offset int) *Error {
	return Refuse(option, offset, "There is an unterminated string literal at position %d in '%s'.", position(text, len(text)), text)
}

func badLiteral(option, text string, offset int, kind, literal string) *Error {
	return Refuse(option, offset, "Unrecognized '%s' literal '%s' at '%d' in '%s'.", kind, literal, position(text, offset), text)
}

// duplicate refuses an option given twice by its name: the service would have
// to choose one of two wishes.
func duplicate(option string) *Error {
	return &Error{Option: option, Message: fmt.Sprintf("Query option '%s' was specified more than once, but it must be specified at most once.", option)}
}

// Unsupported is the refusal of an option that the service does not know (B-3.86).
func Unsupported(option string) *Error {
	return &Error{Option: option, Message: fmt.Sprintf("The query parameter '%s' is not supported.", option), Cure: nearest.Cure(option, slices.Values(optionNames[:]))}
}
