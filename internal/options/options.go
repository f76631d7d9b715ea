// Package options is the table of all options of an emulator. Flags, variables,
// the configuration file, docs/CONFIGURATION.md and the options of conversations are made
// from it. It stands above package emulator and calls only what an embedder calls.
package options

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Option is one line of the table.
type Option struct {
	Name  string // --name, GRAPH_EMULATOR_NAME, name: in the configuration file and in conversations
	Hint  string // stands for the value in --help; empty for a flag that is on or off
	Group *Group
	Usage string // one sentence without a full stop
	Value
}

// Group is a heading of --help and of the documents.
type Group struct {
	Title   string
	Answers bool // its options change what is answered, so that a conversation may be headed by them
}

// Form says how the value of an option is written.
type Form uint8

// The forms.
const (
	Text   Form = iota
	Flag        // on or off
	Number      // from 1 up
	Size        // bytes, with or without a unit
	List        // of texts
)

// Variable returns the name of an option's environment variable.
func Variable(name string) string {
	return "GRAPH_EMULATOR_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Path reports whether the values name files: a relative one in a file starts from the
// folder of that file.
func (o *Option) Path() bool { return o.Hint == "DIR" || o.Hint == "FILE" }

// Absolute makes the values start from dir where they name relative files.
func (o *Option) Absolute(dir string, values []string) []string {
	if !o.Path() {
		return values
	}
	out := slices.Clone(values)
	for i, v := range out {
		if v != "" && !filepath.IsAbs(v) && !BuiltIn(v) {
			out[i] = filepath.Join(dir, filepath.FromSlash(v))
		}
	}
	return out
}

// Only returns the options of these names, in the order of the table.
func Only(names ...string) []Option {
	return slices.DeleteFunc(Table(), func(o Option) bool { return !slices.Contains(names, o.Name) })
}

// Except returns the options of other names.
func Except(names ...string) []Option {
	return slices.DeleteFunc(Table(), func(o Option) bool { return slices.Contains(names, o.Name) })
}

// Values are the options that were given. The zero value has none: every option has its
// default.
type Values struct {
	given map[string][]string
}

// Set gives an option its values, which are one text unless the option is a list. The
// error says what is wrong with a value and not where it stood.
func (v *Values) Set(o *Option, values []string) error {
	if err := o.check(values); err != nil {
		return err
	}
	if v.given == nil {
		v.given = map[string][]string{}
	}
	v.given[o.Name] = values
	return nil
}

// Given reports whether an option was given.
func (v *Values) Given(name string) bool { return v.given[name] != nil }

// List returns the values of an option, or its default.
func (v *Values) List(name string) []string {
	if values, ok := v.given[name]; ok {
		return values
	}
	for _, o := range Only(name) {
		if o.Default != "" {
			return []string{o.Default}
		}
	}
	return nil
}

// Text returns the value of an option that is no list; empty where it was not given and
// has no default.
func (v *Values) Text(name string) string { return strings.Join(v.List(name), "") }

// On reports whether a flag is on.
func (v *Values) On(name string) bool {
	on, _ := strconv.ParseBool(v.Text(name)) // Set has checked it
	return on
}

// Span returns a time span, or zero.
func (v *Values) Span(name string) time.Duration {
	d, _ := time.ParseDuration(v.Text(name)) // Set has checked it
	return d
}

// Options returns what the values make of an emulator. log is told of folders that are
// empty. The error names an option that cannot be honored.
func (v *Values) Options(log *slog.Logger) ([]emulator.Option, error) {
	var out []emulator.Option
	for _, o := range Table() {
		values, ok := v.given[o.Name]
		if !ok || o.build == nil {
			continue
		}
		opts, err := o.build(values, log)
		if err != nil {
			return nil, err
		}
		out = append(out, opts...)
	}
	return out, nil
}
