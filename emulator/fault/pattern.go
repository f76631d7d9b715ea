package fault

import (
	"fmt"
	"path"
	"strings"
)

// pattern is the path of a rule, in parts.
type pattern struct {
	version  string // empty: each
	segments []string
	any      bool // the rule has no path
	template bool
}

// maxPath bounds a pattern, in bytes.
const maxPath = 1024

func compile(text string) (pattern, error) {
	if strings.Trim(text, "/") == "" {
		return pattern{any: true}, nil
	}
	if len(text) > maxPath {
		return pattern{}, fmt.Errorf("path: over %d bytes", maxPath)
	}
	p := pattern{template: strings.Contains(text, "{"), segments: split(text)}
	if v := p.segments[0]; v == "v1.0" || v == "beta" {
		p.version, p.segments = v, p.segments[1:]
	}
	for _, s := range p.segments {
		if _, err := path.Match(s, ""); err != nil {
			return pattern{}, fmt.Errorf("path: %q is no pattern", s)
		}
	}
	return p, nil
}

// split gives the segments of a path, keys in braces without their names.
func split(text string) []string {
	var out []string
	for seg := range strings.SplitSeq(strings.ToLower(text), "/") {
		if open := strings.IndexByte(seg, '{'); open >= 0 {
			if end := strings.IndexByte(seg[open:], '}'); end > 0 {
				seg = seg[:open+1] + seg[open+end:]
			}
		}
		if seg != "" {
			out = append(out, seg)
		}
	}
	return out
}

func (p *pattern) match(q *Probe) bool {
	switch {
	case p.any:
		return true
	case p.version != "" && !strings.EqualFold(p.version, q.Version):
		return false
	case p.template:
		t := q.Template()
		return t != "" && glob(p.segments, split(t))
	}
	return glob(p.segments, split(q.Path))
}

// glob compares segment by segment. Where it fails it goes back to the last ** only,
// which then takes one segment more.
func glob(want, got []string) bool {
	w, g, star, from := 0, 0, -1, 0
	for g < len(got) {
		if w < len(want) && want[w] == "**" {
			star, from = w, g
			w++
			continue
		}
		if w < len(want) {
			if ok, _ := path.Match(want[w], got[g]); ok { // compile has seen the pattern
				w, g = w+1, g+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		w, g = star+1, from
	}
	for w < len(want) && want[w] == "**" {
		w++
	}
	return w == len(want)
}
