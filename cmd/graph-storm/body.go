package main

import (
	"encoding/json"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// body makes a body from the schemas: one that fits, one with a mistake in it, or one that
// never fits.
func (w *worker) body(op *operation) string {
	if w.chance(15) {
		return pick(w.dice, "", "{}", "[]", "null", `"x"`, "{", `{"a":`, `{"a":1,"a":2}`, "\xff", strings.Repeat(`{"a":`, 200), `{"@odata.type":"#microsoft.graph.nothing"}`, `{"@odata.id":"x"}`, "0", "GIF89a\x3c\x00\x50\x00")
	}
	if strings.HasSuffix(op.template, "/$ref") {
		to := pick(w.dice, w.entity("/users/{}"), w.entity("/groups/{}"), "/nothing/x", "x", "")
		text, _ := json.Marshal(map[string]string{"@odata.id": "https://graph.microsoft.com/" + op.version + to}) // texts always encode
		return string(text)
	}
	members := map[string]any{}
	switch {
	case op.action:
		for _, p := range op.parameters {
			if !p.Optional || w.chance(2) {
				t, _ := op.model.Type(p.Type.Name)
				members[p.Name] = w.value(p.Type, t, 0)
			}
		}
	case op.typ != nil && op.typ.Kind == edm.Entity:
		members = w.members(op.typ, 0)
		w.bind(op, members)
	}
	if w.chance(4) {
		w.spoil(members)
	}
	text, err := json.Marshal(members)
	if err != nil { // unreachable: all values encode
		return "{}"
	}
	return string(text)
}

// entity is the path of an entity that exists, as far as is known.
func (w *worker) entity(template string) string {
	if paths := w.known.paths[template]; len(paths) > 0 {
		return pick(w.dice, paths...)
	}
	return "/users/c26302f8-02f8-c263-f802-63c2f80263c2"
}

// members are what a type requires and some of what it has.
func (w *worker) members(t *edm.Type, depth int) map[string]any {
	out := map[string]any{}
	if derived := t.Derived(); len(derived) > 0 && (t.Abstract || w.chance(3)) {
		t = pick(w.dice, derived...)
		out["@odata.type"] = "#" + string(t.Name)
	}
	required := map[string]bool{}
	for _, name := range t.Required {
		required[name] = true
	}
	properties := t.Properties()
	some := max(len(properties)/4, 1)
	for _, p := range properties {
		if required[p.Name] || !p.ReadOnly && p.Name != "id" && w.dice.IntN(len(properties)) < some {
			out[p.Name] = w.value(p.Type, p.Def(), depth)
		}
	}
	return out
}

// bind adds references to entities.
func (w *worker) bind(op *operation, members map[string]any) {
	navs := op.typ.Navigations()
	if len(navs) == 0 || !w.chance(6) {
		return
	}
	nav := navs[w.dice.IntN(len(navs))]
	switch target := nav.Target(); {
	case w.chance(2) && target != nil:
		var inner any = w.members(target, 1)
		if nav.Type.Many {
			inner = []any{inner}
		}
		members[nav.Name] = inner
	case nav.Type.Many:
		members[nav.Name+"@odata.bind"] = []string{"https://graph.microsoft.com/v1.0" + w.entity("/users/{}")}
	default:
		members[nav.Name+"@odata.bind"] = "https://graph.microsoft.com/v1.0" + w.entity("/users/{}")
	}
}

// spoil makes one mistake.
func (w *worker) spoil(members map[string]any) {
	wrong := func() any {
		return pick[any](w.dice, nil, 7, -1, 1e300, true, "", "x", []any{}, []any{nil}, map[string]any{}, map[string]any{"a": []any{1}}, strings.Repeat("x", 5000), "\u0000", "2026-13-45T99:99:99Z")
	}
	names := sortedKeys(members)
	if len(names) == 0 || w.chance(4) {
		members[pick(w.dice, "nothing", "id", "@odata.type", "@odata.etag", "x@odata.bind", "@odata.id", "displayName", "$", "")] = wrong()
		return
	}
	name := pick(w.dice, names...)
	if w.chance(4) {
		members[strings.ToUpper(name)] = members[name]
		return
	}
	members[name] = wrong()
}

// value makes a value of a type.
func (w *worker) value(ref edm.Ref, def *edm.Type, depth int) any {
	if ref.Many {
		list := []any{}
		for range w.dice.IntN(3) {
			list = append(list, w.value(edm.Ref{Name: ref.Name}, def, depth))
		}
		return list
	}
	if def != nil && def.Kind == edm.Enum {
		if len(def.Members) == 0 {
			return nil
		}
		return pick(w.dice, def.Members...)
	}
	if def != nil {
		if depth > 2 {
			return map[string]any{}
		}
		return w.members(def, depth+1)
	}
	switch ref.Name {
	case "Edm.Boolean":
		return w.chance(2)
	case "Edm.Int16", "Edm.Int32", "Edm.Byte", "Edm.SByte":
		return pick(w.dice, 0, 1, 7, 120, -1)
	case "Edm.Int64", "Edm.Double", "Edm.Single", "Edm.Decimal", "Edm.Number":
		return pick[any](w.dice, 0, 1.5, 1<<40, -1)
	case "Edm.DateTimeOffset":
		return pick(w.dice, "2026-11-20T08:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-11-20T08:00:00+05:30")
	case "Edm.Date":
		return "2026-11-20"
	case "Edm.TimeOfDay":
		return "08:00:00"
	case "Edm.Duration":
		return pick(w.dice, "PT1H", "P1D", "-PT5M", "P9999999D")
	case "Edm.Guid":
		return "3f1d8a52-7c11-4c1e-9b62-6a2f0d6c9e01"
	case "Edm.Binary", "Edm.Stream":
		return "aGFyYm91cg=="
	}
	return pick(w.dice, "x", "Harbor", "a@northgale.test", "c26302f8-02f8-c263-f802-63c2f80263c2", "https://northgale.test/a", "2026-11-20T08:00:00", "UTC", "0 1 2", "ö")
}
