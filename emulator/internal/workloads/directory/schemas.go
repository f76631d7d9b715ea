package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// schemaTargets are the types that a schema extension may be used on, and maxSchemas
// is how many an application may own (B-4.58).
var schemaTargets = []string{"AdministrativeUnit", "Contact", "Device", "Event", "Message", "Group", "Organization", "Post", "TodoTask", "TodoTaskList", "User"}

const maxSchemas = 5

// createSchemaExtension gives the id its prefix and the extension its first state.
func createSchemaExtension(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	if err := checkSchema(c); err != nil {
		return workload.Result{}, err
	}
	owner := c.Body.Text("owner")
	if owner == "" {
		owner = c.Caller.App
	}
	owned := 0
	for ref := range c.Tx.Members(0, "schemaExtensions", 0) {
		e, _ := c.Tx.Get(ref)
		if raw, _ := e.Object.Get("owner"); owner != "" && raw == value.String(owner) {
			owned++
		}
	}
	if owned >= maxSchemas {
		return workload.Result{}, bad(fmt.Sprintf("An application owns at most %d schema extensions.", maxSchemas))
	}
	id, err := schemaID(c, c.Body.Text("id"))
	if err != nil {
		return workload.Result{}, err
	}
	c.Body.Set("id", value.String(id))
	c.Body.Set("owner", value.String(owner))
	c.Body.Set("status", value.String("InDevelopment"))
	return c.Next()
}

// schemaID is the id of a new schema extension: the name behind a verified domain
// stays, any other gets a prefix.
func schemaID(c *workload.Call, name string) (string, error) {
	for domain := range domains(c).kinds {
		label, _, _ := strings.Cut(domain, ".")
		if strings.HasPrefix(name, strings.ReplaceAll(domain, ".", "_")+"_") || strings.HasPrefix(name, label+"_") {
			return name, nil
		}
	}
	if strings.Contains(name, "_") {
		if c.Presumes() {
			return name, nil
		}
		return "", grapherr.InvalidValue("schemaExtension", "id", "What stands before the _ is no verified domain of the tenant.")
	}
	return "ext" + c.Tx.NewGUID()[:8] + "_" + name, nil
}

// checkSchema judges the types and properties of a schema extension.
func checkSchema(c *workload.Call) error {
	raw, _ := c.Body.Get("targetTypes")
	for _, t := range texts(raw) {
		if !slices.ContainsFunc(schemaTargets, func(is string) bool { return strings.EqualFold(is, t) }) && !c.Presumes() {
			return grapherr.InvalidValue("schemaExtension", "targetTypes", "'"+t+"' is none of "+strings.Join(schemaTargets, ", ")+".")
		}
	}
	props, _ := c.Body.Get("properties")
	if props.Kind() != value.KindArray {
		return nil
	}
	for el := range props.Elements() {
		m := el.Members()
		if kind := m.Text("type"); m.Text("name") == "" || dataTypes[kind] == 0 || kind == "LargeInteger" {
			if !c.Presumes() {
				return grapherr.InvalidValue("schemaExtension", "properties", "Each has a name and the type Binary, Boolean, DateTime, Integer or String.")
			}
		}
	}
	return nil
}

// updateSchemaExtension lets an extension grow and age: properties and types are only
// added, and the states only follow each other.
func updateSchemaExtension(c *workload.Call) (workload.Result, error) {
	if err := checkSchema(c); err != nil {
		return workload.Result{}, err
	}
	was := c.Self.Text("status")
	if to, ok := c.Body.Get("status"); ok {
		s, _ := to.Text()
		if next := map[string]string{"InDevelopment": "Available", "Available": "Deprecated"}; s != was && next[was] != s {
			return workload.Result{}, bad("The status of the schema extension cannot change from '" + was + "' to '" + s + "'.")
		}
	}
	for _, name := range [...]string{"targetTypes", "properties"} {
		now, ok := c.Body.Get(name)
		if !ok {
			continue
		}
		had, _ := c.Self.Get(name)
		if was == "Deprecated" || !grows(had, now) {
			return workload.Result{}, bad("The '" + name + "' of a schema extension can only be added to, and of a deprecated one not at all.")
		}
	}
	return c.Next()
}

// grows reports whether a list still has all that another had.
func grows(had, now value.Raw) bool {
	if had.Kind() != value.KindArray {
		return true
	}
	for el := range had.Elements() {
		found := false
		for other := range now.Elements() {
			found = found || sameDeclaration(el, other)
		}
		if !found {
			return false
		}
	}
	return true
}

func sameDeclaration(a, b value.Raw) bool {
	if a.Kind() != value.KindObject || b.Kind() != value.KindObject {
		s, _ := a.Text()
		t, _ := b.Text()
		return strings.EqualFold(s, t)
	}
	x, y := a.Members(), b.Members()
	return x.Text("name") == y.Text("name") && x.Text("type") == y.Text("type")
}

// deleteSchemaExtension removes what is not in use yet.
func deleteSchemaExtension(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && c.Self.Text("status") != "InDevelopment" && !c.Presumes() {
		return workload.Result{}, bad("Only a schema extension in the status 'InDevelopment' can be deleted.")
	}
	return c.Next()
}

// schemaExtension judges a value of a schema extension, which is a complex property.
func schemaExtension(s workload.Scope, g workload.Given) (bool, error) {
	e, ok := schemaOf(s.Tx, g.Name)
	if !ok {
		return false, nil
	}
	short := g.Type.Name.Short()
	if g.Create && !g.Type.Is("microsoft.graph.directoryObject") {
		return true, grapherr.NotOnCreate(short, g.Name)
	}
	on, _ := e.Object.Get("targetTypes")
	if !slices.ContainsFunc(texts(on), func(t string) bool { return strings.EqualFold(t, short) }) {
		return true, grapherr.NoProperty(short, string(g.Type.Name), g.Name)
	}
	if g.Value.IsNull() {
		return true, nil
	}
	if status, _ := e.Object.Get("status"); status == `"Deprecated"` {
		return true, bad("The schema extension '" + g.Name + "' is deprecated and takes no new values.")
	}
	if g.Value.Kind() != value.KindObject {
		return true, grapherr.InvalidValue(short, g.Name, "A schema extension is an object.")
	}
	declared := map[string]string{}
	props, _ := e.Object.Get("properties")
	for el := range props.Elements() {
		declared[el.Members().Text("name")] = el.Members().Text("type")
	}
	for _, m := range g.Value.Members() {
		if strings.HasPrefix(m.Name, "@") {
			continue
		}
		kind, ok := declared[m.Name]
		if !ok {
			return true, grapherr.NoProperty(short, string(g.Type.Name), g.Name+"/"+m.Name)
		}
		if !m.Value.IsNull() && !fits(m.Value, kind) {
			return true, grapherr.InvalidValue(short, g.Name+"/"+m.Name, "Its declared type is "+kind+".")
		}
	}
	return true, nil
}

// schemaOf finds a schema extension by its id.
func schemaOf(tx *store.Reader, id string) (store.Entity, bool) {
	ref, ok := tx.Find(0, "schemaExtensions", id)
	if !ok {
		return store.Entity{}, false
	}
	return tx.Get(ref)
}
