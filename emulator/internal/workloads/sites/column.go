package sites

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// builtin is a column of every list.
type builtin struct{ id, name, title, kind string }

var builtins = []builtin{ // B-14.163, B-14.169
	{"fa564e0f-0c70-4ab9-b863-0177e6ddd247", "Title", "Title", "text"},
	{"1d22ea11-1e32-424e-89ab-9fedbadb6ce1", "ID", "ID", "number"},
	{"c042a256-787d-4a6f-8a8a-cf6ab767f12d", "ContentType", "Content Type", "text"},
	{"28cf69c5-fa48-462a-b5cd-27b6f9d2bd5f", "Modified", "Modified", "dateTime"},
	{"8c06beca-0777-48f7-91c7-6da68bc07b69", "Created", "Created", "dateTime"},
	{"1df5e554-ec7e-46a6-901d-d85a3881cb18", "Author", "Created By", "personOrGroup"},
	{"d31655d1-1d5b-4511-95a1-7a09e9b75bf2", "Editor", "Modified By", "personOrGroup"},
	{"dce8262a-3ae9-45aa-aab4-83bd75fb738a", "_UIVersionString", "Version", "text"},
	{"67df98f4-9dec-48ff-a553-29bece9c5bf4", "Attachments", "Attachments", "boolean"},
}

func (b *builtin) members() value.Members {
	return value.Members{{Name: "columnGroup", Value: value.String("Base Columns")}, {Name: "description", Value: value.String("")},
		{Name: "displayName", Value: value.String(b.title)}, {Name: "enforceUniqueValues", Value: value.Bool(false)}, {Name: "hidden", Value: value.Bool(false)},
		{Name: "id", Value: value.String(b.id)}, {Name: "indexed", Value: value.Bool(false)}, {Name: "name", Value: value.String(b.name)},
		{Name: "readOnly", Value: value.Bool(b.name != "Title")}, {Name: "required", Value: value.Bool(false)}, {Name: b.kind, Value: "{}"}}
}

func defaultColumns(*workload.Node) []workload.DefaultMember {
	out := make([]workload.DefaultMember, len(builtins))
	for i := range builtins {
		out[i] = workload.DefaultMember{ID: builtins[i].id, Type: column, Members: builtins[i].members()}
	}
	return out
}

// defaultTypes are the content types of a list (B-14.173).
func defaultTypes(owner *workload.Node) []workload.DefaultMember {
	suffix := strings.ToUpper(strings.ReplaceAll(owner.Text("id"), "-", ""))
	if owner.Type.Is(site) {
		return []workload.DefaultMember{contentTypeOf("0x01", "Item"), contentTypeOf("0x0101", "Document"), contentTypeOf("0x0120", "Folder")}
	}
	first := contentTypeOf("0x0100"+suffix, "Item")
	if isLibrary(owner) {
		first = contentTypeOf("0x010100"+suffix, "Document")
	}
	return []workload.DefaultMember{first, contentTypeOf("0x012000"+suffix, "Folder")}
}

func contentTypeOf(id, name string) workload.DefaultMember {
	return workload.DefaultMember{ID: id, Type: contentType, Members: value.Members{{Name: "id", Value: value.String(id)}, {Name: "isBuiltIn", Value: value.Bool(true)}, {Name: "description", Value: value.String("")},
		{Name: "group", Value: value.String("List Content Types")}, {Name: "hidden", Value: value.Bool(false)}, {Name: "name", Value: value.String(name)},
		{Name: "readOnly", Value: value.Bool(false)}, {Name: "sealed", Value: value.Bool(false)}}}
}

// open lets members be made beside the defaults of a view.
func open(v workload.View) workload.View {
	v.Computed = false
	return v
}

// kinds are the members that say what a column holds.
var kinds = [...]string{"boolean", "calculated", "choice", "contentApprovalStatus", "currency", "dateTime", "geolocation", "hyperlinkOrPicture", "lookup", "number", "personOrGroup", "term", "text", "thumbnail"}

// kindOf is what a column holds; empty: it does not say.
func kindOf(m value.Members) string {
	for _, k := range kinds {
		if raw, ok := m.Get(k); ok && !raw.IsNull() {
			return k
		}
	}
	return ""
}

// internal is the internal name of a column (B-14.170).
func internal(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "_x%04x_", r)
	}
	if out := []rune(b.String()); len(out) > 32 {
		return string(out[:32])
	}
	return b.String()
}

// makeColumn names a new column of a site or a list (B-14.170, B-14.171).
func makeColumn(c *workload.Call) (workload.Result, error) {
	body := c.Body.Clone()
	if c.Loading() {
		return c.Next()
	}
	if body.Text("name") == "" {
		body.Set("name", value.String(body.Text("displayName")))
	}
	if kindOf(body) == "" {
		return workload.Result{}, invalid("Unable to determine type of provided column definition")
	}
	if body.Bool("enforceUniqueValues") && !body.Bool("indexed") {
		return workload.Result{}, invalid("The property enforceUniqueValues needs an indexed column.")
	}
	body.SetMissing("displayName", value.String(body.Text("name")))
	body.Set("name", value.String(internal(body.Text("name"))))
	if c.Self.Type.Is(list) {
		have, name := columns(c.Tx, c.Self.Ref), body.Text("name")
		for i := 0; ; i++ {
			if _, taken := have[body.Text("name")]; !taken {
				break
			}
			body.Set("name", value.String(name+strconv.Itoa(i)))
		}
	}
	for _, name := range [...]string{"enforceUniqueValues", "hidden", "indexed", "readOnly", "required"} {
		body.SetMissing(name, value.Bool(false))
	}
	body.SetMissing("columnGroup", value.String("Custom Columns"))
	body.SetMissing("description", value.String(""))
	c.Body = body
	return c.Next()
}

// changeColumn keeps the kind and the name of a column (B-14.172).
func changeColumn(c *workload.Call) (workload.Result, error) {
	if k := kindOf(c.Body); c.Self.Exists && k != "" && k != kindOf(c.Self.Object.Members()) {
		return workload.Result{}, invalid("The type of a column cannot be changed.")
	}
	body := c.Body.Clone()
	body.Delete("name")
	c.Body = body
	return c.Next()
}

// dropColumn keeps the columns that every list has.
func dropColumn(c *workload.Call) (workload.Result, error) {
	for i := range builtins {
		if c.Self.Exists && c.Self.Text("id") == builtins[i].id {
			return workload.Result{}, invalid("The column " + builtins[i].name + " cannot be deleted.")
		}
	}
	return c.Next()
}

// columns are the columns of a list by their internal names, of which there are few.
func columns(tx *store.Reader, list store.Ref) map[string]value.Members {
	out := make(map[string]value.Members, len(builtins)+8)
	for i := range builtins {
		out[builtins[i].name] = builtins[i].members()
	}
	if list <= 0 {
		return out
	}
	for _, e := range tx.Entities(list, "columns", 0, nil) {
		m := e.Object.Members()
		out[m.Text("name")] = m
	}
	return out
}
