package directory

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// typesOf are tried in turn for the property of a row that names no type.
var typesOf = []edm.Name{"user", "group", "application", "servicePrincipal", "device", "orgContact", "organization", "domain",
	"directoryRole", "contract", "administrativeUnit", "appRoleAssignment", "oAuth2PermissionGrant"}

// holder is a type that has the property a path leads to, and the filter's way to it:
// what stands before a condition on it, and behind.
func holder(m *edm.Model, path string) (t *edm.Type, at, before, behind string) {
	candidates := typesOf
	if name, rest, ok := strings.Cut(path, ":"); ok {
		candidates, path = []edm.Name{edm.Name(name)}, rest
	}
	first, rest, nested := strings.Cut(path, "/")
	for _, n := range candidates {
		t, ok := m.Type("microsoft.graph." + n)
		if !ok {
			continue
		}
		p, ok := t.Property(first)
		switch {
		case !ok:
		case p.Type.Many && nested:
			return t, "x/" + rest, first + "/any(x:", ")"
		case p.Type.Many:
			return t, "x", first + "/any(x:", ")"
		default:
			return t, path, "", ""
		}
	}
	return nil, "", "", ""
}

// Every cell of the table, as a default and as an advanced query. A
// dash may have become an A since: an advanced query passes.
func TestFilterTable(t *testing.T) {
	t.Attr("rules", "B-3.55 B-3.57")
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{"% eq 'x'", "% ne 'x'", "not (% eq 'x')", "% ge 'x'", "% le 'x'", "% in ('x')", "startsWith(%,'x')", "% eq null"}
	tested, unknown := 0, 0
	for _, path := range slices.Sorted(maps.Keys(table())) {
		holds, at, before, behind := holder(m, path)
		if holds == nil {
			unknown++ // a property of another version, or gone
			continue
		}
		for column, form := range forms {
			condition := before + strings.ReplaceAll(form, "%", at) + behind
			if column == 2 {
				condition = "not (" + before + at + " eq 'x'" + behind + ")"
			}
			e, err := odata.ParseFilter(condition)
			if err != nil {
				t.Fatal(condition, err)
			}
			cell := table()[path][column]
			count := true
			simple := check(&workload.Ask{Type: holds, Query: &odata.Query{Filter: e}}) == nil
			advanced := check(&workload.Ask{Type: holds, Eventual: true, Query: &odata.Query{Filter: e, Count: &count}}) == nil
			if simple != (cell == 'D') || !advanced {
				t.Errorf("%s (%c): %s passes by default: %t, advanced: %t", path, cell, condition, simple, advanced)
			}
			tested++
		}
	}
	if tested < 600 || unknown > 12 {
		t.Errorf("%d cells were tested, %d rows name no property", tested, unknown)
	}
}

// The types that have default and advanced queries.
func TestGuardedTypes(t *testing.T) {
	t.Attr("rules", "B-3.52")
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []edm.Name{"administrativeUnit", "application", "appRoleAssignment", "device", "group", "oAuth2PermissionGrant", "orgContact", "servicePrincipal", "user"} {
		typ, _ := m.Type("microsoft.graph." + n)
		if !slices.ContainsFunc(advancedTypes, func(g edm.Name) bool { return typ.Is(g) }) {
			t.Errorf("%s has no guard", n)
		}
	}
}

// Every property that can be sorted by, default and advanced.
func TestSorts(t *testing.T) {
	t.Attr("rules", "B-3.58")
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ typ, property, kind string }{
		{"user", "displayName", "D"}, {"user", "userPrincipalName", "D"}, {"group", "displayName", "D"},
		{"user", "createdDateTime", "A"}, {"user", "deletedDateTime", "A"}, {"group", "deletedDateTime", "A"},
		{"administrativeUnit", "displayName", "A"}, {"application", "displayName", "A"}, {"servicePrincipal", "displayName", "A"},
		{"device", "displayName", "A"}, {"device", "approximateLastSignInDateTime", "A"},
		{"orgContact", "displayName", "A"}, {"orgContact", "createdDateTime", "A"},
		{"user", "city", "-"}, {"group", "mail", "-"}, {"application", "appId", "-"},
	} {
		typ, _ := m.Type(edm.Name("microsoft.graph." + tt.typ))
		order, err := odata.ParseOrderBy(tt.property)
		if err != nil {
			t.Fatal(err)
		}
		count := true
		simple := check(&workload.Ask{Type: typ, Query: &odata.Query{OrderBy: order}}) == nil
		advanced := check(&workload.Ask{Type: typ, Eventual: true, Query: &odata.Query{OrderBy: order, Count: &count}}) == nil
		if simple != (tt.kind == "D") || advanced != (tt.kind != "-") {
			t.Errorf("%s by %s (%s): by default %t, advanced %t", tt.typ, tt.property, tt.kind, simple, advanced)
		}
	}
}
