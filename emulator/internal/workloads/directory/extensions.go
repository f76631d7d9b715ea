package directory

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// extensible are the types that take properties which the tenant has declared (B-4.57,
// B-4.58).
var extensible = []edm.Name{"microsoft.graph.directoryObject", "microsoft.graph.message", "microsoft.graph.event",
	"microsoft.graph.contact", "microsoft.graph.post"}

func declaredProperties() []workload.DeclaredProperty {
	out := make([]workload.DeclaredProperty, 0, 2*len(extensible))
	for _, t := range extensible {
		out = append(out, workload.DeclaredProperty{Type: t, Check: directoryExtension}, workload.DeclaredProperty{Type: t, Check: schemaExtension})
	}
	return out
}

func declarations() []workload.Rule {
	return []workload.Rule{
		{Type: "microsoft.graph.extensionProperty", Verb: bind.Create, Do: createExtensionProperty},
		{Type: "microsoft.graph.schemaExtension", Verb: bind.Create, Do: createSchemaExtension},
		{Type: "microsoft.graph.schemaExtension", Verb: bind.Update, Do: updateSchemaExtension},
		{Type: "microsoft.graph.schemaExtension", Verb: bind.Delete, Do: deleteSchemaExtension},
		{Type: "microsoft.graph.openTypeExtension", Verb: bind.Create, Do: createOpenExtension},
	}
}

// dataTypes are the types a directory extension may have, and the kind of JSON that
// holds them.
var dataTypes = map[string]value.Kind{"Binary": value.KindString, "Boolean": value.KindBool, "DateTime": value.KindString,
	"Integer": value.KindNumber, "LargeInteger": value.KindNumber, "String": value.KindString}

// targets are the types that a directory extension may be used on.
var targets = []string{"User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"}

// createExtensionProperty names the property after its application (B-4.57).
func createExtensionProperty(c *workload.Call) (workload.Result, error) {
	if c.Loading() || !c.Self.Type.Is("microsoft.graph.application") {
		return c.Next()
	}
	if _, ok := dataTypes[c.Body.Text("dataType")]; !ok && !c.Presumes() {
		return workload.Result{}, grapherr.InvalidValue("extensionProperty", "dataType", "It is one of Binary, Boolean, DateTime, Integer, LargeInteger and String.")
	}
	if name := c.Body.Text("name"); !c.Presumes() && strings.ContainsFunc(name, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return workload.Result{}, grapherr.InvalidValue("extensionProperty", "name", "It has letters, digits and underscores.")
	}
	raw, _ := c.Body.Get("targetObjects")
	for _, t := range texts(raw) {
		if !slices.Contains(targets, t) && !c.Presumes() {
			return workload.Result{}, grapherr.InvalidValue("extensionProperty", "targetObjects", "'"+t+"' is none of "+strings.Join(targets, ", ")+".")
		}
	}
	name := "extension_" + strings.ReplaceAll(c.Self.Text("appId"), "-", "") + "_" + c.Body.Text("name")
	if _, _, taken := first(c.Tx, "microsoft.graph.extensionProperty/name", name); taken {
		return workload.Result{}, bad("An extension property exists with the name " + name + ".")
	}
	c.Body.Set("name", value.String(name))
	c.Body.Set("appDisplayName", value.String(c.Self.Text("displayName")))
	return c.Next()
}

// directoryExtension judges a value of extension_{appId}_{name}.
func directoryExtension(s workload.Scope, g workload.Given) (bool, error) {
	if !strings.HasPrefix(g.Name, "extension_") {
		return false, nil
	}
	_, e, ok := first(s.Tx, "microsoft.graph.extensionProperty/name", g.Name)
	on, _ := e.Object.Get("targetObjects")
	if !ok || !slices.ContainsFunc(texts(on), func(o string) bool { return strings.EqualFold(o, g.Type.Name.Short()) }) {
		return true, bad("The following extension properties are not available: "+g.Name+".").
			Because("No application declares it for "+g.Type.Name.Short()+".", "")
	}
	if g.Value.IsNull() {
		return true, nil
	}
	kind, _ := e.Object.Get("dataType")
	name, _ := kind.Text()
	if !holds(g.Value, name, e.Object.Bool("isMultiValued")) {
		return true, grapherr.InvalidValue(g.Type.Name.Short(), g.Name, "Its declared type is "+name+".")
	}
	return true, nil
}

// holds reports whether a value is of a declared type, or a list of such.
func holds(v value.Raw, dataType string, many bool) bool {
	if !many {
		return fits(v, dataType)
	}
	if v.Kind() != value.KindArray {
		return false
	}
	for el := range v.Elements() {
		if !fits(el, dataType) {
			return false
		}
	}
	return true
}

func fits(v value.Raw, dataType string) bool {
	if v.Kind() != dataTypes[dataType] {
		return false
	}
	switch s, _ := v.Text(); dataType {
	case "Integer", "LargeInteger":
		_, whole := v.Int()
		return whole
	case "DateTime":
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	case "Binary":
		_, err := base64.StdEncoding.DecodeString(s)
		return err == nil
	}
	return true
}

// createOpenExtension gives an open extension its name for id (B-4.59).
func createOpenExtension(c *workload.Call) (workload.Result, error) {
	name := c.Body.Text("extensionName")
	if name == "" || c.Loading() {
		return c.Next()
	}
	if c.Self.Type.Is("microsoft.graph.directoryObject") {
		if size := len(c.Body.Object()); size > maxOpen {
			return workload.Result{}, bad(fmt.Sprintf("The extension is larger than %d bytes.", maxOpen))
		}
		if c.Tx.Count(c.Self.Ref, "extensions") >= maxOpenCount && c.Self.Ref > 0 {
			return workload.Result{}, bad(fmt.Sprintf("A resource has at most %d open extensions of an application.", maxOpenCount))
		}
	} else {
		name = outlookName + name
	}
	c.Body.Set("id", value.String(name))
	return c.Next()
}

// openByName finds an open extension of an Outlook item by its id or its bare name.
func openByName(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	for _, id := range [...]string{key, outlookName + key} {
		if ref, ok := s.Tx.Find(owner.Ref, "extensions", id); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// The bounds of B-4.59, and what stands before the name in an Outlook item.
const (
	outlookName  = "Microsoft.OutlookServices.OpenTypeExtension."
	maxOpen      = 2 << 10
	maxOpenCount = 2
)
