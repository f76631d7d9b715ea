package conversation

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Vars is what markers stand for, by name. Comparing an answer adds what it keeps; a
// nil Vars knows nothing and can keep nothing.
type Vars map[string]string

// kinds are the markers that stand for part of a text.
var kinds = map[string]string{
	"guid": `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`,
	"time": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?`,
	"any":  `(?s:.*)`,
}

// A dollar in front of the marker makes it a text without that dollar.
var (
	marker  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{([^{}]*)\}`) })
	escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\$*)\$\{`) })
)

// Escape makes a text of s that has no markers and that Fill turns into s.
func Escape(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	return escaped().ReplaceAllString(s, "$1$$$${")
}

// piece is a part of a text: literal, or what stands between the braces of a marker.
type piece struct {
	text   string
	marker bool
}

// pieces takes a text apart.
func pieces(s string) (out []piece) {
	var literal strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			break
		}
		dollars := i
		for dollars > 0 && s[dollars-1] == '$' {
			dollars--
		}
		end := strings.IndexAny(s[i+2:], "{}")
		switch {
		case dollars < i: // escaped: a dollar less
			literal.WriteString(s[:i-1])
			literal.WriteString("${")
			s = s[i+2:]
		case end < 0 || s[i+2+end] == '{': // no marker at all
			literal.WriteString(s[:i+2])
			s = s[i+2:]
		default:
			literal.WriteString(s[:i])
			out = append(out, piece{text: literal.String()}, piece{s[i+2 : i+2+end], true})
			literal.Reset()
			s = s[i+3+end:]
		}
	}
	literal.WriteString(s)
	return append(out, piece{text: literal.String()})
}

// Fill puts what is known in the place of ${name}. A name that nothing is kept as is
// an error.
func (v Vars) Fill(s string) (string, error) {
	if !strings.Contains(s, "${") {
		return s, nil
	}
	var b strings.Builder
	for _, p := range pieces(s) {
		if !p.marker {
			b.WriteString(p.text)
			continue
		}
		known, ok := v[p.text]
		if !ok {
			return "", fmt.Errorf("nothing is kept as ${%s}", p.text)
		}
		b.WriteString(known)
	}
	return b.String(), nil
}

// pattern makes a regular expression of an expected text. keeps names what its
// groups keep.
func (v Vars) pattern(want string) (re *regexp.Regexp, keeps []string, err error) {
	var b strings.Builder
	b.WriteString("^")
	for _, p := range pieces(want) {
		if !p.marker {
			b.WriteString(regexp.QuoteMeta(p.text))
			continue
		}
		name, kind, keep := strings.Cut(p.text, "=")
		switch {
		case keep && kinds[kind] != "":
			keeps = append(keeps, name)
			b.WriteString("(" + kinds[kind] + ")")
		case keep:
			return nil, nil, fmt.Errorf("${%s}: %q is not guid, time or any", p.text, kind)
		case kinds[p.text] != "":
			b.WriteString("(?:" + kinds[p.text] + ")")
		default:
			known, ok := v[p.text]
			if !ok {
				return nil, nil, fmt.Errorf("nothing is kept as ${%s}", p.text)
			}
			b.WriteString(regexp.QuoteMeta(known))
		}
	}
	b.WriteString("$")
	re, err = regexp.Compile(b.String())
	return re, keeps, err
}

// Match compares a text with an expected one and keeps what it is told to. An error
// is about the expected text.
func (v Vars) Match(want, got string) (bool, error) {
	if !strings.Contains(want, "${") {
		return want == got, nil
	}
	re, keeps, err := v.pattern(want)
	if err != nil {
		return false, err
	}
	found := re.FindStringSubmatch(got)
	if found == nil {
		return false, nil
	}
	for i, name := range keeps {
		if v == nil {
			return false, fmt.Errorf("${%s=…}: there is nowhere to keep it", name)
		}
		v[name] = found[i+1]
	}
	return true, nil
}
