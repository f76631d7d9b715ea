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

// areaPaths reads the paths of all areas, in lower case, with their names. Only reports need
// them, so that a start does not pay for them.
func areaPaths(ws []Workload) (map[string]string, error) {
	out := map[string]string{}
	for i := range ws {
		for _, a := range ws[i].Areas {
			for path := range strings.FieldsSeq(strings.ToLower(a.Paths)) {
				if other, twice := out[path]; twice {
					return nil, fmt.Errorf("workload %s: the path %s belongs to %s and to %s", ws[i].Name, path, other, a.Name)
				}
				out[path] = a.Name
			}
		}
	}
	return out, nil
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
	areas, _ := r.areas() // NewRegistry has checked them where they are not known to be right
	for _, seg := range named {
		if a, ok := areas["*/"+seg]; ok {
			return a
		}
	}
	for n := min(len(named), 2); n > 0; n-- {
		if a, ok := areas[strings.Join(named[:n], "/")]; ok {
			return a
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(template, "/"), "/")
	return first
}
