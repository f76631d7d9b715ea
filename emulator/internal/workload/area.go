package workload

import (
	"fmt"
	"strings"
)

// Area is a part of Graph as its documentation divides it, such as Mail. Reports of
// coverage are made by it.
type Area struct {
	Name string
	// Paths are the beginnings of paths that lead there, with spaces between them: the first
	// named segment, or the first and the one behind it. A star in place of the first stands
	// for any place in a path. Of "me" and "users" only users is listed.
	Paths string
}

func (r *Registry) addAreas(w *Workload) error {
	for _, a := range w.Areas {
		for path := range strings.FieldsSeq(strings.ToLower(a.Paths)) {
			if other, twice := r.areas[path]; twice {
				return fmt.Errorf("the path %s belongs to %s and to %s", path, other, a.Name)
			}
			r.areas[path] = a.Name
		}
	}
	return nil
}

// Area names the area that a template belongs to; the first segment itself when no
// workload has it.
func (r *Registry) Area(template string) string {
	var named []string
	for seg := range strings.SplitSeq(template, "/") {
		if i := strings.IndexAny(seg, "(:"); i >= 0 {
			seg = seg[:i]
		}
		if seg != "" && seg[0] != '{' {
			named = append(named, strings.ToLower(seg))
		}
	}
	if len(named) == 0 {
		return "/"
	}
	if named[0] == "me" {
		named[0] = "users"
	}
	for _, seg := range named {
		if a, ok := r.areas["*/"+seg]; ok {
			return a
		}
	}
	for n := min(len(named), 2); n > 0; n-- {
		if a, ok := r.areas[strings.Join(named[:n], "/")]; ok {
			return a
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(template, "/"), "/")
	return first
}
