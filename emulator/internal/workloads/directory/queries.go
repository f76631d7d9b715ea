package directory

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed filters.txt
var filters string

// advancedTypes are those whose queries have default and advanced forms (B-3.52).
var advancedTypes = []edm.Name{"microsoft.graph.directoryObject", "microsoft.graph.appRoleAssignment", "microsoft.graph.oAuth2PermissionGrant"}

func queryPolicies() []workload.QueryPolicy {
	out := make([]workload.QueryPolicy, len(advancedTypes))
	for i, t := range advancedTypes {
		out[i] = workload.QueryPolicy{Type: t, Check: check}
	}
	return out
}

// maxClauses is how many clauses a filter may join by or (B-3.41).
const maxClauses = 15

const (
	moreInformation = "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
	cure            = "Send the header ConsistencyLevel: eventual and the option $count=true."
)

func unsupported(format string, args ...any) *grapherr.Error {
	return &grapherr.Error{Status: 400, Code: "Request_UnsupportedQuery", Message: fmt.Sprintf(format, args...)}
}

// check refuses what the directory refuses of a query (B-3.51 to B-3.61, B-3.73).
// An advanced query has the header and asks for the count.
func check(a *workload.Ask) error {
	q := a.Query
	if a.Nav != nil && a.Nav.Name == bin && !a.Cast { // B-4.29
		return grapherr.NotSupported().Because("Deleted items are listed by type.", "Add one: …/deletedItems/microsoft.graph.user")
	}
	counted := a.Counts || q.Count != nil && *q.Count
	advanced := a.Eventual && counted
	switch {
	case a.Counts && !a.Eventual: // B-3.59 a
		return (&grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: "$count is not currently supported."}).
			Because("The $count segment needs an advanced query.", "Send the header ConsistencyLevel: eventual.")
	case len(q.Expand) > 0 && levels(q) && !advanced: // B-3.30
		return unsupported("Unsupported Query.").Because("$levels in a list needs an advanced query.", cure)
	case q.Skip != nil: // B-3.73
		return &grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: "'$skip' is not supported by the service.",
			Cure: "Follow @odata.nextLink.", Target: "$skip"}
	case q.Search != nil && !a.Eventual: // B-3.59 c
		return unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	case len(q.Expand) > 0 && advanced && !levels(q): // B-3.29
		return unsupported("Unsupported Query.").Because("$expand cannot be combined with an advanced query.", "Leave out $expand or the advanced parameters.")
	case a.Cast && !advanced && strings.HasPrefix(a.Nav.Name, "transitive"): // B-3.53
		return unsupported("Unsupported Query.").Because("A cast of "+a.Nav.Name+" needs an advanced query.", cure)
	case q.Filter != nil && q.OrderBy != nil && !advanced: // B-3.53
		return unsupported("Unsupported Query.").Because("$filter together with $orderby needs an advanced query.", cure)
	}
	if q.Top != nil && selects(q, "signInActivity") { // B-3.26, page user-list
		a.Most = maxSignIns
	}
	if !a.Eventual && q.Count != nil && *q.Count && !a.Counts { // B-3.59 b
		a.NoTotal = true
		a.Warn = append(a.Warn, "$count=true is ignored without the header ConsistencyLevel: eventual")
	}
	a.NoTotal = a.NoTotal || a.Later // B-3.76
	if q.Filter != nil {
		if err := checkFilter(a, advanced); err != nil {
			return err
		}
	}
	return checkOrder(a, advanced)
}

// maxSignIns is the largest page of users that shows signInActivity (B-3.26).
const maxSignIns = 500

func selects(q *odata.Query, name string) bool {
	for _, it := range q.Select {
		if strings.EqualFold(it.Path[0], name) {
			return true
		}
	}
	return false
}

func levels(q *odata.Query) bool {
	for _, x := range q.Expand {
		if x.Options != nil && x.Options.Levels != 0 {
			return true
		}
	}
	return false
}

func checkFilter(a *workload.Ask, advanced bool) error {
	if n := eval.Clauses(a.Query.Filter); n > maxClauses {
		return unsupported("Too many child clauses specified in search filter expression containing 'OR' operators: %d. Max allowed: %d.", n, maxClauses)
	}
	for _, use := range eval.Uses(a.Type, a.Query.Filter) {
		if err := checkUse(a.Type, use, advanced); err != nil {
			return err
		}
	}
	return nil
}

// columns of filters.txt, by the name eval gives an operator.
var columns = map[string]int{"eq": 0, "ne": 1, "not": 2, "ge": 3, "gt": 3, "le": 4, "lt": 4, "in": 5, "startswith": 6, "null": 7}

// checkUse judges one operator on one property.
func checkUse(t *edm.Type, use eval.Use, advanced bool) error {
	if use.Path == "" || extension(t, use.Path) {
		return nil
	}
	switch use.Op {
	case "any", "", "isof":
		return nil
	case "count": // B-3.45
		return needs(advanced, "$count")
	case "endswith": // B-3.54
		switch use.Path {
		case "mail", "otherMails", "userPrincipalName", "proxyAddresses":
			return needs(advanced, "endsWith")
		}
		return refused(t, use.Path)
	}
	column, known := columns[use.Op]
	cells, listed := row(t, use.Path)
	switch {
	case !known || !listed:
		return refused(t, use.Path)
	case cells[column] == 'D':
		return nil
	case use.Op == "ne" && !advanced:
		return unsupported("Filter operator 'NotEqualsMatch' is not supported.").Because("ne needs an advanced query.", cure)
	case cells[column] == '-' && !advanced:
		return refused(t, use.Path)
	}
	return needs(advanced, title(use.Op))
}

// extension reports whether a path leads to an extension, which no row can name (B-3.49).
func extension(t *edm.Type, path string) bool {
	name, _, _ := strings.Cut(path, "/")
	_, _, _, declared := t.DerivedMember(name)
	if _, ok := t.Property(name); ok || declared {
		return false
	}
	_, nav := t.Navigation(name)
	return !nav && strings.Contains(name, "_")
}

// needs asks for the advanced parameters (B-3.59 d).
func needs(advanced bool, operator string) error {
	if advanced {
		return nil
	}
	return unsupported("Operator '%s' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. %s", operator, moreInformation).
		Because("It needs an advanced query.", cure)
}

func title(op string) string {
	if op == "startswith" {
		return "startsWith"
	}
	return op
}

// refused is the answer to a property that takes no filter (B-3.47).
func refused(t *edm.Type, path string) error {
	name := t.Name.Short()
	return unsupported("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", path, strings.ToUpper(name[:1])+name[1:])
}

// table is filters.txt, read at the first filter.
var table = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(filters) {
		if name, cells, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name[0] != '#' {
			out[name] = strings.ReplaceAll(cells, " ", "")
		}
	}
	return out
})

func row(t *edm.Type, path string) (cells string, ok bool) {
	if cells, ok = table()[t.Name.Short()+":"+path]; ok {
		return cells, true
	}
	cells, ok = table()[path]
	return cells, ok
}

// sorts are the properties that $orderby takes, by type, and whether it needs an
// advanced query (B-3.58).
var sorts = map[edm.Name]map[string]bool{
	"microsoft.graph.user":               {"displayName": false, "userPrincipalName": false, "createdDateTime": true, "deletedDateTime": true},
	"microsoft.graph.group":              {"displayName": false, "createdDateTime": true, "deletedDateTime": true},
	"microsoft.graph.administrativeUnit": {"displayName": true, "createdDateTime": true, "deletedDateTime": true},
	"microsoft.graph.application":        {"displayName": true, "createdDateTime": true, "deletedDateTime": true},
	"microsoft.graph.servicePrincipal":   {"displayName": true, "createdDateTime": true, "deletedDateTime": true},
	"microsoft.graph.device":             {"displayName": true, "createdDateTime": true, "deletedDateTime": true, "approximateLastSignInDateTime": true},
	"microsoft.graph.orgContact":         {"displayName": true, "createdDateTime": true, "deletedDateTime": true},
}

func checkOrder(a *workload.Ask, advanced bool) error {
	for _, key := range a.Query.OrderBy {
		name := key.Expr.Path()
		if p, ok := a.Type.Property(name); ok {
			name = p.Name
		}
		needsAdvanced, ok := sorts[a.Type.Name][name]
		if !ok || needsAdvanced && !advanced {
			err := unsupported("Sorting not supported for current query.")
			if ok {
				return err.Because("Sorting by "+name+" needs an advanced query.", cure)
			}
			return err.Because(a.Type.Name.Short()+" cannot be sorted by "+name+".", "")
		}
	}
	return nil
}
