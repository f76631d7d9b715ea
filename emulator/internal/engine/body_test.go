package engine_test

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// bodyOf makes the body of a create from the type: what is required, and a text to
// tell entities apart by where there is one that can be written.
func bodyOf(declared *edm.Type, required []string, seed string) (body map[string]any, text string) {
	t, _ := concrete(declared)
	body = map[string]any{}
	if t != declared {
		body["@odata.type"] = "#" + string(t.Name)
	}
	for _, p := range t.Properties() {
		if wanted(t, p, required) {
			body[p.Name] = valueOf(p.Type, p.Def(), seed+p.Name, 0)
		}
	}
	for _, name := range required {
		if n, ok := t.Navigation(name); ok && !n.Type.Many {
			body[n.Name], _ = bodyOf(n.Target(), nil, seed)
		}
	}
	text = textOf(t)
	if text != "" {
		body[text] = "a text " + seed
	}
	return body, text
}

// textOf is a plain property that a client may write; displayName if there is one.
func textOf(t *edm.Type) string {
	found := ""
	for _, p := range t.Properties() {
		if p.Type != (edm.Ref{Name: "Edm.String"}) || p.ReadOnly || p.Immutable || slices.Contains(madeNames, p.Name) || isKey(t, p.Name) || strings.EqualFold(p.Name, "id") {
			continue
		}
		if p.Name == "displayName" || found == "" {
			found = p.Name
		}
	}
	return found
}

// madeNames are made by services though no model says so: what versions are told by beside
// the etag (B-4.53, B-4.54), how a message begins, what an event is called.
var madeNames = []string{"changeKey", "eTag", "cTag", "bodyPreview", "iCalUId"}

func isKey(t *edm.Type, name string) bool {
	for b := t; b != nil; b = b.Base() {
		for _, k := range b.Key {
			if k == name {
				return true
			}
		}
	}
	return false
}

func wanted(t *edm.Type, p *edm.Property, required []string) bool {
	for _, name := range required {
		if name == p.Name {
			return true
		}
	}
	for b := t; b != nil; b = b.Base() {
		for _, name := range b.Required {
			if name == p.Name {
				return true
			}
		}
	}
	return false
}

// valueOf makes a value of a type.
func valueOf(ref edm.Ref, def *edm.Type, seed string, depth int) any {
	if ref.Many {
		return []any{}
	}
	switch {
	case def != nil && def.Kind == edm.Enum:
		if len(def.Members) > 0 {
			return def.Members[0]
		}
		return nil
	case def != nil:
		out := map[string]any{}
		for _, p := range def.Properties() {
			if depth < 2 && wanted(def, p, nil) {
				out[p.Name] = valueOf(p.Type, p.Def(), seed, depth+1)
			}
		}
		return out
	}
	switch ref.Name {
	case "Edm.Boolean":
		return true
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte", "Edm.Double", "Edm.Single", "Edm.Decimal", "Edm.Number":
		return 7
	case "Edm.DateTimeOffset":
		return "2026-11-20T08:00:00Z"
	case "Edm.Date":
		return "2026-11-20"
	case "Edm.TimeOfDay":
		return "08:00:00"
	case "Edm.Duration":
		return "PT1H"
	case "Edm.Guid":
		return "3f1d8a52-7c11-4c1e-9b62-6a2f0d6c9e01"
	case "Edm.Binary":
		return "aGFyYm91cg=="
	}
	return strings.ToLower(seed) + "@northgale.test"
}
