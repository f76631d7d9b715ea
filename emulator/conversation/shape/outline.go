package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is what one JSON object shows: its members in order, and the state of each.
type object struct {
	month string // of the recording, such as 2024-05; empty: not known
	names []string
	state map[string]state
}

// state is what the value of a member shows.
type state struct {
	unset string   // how the value says that there is none: null, "", [], 0001; empty: there is one
	kind  string   // bool, number, string, object, list
	forms []string // of the text, or of the texts in a list
	large bool     // an object or a list with a value, which stands behind the primitive members
}

// outline is what all answers to one operation show, by place. The place of the root is
// empty, that of an item value[], that of an object in it value[].from; an object that tells
// its type has a place of its own, value[]<user>.
type outline map[string][]*object

// read adds a body. An error says that the body is not JSON.
func (o outline) read(month string, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	_, err := o.value(d, month, "")
	return err
}

// value reads one value.
func (o outline) value(d *json.Decoder, month, place string) (state, error) {
	t, err := d.Token()
	if err != nil {
		return state{}, err
	}
	switch t := t.(type) {
	case nil:
		return state{unset: "null"}, nil
	case bool:
		return state{kind: "bool", forms: []string{"bool"}}, nil
	case json.Number:
		return state{kind: "number", forms: []string{"number"}}, nil
	case string:
		s := state{kind: "string", forms: []string{form(t)}}
		if t == "" {
			s.unset, s.forms = `""`, nil
		} else if s.forms[0] == "time 0001" {
			s.unset, s.forms = "0001", nil
		}
		return s, nil
	case json.Delim:
		if t == '[' {
			return o.list(d, month, place)
		}
		return o.members(d, month, place)
	}
	return state{}, fmt.Errorf("unexpected %v", t)
}

func (o outline) list(d *json.Decoder, month, place string) (state, error) {
	s := state{kind: "list", unset: "[]"}
	for d.More() {
		item, err := o.value(d, month, place+"[]")
		if err != nil {
			return s, err
		}
		s.unset, s.large = "", true
		if item.kind != "object" && item.kind != "list" {
			s.forms = append(s.forms, item.forms...)
		}
	}
	_, err := d.Token()
	return s, err
}

func (o outline) members(d *json.Decoder, month, place string) (state, error) {
	// The place of an object depends on its @odata.type, which may stand behind a member.
	inner := outline{}
	obj := &object{month: month, state: map[string]state{}}
	typ := ""
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return state{}, err
		}
		name, _ := t.(string)
		if name == "@odata.type" {
			var text string
			if err := d.Decode(&text); err != nil {
				return state{}, err
			}
			typ = "<" + text[strings.LastIndexByte(text, '.')+1:] + ">"
			obj.names = append(obj.names, name)
			obj.state[name] = state{kind: "string", forms: []string{text}}
			continue
		}
		s, err := inner.value(d, month, "."+name)
		if err != nil {
			return state{}, err
		}
		if _, twice := obj.state[name]; !twice {
			obj.names = append(obj.names, name)
		}
		obj.state[name] = s
	}
	if _, err := d.Token(); err != nil {
		return state{}, err
	}
	place += typ
	o[place] = append(o[place], obj)
	for at, list := range inner {
		at = place + at
		if place == "" {
			at = strings.TrimPrefix(at, ".")
		}
		o[at] = append(o[at], list...)
	}
	return state{kind: "object", large: true}, nil
}

// untype takes the type out of the places at which two outlines have no more than one type: a
// type that only one of them tells is a member like any other there.
func untype(a, b outline) {
	types := map[string]map[string]bool{} // by the place in front of the type
	for _, o := range []outline{a, b} {
		for place := range o {
			for i := 0; i < len(place); i++ {
				if place[i] != '<' {
					continue
				}
				end := i + strings.IndexByte(place[i:], '>') + 1
				if types[place[:i]] == nil {
					types[place[:i]] = map[string]bool{}
				}
				types[place[:i]][place[i:end]] = true
			}
		}
	}
	for _, o := range []outline{a, b} {
		for _, place := range slices.Sorted(maps.Keys(o)) {
			plain := untyped(place, types)
			if plain == place {
				continue
			}
			list := o[place]
			delete(o, place)
			o[plain] = append(o[plain], list...)
		}
	}
}

func untyped(place string, types map[string]map[string]bool) string {
	var out strings.Builder
	for i := 0; i < len(place); i++ {
		if place[i] == '<' && len(types[place[:i]]) <= 1 {
			i += strings.IndexByte(place[i:], '>')
			continue
		}
		out.WriteByte(place[i])
	}
	return strings.TrimPrefix(out.String(), ".")
}
