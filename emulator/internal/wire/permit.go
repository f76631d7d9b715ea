package wire

import (
	"cmp"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// permit asks whether the caller may do this. own is what a page says of the
// operation itself: what it says of another path to the type is about others.
func (x *exchange) permit(t *bind.Target, method string, own *fixtures.Operation) error {
	if len(t.Steps) == 0 || x.catalog == nil {
		return nil
	}
	if own != nil && own.DelegatedWork != nil {
		return x.permitted(workload.Need{Method: method, Template: own.Template, Permissions: &own.Permissions})
	}
	need, err := law{x.catalog, method}.need(t.Steps)
	if err != nil {
		return err
	}
	return x.permitted(need)
}

// permitExpansions asks whether the caller may read what a query expands.
func (x *exchange) permitExpansions(t *bind.Target, q *odata.Query) (err error) {
	if x.catalog == nil {
		return nil
	}
	failed := law{x.catalog, "GET"}.expansions(t.Steps, t.Type, t.Many, q, func(need workload.Need) {
		if err == nil {
			err = x.permitted(need)
		}
	})
	return cmp.Or(failed, err)
}

func (x *exchange) permitted(need workload.Need) error {
	if err := x.tenant.Gate.Permit(x.HTTP, &x.Request.Caller, &x.target, need); err != nil {
		return x.g.Engine.Registry.Word(x.target.Owning(), grapherr.From(err))
	}
	return nil
}

// profile is what User.ReadBasic.All shows of a user (B-10.35).
var profile = [...]string{"displayName", "givenName", "id", "mail", "photo", "securityIdentifier", "surname", "userPrincipalName"}

// basic narrows what a query selects to the basic profile. The query is shared and
// stays as it is.
func basic(q *odata.Query) *odata.Query {
	out := *q
	out.Select = nil
	for _, name := range profile {
		wanted := len(q.Select) == 0
		for _, it := range q.Select {
			wanted = wanted || it.Star() || len(it.Path) == 1 && strings.EqualFold(it.Path[0], name)
		}
		if wanted && name != "photo" { // a navigation, shown only where it is expanded
			out.Select = append(out.Select, odata.SelectItem{Path: []string{name}})
		}
	}
	if len(out.Select) == 0 {
		out.Select = []odata.SelectItem{{Path: []string{"id"}}}
	}
	return &out
}
