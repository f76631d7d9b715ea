package wire

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// permit asks whether the caller may do this. own is what a page says of the
// operation itself: what it says of another road to the type is about others.
func (x *exchange) permit(t *bind.Target, method string, own *fixtures.Operation) error {
	known, err := x.permissions(t, method, own)
	if err != nil {
		return err
	}
	if err := x.g.Permit(x.r, &x.caller, t, known); err != nil {
		return x.g.Engine.Registry().Word(t.Owning(), grapherr.From(err))
	}
	return nil
}

// permissions are those of the operation, or of the one that it is a part of: a
// property, a count and a cast need what the whole needs.
func (x *exchange) permissions(t *bind.Target, method string, own *fixtures.Operation) (*fixtures.Permissions, error) {
	if own != nil && own.DelegatedWork != nil {
		return &own.Permissions, nil
	}
	template := t.Template()
	part := t.Shape == bind.IsCount || t.Shape == bind.IsValue || t.Shape == bind.IsRaw || t.Last().Kind == edm.Cast
	if part && method == "PUT" {
		method = "PATCH"
	}
	for {
		known, ok, err := x.version.Catalog.Granted(method, template)
		if err != nil {
			return nil, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
		}
		if ok {
			return known, nil
		}
		at := strings.LastIndexByte(template, '/')
		if !part || at <= 0 {
			return nil, nil
		}
		template = template[:at]
	}
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
