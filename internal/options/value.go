package options

import (
	"encoding"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Value says how the value of an option is written and what it does.
type Value struct {
	Form    Form
	Choices []string // the only values; nil: any that can be read
	Default string   // as it is written; empty: there is none

	read  func(text string) error // one text; nil: any but the empty one
	build func(values []string, log *slog.Logger) ([]emulator.Option, error)
}

// by sets the default where the type of the value does not tell it.
func (v Value) by(text string) Value { v.Default = text; return v }

// check says what is wrong with values.
func (v *Value) check(values []string) error {
	if v.Form != List && len(values) != 1 {
		return errors.New("want one value")
	}
	for _, text := range values {
		switch {
		case v.Choices != nil && !slices.Contains(v.Choices, text):
			return fmt.Errorf("%q is not one of %s", text, strings.Join(v.Choices, ", "))
		case text == "":
			return errors.New("an empty value")
		case v.read != nil:
			if err := v.read(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// syntax reads a value from a text.
type syntax[T any] struct {
	form Form
	read func(text string) (T, error)
}

func (s syntax[T]) value() Value {
	return Value{Form: s.form, read: func(text string) error { _, err := s.read(text); return err }}
}

// own is an option that the program reads itself.
func own[T any](s syntax[T]) Value { return s.value() }

func ownWord(initial string, choices ...string) Value {
	return Value{Choices: choices, Default: initial}
}

// one is an option of package emulator with one value.
func one[T any](s syntax[T], with func(T) emulator.Option) Value {
	v := s.value()
	v.build = func(values []string, _ *slog.Logger) ([]emulator.Option, error) {
		x, err := s.read(values[0])
		return []emulator.Option{with(x)}, err
	}
	return v
}

// choice is an option whose values are a closed set, the zero value first.
func choice[T fmt.Stringer](with func(T) emulator.Option, all ...T) Value {
	var words []string
	for _, x := range all {
		words = append(words, x.String())
	}
	return Value{Choices: words, Default: words[0], build: func(values []string, _ *slog.Logger) ([]emulator.Option, error) {
		return []emulator.Option{with(all[slices.Index(words, values[0])])}, nil
	}}
}

// written is an option whose type reads itself; its zero value is the default.
func written[T fmt.Stringer, P interface {
	*T
	encoding.TextUnmarshaler
}](with func(T) emulator.Option) Value {
	var zero T
	return one(syntax[T]{Text, func(text string) (x T, err error) {
		err = P(&x).UnmarshalText([]byte(text))
		return x, err
	}}, with).by(zero.String())
}

// word is an option that one of two words switches on.
func word(off, on string, with func() emulator.Option) Value {
	return Value{Choices: []string{off, on}, Default: off, build: func(values []string, _ *slog.Logger) (out []emulator.Option, _ error) {
		if values[0] == on {
			out = append(out, with())
		}
		return out, nil
	}}
}

// flag is an option that is on or off, and off by default.
func flag(with func() emulator.Option) Value {
	v := own(truth)
	v.build = func(values []string, _ *slog.Logger) (out []emulator.Option, _ error) {
		if on, _ := strconv.ParseBool(values[0]); on { // it was checked
			out = append(out, with())
		}
		return out, nil
	}
	return v
}

// list is an option with a list of texts.
func list(with func(...string) emulator.Option) Value {
	return listOf(func(values []string) []emulator.Option { return []emulator.Option{with(values...)} })
}

func listOf(with func([]string) []emulator.Option) Value {
	return Value{Form: List, build: func(values []string, _ *slog.Logger) ([]emulator.Option, error) { return with(values), nil }}
}

// folders is an option with a list of folders. Empty folders are left out.
func folders(name string, with func(...fs.FS) emulator.Option) Value {
	return Value{Form: List, build: func(values []string, log *slog.Logger) ([]emulator.Option, error) {
		trees, err := Open(name, values, log)
		if err != nil || len(trees) == 0 {
			return nil, err
		}
		return []emulator.Option{with(trees...)}, nil
	}}
}

func folder(name string, with func(fs.FS) emulator.Option) Value {
	v := folders(name, func(trees ...fs.FS) emulator.Option { return with(trees[0]) })
	v.Form = Text
	return v
}

func switches(values []string) (out []emulator.Option) {
	for _, v := range values {
		name, value, _ := strings.Cut(v, "=")
		out = append(out, emulator.WithSwitch(name, value))
	}
	return out
}

// grants takes several permissions in one text too, as consent pages write them.
func grants(values []string) (out []emulator.Option) {
	for _, v := range values {
		out = append(out, emulator.WithGrants(strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })...))
	}
	return out
}

// The syntaxes. Each error says what to write.
var (
	anyText = syntax[string]{Text, func(text string) (string, error) { return text, nil }}
	truth   = syntax[bool]{Flag, func(text string) (bool, error) {
		on, err := strconv.ParseBool(text)
		if err != nil {
			err = fmt.Errorf("%q is neither true nor false", text)
		}
		return on, err
	}}
	number = syntax[uint64]{Number, func(text string) (uint64, error) {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || n == 0 {
			return 0, fmt.Errorf("%q is not a number from 1 to 18446744073709551615", text)
		}
		return n, nil
	}}
	size    = syntax[int64]{Size, ParseSize}
	address = syntax[string]{Text, func(text string) (string, error) {
		_, port, err := net.SplitHostPort(text)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			err = fmt.Errorf("%q is not an address; write host:port, as in 127.0.0.1:3650", text)
		}
		return text, err
	}}
	span = syntax[time.Duration]{Text, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return 0, fmt.Errorf("%q is not a time; write 0s, 90s or 15m", text)
		}
		return d, nil
	}}
	lifetime = syntax[time.Duration]{Text, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d < time.Second {
			return 0, fmt.Errorf("%q is not a time of a second or more; write 90s, 15m or 1h", text)
		}
		return d, nil
	}}
	origin = syntax[string]{Text, func(text string) (string, error) { return text, CheckURL(text) }}
)

// CheckURL says what is wrong with the URL of a server.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is not http://host:port or https://host:port", text)
	}
	return nil
}

var units = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// ParseSize reads a number of bytes, such as 4194304 or 4MiB.
func ParseSize(text string) (int64, error) {
	digits, unit := text, int64(1)
	for _, u := range units {
		if d, ok := strings.CutSuffix(text, u.name); ok {
			digits, unit = d, u.bytes
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit || digits[0] == '+' {
		return 0, fmt.Errorf("%q is not a size; write bytes as in 4194304, or 4096KiB, 4MiB, 1GiB", text)
	}
	return n * unit, nil
}

// sizeText writes a size with the largest unit that divides it.
func sizeText(n int64) string {
	for _, u := range units {
		if n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}
