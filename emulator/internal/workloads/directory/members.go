package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The limits of B-4.46.
const (
	maxChecked = 20
	maxMember  = 2046
	maxByID    = 1000
)

// groupsOnly and holders are the types that a membership may be of.
var (
	groupsOnly = []edm.Name{"microsoft.graph.group"}
	holders    = []edm.Name{"microsoft.graph.group", "microsoft.graph.directoryRole", "microsoft.graph.administrativeUnit"}
)

func memberships() []workload.Rule {
	const object edm.Name = "microsoft.graph.directoryObject"
	return []workload.Rule{
		{Type: object, Verb: bind.Invoke("checkMemberGroups"), Reads: true, Do: checkMember("groupIds", groupsOnly)},
		{Type: object, Verb: bind.Invoke("checkMemberObjects"), Reads: true, Do: checkMember("ids", holders)},
		{Type: object, Verb: bind.Invoke("getMemberGroups"), Reads: true, Do: getMember(groupsOnly)},
		{Type: object, Verb: bind.Invoke("getMemberObjects"), Reads: true, Do: getMember(holders)},
		{Type: object, Verb: bind.Invoke("getByIds"), Reads: true, Builtins: true, Do: getByIDs},
	}
}

// above are the ids of what an object is a member of, directly or through groups.
func above(c *workload.Call, types []edm.Name, securityOnly bool) ([]string, error) {
	if !c.Self.Exists {
		return nil, grapherr.NotFound(c.Self.Type.Name.Short(), c.Self.Home.Key)
	}
	view := workload.TransitiveInverse("", "", "members")
	var ids []string
	for item := range view.Members(workload.Scope{Tx: c.Tx}, &c.Self, 0) {
		e, _ := c.Tx.Get(item.Ref)
		if !slices.Contains(types, edm.Name(e.Object.Type())) {
			continue
		}
		if enabled, ok := e.Object.Get("securityEnabled"); securityOnly && ok && enabled != "true" {
			continue
		}
		_, _, id, _ := c.Tx.Owner(item.Ref)
		ids = append(ids, id)
	}
	return ids, nil
}

func getMember(types []edm.Name) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		only, ok := c.Body.Get("securityEnabledOnly")
		if !ok && !c.Presumes() {
			return workload.Result{}, bad("A value is required for the parameter 'securityEnabledOnly'.")
		}
		ids, err := above(c, types, only == "true")
		if err == nil && len(ids) > maxMember {
			err = &grapherr.Error{Status: 400, Code: "Directory_ResultSizeLimitExceeded",
				Message: fmt.Sprintf("The size of the result set exceeds the limit of %d.", maxMember)}
		}
		return listed(ids), err
	}
}

func checkMember(parameter string, types []edm.Name) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		asked, err := identifiers(c, parameter, maxChecked)
		if err != nil {
			return workload.Result{}, err
		}
		ids, err := above(c, types, false)
		return listed(slices.DeleteFunc(asked, func(id string) bool {
			return !slices.ContainsFunc(ids, func(is string) bool { return strings.EqualFold(is, id) })
		})), err
	}
}

// parameters names those of an action that the body lacks.
func parameters(c *workload.Call, names ...string) error {
	missing := slices.DeleteFunc(names, func(name string) bool {
		raw, ok := c.Body.Get(name)
		return ok && !raw.IsNull()
	})
	name, _ := c.Verb.Invoked()
	if len(missing) == 0 || c.Presumes() {
		return nil
	}
	return bad(fmt.Sprintf("One or more parameters of the operation '%s' are missing from the request payload. The missing parameters are: %s.", name, strings.Join(missing, ", ")))
}

// identifiers are the object ids that a parameter lists, at most so many.
func identifiers(c *workload.Call, parameter string, most int) ([]string, error) {
	raw, ok := c.Body.Get(parameter)
	ids := texts(raw)
	switch i := slices.IndexFunc(ids, func(id string) bool { return !edm.IsGUID(id) }); {
	case c.Presumes():
	case !ok || raw.IsNull():
		return nil, parameters(c, parameter)
	case len(ids) > most:
		return nil, bad(fmt.Sprintf("The number of values in '%s' exceeds the limit of %d.", parameter, most))
	case i >= 0:
		return nil, bad("Invalid object identifier '" + ids[i] + "'.")
	}
	return ids, nil
}

func listed(ids []string) workload.Result {
	return workload.Result{Value: value.Strings(ids), Of: edm.Ref{Name: "Edm.String", Many: true}, HasOf: true}
}

// getByIDs answers the objects that a list of ids names, in its order; ids that name
// nothing are left out (B-4.46, B-12.10).
func getByIDs(c *workload.Call) (workload.Result, error) {
	ids, err := identifiers(c, "ids", maxByID)
	if err != nil {
		return workload.Result{}, err
	}
	kinds, _ := c.Body.Get("types")
	types := texts(kinds)
	res := workload.Result{IsList: true, Total: -1, Of: edm.Ref{Name: "microsoft.graph.directoryObject", Many: true}, HasOf: true}
	seen := map[store.Ref]bool{}
	for _, id := range ids {
		n, err := c.System.Member(c, root(c), "directoryObjects", id)
		if err != nil {
			return res, err
		}
		if !n.Exists || seen[n.Ref] || len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, n.Type.Name.Short()) }) {
			continue
		}
		seen[n.Ref] = true
		res.List = append(res.List, workload.Entity{Node: n})
	}
	return res, nil
}
