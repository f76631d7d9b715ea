package tenantfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Refusal is a record that a world does not take, and why.
type Refusal struct {
	Record *fixtures.Record
	err    *fixtures.Error
}

// Error is the reason with file and line.
func (r *Refusal) Error() string { return r.err.Error() }

// Reason is the reason alone.
func (r *Refusal) Reason() string { return r.err.Reason }

// Unwrap is the *fixtures.Error.
func (r *Refusal) Unwrap() error { return r.err }

// fault is the refusal of a record.
func fault(r *fixtures.Record, format string, args ...any) error {
	return &Refusal{r, &fixtures.Error{File: r.File, Line: r.Line, Column: r.Column, Reason: fmt.Sprintf(format, args...)}}
}

// blame makes a fixture error of a Graph error, at the member it is about.
func blame(r *fixtures.Record, err error) error {
	if _, ok := errors.AsType[*Refusal](err); ok {
		return err
	}
	e := grapherr.From(err)
	if e.Err != nil {
		return fault(r, "%v", e.Err)
	}
	first, _, _ := strings.Cut(e.Target, "/")
	if m, ok := r.Member(first); ok && first != "" {
		r = m
	}
	reason := e.Message
	for _, more := range [...]string{e.Cause, e.Cure} {
		if more != "" {
			reason += " " + more
		}
	}
	return fault(r, "%s", reason)
}
