package derive

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// sent are the members of the request's body that the examples of a line show and the
// model does not have, or has with another kind of value.
func (c *compiler) sent(dl *docLine) []string {
	n := len(dl.w.steps)
	if n == 0 || dl.line.Method == "GET" || dl.line.Method == "DELETE" {
		return nil
	}
	s := &sight{model: c.model}
	last := dl.w.steps[n-1]
	for i := range dl.page.Examples {
		r := &dl.page.Examples[i].Request
		if r.Foreign || r.Method != dl.line.Method || r.BodyKind != page.JSON {
			continue
		}
		if w := walk(c.model, page.Split(r.Path)); w.failed >= 0 || !alikeSteps(w.steps, dl.w.steps) {
			continue
		}
		var body map[string]any
		if json.Unmarshal(r.Body, &body) == nil {
			s.body(last, body)
		}
	}
	slices.Sort(s.found)
	return slices.Compact(s.found)
}

// bodiless reports whether an example of a line that writes has no body.
func (c *compiler) bodiless(dl *docLine) bool {
	if m := dl.line.Method; m != "POST" && m != "PATCH" && m != "PUT" || len(dl.w.steps) == 0 {
		return false
	}
	switch last := dl.w.steps[len(dl.w.steps)-1]; last.Kind {
	case edm.Action, edm.Func:
		return false // none has to have one
	case edm.Value, edm.Prop:
		return false // content, which pages do not print
	}
	for i := range dl.page.Examples {
		e := &dl.page.Examples[i]
		if r := &e.Request; !r.Foreign && !r.Listed && r.Method == dl.line.Method && r.BodyKind == page.None && len(e.Responses) > 0 {
			if w := walk(c.model, page.Split(r.Path)); w.failed < 0 && alikeSteps(w.steps, dl.w.steps) {
				return true
			}
		}
	}
	return false
}

// alikeSteps reports whether two paths end in the same thing.
func alikeSteps(a, b []edm.Step) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	x, y := a[len(a)-1], b[len(b)-1]
	return x.Kind == y.Kind && x.Type == y.Type && x.Many == y.Many && x.Op == y.Op && x.Prop == y.Prop
}

// sight collects what a body shows beside the model.
type sight struct {
	model *edm.Model
	found []string
}

// body compares a body with what the path of its request ends in.
func (s *sight) body(last edm.Step, body map[string]any) {
	switch last.Kind {
	case edm.Action, edm.Func:
		for _, name := range sortedKeys(body) {
			if p := parameter(last.Ops, name); p != nil {
				def, _ := s.model.Type(p.Type.Name)
				s.value(p.Type, def, body[name], p.Name)
			} else if !strings.Contains(name, "@") {
				s.found = append(s.found, name)
			}
		}
	case edm.Nav, edm.Key, edm.Cast, edm.ColonPath:
		if last.Type != nil {
			s.object(last.Type, body, "")
		}
	case edm.Prop:
		if last.Type != nil && last.Prop != nil && !last.Many && last.Type.Kind == edm.Complex {
			s.object(last.Type, body, last.Prop.Name+"/")
		}
	}
}

// parameter is the one of that name among those of overloads; nil: none has it.
func parameter(ops []*edm.Operation, name string) *edm.Parameter {
	for _, o := range ops {
		if p, ok := o.Parameter(name); ok {
			return p
		}
	}
	return nil
}

// tabled are the members that the page's table of the body lists and the type of the
// line lacks.
func (c *compiler) tabled(dl *docLine) []string {
	if len(dl.w.steps) == 0 || dl.line.Method == "GET" || dl.line.Method == "DELETE" {
		return nil
	}
	last := dl.w.steps[len(dl.w.steps)-1]
	if last.Op != nil || last.Type == nil || last.Type.Kind != edm.Entity || last.Kind == edm.RefLinks || last.Kind == edm.Value {
		return nil
	}
	var out []string
	for _, row := range dl.page.Body {
		if identifier(row.Name) && !has(last.Type, row.Name) {
			out = append(out, row.Name)
		}
	}
	slices.Sort(out)
	return out
}

func has(t *edm.Type, name string) bool {
	if _, ok := t.Property(name); ok {
		return true
	}
	if _, ok := t.Navigation(name); ok {
		return true
	}
	_, _, _, ok := t.DerivedMember(name)
	return ok || t.Takes(name)
}

// object compares the members of an object with those of its type.
func (s *sight) object(t *edm.Type, o map[string]any, at string) {
	if name, ok := o["@odata.type"].(string); ok {
		name = strings.TrimPrefix(strings.TrimPrefix(name, "#"), "microsoft.")
		is, ok := s.model.Type(edm.Name("microsoft." + name))
		if !ok {
			is, ok = t.DerivedType(edm.Name(name).Short())
		}
		switch {
		case ok && is.Is(t.Name):
			t = is
		case (!ok || !t.Is(is.Name)) && !strings.EqualFold(edm.Name(name).Short(), t.Name.Short()):
			s.found = append(s.found, at+"@odata.type")
		}
	}
	for _, name := range sortedKeys(o) {
		if strings.Contains(name, "@") {
			continue
		}
		if p, ok := property(t, name); ok {
			s.value(p.Type, p.Def(), o[name], at+p.Name)
		} else if n, ok := navigation(t, name); ok {
			s.nested(n, o[name], at+n.Name)
		} else if !t.Takes(name) {
			s.found = append(s.found, at+name)
		}
	}
}

func property(t *edm.Type, name string) (*edm.Property, bool) {
	if p, ok := t.Property(name); ok {
		return p, true
	}
	_, p, _, ok := t.DerivedMember(name)
	return p, ok && p != nil
}

func navigation(t *edm.Type, name string) (*edm.Navigation, bool) {
	if n, ok := t.Navigation(name); ok {
		return n, true
	}
	_, _, n, ok := t.DerivedMember(name)
	return n, ok && n != nil
}

// nested compares the entities that a body holds by value.
func (s *sight) nested(n *edm.Navigation, v any, at string) {
	target := n.Target()
	if target == nil {
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, el := range list {
		if o, ok := el.(map[string]any); ok {
			s.object(target, o, at+"/")
		}
	}
}

// value compares a value with the type of its property or parameter.
func (s *sight) value(of edm.Ref, def *edm.Type, v any, at string) {
	list, isList := v.([]any)
	switch {
	case v == nil || of.Name == "Edm.Untyped":
		return
	case isList != of.Many:
		s.found = append(s.found, at)
		return
	case !isList:
		list = []any{v}
	}
	for _, el := range list {
		o, isObject := el.(map[string]any)
		switch {
		case def != nil && def.Kind != edm.Enum && isObject:
			s.object(def, o, at+"/")
		case !fits(of.Name, def, el):
			s.found = append(s.found, at)
		}
	}
}

// fits reports whether a value is of the JSON kind that a type has, and a member where
// the type is an enumeration. A placeholder fits everywhere.
func fits(name edm.Name, def *edm.Type, v any) bool {
	text, isText := v.(string)
	o, isObject := v.(map[string]any)
	switch {
	case v == nil, isText && edm.Placeholder(text), isObject && hollow(o) && (def == nil || def.Kind == edm.Enum):
		return true
	case def != nil && def.Kind == edm.Enum:
		return isText && (def.Flags || len(def.Members) == 0 || slices.ContainsFunc(def.Members, func(m string) bool { return strings.EqualFold(m, text) }))
	case def != nil:
		return isObject
	}
	switch name {
	case "Edm.Boolean":
		_, ok := v.(bool)
		return ok || strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte", "Edm.Double", "Edm.Single", "Edm.Decimal", "Edm.Number":
		_, ok := v.(float64)
		return ok
	case "Edm.String", "Edm.Guid", "Edm.DateTimeOffset", "Edm.Date", "Edm.TimeOfDay", "Edm.Duration", "Edm.Binary", "Edm.Stream":
		return isText
	}
	return true
}

// hollow reports whether an object says nothing but its type: it stands for a value.
func hollow(o map[string]any) bool {
	for name := range o {
		if !strings.Contains(name, "@") {
			return false
		}
	}
	return true
}
