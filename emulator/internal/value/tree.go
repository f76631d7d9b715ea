package value

import "encoding/json"

// Tree decodes r for consumers that want Go values: map[string]any, []any,
// string, json.Number, bool and nil. Strings and numbers share r's memory.
func (r Raw) Tree() any {
	switch r.Kind() {
	case KindObject:
		return r.Members().Tree()
	case KindArray:
		list := []any{}
		for e := range r.Elements() {
			list = append(list, e.Tree())
		}
		return list
	case KindString:
		s, _ := r.Text()
		return s
	case KindNumber:
		return json.Number(r)
	case KindBool:
		return r == "true"
	}
	return nil
}

// Tree decodes the members into a map; see Raw.Tree.
func (m Members) Tree() map[string]any {
	out := make(map[string]any, len(m))
	for i := range m {
		out[m[i].Name] = m[i].Value.Tree()
	}
	return out
}
