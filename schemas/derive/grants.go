package derive

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
)

// grantLines are the published permissions of what is in the model and on no page.
func grantLines(published map[string]map[string]grants, ops []*fixtures.Operation) []byte {
	documented := map[string]bool{}
	for _, op := range ops {
		documented[op.Method+" "+fold(op.Template)] = true
	}
	out := []string{}
	for template, methods := range published {
		for method, g := range methods {
			if !documented[method+" "+template] {
				out = append(out, granted(g, method, fixtures.Permissions{}).Line(method, template))
			}
		}
	}
	return commented(out)
}

// scopeLines are the names of all permissions.
func scopeLines(scopes map[string]fixtures.Scope) []byte {
	out := []string{}
	for _, s := range scopes {
		out = append(out, s.Line())
	}
	return commented(out)
}

func commented(lines []string) []byte {
	slices.Sort(lines)
	return []byte("# " + operationsComment + "\n" + strings.Join(lines, "\n") + "\n")
}

// scope notes what the file says of one permission.
func scope(name string, schemes map[string]permissionScheme) fixtures.Scope {
	s := fixtures.Scope{Name: name}
	var work, app permissionScheme
	work, s.Delegated = schemes[schemeWork]
	app, s.App = schemes[schemeApp]
	_, s.Personal = schemes[schemePersonal]
	s.AdminDelegated, s.AdminApp = work.RequiresAdminConsent, app.RequiresAdminConsent
	return s
}
