package payload

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// terms holds a checked body to what the traits of its type say: what has to be
// there, what may not, and the bounds of values.
func (c *bodyCheck) terms(documented []string) error {
	t := &c.kind.Traits
	if c.create {
		if err := c.required(documented); err != nil {
			return err
		}
		for _, name := range t.NotOnCreate {
			if c.given(name) {
				return grapherr.NotOnCreate(c.body.Type.Name.Short(), name)
			}
		}
	} else if err := c.cleared(); err != nil {
		return err
	}
	for _, m := range c.body.Members {
		limit, ok := t.Limits[m.Name]
		if !ok {
			continue
		}
		if why := Exceeds(limit, m.Value); why != "" {
			return grapherr.InvalidValue(c.body.Type.Name.Short(), m.Name, why)
		}
	}
	return nil
}

// required names what a create lacks. Some properties bring their own list with them
// (a user with identities, B-4.6).
func (c *bodyCheck) required(documented []string) error {
	names := slices.Concat(c.kind.Traits.Required, documented)
	for with, others := range c.kind.Traits.RequiredWith {
		if c.given(with) {
			names = others
		}
	}
	for _, name := range names {
		if !c.given(name) {
			return grapherr.Required(c.body.Type.Name.Short(), name)
		}
	}
	return nil
}

// cleared refuses a null for what has to have a value, and for a collection, which
// is emptied by [] (B-4.13).
func (c *bodyCheck) cleared() error {
	t := c.body.Type
	for _, m := range c.body.Members {
		if !m.Value.IsNull() {
			continue
		}
		if slices.Contains(c.kind.Traits.Required, m.Name) {
			return grapherr.Required(t.Name.Short(), m.Name)
		}
		if p, ok := t.Property(m.Name); ok && p.Type.Many {
			return grapherr.WrongValue(m.Name, "A collection cannot be null. Send [] to clear it.")
		}
	}
	return nil
}

// made reports whether the service makes a property, so that a client's value for it
// does not count: what is read-only, and on a create the key of most types (B-4.1).
func (c *bodyCheck) made(name string) bool {
	if name != c.kind.ID {
		return c.kind.ReadOnly(name)
	}
	return c.create && c.strict && name == "id" && c.kind.Traits.ID != "given"
}

// Exceeds says how a value exceeds a limit; empty: it does not.
func Exceeds(l workload.Limit, v value.Raw) string {
	s, _ := v.Text()
	switch n := utf8.RuneCountInString(s); {
	case n < l.Least && v.Kind() == value.KindString:
		return fmt.Sprintf("At least %d characters are needed, and these are %d.", l.Least, n)
	case l.Length > 0 && n > l.Length:
		return fmt.Sprintf("At most %d characters are allowed, and these are %d.", l.Length, n)
	case l.Bytes > 0 && base64.StdEncoding.DecodedLen(len(s)) > l.Bytes+2:
		return fmt.Sprintf("At most %d bytes are allowed.", l.Bytes)
	case l.Without != "" && strings.ContainsAny(s, l.Without):
		return fmt.Sprintf("It must not contain any of %s", l.Without)
	case l.Among != "" && v.Kind() == value.KindString && !slices.ContainsFunc(strings.Fields(l.Among), func(w string) bool { return strings.EqualFold(w, s) }):
		return fmt.Sprintf("It is one of %s.", strings.Join(strings.Fields(l.Among), ", "))
	case l.Items > 0 && v.Kind() == value.KindArray:
		items := 0
		for range v.Elements() {
			items++
		}
		if items > l.Items {
			return fmt.Sprintf("At most %d entries are allowed, and these are %d.", l.Items, items)
		}
	}
	return ""
}
