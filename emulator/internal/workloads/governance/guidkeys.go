package governance

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// guidKeys are the types of entitlement management whose ids are GUIDs.
var guidKeys = [...]edm.Name{catalogType, packageType, assignmentType, policyType, requestType, resourceType,
	"microsoft.graph.accessPackageResourceRequest", "microsoft.graph.accessPackageSubject"}

func entitlementPolicies() []workload.QueryPolicy {
	out := make([]workload.QueryPolicy, len(guidKeys))
	for i, t := range guidKeys {
		out[i] = workload.QueryPolicy{Type: t, Check: compareGUIDs}
	}
	return out
}

// compareGUIDs refuses a filter that compares a key with a text that is no GUID.
func compareGUIDs(a *workload.Ask) error {
	var bad string
	a.Query.Filter.Walk(func(e *odata.Expr) bool {
		if (e.Kind == odata.BinaryExpr || e.Kind == odata.InExpr) && bad == "" {
			bad = noGUID(a.Type, e.Args)
		}
		return true
	})
	if bad == "" {
		return nil
	}
	return (&grapherr.Error{Status: 400, Code: "InvalidFilter", Target: "$filter", Message: "OData query is invalid: Unrecognized Guid format"}).
		Because("The filter compares an id with '"+bad+"'.", "Ids here are GUIDs; filter by displayName to find an entity by its name.")
}

// noGUID gives the text among the operands of a comparison that is compared with a key and is
// no GUID; empty: there is none.
func noGUID(t *edm.Type, operands []*odata.Expr) string {
	key, text := false, ""
	for _, e := range operands {
		switch e = e.Resolved(); {
		case e == nil:
		case e.Kind == odata.PathExpr:
			key = key || isKey(t, e)
		case e.Kind == odata.LiteralExpr && e.Literal.Kind == odata.String && !edm.IsGUID(e.Literal.Text):
			text = e.Literal.Text
		}
	}
	if key {
		return text
	}
	return ""
}

// isKey reports whether a path ends in the id of a type whose ids are GUIDs.
func isKey(t *edm.Type, e *odata.Expr) bool {
	names := strings.Split(eval.Path(t, e), "/")
	last := len(names) - 1
	for _, name := range names[:last] {
		nav, ok := t.Navigation(name)
		if !ok || nav.Target() == nil {
			return false
		}
		t = nav.Target()
	}
	return names[last] == "id" && slices.Contains(guidKeys[:], t.Name)
}
