package stub

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// segment is a part of a path that stubs are for.
type segment struct {
	pattern string // in lower case, as of path.Match; "**": any segments
	name    string // of {name}: any one segment, which it keeps
}

// maxPath bounds the path of a stub, in bytes.
const maxPath = 2048

func compilePath(text string) (version string, out []segment, err error) {
	if len(text) > maxPath {
		return "", nil, fmt.Errorf("the path is over %d bytes", maxPath)
	}
	parts := split(text)
	if len(parts) > 0 && (strings.EqualFold(parts[0], "v1.0") || strings.EqualFold(parts[0], "beta")) {
		version, parts = strings.ToLower(parts[0]), parts[1:]
	}
	seen := map[string]bool{}
	for _, p := range parts {
		if name, ok := strings.CutPrefix(p, "{"); ok && strings.HasSuffix(name, "}") && !strings.ContainsAny(name[:len(name)-1], "{}") && len(name) > 1 {
			name = name[:len(name)-1]
			if seen[name] {
				return "", nil, fmt.Errorf("{%s} stands twice in the path", name)
			}
			seen[name] = true
			out = append(out, segment{name: name})
			continue
		}
		pattern := strings.ToLower(p)
		if _, err := path.Match(pattern, ""); err != nil || strings.ContainsAny(pattern, "{}") {
			return "", nil, fmt.Errorf("%q is neither a name nor {name} nor a pattern with *", p)
		}
		out = append(out, segment{pattern: pattern})
	}
	return version, out, nil
}

// split gives the segments of an escaped path in one spelling: a key in parentheses is a
// segment like any other, and a call without arguments has none.
func split(text string) []string {
	var out []string
	for seg := range strings.SplitSeq(text, "/") {
		if plain, err := url.PathUnescape(seg); err == nil {
			seg = plain
		}
		seg = strings.TrimPrefix(seg, "microsoft.graph.")
		open := strings.IndexByte(seg, '(')
		if open > 0 && strings.HasSuffix(seg, ")") {
			switch key := seg[open+1 : len(seg)-1]; {
			case key == "":
				seg = seg[:open]
			case !strings.Contains(key, "="):
				out = append(out, seg[:open])
				seg = strings.Trim(key, "'")
			}
		}
		if seg != "" {
			out = append(out, seg)
		}
	}
	return out
}

// fit compares a path segment by segment and gives what it keeps. Where it fails it goes
// back to the last ** only, which then takes one segment more.
func fit(want []segment, got []string) (kept map[string]string, ok bool) {
	w, g, star, from := 0, 0, -1, 0
	for g < len(got) {
		switch {
		case w < len(want) && want[w].pattern == "**":
			star, from = w, g
			w++
		case w < len(want) && want[w].fits(got[g]):
			if name := want[w].name; name != "" {
				if kept == nil {
					kept = map[string]string{}
				}
				kept[name] = got[g]
			}
			w, g = w+1, g+1
		case star < 0:
			return nil, false
		default:
			from++
			w, g = star+1, from
		}
	}
	for w < len(want) && want[w].pattern == "**" {
		w++
	}
	return kept, w == len(want)
}

func (s *segment) fits(got string) bool {
	if s.name != "" {
		return true
	}
	ok, err := path.Match(s.pattern, strings.ToLower(got))
	return ok && err == nil // compilePath has seen the pattern
}
