package main

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
)

// place names files as the user did. The emulator is given open folders and
// knows files by their path below them.
func (s *settings) place(err error) error {
	var out []error
	for _, e := range leaves(err) {
		f, ok := errors.AsType[*fixtures.Error](e)
		if !ok {
			out = append(out, e)
			continue
		}
		here := *f
		for _, dir := range s.fixtures {
			if path := filepath.Join(dir, f.File); exists(path) {
				here.File = path
				break
			}
		}
		out = append(out, &here)
	}
	return errors.Join(out...)
}

// leaves are the errors that were joined in err, at whatever depth. An error
// that wraps a single one is a leaf with all its words.
func leaves(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		var out []error
		for _, part := range e.Unwrap() {
			out = append(out, leaves(part)...)
		}
		return out
	case interface{ Unwrap() error }:
		if inner := leaves(e.Unwrap()); len(inner) > 1 {
			return inner
		}
	case nil:
		return nil
	}
	return []error{err}
}

// reasons are the lines that tell err to a person.
func reasons(err error) []string {
	var out []string
	for _, e := range leaves(err) {
		out = append(out, strings.TrimRight(e.Error(), "\n"))
	}
	return out
}
