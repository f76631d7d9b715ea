package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/options"
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
		if layers := s.layersOf(f.File); len(layers) > 0 {
			here.File = layers[0]
		}
		out = append(out, &here)
	}
	return errors.Join(append(out, s.replaced()...)...)
}

// replaced names the files that hide one of a built-in tenant: what they leave out is
// missed elsewhere.
func (s *settings) replaced() (out []error) {
	for _, dir := range s.List("fixtures") {
		if !options.BuiltIn(dir) {
			continue
		}
		files, err := options.Tenant(dir)
		if err != nil {
			continue
		}
		names, err := fs.Glob(files, "*.yaml")
		if err != nil { // unreachable: the pattern is good
			continue
		}
		for _, name := range names {
			if layers := s.layersOf(name); layers[0] != dir+"/"+name {
				out = append(out, fmt.Errorf("note: %s replaces %s/%s; a file of another name adds to it", layers[0], dir, name))
			}
		}
	}
	return out
}

// layersOf lists the fixtures that have a file, the one that counts first.
func (s *settings) layersOf(name string) (out []string) {
	for _, dir := range s.List("fixtures") {
		if !options.BuiltIn(dir) {
			if path := filepath.Join(dir, name); exists(path) {
				out = append(out, path)
			}
			continue
		}
		if files, err := options.Tenant(dir); err == nil {
			if _, err := fs.Stat(files, name); err == nil {
				out = append(out, dir+"/"+name)
			}
		}
	}
	return out
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
