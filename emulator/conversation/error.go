package conversation

import "fmt"

// Error is a mistake in a file.
type Error struct {
	File string
	Line int // from 1; 0: Err says where, or it is about the whole
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap gives the reason without its place.
func (e *Error) Unwrap() error { return e.Err }
